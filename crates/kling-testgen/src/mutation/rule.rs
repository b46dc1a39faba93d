//! Rules over several fields, broken through the condition algebra.

use kling_spec::Condition;

use super::{Catalogue, Mutation, is_error, not};
use crate::solve::Invariant;

impl Catalogue<'_> {
    pub(super) fn rules(&self, mutations: &mut Vec<Mutation>) {
        for rule in self.spec.rules() {
            let what = format!("{} by the rule's own conditions", rule.id);
            let mut mutation =
                Mutation::new(what, &rule.id, rule.ground.level, is_error(&rule.ground));
            let mut conditions: Vec<&Condition> = vec![&rule.must];
            conditions.extend(&rule.when);
            for condition in conditions {
                condition.paths(&mut |list, path| {
                    let path = list.map_or_else(|| path.clone(), |list| list.items().join(path));
                    mutation.touches.push(path);
                });
            }
            if let Some(when) = &rule.when {
                mutation = mutation.needing(when.clone());
            }
            mutations.push(
                mutation
                    .needing(not(rule.must.clone()))
                    .except(Invariant::Rule(rule.id.clone())),
            );
        }
    }
}
