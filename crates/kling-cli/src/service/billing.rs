//! What a task costs, as the service says it, and sums of it.

use std::fmt;

use kling_http::{BillingState, Decimal, State as TaskState, Task};
use kling_journal::{Billing as Recorded, Event, Job};
use serde::{Serialize, Serializer};

use super::print::push;
use super::session::Session;
use crate::output::counts::counted;

/// What a task costs. Its texts are safe to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Billing {
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    credits: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_usd: Option<String>,
}

/// What is not known about a task that failed.
pub(crate) const NOT_KNOWN: &str = "whether it was charged is not known";

impl Billing {
    /// Returns what the service says of a task; `None` if it says nothing, which does not mean that it is free.
    pub(crate) fn of_task(session: &Session, task: &Task) -> Option<Self> {
        let billing = task.billing()?;
        let text = |amount: Decimal| amount.to_string();
        Some(Self {
            status: session.client.sanitise(billing.state().word()),
            credits: billing.credits().map(text),
            cost_usd: billing.cost_usd().map(text),
        })
    }

    /// Returns what the journal has of a job.
    pub(crate) fn of_job(job: &Job) -> Option<Self> {
        job.billing.clone().map(Self::from)
    }

    /// Returns the event that records it, unless the job has it already.
    pub(crate) fn event(&self, job: &Job) -> Option<Event> {
        let billing = Recorded {
            status: self.status.clone(),
            credits: self.credits.clone(),
            cost_usd: self.cost_usd.clone(),
        };
        (job.billing.as_ref() != Some(&billing)).then_some(Event::Billed { billing })
    }

    fn state(&self) -> BillingState {
        BillingState::from_word(&self.status)
    }

    /// Whether the task is paid for; `None` if that is not settled.
    pub(crate) fn charged(&self) -> Option<bool> {
        match self.state() {
            BillingState::Settled => Some(true),
            BillingState::Refunded => Some(false),
            BillingState::Pending | BillingState::Other(_) => None,
        }
    }

    /// The amounts in words; empty without any.
    fn amounts(&self) -> String {
        let credits = self
            .credits
            .iter()
            .map(|amount| format!("{amount} credits"));
        let usd = self.cost_usd.iter().map(|amount| format!("{amount} USD"));
        credits.chain(usd).collect::<Vec<_>>().join(", ")
    }
}

impl From<Recorded> for Billing {
    fn from(recorded: Recorded) -> Self {
        Self {
            status: recorded.status,
            credits: recorded.credits,
            cost_usd: recorded.cost_usd,
        }
    }
}

impl fmt::Display for Billing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amounts = self.amounts();
        let amounts = if amounts.is_empty() {
            amounts
        } else {
            format!(", {amounts}")
        };
        match self.state() {
            BillingState::Pending => write!(f, "pending{amounts}"),
            BillingState::Settled if amounts.is_empty() => {
                f.write_str("settled, without an amount")
            }
            BillingState::Settled => write!(f, "settled{amounts}"),
            BillingState::Refunded => f.write_str("refunded, costs nothing"),
            BillingState::Other(word) => write!(f, "`{word}` (not a known word){amounts}"),
        }
    }
}

/// Says what a failed task costs, in a clause.
pub(crate) fn of_failed(billing: Option<&Billing>) -> String {
    match billing.map(|billing| (billing, billing.charged())) {
        None => NOT_KNOWN.to_owned(),
        Some((_, Some(false))) => "it was refunded and costs nothing".to_owned(),
        Some((billing, Some(true))) => format!("its bill is {billing}"),
        Some((billing, None)) => format!("{NOT_KNOWN} (its bill is {billing})"),
    }
}

/// The line about the bill of a task that is shown to people; `None` if there is nothing to say.
pub(crate) fn line(state: &TaskState, billing: Option<&Billing>) -> Option<String> {
    match billing {
        Some(billing) => Some(format!("billing: {billing}")),
        None => (*state == TaskState::Failed).then(|| format!("billing: {NOT_KNOWN}")),
    }
}

/// The sums of several jobs, by what the service says of each.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(crate) struct Totals {
    #[serde(skip_serializing_if = "Total::is_empty")]
    settled: Total,
    #[serde(skip_serializing_if = "Total::is_empty")]
    refunded: Total,
    #[serde(skip_serializing_if = "Total::is_empty")]
    pending: Total,
    /// Those with another word.
    #[serde(skip_serializing_if = "Total::is_empty")]
    other: Total,
    /// How many jobs may be charged, although the service did not say what they cost.
    not_known: u64,
}

/// The sum of some jobs. Amounts are decimal texts.
#[derive(Debug, Default, PartialEq, Serialize)]
struct Total {
    jobs: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    credits: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_usd: Option<Amount>,
    /// How many of the jobs have no amount in credits, so that the sum is without them.
    without_credits: u64,
    /// As `without_credits`, in US dollars.
    without_cost_usd: u64,
}

