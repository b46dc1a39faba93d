//! Mutations of placeholders in the prompt.

use kling_spec::{CommonRule, Condition, Ground, Kind, Path, Placeholders};

use super::{Catalogue, Edit, Mutation, not, there};
use crate::mention::mark;

impl Catalogue<'_> {
    pub(super) fn placeholders(&self, mutations: &mut Vec<Mutation>) {
        let Some(placeholders) = &self.spec.placeholders() else {
            return;
        };
        if let Some(ground) = &placeholders.unsupported {
            for kind in &placeholders.kinds {
                let mutation = self.in_prompt(
                    placeholders,
                    CommonRule::PlaceholderUnsupported,
                    &kind.name,
                    ground,
                );
                mutations.push(mutation.by(Edit::Insert(
                    placeholders.field.clone(),
                    vec![mark(&kind.name, 1)],
                )));
            }
            return;
        }
        self.shapes(placeholders, mutations);
        for kind in &placeholders.kinds {
            if let Some(list) = &kind.list {
                self.items(placeholders, kind, list, mutations);
            }
        }
    }

    fn in_prompt(
        &self,
        placeholders: &Placeholders,
        rule: CommonRule,
        detail: &str,
        ground: &Ground,
    ) -> Mutation {
        let mutation = self
            .mutation(rule, &placeholders.field, detail, ground, false)
            .needing(there(&placeholders.field));
        let lists = placeholders
            .kinds
            .iter()
            .filter_map(|kind| kind.list.as_ref());
        lists.fold(mutation, Mutation::touching)
    }

    fn shapes(&self, placeholders: &Placeholders, mutations: &mut Vec<Mutation>) {
        let Some(first) = placeholders.kinds.first() else {
            return;
        };
        let kind = &first.name;
        let mut capital = kind.clone();
        capital[..1].make_ascii_uppercase();
        let shapes = [
            (
                CommonRule::PlaceholderMalformed,
                &placeholders.malformed,
                vec![
                    format!("<<<{kind}1>>>"),
                    format!("<<<{kind} 1>>>"),
                    format!("<<<{kind}-1>>>"),
                    format!("<<<{capital}_1>>>"),
                    format!("<<<{kind}_01>>>"),
                    format!("<<<{kind}_>>>"),
                    format!("<<<{kind}>>>"),
                    format!("<<< {kind}_1 >>>"),
                    format!("<<<{kind}_1>> "),
                ],
            ),
            (
                CommonRule::PlaceholderWrongKind,
                &placeholders.wrong_kind,
                vec!["<<<zebra_1>>>".to_owned(), "<<<zebra_12>>>".to_owned()],
            ),
            (
                CommonRule::PlaceholderDialect,
                &placeholders.dialect,
                vec![
                    format!(" <<{kind}_1>> "),
                    format!(" @{kind}_1 "),
                    format!(" {{{{{kind}_1}}}} "),
                ],
            ),
        ];
        for (rule, ground, texts) in shapes {
            let Some(ground) = ground else { continue };
            for text in texts {
                // The item exists, so that only the notation is wrong.
                let mutation = self.in_prompt(placeholders, rule, &text, ground);
                let mutation = first
                    .list
                    .iter()
                    .fold(mutation, |mutation, list| mutation.preferring(there(list)));
                mutations.push(mutation.by(Edit::Insert(placeholders.field.clone(), vec![text])));
            }
        }
    }

    fn items(
        &self,
        placeholders: &Placeholders,
        kind: &Kind,
        list: &Path,
        mutations: &mut Vec<Mutation>,
    ) {
        let prompt = &placeholders.field;
        if let Some(ground) = &kind.range {
            let mutation = |detail: &str| {
                self.in_prompt(
                    placeholders,
                    CommonRule::PlaceholderRange,
                    &format!("{} {detail}", kind.name),
                    ground,
                )
            };
            let absent = mutation("without a list").preferring(not(there(list)));
            mutations.push(absent.by(Edit::Insert(prompt.clone(), vec![mark(&kind.name, 500)])));
            let beyond = vec![
                mark(&kind.name, 0),
                mark(&kind.name, 400),
                mark(&kind.name, 4_294_967_296),
            ];
            mutations.push(
                mutation("beyond the list")
                    .preferring(there(list))
                    .by(Edit::Insert(prompt.clone(), beyond)),
            );
        }
        if let Some(ground) = &kind.unused {
            let mutation = self.in_prompt(
                placeholders,
                CommonRule::PlaceholderUnused,
                &kind.name,
                ground,
            );
            mutations.push(
                mutation
                    .needing(there(list))
                    .by(Edit::Forget(prompt.clone(), kind.name.clone())),
            );
        }
        let can_have_two = self
            .spec
            .fields()
            .get(list)
            .and_then(|field| field.max_items.as_ref())
            .is_none_or(|claim| claim.value >= 2);
        if let (Some(ground), true) = (&kind.order, can_have_two) {
            let two = not(Condition::MaxItems(vec![list.clone()], 1));
            let mutation = self.in_prompt(
                placeholders,
                CommonRule::PlaceholderOrder,
                &kind.name,
                ground,
            );
            mutations.push(
                mutation
                    .needing(two)
                    .by(Edit::Swap(prompt.clone(), kind.name.clone())),
            );
        }
    }
}
