//! The faults still to come, in order.

use super::grammar::{Fault, Times};
use super::phase::Phase;
use crate::random::Random;

/// The maximum number of faults that wait at once.
const MAX_PENDING: usize = 10_000;

/// Faults that wait for their turn. The first one that applies to a request happens to it.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pending: Vec<Pending>,
    random: Random,
}

/// A fault and how many more times it will happen.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) fault: Fault,
    /// `None`: without end.
    pub(crate) remaining: Option<u32>,
}

impl Plan {
    pub(crate) const fn new(seed: u64) -> Self {
        Self {
            pending: Vec::new(),
            random: Random::new(seed),
        }
    }

    /// Appends a fault. Returns whether there was room.
    pub(crate) fn add(&mut self, fault: Fault) -> bool {
        if self.pending.len() >= MAX_PENDING {
            return false;
        }
        let remaining = match fault.times {
            Times::Count(times) => Some(times),
            Times::Forever => None,
        };
        self.pending.push(Pending { fault, remaining });
        true
    }

    pub(crate) fn clear(&mut self) {
        self.pending.clear();
    }

    pub(crate) fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// Takes the fault for the next event of this phase.
    pub(crate) fn take(&mut self, phase: Phase) -> Option<Fault> {
        let random = &mut self.random;
        let index = self.pending.iter().position(|pending| {
            pending.fault.phase.covers(phase) && random.percent(pending.fault.chance)
        })?;
        let pending = &mut self.pending[index];
        let fault = pending.fault.clone();
        match &mut pending.remaining {
            None => {}
            Some(remaining) if *remaining > 1 => *remaining -= 1,
            Some(_) => {
                self.pending.remove(index);
            }
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(plan: &mut Plan, phase: Phase) -> Option<String> {
        plan.take(phase).map(|fault| fault.label())
    }

    #[test]
    fn faults_happen_in_their_order_to_what_they_are_for() {
        let mut plan = Plan::new(1);
        for text in [
            "poll:pass*2",
            "submit:html",
            "any:empty",
            "poll:status=503*forever",
        ] {
            assert!(plan.add(text.parse().unwrap()));
        }
        assert_eq!(taken(&mut plan, Phase::Poll).as_deref(), Some("poll:pass"));
        assert_eq!(
            taken(&mut plan, Phase::Download).as_deref(),
            Some("any:empty")
        );
        assert_eq!(taken(&mut plan, Phase::Download), None);
        assert_eq!(taken(&mut plan, Phase::Job), None);
        assert_eq!(taken(&mut plan, Phase::Poll).as_deref(), Some("poll:pass"));
        for _ in 0..3 {
            assert_eq!(
                taken(&mut plan, Phase::Poll).as_deref(),
                Some("poll:status=503")
            );
        }
        assert_eq!(
            taken(&mut plan, Phase::Submit).as_deref(),
            Some("submit:html")
        );
        assert_eq!(plan.pending().len(), 1);
    }

    #[test]
    fn chance_is_repeated_by_the_seed() {
        let run = |seed| {
            let mut plan = Plan::new(seed);
            plan.add("poll:status=503*forever?30%".parse().unwrap());
            (0..200)
                .map(|_| plan.take(Phase::Poll).is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(run(5), run(5));
        assert_ne!(run(5), run(6));
        let hits = run(5).into_iter().filter(|hit| *hit).count();
        assert!((30..90).contains(&hits), "{hits}");
    }
}
