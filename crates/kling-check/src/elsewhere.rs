//! What other editions of a model's page say about a finding.

use kling_json::Node;
use kling_spec::{Path, Rule, Scalar};

use crate::context::Context;
use crate::facts::scalar;
use crate::finding::{Finding, FindingKind, UnexpectedKey};
use crate::models::Models;
use crate::table::{FieldId, Table};

/// The newest other edition that accepts what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherEdition {
    /// Its id, as [`Checker::edition`](crate::Checker::edition) takes it.
    pub id: &'static str,
    /// What is different there, as the end of a sentence that begins with the edition: "takes 5 or 10".
    pub says: String,
}

/// Returns the newest other edition that accepts what was found.
pub(crate) fn accepting<'d>(
    finding: &Finding<'d>,
    context: &Context<'d>,
    expected: impl Fn(&Table, FieldId) -> String,
) -> Option<OtherEdition> {
    let may_differ = matches!(
        finding.kind,
        FindingKind::NotListed { .. }
            | FindingKind::Uncommon(_)
            | FindingKind::Converted { .. }
            | FindingKind::UnexpectedKey(_)
            | FindingKind::UnknownModel { .. }
            | FindingKind::Missing(_)
            | FindingKind::TooManyItems { .. }
            | FindingKind::Rule(_)
    );
    if !may_differ {
        return None;
    }
    others(context).find_map(|(models, other)| {
        let says = accepts(finding, context, other, &expected)?;
        Some(OtherEdition {
            id: models.edition(),
            says,
        })
    })
}

/// Returns whether an edition may accept what was found: only a check can say what it makes of the prompt.
pub(crate) fn may_accept(finding: &Finding<'_>, context: &Context<'_>, other: &Table) -> bool {
    let is_in_prompt = matches!(
        finding.kind,
        FindingKind::Placeholder(_) | FindingKind::Unmentioned { .. }
    );
    is_in_prompt || accepts(finding, context, other, |_, _| String::new()).is_some()
}

/// Iterates over the other pages of the model of a request, the newest first.
pub(crate) fn others<'d>(
    context: &Context<'d>,
) -> impl Iterator<Item = (&'d Models, &'d Table)> + use<'d> {
    let models = context.models;
    let id = context.table.map(|table| table.spec.id());
    let index = id.and_then(|id| models.index_of(id));
    index.into_iter().flat_map(move |index| {
        let others = models.others().iter();
        others.filter_map(move |other| {
            let place = models.place_in(index, other)?;
            Some((other, other.table(place)))
        })
    })
}

/// Returns what an edition says about what was found, if it accepts it. What is the same in all editions is not looked
/// up.
fn accepts(
    finding: &Finding<'_>,
    context: &Context<'_>,
    other: &Table,
    expected: impl Fn(&Table, FieldId) -> String,
) -> Option<String> {
    let node = finding.node;
    let there = |field: FieldId| other.field_id(&context.row(field)?.path);
    match &finding.kind {
        FindingKind::NotListed { field, .. } | FindingKind::Uncommon(field) => {
            let there = there(*field)?;
            takes(other, there, &scalar(node)?).then(|| format!("takes {}", expected(other, there)))
        }
        FindingKind::Converted { field, value } => {
            let there = there(*field)?;
            takes(other, there, value).then(|| format!("takes {}", expected(other, there)))
        }
        FindingKind::UnexpectedKey(key) => {
            has_key(node, context, key, other).then(|| "has this field".to_owned())
        }
        FindingKind::UnknownModel { .. } => {
            let is_its_id = node.text()?.equals(other.spec.id());
            is_its_id.then(|| "calls the model so".to_owned())
        }
        FindingKind::Missing(field) => {
            let is_needed = other.row(there(*field)?).required.is_some();
            (!is_needed).then(|| "does not need it".to_owned())
        }
        FindingKind::TooManyItems { field, count } => {
            let limit = &other.row(there(*field)?).max_items;
            let takes = limit
                .as_ref()
                .is_none_or(|limit| u64::from(*count) <= limit.value);
            takes.then(|| "takes as many".to_owned())
        }
        FindingKind::Rule(rule) => {
            let mut rules = other.spec.rules().iter();
            let is_there = rules.any(|known| known.id == rule.id);
            // An edition that lacks what the rule is about does not allow it.
            (!is_there && has_fields_of(other, rule)).then(|| "does not say so".to_owned())
        }
        FindingKind::Syntax(_)
        | FindingKind::NotAnObject
        | FindingKind::MissingModel
        | FindingKind::MistypedModel
        | FindingKind::Null(_)
        | FindingKind::WrongType { .. }
        | FindingKind::NotWhole(_)
        | FindingKind::InvalidRatio(_)
        | FindingKind::Notation { .. }
        | FindingKind::Blank(_)
        | FindingKind::TooLong { .. }
        | FindingKind::Address { .. }
        | FindingKind::EmptyList(_)
        | FindingKind::Duplicate
        | FindingKind::Placeholder(_)
        | FindingKind::Unmentioned { .. } => None,
    }
}

/// Whether an edition has everything that a rule is about.
fn has_fields_of(other: &Table, rule: &Rule) -> bool {
    let has = |path: &Path| other.field_id(path).is_some();
    let mut has_all = rule.blame.iter().all(has);
    for condition in rule.when.iter().chain([&rule.must]) {
        condition.paths(&mut |list, path| {
            has_all &= match list {
                Some(list) => has(&list.items().join(path)),
                None => has(path),
            };
        });
    }
    has_all
}

fn takes(table: &Table, field: FieldId, value: &Scalar) -> bool {
    let values = table.row(field).values.as_ref();
    values.is_none_or(|values| values.value.list.contains(value))
}

/// Whether the object of an unexpected key has it in another edition.
fn has_key(node: Node<'_>, context: &Context<'_>, key: &UnexpectedKey<'_>, other: &Table) -> bool {
    let here = context.table.and_then(|table| {
        let field = table.object(key.object).field?;
        Some(table.row(field).path.clone())
    });
    let here = here.unwrap_or_default();
    let mut paths = other.spec.fields().keys();
    node.key().is_some_and(|name| {
        paths.any(|path| {
            path.is_member_of(&here) && path.name().is_some_and(|known| name.equals(known))
        })
    })
}
