//! What a value says, and whether it says too much to be dropped.

use std::collections::HashMap;

use kling_json::{Document, Kind, Node};

/// The longest text that is only a word: longer ones are ids, keys or media.
const LONGEST_WORD: usize = 32;

/// What a text says, wherever it says it.
#[derive(Debug, Default)]
pub(crate) struct ValueCounts {
    /// Texts, numbers and booleans as JSON writes them, without white space around a text, each with its number of
    /// occurrences.
    values: HashMap<String, usize>,
    /// The number of lists and objects.
    containers: usize,
}

impl ValueCounts {
    pub(crate) fn of(node: Node<'_>) -> Self {
        let mut counts = Self::default();
        counts.add(node);
        counts
    }

    fn add(&mut self, node: Node<'_>) {
        let mut nodes = vec![node];
        while let Some(node) = nodes.pop() {
            let value = match node.kind() {
                Kind::Array | Kind::Object => {
                    self.containers += 1;
                    nodes.extend(node.children());
                    continue;
                }
                // `null` says nothing.
                Kind::Null => continue,
                Kind::Number | Kind::Boolean => node.raw().to_owned(),
                Kind::String => {
                    let Some(text) = node.text() else { continue };
                    let text = text.decode();
                    if text.trim().is_empty() {
                        continue;
                    }
                    // A list or an object in a text says what it holds.
                    if let Some(inside) = container_in(&text) {
                        self.add(inside.root());
                        continue;
                    }
                    format!("\"{}", text.trim())
                }
            };
            *self.values.entry(value).or_default() += 1;
        }
    }

    /// Returns what occurs more often here than in `other`, in no order.
    fn beyond<'s>(&'s self, other: &Self) -> Vec<&'s str> {
        let more = self.values.iter().flat_map(|(value, &count)| {
            let there = other.values.get(value).copied().unwrap_or_default();
            std::iter::repeat_n(value.as_str(), count.saturating_sub(there))
        });
        more.collect()
    }

    /// Returns whether a text that says `after` still says everything that is meant here.
    ///
    /// A value may become another one, except for the URLs in it. Without a replacement, only a word, a number or
    /// `false` may go.
    fn is_kept_in(&self, after: &Self, kept: Kept) -> bool {
        let lost = self.beyond(after);
        let gained = after.beyond(self);
        if lost.is_empty() {
            return true;
        }
        let may_go = match kept {
            Kept::AsWritten => false,
            Kept::Elsewhere => lost.iter().all(|value| after.values.contains_key(*value)),
            Kept::AsMeaning => lost.iter().all(|value| is_little(value)),
        };
        if may_go {
            return true;
        }
        let addresses = lost.iter().flat_map(|value| addresses(value));
        let are_there = { addresses }.all(|address| gained.iter().any(|new| new.contains(address)));
        let is_converted = gained.len() >= lost.len();
        let is_little = matches!(*lost, [only] if is_little(only));
        are_there && self.containers <= after.containers && (is_converted || is_little)
    }
}

/// How a fixed text says what the text before it said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// By the same values.
    AsWritten,
    /// What goes repeats something that stays.
    Elsewhere,
    /// The words that say what an item is for, and the objects that hold them, go: its new place says so.
    AsMeaning,
}

/// Returns whether a fixed text still says everything that was meant before.
pub(crate) fn keeps_content(counts: &ValueCounts, fixed: &Document<'_>, kept: Kept) -> bool {
    counts.is_kept_in(&ValueCounts::of(fixed.root()), kept)
}

/// Returns whether a value says too much for a fix to drop it: a URL, a list, an object, `true`, or more than a word.
pub(crate) fn has_content(node: Node<'_>) -> bool {
    match node.kind() {
        // Broken text has its own finding.
        _ if !node.is_whole() => false,
        Kind::Array | Kind::Object => !ValueCounts::of(node).values.is_empty(),
        Kind::String => node.text().is_some_and(|text| {
            let text = text.decode();
            !text.trim().is_empty() && !is_word(text.trim())
        }),
        Kind::Boolean => node.boolean() == Some(true),
        Kind::Number | Kind::Null => false,
    }
}

/// Returns the list or the object that a text holds as JSON.
pub(crate) fn container_in(text: &str) -> Option<Document<'_>> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    Document::parse(text).ok()
}

/// Returns whether the text of a string is itself JSON: such a text is neither an item of a list nor a member of an
/// object.
pub(crate) fn holds_json(node: Node<'_>) -> bool {
    node.text()
        .is_some_and(|text| container_in(&text.decode()).is_some())
}

/// Returns whether the text of a string holds more than one URL, and so cannot be a single item or member.
pub(crate) fn holds_addresses(node: Node<'_>) -> bool {
    node.text()
        .is_some_and(|text| addresses(&text.decode()).nth(1).is_some())
}

/// Returns whether a value of [`ValueCounts`] may go without a replacement.
fn is_little(value: &str) -> bool {
    match value.strip_prefix('"') {
        Some(text) => is_word(text),
        None => value != "true",
    }
}

/// Returns whether a text is a word of a vocabulary or a number with its unit. A file name is not, and text that is not
/// ASCII may be a sentence, since not every script has blanks.
fn is_word(text: &str) -> bool {
    let is_point = |at: usize| {
        let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
        at.checked_sub(1).is_some_and(digit) && digit(at + 1)
    };
    text.len() <= LONGEST_WORD
        && text.char_indices().all(|(at, character)| match character {
            '.' => is_point(at),
            '_' | '-' | ':' | '%' => true,
            _ => character.is_ascii_alphanumeric(),
        })
}

/// Returns the URLs in a value of [`ValueCounts`].
fn addresses(value: &str) -> impl Iterator<Item = &str> {
    let is_end = |character: char| character.is_whitespace() || "\"<>,;|".contains(character);
    value
        .split(is_end)
        .filter(|part| part.contains("://") || part.starts_with("data:"))
}
