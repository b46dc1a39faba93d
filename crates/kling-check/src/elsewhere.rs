//! What other editions of a model's page say about a finding.

use std::borrow::Cow;

use kling_json::Node;
use kling_spec::Scalar;

use crate::context::Context;
use crate::facts::scalar;
use crate::finding::{Finding, FindingKind, UnexpectedKey};
use crate::models::OtherPage;
use crate::table::{FieldId, Table};

/// The newest other edition that accepts what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherEdition {
    /// Its id, as [`Checker::edition`](crate::Checker::edition) takes it.
    pub id: &'static str,
    /// What is different there, as the end of a sentence that begins with the edition: "takes 5 or 10".
    pub says: Cow<'static, str>,
}

/// Returns the newest other edition that accepts what was found. `expected` describes the values of a field.
pub(crate) fn accepting(
    finding: &Finding<'_>,
    context: &Context<'_>,
    expected: impl Fn(&Table, FieldId) -> String,
) -> Option<OtherEdition> {
    if !may_differ(&finding.kind) {
        return None;
    }
    context.other_pages().find_map(|page| {
        Some(OtherEdition {
            id: page.models.edition(),
            says: match accepts(finding, context, page)? {
                Accepts::Value(field) => format!("takes {}", expected(page.table, field)).into(),
                Accepts::Otherwise(says) => says.into(),
            },
        })
    })
}

/// Returns whether an edition may accept what was found: only a check can say what it makes of the prompt.
pub(crate) fn may_accept(
    finding: &Finding<'_>,
    context: &Context<'_>,
    page: OtherPage<'_>,
) -> bool {
    is_in_prompt(&finding.kind) || accepts(finding, context, page).is_some()
}

/// Whether editions may differ about it: most findings are about what all of them have alike.
const fn may_differ(kind: &FindingKind<'_>) -> bool {
    matches!(
        kind,
        FindingKind::NotListed { .. }
            | FindingKind::Uncommon(_)
            | FindingKind::Converted { .. }
            | FindingKind::UnexpectedKey(_)
            | FindingKind::UnknownModel { .. }
            | FindingKind::Missing(_)
            | FindingKind::TooManyItems { .. }
            | FindingKind::Rule(_)
    )
}

const fn is_in_prompt(kind: &FindingKind<'_>) -> bool {
    matches!(
        kind,
        FindingKind::Placeholder(_) | FindingKind::Unmentioned { .. }
    )
}

/// Returns whether some edition may accept what was found, whatever its page says.
pub(crate) const fn may_be_accepted(finding: &Finding<'_>) -> bool {
    may_differ(&finding.kind) || is_in_prompt(&finding.kind)
}

/// Why an edition accepts what was found.
enum Accepts {
    /// The value is among those of this field.
    Value(FieldId),
    /// As the end of a sentence that begins with the edition.
    Otherwise(&'static str),
}

/// Returns why an edition accepts what was found, if it does. What all editions have alike is not looked up.
fn accepts(finding: &Finding<'_>, context: &Context<'_>, page: OtherPage<'_>) -> Option<Accepts> {
    let node = finding.node;
    let (other, there) = (page.table, page.counterparts);
    let value = |field: FieldId, is_it: &dyn Fn(&Scalar) -> bool| {
        let field = there.field(field)?;
        let values = other.row(field).values.as_ref();
        let takes = values.is_none_or(|values| values.value.list.iter().any(is_it));
        takes.then_some(Accepts::Value(field))
    };
    let otherwise = |accepts: bool, says| accepts.then_some(Accepts::Otherwise(says));
    match &finding.kind {
        FindingKind::NotListed { field, .. } | FindingKind::Uncommon(field) => {
            let written = scalar(node);
            value(*field, &|listed| written.as_ref() == Some(listed))
        }
        FindingKind::Converted {
            field,
            value: meant,
        } => value(*field, &|listed| listed == meant),
        FindingKind::UnexpectedKey(key) => otherwise(has_key(node, key, page), "has this field"),
        FindingKind::UnknownModel { .. } => otherwise(
            node.text()?.equals(other.spec.id()),
            "has this id for the model",
        ),
        FindingKind::Missing(field) => {
            let is_needed = other.row(there.field(*field)?).required.is_some();
            otherwise(!is_needed, "does not need it")
        }
        FindingKind::TooManyItems { field, count } => {
            let limit = other.row(there.field(*field)?).max_items.as_ref();
            let takes = limit.is_none_or(|limit| u64::from(*count) <= limit.value);
            otherwise(takes, "takes as many")
        }
        FindingKind::Rule(rule) => {
            let mut rules = context.table?.spec.rules().iter();
            let rule = rules.position(|known| known.id == rule.id)?;
            otherwise(there.allows(rule), "does not say so")
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

/// Whether the object of an unexpected key has it in another edition.
fn has_key(node: Node<'_>, key: &UnexpectedKey<'_>, page: OtherPage<'_>) -> bool {
    let object = page.counterparts.object(key.object);
    let object = object.map(|object| page.table.object(object));
    object
        .zip(node.key())
        .is_some_and(|(object, name)| object.place(&name, 0).is_some())
}
