//! The grounds of claims, in the words of the references.

use kling_spec::{Evidence, Ground};

/// Describes why a claim is believed, and why its level differs from what that implies.
pub(super) fn why(ground: &Ground) -> String {
    let evidence = match &ground.evidence {
        Evidence::Source(_) => format!("page: {}", ground.evidence),
        Evidence::Edition(_) | Evidence::Inferred(_) | Evidence::Upstream(_) => {
            ground.evidence.to_string()
        }
    };
    match &ground.reason {
        Some(reason) => format!("{evidence}; {reason}"),
        None => evidence,
    }
}

#[cfg(test)]
mod tests {
    use kling_spec::{Common, EMBEDDED, Spec};

    #[test]
    fn a_rule_without_a_level_of_its_own_has_a_claim_that_gives_it() {
        let specs: Vec<Spec> = EMBEDDED
            .iter()
            .map(kling_spec::EmbeddedContract::parse)
            .collect();
        for entry in Common::embedded().rules() {
            let claimed = specs
                .iter()
                .any(|spec| !spec.claims_of(entry.rule).is_empty());
            assert!(
                claimed || entry.level.is_some() && entry.service.is_some(),
                "{}",
                entry.rule
            );
        }
    }
}
