//! Medians of alternating runs.

use std::time::{Duration, Instant};

/// Something to measure, with its name in the table.
pub(crate) struct Contender<'a> {
    pub(crate) name: &'static str,
    run: Box<dyn FnMut() -> u64 + 'a>,
}

impl<'a> Contender<'a> {
    /// Makes a contender. What the run returns is used, so that the work cannot be optimised away.
    pub(crate) fn new(name: &'static str, run: impl FnMut() -> u64 + 'a) -> Self {
        Self {
            name,
            run: Box::new(run),
        }
    }
}

/// Runs all contenders in turn, each round beginning with the next one, and returns the median time of each.
///
/// The first round is not counted: it fills caches and compiles what is compiled on first use.
pub(crate) fn medians(contenders: &mut [Contender<'_>], rounds: usize) -> Vec<Duration> {
    let mut times = vec![Vec::with_capacity(rounds); contenders.len()];
    for round in 0..=rounds {
        for turn in 0..contenders.len() {
            let index = (turn + round) % contenders.len();
            let start = Instant::now();
            std::hint::black_box((contenders[index].run)());
            let time = start.elapsed();
            if round > 0 {
                times[index].push(time);
            }
        }
    }
    times.into_iter().map(median).collect()
}

/// Returns the median; of an even number, the mean of the two in the middle.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    match times.len() {
        0 => Duration::ZERO,
        length if length % 2 == 1 => times[length / 2],
        length => (times[length / 2 - 1] + times[length / 2]) / 2,
    }
}

/// Returns megabytes (10⁶) per second.
pub(crate) fn rate(bytes: usize, time: Duration) -> f64 {
    number(bytes) / time.as_secs_f64() / 1e6
}

/// Returns nanoseconds per byte.
pub(crate) fn per_byte(bytes: usize, time: Duration) -> f64 {
    time.as_secs_f64() * 1e9 / number(bytes)
}

/// Converts a count to a number to divide by.
#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
pub(crate) fn number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Contender, median, medians, per_byte, rate};

    fn milliseconds(times: &[u64]) -> Vec<Duration> {
        times.iter().copied().map(Duration::from_millis).collect()
    }

    #[test]
    fn the_median_is_the_middle_of_all_times() {
        assert_eq!(median(milliseconds(&[9, 1, 4])), Duration::from_millis(4));
        assert_eq!(
            median(milliseconds(&[9, 1, 4, 2])),
            Duration::from_millis(3)
        );
        assert_eq!(median(Vec::new()), Duration::ZERO);
    }

    #[test]
    fn figures_are_in_megabytes_a_second_and_nanoseconds_a_byte() {
        assert!((rate(3_000_000, Duration::from_secs(2)) - 1.5).abs() < 1e-9);
        assert!((per_byte(2_000_000_000, Duration::from_secs(1)) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn contenders_take_turns_and_each_round_starts_with_another_one() {
        let order = std::cell::RefCell::new(String::new());
        let contender = |name: &'static str| {
            Contender::new(name, {
                let order = &order;
                move || {
                    order.borrow_mut().push_str(name);
                    0
                }
            })
        };
        let times = medians(&mut [contender("a"), contender("b"), contender("c")], 2);
        assert_eq!(times.len(), 3);
        assert_eq!(*order.borrow(), "abcbcacab");
    }
}
