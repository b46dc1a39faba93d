//! Pieces of a prompt at byte offsets; an offset out of bounds or inside a character yields nothing.

/// Returns the character at an offset.
pub(crate) fn char_at(prompt: &str, at: usize) -> Option<char> {
    prompt.get(at..)?.chars().next()
}

/// Returns the text between two offsets that were found by reading.
pub(crate) fn slice(prompt: &str, start: usize, end: usize) -> &str {
    prompt.get(start..end).unwrap_or_default()
}
