//! Byte ranges of a text.

/// A half-open range of byte offsets in a text: `start` is the first byte, `end` is one past the last.
///
/// ```
/// use kling_json::Span;
/// let span = Span { start: 1, end: 4 };
/// assert_eq!(span.len(), 3);
/// assert_eq!(span.of("[123]"), "123");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset one past the last byte.
    pub end: usize,
}

impl Span {
    /// Makes the range from `start` to `end`.
    #[inline]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Returns the length in bytes; 0 if `end` is before `start`.
    #[inline]
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Returns whether the range holds no byte.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Returns whether the byte at `offset` lies in the range.
    #[inline]
    pub const fn contains(self, offset: usize) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Returns the part of `text` in this range; empty if the range does not fit `text` or cuts a character.
    #[inline]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}
