//! Whether a submit may be attempted again.

use std::time::Duration;

use fastrand::Rng;

use super::Verdict;

/// What to do after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Send the same request again after this pause.
    Resend {
        /// The pause.
        after: Duration,
    },
    /// Do not send it again.
    Stop,
}

/// How many more times and for how long a submit may be attempted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Attempts that may still follow.
    pub attempts: u32,
    /// Remaining time; no attempt begins after it.
    pub time: Duration,
    /// The pause before the next attempt, unless the service asks for one; doubled after each.
    pub pause: Duration,
    /// Spreads the pauses of different programs: any number, preferably a random one.
    pub seed: u64,
}

/// The longest pause that the service did not ask for.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

impl Budget {
    /// A budget of this many further attempts within this time, with pauses starting at one second.
    pub fn new(attempts: u32, time: Duration) -> Self {
        Self {
            attempts,
            time,
            pause: Duration::from_secs(1),
            seed: 0,
        }
    }

    /// Returns what is left after one more attempt, made when `elapsed` had passed since this budget was current.
    #[must_use]
    pub fn after_attempt(self, elapsed: Duration) -> Self {
        Self {
            attempts: self.attempts.saturating_sub(1),
            time: self.time.saturating_sub(elapsed),
            pause: self.pause.saturating_mul(2).min(LONGEST_PAUSE),
            seed: self.random().u64(..),
        }
    }

    /// The default pause: between one and two times [`pause`](Self::pause).
    fn jittered(&self) -> Duration {
        let share = self.random().f64();
        self.pause + self.pause.min(LONGEST_PAUSE).mul_f64(share)
    }

    fn random(&self) -> Rng {
        Rng::with_seed(self.seed)
    }
}

/// Decides whether the request may be sent again: only if nothing was sent, or if the service accepts no more requests
/// at the moment (429), and within the budget. After any other outcome a second attempt might be charged twice, or
/// could not help.
///
/// A pause that the service asks for is capped at the time left.
///
/// ```
/// use std::time::Duration;
/// use kling_http::{Budget, Next, Verdict, next};
///
/// # fn example(verdict: &Verdict) {
/// let budget = Budget::new(3, Duration::from_secs(60));
/// match next(verdict, &budget) {
///     Next::Resend { after } => println!("again in {after:?}"),
///     Next::Stop => println!("done"),
/// }
/// # }
/// ```
pub fn next(verdict: &Verdict, budget: &Budget) -> Next {
    if budget.attempts == 0 || budget.time.is_zero() {
        return Next::Stop;
    }
    let own = budget.jittered();
    match verdict {
        Verdict::NotSent(not_sent) if !not_sent.is_configuration() && own <= budget.time => {
            Next::Resend { after: own }
        }
        Verdict::Rejected(rejected) if rejected.is_rate_limit() => match rejected.retry_after {
            Some(asked) => Next::Resend {
                after: asked.min(budget.time),
            },
            None if own <= budget.time => Next::Resend { after: own },
            None => Next::Stop,
        },
        Verdict::Accepted(_) | Verdict::Rejected(_) | Verdict::NotSent(_) | Verdict::Unknown(_) => {
            Next::Stop
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Budget, Next, next};
    use crate::error::{Error, Kind};
    use crate::submit::{NotSent, Rejected, Unknown, Verdict};

    const MINUTE: Duration = Duration::from_mins(1);

    fn rejected(http_status: u16, retry_after: Option<Duration>) -> Verdict {
        Verdict::Rejected(Rejected {
            http_status,
            message: String::new(),
            error_type: None,
            code: None,
            retry_after,
            request_id: None,
            body: None,
        })
    }

    fn not_sent(error: Error) -> Verdict {
        Verdict::NotSent(NotSent { error })
    }

    fn unknown() -> Verdict {
        Verdict::Unknown(Unknown {
            candidate: None,
            client_business_id: None,
            evidence: None,
            reason: None,
            http_status: Some(503),
            request_id: None,
            error: Error::new(Kind::Transport, "cut"),
        })
    }

    #[test]
    fn only_not_sent_and_429_may_be_sent_again() {
        let budget = Budget::new(3, MINUTE);
        assert_eq!(next(&unknown(), &budget), Next::Stop);
        for status in [200, 400, 401, 402, 403, 404, 405, 413, 415, 422] {
            assert_eq!(
                next(&rejected(status, Some(MINUTE)), &budget),
                Next::Stop,
                "{status}"
            );
        }
        assert_eq!(
            next(
                &not_sent(Error::new(Kind::Connect, "x").into_configuration()),
                &budget
            ),
            Next::Stop
        );
        let Next::Resend { after } = next(&not_sent(Error::new(Kind::Connect, "x")), &budget)
        else {
            panic!("nothing was sent");
        };
        assert!(
            (budget.pause..=2 * budget.pause).contains(&after),
            "{after:?}"
        );
    }

    #[test]
    fn what_the_service_asks_for_is_capped_at_the_budget() {
        let budget = Budget::new(3, MINUTE);
        let seven = Duration::from_secs(7);
        assert_eq!(
            next(&rejected(429, Some(seven)), &budget),
            Next::Resend { after: seven }
        );
        assert_eq!(
            next(&rejected(429, Some(Duration::MAX)), &budget),
            Next::Resend { after: MINUTE }
        );
        assert!(matches!(
            next(&rejected(429, None), &budget),
            Next::Resend { .. }
        ));
    }

    #[test]
    fn a_spent_budget_stops() {
        let verdict = rejected(429, Some(Duration::ZERO));
        assert_eq!(next(&verdict, &Budget::new(0, MINUTE)), Next::Stop);
        let mut budget = Budget::new(1000, MINUTE);
        let mut attempts = 0;
        while let Next::Resend { after } = next(&rejected(429, None), &budget) {
            budget = budget.after_attempt(after);
            attempts += 1;
        }
        assert!((4..7).contains(&attempts), "{attempts}");
        assert_eq!(next(&verdict, &budget.after_attempt(MINUTE)), Next::Stop);
    }
}
