//! Rules over several fields, broken through the condition algebra.

use kling_spec::Condition;

use super::{Catalogue, Fault, is_error, not};
use crate::solve::Kept;

impl Catalogue<'_> {
    pub(super) fn rules(&self, faults: &mut Vec<Fault>) {
        for rule in self.spec.rules() {
            let what = format!("{} by the rule's own conditions", rule.id);
            let mut fault = Fault::new(what, &rule.id, rule.ground.level, is_error(&rule.ground));
            let mut conditions: Vec<&Condition> = vec![&rule.must];
            conditions.extend(&rule.when);
            for condition in conditions {
                condition.paths(&mut |list, path| {
                    let path = list.map_or_else(|| path.clone(), |list| list.items().join(path));
                    fault.touches.push(path);
                });
            }
            if let Some(when) = &rule.when {
                fault = fault.needing(when.clone());
            }
            faults.push(
                fault
                    .needing(not(rule.must.clone()))
                    .except(Kept::Rule(rule.id.clone())),
            );
        }
    }
}
