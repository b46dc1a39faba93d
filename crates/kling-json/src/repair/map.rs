//! The mapping from a repaired text back to its source.

use crate::span::Span;

/// Maps places in a repaired text to its source, and records what was inserted.
///
/// Two runs of bytes have the same origin if they were copied together; anything else was inserted at one place of the
/// source, or replaced a part of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OffsetMap {
    runs: Vec<Run>,
    repaired_len: usize,
    source_len: usize,
}

/// A run of the repaired text, up to the next one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Run {
    /// Where the run begins in the repaired text.
    repaired: usize,
    /// The part of the source that it comes from: as long as the run if copied.
    source: Span,
    is_inserted: bool,
}

impl OffsetMap {
    /// Makes the map of a text that needed no repair.
    pub(crate) fn identity(len: usize) -> Self {
        let mut map = Self::default();
        map.copied(Span::new(0, len));
        map.finish(len);
        map
    }

    /// Appends a run copied from `source`.
    pub(crate) fn copied(&mut self, source: Span) {
        if source.is_empty() {
            return;
        }
        if let Some(last) = self.runs.last_mut()
            && !last.is_inserted
            && last.source.end == source.start
        {
            last.source.end = source.end;
        } else {
            self.push(source, false);
        }
        self.repaired_len += source.len();
    }

    /// Appends a run of `len` bytes in place of `source`, which may be empty.
    pub(crate) fn inserted(&mut self, len: usize, source: Span) {
        if len == 0 {
            return;
        }
        self.push(source, true);
        self.repaired_len += len;
    }

    fn push(&mut self, source: Span, is_inserted: bool) {
        self.runs.push(Run {
            repaired: self.repaired_len,
            source,
            is_inserted,
        });
    }

    /// Records the length of the source, which is what the end of the repaired text maps to.
    pub(crate) fn finish(&mut self, source_len: usize) {
        self.source_len = source_len;
    }

    /// Returns the byte offset in the source for one in the repaired text. Inserted text maps to the place where it was
    /// inserted, or to what it replaced; at or past the end, to the end of the source.
    pub fn to_source(&self, offset: usize) -> usize {
        match self.run(offset) {
            Some(run) if run.is_inserted => run.source.start,
            Some(run) => run.source.start + (offset - run.repaired),
            None => self.source_len,
        }
    }

    /// Returns the part of the source for a part of the repaired text; empty if all of it was inserted at one place.
    pub fn span_to_source(&self, span: Span) -> Span {
        let start = self.to_source(span.start);
        let last = span.end.max(span.start + 1) - 1;
        let end = match self.run(last) {
            _ if span.is_empty() => start,
            Some(run) if run.is_inserted => run.source.end,
            Some(run) => run.source.start + (last - run.repaired) + 1,
            None => self.source_len,
        };
        Span::new(start, end.max(start))
    }

    /// Returns whether a part of the repaired text holds a byte that was not copied from the source; for an empty span,
    /// whether it is inside or at either end of such bytes.
    pub fn touches_inserted(&self, span: Span) -> bool {
        let (start, end) = if span.is_empty() {
            (span.start.saturating_sub(1), span.start.saturating_add(1))
        } else {
            (span.start, span.end)
        };
        let first = self
            .runs
            .partition_point(|run| run.repaired <= start)
            .saturating_sub(1);
        self.runs
            .iter()
            .skip(first)
            .take_while(|run| run.repaired < end)
            .any(|run| run.is_inserted)
            && start < self.repaired_len
    }

    /// Returns the run that holds the byte at `offset` of the repaired text.
    fn run(&self, offset: usize) -> Option<&Run> {
        if offset >= self.repaired_len {
            return None;
        }
        let after = self.runs.partition_point(|run| run.repaired <= offset);
        self.runs.get(after.checked_sub(1)?)
    }
}