/// An amount that is written as a text, as the service does.
#[derive(Debug, PartialEq)]
struct Amount(Decimal);

impl Amount {
    /// Adds an amount of a job to a sum; returns whether there is one.
    fn add(sum: &mut Option<Self>, text: Option<&str>) -> bool {
        let Some(amount) = text.and_then(|text| text.parse::<Decimal>().ok()) else {
            return false;
        };
        *sum = Some(Self(match sum.take() {
            Some(Self(sum)) => sum.plus(&amount),
            None => Decimal::default().plus(&amount),
        }));
        true
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Total {
    const fn is_empty(&self) -> bool {
        self.jobs == 0
    }

    fn add(&mut self, billing: &Billing) {
        self.jobs += 1;
        let has_credits = Amount::add(&mut self.credits, billing.credits.as_deref());
        let has_cost = Amount::add(&mut self.cost_usd, billing.cost_usd.as_deref());
        self.without_credits += u64::from(!has_credits);
        self.without_cost_usd += u64::from(!has_cost);
    }

    fn words(&self, name: &str) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let mut text = format!("{name}: {}", counted(self.jobs, "job", "jobs"));
        for (amount, unit, without) in [
            (&self.credits, "credits", self.without_credits),
            (&self.cost_usd, "USD", self.without_cost_usd),
        ] {
            if let Some(Amount(amount)) = amount {
                push(&mut text, format_args!(", {amount} {unit}"));
                if without > 0 {
                    push(&mut text, format_args!(" ({without} without this amount)"));
                }
            }
        }
        Some(text)
    }
}

impl Totals {
    /// Adds a job. One without a bill counts as not known if it may be charged.
    pub(crate) fn add(&mut self, billing: Option<&Billing>, may_be_charged: bool) {
        let Some(billing) = billing else {
            self.not_known += u64::from(may_be_charged);
            return;
        };
        let total = match billing.state() {
            BillingState::Settled => &mut self.settled,
            BillingState::Refunded => &mut self.refunded,
            BillingState::Pending => &mut self.pending,
            BillingState::Other(_) => &mut self.other,
        };
        total.add(billing);
    }

    /// Returns the lines for people.
    pub(crate) fn lines(&self) -> Vec<String> {
        let sums = [
            self.settled.words("settled"),
            self.refunded.words("refunded"),
            self.pending.words("pending"),
            self.other.words("billed with another word"),
        ];
        let not_known = (self.not_known > 0).then(|| {
            let jobs = counted(self.not_known, "job", "jobs");
            format!("billing not known: {jobs}")
        });
        sums.into_iter().flatten().chain(not_known).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn billing(status: &str, credits: Option<&str>, cost_usd: Option<&str>) -> Billing {
        Billing {
            status: status.to_owned(),
            credits: credits.map(str::to_owned),
            cost_usd: cost_usd.map(str::to_owned),
        }
    }

    #[test]
    fn sums_are_exact_and_say_what_they_leave_out() {
        let mut totals = Totals::default();
        for (status, credits, cost_usd) in [
            ("settled", Some("0.1"), Some("0.0005")),
            ("settled", Some("0.20"), None),
            ("refunded", Some("0"), Some("0")),
            ("pending", None, None),
            ("frozen", Some("3"), None),
        ] {
            totals.add(Some(&billing(status, credits, cost_usd)), true);
        }
        totals.add(None, true);
        totals.add(None, false);
        assert_eq!(
            totals.lines(),
            [
                "settled: 2 jobs, 0.3 credits, 0.0005 USD (1 without this amount)",
                "refunded: 1 job, 0 credits, 0 USD",
                "pending: 1 job",
                "billed with another word: 1 job, 3 credits",
                "billing not known: 1 job",
            ]
        );
        assert!(Totals::default().lines().is_empty());
    }

    #[test]
    fn a_bill_is_put_into_words() {
        let settled = billing("settled", Some("12.50"), Some("0.0625"));
        assert_eq!(settled.to_string(), "settled, 12.50 credits, 0.0625 USD");
        assert_eq!(billing("Pending", None, None).to_string(), "pending");
        let refunded = billing("refunded", Some("0"), Some("0"));
        assert_eq!(refunded.to_string(), "refunded, costs nothing");
        assert_eq!(
            billing("frozen", Some("1"), None).to_string(),
            "`frozen` (not a known word), 1 credits"
        );
        assert_eq!(
            of_failed(Some(&refunded)),
            "it was refunded and costs nothing"
        );
        assert_eq!(of_failed(None), NOT_KNOWN);
    }
}
