//! What can be written at a place: fields, values, and placeholders for existing items.

mod context;
mod items;
mod snippet;

use gen_lsp_types::{CompletionItem, CompletionList, Range};
use kling_spec::Spec;

use super::placeholder::placeholders;
use super::question::Question;
use super::request::Readable;
use context::{Context, Slot};
use items::Items;

/// Returns the completions at a place.
pub(super) fn completion(question: &Question<'_>) -> Option<CompletionList> {
    let context = Context::of(question.text, question.offset)?;
    let whole = context.without_token(question.text);
    let readable = Readable::new(&whole);
    let json = readable.json();
    let model = question.checker.model(json);
    let spec = model.and_then(|id| question.checker.spec(id));
    let items = Items {
        question,
        context: &context,
        range: range(question, context.token.start, context.token.end),
        json,
        spec,
    };
    Some(CompletionList {
        items: chosen(&items, spec),
        ..CompletionList::default()
    })
}

fn chosen(items: &Items<'_>, spec: Option<&Spec>) -> Vec<CompletionItem> {
    match &items.context.slot {
        Slot::Key => items.fields(),
        Slot::Value => {
            let prompt = spec.and_then(placeholders).filter(|placeholders| {
                items.context.is_quoted && placeholders.field == items.context.path
            });
            match prompt {
                Some(placeholders) => items.placeholders(placeholders),
                None => items.values(),
            }
        }
    }
}

/// Returns the range in the document between two bytes of the request.
fn range(question: &Question<'_>, start: usize, end: usize) -> Range {
    let base = question.base;
    question.lines.range(base + start, base + end)
}
