//! Fixes: edits on the text of a request that fix its findings.
//!
//! They are computed on request, each from the data of its finding. A fix is safe if it guesses nothing, adds no
//! finding, and does not change the bill of a request that has one, alone and together with the other safe fixes. This
//! is verified: each fix is applied, and the result is checked. An edit that would lose what was meant is not offered.

mod effects;
mod guard;
mod item;
mod key;
mod placeholder;
mod round;
mod value;

use kling_json::{Edit, Node, remove_member};
use kling_spec::{Condition, Rule, Service};
use kling_text::quote;

use crate::content::{Kept, ValueCounts, keeps_content};
use crate::context::Context;
use crate::finding::{Finding, FindingKind, Meaning};
use crate::report::Report;
use effects::Effects;

use round::repeated_keys;

pub(crate) use round::MOST_ROUNDS;
pub use round::{Fixed, Round, Which, apply_fixes};

/// A fix for one finding. It is atomic: all of its edits belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// The index of the finding in the report.
    pub finding: usize,
    /// Whether the service would have understood the same, or nothing at all, and charges the same as before for a
    /// request that it accepts. A fix that guesses what was meant is not safe.
    pub safe: bool,
    /// What the fix does, in the imperative, such as "write `5`".
    pub title: String,
    /// Edits of the request's text, in ascending order and without overlap.
    pub edits: Vec<Edit>,
}

/// A fix that has not been verified.
#[derive(Debug)]
struct Proposal {
    title: String,
    /// Whether it guesses what was meant.
    guess: bool,
    kept: Kept,
    edits: Vec<Edit>,
}

impl Proposal {
    fn new(title: impl Into<String>, guess: bool, edits: Vec<Edit>) -> Self {
        Self {
            title: title.into(),
            guess,
            kept: Kept::AsWritten,
            edits,
        }
    }

    /// Removes what also exists elsewhere.
    fn repeating(title: impl Into<String>, guess: bool, edits: Vec<Edit>) -> Self {
        Self {
            kept: Kept::Elsewhere,
            ..Self::new(title, guess, edits)
        }
    }
}

impl Report<'_> {
    /// Returns fixes for the findings of the report, at most one for each, in the order of the findings.
    ///
    /// There are none if the text is not JSON, and none that would remove a URL, a list, an object, `true` or more than
    /// a word. Takes a few checks of the text for each fix.
    ///
    /// ```
    /// let checker = kling_check::Checker::embedded();
    /// let text = r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": "5"}"#;
    /// let document = kling_json::Document::read(text);
    /// let fixes = checker.check(&document).fixes();
    /// assert!(fixes[0].safe);
    /// assert_eq!(fixes[0].title, "write `5`");
    /// assert_eq!(fixes[0].edits[0].text, "5");
    /// ```
    pub fn fixes(&self) -> Vec<Fix> {
        let context = &self.context;
        let document = context.document;
        if self.findings().is_empty() || document.error().is_some() {
            return Vec::new();
        }
        // The report may be limited to fewer findings than there are.
        let before = Effects::of(context, document);
        let counts = ValueCounts::of(document.root());
        let repeated = repeated_keys(document);
        let mut fixes = Vec::new();
        for (index, finding) in self.findings().iter().enumerate() {
            let Some(proposal) = propose(context, finding) else {
                continue;
            };
            let Proposal {
                title,
                guess,
                kept,
                mut edits,
            } = proposal;
            edits.sort_by_key(|edit| edit.span.start);
            let Some(tried) = guard::made(document, repeated, &edits) else {
                continue;
            };
            if keeps_content(&counts, &tried, kept) {
                let is_harmless = || {
                    let after = Effects::of(context, &tried);
                    before.adds_nothing(&after) && before.keeps_bill(&after)
                };
                fixes.push(Fix {
                    finding: index,
                    safe: !guess && is_harmless(),
                    title,
                    edits,
                });
            }
        }
        guard::keep_bill(context, &before, self.findings(), &mut fixes);
        fixes
    }
}

/// Proposes a fix for a finding.
fn propose(context: &Context<'_>, finding: &Finding<'_>) -> Option<Proposal> {
    let node = finding.node;
    // Removing one of the two members fixes a duplicate.
    let around = if matches!(finding.kind, FindingKind::Duplicate) {
        node.parent()
    } else {
        Some(node)
    };
    if around.is_some_and(key::is_in_duplicate) {
        return None;
    }
    match &finding.kind {
        FindingKind::Duplicate => key::duplicate(node),
        FindingKind::UnexpectedKey(unexpected) => match unexpected.target {
            Some(target) if unexpected.is_read || unexpected.is_taken => {
                key::unexpected_key(context.table?, node, unexpected, target)
            }
            _ if matches!(unexpected.meaning, Meaning::Unknown(None))
                || matches!(unexpected.meaning, Meaning::Foreign(_))
                    && unexpected.mistake.is_none() =>
            {
                let title = format!("remove {}", quote(&node.key()?.decode()));
                Some(Proposal::new(title, true, vec![remove_member(node).ok()?]))
            }
            _ => None,
        },
        FindingKind::UnknownModel { is_slip: true } => value::model(node, context.table?.spec.id()),
        FindingKind::Notation { value, .. } => value::notation(node, *value),
        FindingKind::NotListed { field, meant } => {
            value::not_listed(context.row(*field)?, node, meant.as_ref())
        }
        FindingKind::InvalidRatio(field) => value::not_listed(context.row(*field)?, node, None),
        FindingKind::Uncommon(field) => value::uncommon(context.row(*field)?, node),
        FindingKind::WrongType { field, meant } => {
            value::wrong_type(context.table?, node, *field, meant.as_ref())
        }
        FindingKind::Null(field) => value::null(context.row(*field)?, node),
        FindingKind::EmptyList(_) => value::empty_list(node),
        FindingKind::TooManyItems { field, .. } => {
            value::too_many_items(context.row(*field)?, node)
        }
        FindingKind::Address { field, .. } => value::address(context, *field, node),
        FindingKind::Placeholder(placeholder) => {
            placeholder::rewrite(context.table?, node, placeholder)
        }
        FindingKind::Rule(rule) => without_effect(rule, node),
        FindingKind::Syntax(_)
        | FindingKind::NotAnObject
        | FindingKind::UnknownModel { is_slip: false }
        | FindingKind::MissingModel
        | FindingKind::MistypedModel
        | FindingKind::Missing(_)
        | FindingKind::NotWhole(_)
        | FindingKind::Blank(_)
        | FindingKind::TooLong { .. }
        | FindingKind::Converted { .. }
        | FindingKind::Unmentioned { .. } => None,
    }
}

/// Removes a member that is documented to have no effect in its place.
fn without_effect(rule: &Rule, node: Node<'_>) -> Option<Proposal> {
    let Condition::Not(inner) = &rule.must else {
        return None;
    };
    let Condition::Present(path) = &**inner else {
        return None;
    };
    let key = node.key()?;
    let is_blamed = rule.blame.contains(path) && key.equals(path.name()?);
    if !is_blamed || rule.ground.service != Service::Ignores {
        return None;
    }
    let title = format!("remove {}, which has no effect here", quote(&key.decode()));
    Some(Proposal::new(title, false, vec![remove_member(node).ok()?]))
}
