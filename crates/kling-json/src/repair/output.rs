//! What a repair writes: text, map and errors together.

use super::map::OffsetMap;
use super::{MAX_REPAIR_ERRORS, Repair};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::span::Span;

/// The repaired text so far.
pub(crate) struct RepairedText<'s> {
    source: &'s str,
    text: String,
    map: OffsetMap,
    errors: Vec<SyntaxError>,
    /// The offset of the strict reader's first error, so that the machine does not report that place again.
    first: usize,
}

impl<'s> RepairedText<'s> {
    pub(crate) fn new(source: &'s str, first: SyntaxError) -> Self {
        Self {
            source,
            text: String::with_capacity(source.len()),
            map: OffsetMap::default(),
            errors: vec![first],
            first: first.offset,
        }
    }

    /// Copies a part of the source.
    pub(crate) fn copy(&mut self, span: Span) {
        self.text.push_str(span.of(self.source));
        self.map.copied(span);
    }

    /// Writes `text` in the place of a part of the source, which may be empty.
    pub(crate) fn replace(&mut self, span: Span, text: &str) {
        self.text.push_str(text);
        self.map.inserted(text.len(), span);
    }

    /// Inserts `text`, which replaces nothing in the source.
    pub(crate) fn insert(&mut self, at: usize, text: &str) {
        self.replace(Span::new(at, at), text);
    }

    /// Records an error; errors arrive in text order.
    pub(crate) fn error(&mut self, kind: SyntaxErrorKind, offset: usize) {
        let is_new =
            offset > self.first && self.errors.last().is_none_or(|last| last.offset < offset);
        if is_new && self.errors.len() < MAX_REPAIR_ERRORS {
            self.errors.push(SyntaxError::new(kind, offset));
        }
    }

    pub(crate) fn finish(mut self) -> Repair {
        self.map.finish(self.source.len());
        Repair {
            text: self.text,
            errors: self.errors,
            map: self.map,
        }
    }
}
