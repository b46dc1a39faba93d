//! Fixes of placeholders: written in the form that the service reads, and in the order of their lists.

use kling_json::{Edit, Node, Span, replace_value};
use kling_prompt::{Part, Reason, Reference, parts, write_placeholder};
use kling_spec::CommonRule;

use super::Proposal;
use crate::finding::{PlaceholderFinding, PlaceholderProblem};
use crate::table::Table;

/// Proposes a fix for something in the prompt.
pub(super) fn rewrite(
    table: &Table,
    prompt: Node<'_>,
    placeholder: &PlaceholderFinding<'_>,
) -> Option<Proposal> {
    if placeholder.rule == CommonRule::PlaceholderUnsupported {
        return None;
    }
    match placeholder.problem {
        PlaceholderProblem::Range { .. } => None,
        PlaceholderProblem::Order { reference, .. } => {
            order(table, prompt, reference.kind, placeholder.list?)
        }
        PlaceholderProblem::WrongKind(meaning) | PlaceholderProblem::Dialect(meaning) => {
            write(table, placeholder, meaning?, true)
        }
        PlaceholderProblem::Malformed { reason, meaning } => {
            let is_plain = matches!(reason, Reason::Case | Reason::Blank | Reason::LeadingZero);
            write(table, placeholder, meaning?, !is_plain)
        }
    }
}

/// Writes a placeholder in place of what means it, if its item exists.
fn write(
    table: &Table,
    placeholder: &PlaceholderFinding<'_>,
    meaning: Reference,
    guess: bool,
) -> Option<Proposal> {
    let (name, _) = table.placeholders.as_ref()?.kinds.get(meaning.kind)?;
    let written = write_placeholder(name, meaning.number);
    let title = format!("write `{written}`");
    let edits = vec![Edit::new(placeholder.span, written)];
    placeholder
        .item_is_there
        .then(|| Proposal::new(title, guess, edits))
}

/// Reorders the items that the prompt mentions, and renumbers their placeholders, so that each still names its item.
fn order(table: &Table, prompt: Node<'_>, kind: usize, list: Node<'_>) -> Option<Proposal> {
    let items: Vec<Node<'_>> = list.children().collect();
    let kinds = table.placeholders.as_ref()?.kinds.iter();
    let kinds: Vec<&str> = kinds.map(|(name, _)| name.as_str()).collect();
    let text = prompt.text()?;
    let decoded = text.decode();
    let mut placeholders = Vec::new();
    for part in parts(&decoded, &kinds) {
        match part {
            Part::Placeholder(placeholder) if placeholder.kind == kind => {
                placeholders.push(placeholder);
            }
            Part::Placeholder(_) | Part::Text(_) => {}
            // A placeholder that is written wrongly also mentions an item: it is fixed first.
            other @ (Part::WrongKind(_) | Part::Malformed(_) | Part::Dialect(_)) => {
                if other.reference().is_some_and(|meant| meant.kind == kind) {
                    return None;
                }
            }
        }
    }
    // At each number, the number that the item will have.
    let mut numbers: Vec<Option<u32>> = vec![None; items.len() + 1];
    let mut mentioned: Vec<u32> = Vec::new();
    for placeholder in &placeholders {
        let index = usize::try_from(placeholder.number).ok()?;
        if index == 0 || index > items.len() {
            continue;
        }
        let number = numbers.get_mut(index)?;
        if number.is_none() {
            *number = Some(placeholder.number);
            mentioned.push(placeholder.number);
        }
    }
    let mut sorted = mentioned.clone();
    sorted.sort_unstable();
    let mut edits = Vec::new();
    for (&old, &new) in mentioned.iter().zip(&sorted) {
        let (from, to) = (usize::try_from(old).ok()?, usize::try_from(new).ok()?);
        *numbers.get_mut(from)? = Some(new);
        let (item, place) = (items.get(from - 1)?, items.get(to - 1)?);
        if item.raw() != place.raw() {
            edits.push(replace_value(*place, item.raw()).ok()?);
        }
    }
    let mut offsets = text.offset_walker();
    for placeholder in placeholders {
        let number = numbers.get(usize::try_from(placeholder.number).ok()?);
        if let Some(Some(number)) = number
            && *number != placeholder.number
        {
            let start = offsets.source_offset(placeholder.span.start);
            let span = Span::new(start, offsets.source_offset(placeholder.span.end));
            edits.push(Edit::new(
                span,
                write_placeholder(kinds.get(kind)?, *number),
            ));
        }
    }
    let title = "put the items in the order of their placeholders, and renumber the placeholders";
    Some(Proposal::new(title, false, edits))
}
