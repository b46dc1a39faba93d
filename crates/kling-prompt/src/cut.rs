//! Pieces of a prompt at byte offsets: what is out of bounds, or inside a character, is nothing.

/// The character at an offset.
pub(crate) fn char_at(prompt: &str, at: usize) -> Option<char> {
    prompt.get(at..)?.chars().next()
}

/// The text between two offsets that were found by reading.
pub(crate) fn slice(prompt: &str, start: usize, end: usize) -> &str {
    prompt.get(start..end).unwrap_or_default()
}
