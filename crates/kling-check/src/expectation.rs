//! What the next request is probably like, going by the last ones.

/// How much each request changes the estimate: by a thirty-second of the way.
const WEIGHT: u32 = 5;

/// From this share of requests with findings on (in 65,536ths: an eighth), looking for one finding first and then for all
/// takes longer than looking for all at once.
const MANY: u16 = 8192;

/// What the last requests were like, kept by whoever checks many, one after another.
///
/// See [`Checker::check_expecting`](crate::Checker::check_expecting).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expectation {
    /// The share of requests with findings among the last ones, in 65,536ths.
    with_findings: u16,
}

impl Expectation {
    /// Whether the next request probably has a finding.
    pub(crate) const fn is_finding(self) -> bool {
        self.with_findings >= MANY
    }

    /// Takes note of a request.
    pub(crate) const fn learn(&mut self, has_findings: bool) {
        if has_findings {
            self.with_findings += (u16::MAX - self.with_findings) >> WEIGHT;
        } else {
            self.with_findings -= self.with_findings >> WEIGHT;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Expectation;
    use crate::Checker;

    const CLEAN: &str = r#"{"model": "kling-v3", "prompt": "a paper boat"}"#;
    const FAULTY: &str = r#"{"model": "kling-v3", "prompt": ""}"#;

    #[test]
    fn it_is_what_was_met_and_changes_no_report() {
        let checker = Checker::embedded();
        let mut expected = Expectation::default();
        for (every, rounds, is_finding) in [
            (20, 400, false),
            (1, 20, true),
            (2, 400, true),
            (1000, 50, false),
        ] {
            for round in 1..=rounds {
                let text = if round % every == 0 { FAULTY } else { CLEAN };
                let report = checker.check_expecting(text, &mut expected);
                assert_eq!(report, checker.check(text));
            }
            assert_eq!(expected.is_finding(), is_finding, "one of {every}");
        }
    }
}
