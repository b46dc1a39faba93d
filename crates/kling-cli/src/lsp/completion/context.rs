//! Where in a request something is being written.
//!
//! The text before the place is repaired on its own, so that its last element is what is being written, whatever
//! follows.

use kling_json::{Kind, Node, Span};
use kling_spec::Path;

use crate::input::path::path_of;
use crate::lsp::request::{Readable, is_container};

/// What belongs at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// The key of a member.
    Key,
    /// A value.
    Value,
}

/// A place in a request where something is being written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) slot: Slot,
    /// For a key, the path of its object; for a value, its own.
    pub(super) path: Path,
    /// JSON Pointer of the object or list around it.
    pub(super) container: String,
    /// The part of the key or value already written, before and after the place.
    pub(super) token: Span,
    /// Whether it begins with a quotation mark.
    pub(super) is_quoted: bool,
    /// The place.
    pub(super) offset: usize,
}

impl Context {
    /// Finds what is being written at `offset`; `None` if nothing can be there.
    pub(super) fn of(text: &str, offset: usize) -> Option<Self> {
        let before = text.get(..offset)?;
        let readable = Readable::new(before);
        let json = readable.json();
        let is_open = |node: Node<'_>| {
            is_container(node) && readable.is_added(node.span().end.saturating_sub(1))
        };
        let mut container = json.root();
        if !is_open(container) {
            return None;
        }
        let mut last = container.children().last();
        while let Some(inner) = last
            && is_open(inner)
        {
            container = inner;
            last = container.children().last();
        }
        let is_object = container.kind() == Kind::Object;
        let around = path_of(container);
        let ends_here = |span: Span| readable.to_source(span).end == offset;
        let started = last.and_then(|last| {
            let key = last.key_span();
            if let Some(key) = key
                && readable.is_added(key.end - 1)
                && ends_here(key)
            {
                return Some((Slot::Key, readable.to_source(key).start));
            }
            let value = last.span();
            let was_written = !readable.is_added(value.start) || readable.is_added(value.end - 1);
            let is_null = last.kind() == Kind::Null && readable.is_added(value.start);
            let goes_on = last.kind() != Kind::String || readable.is_added(value.end - 1);
            (!is_container(last) && was_written && !is_null && goes_on && ends_here(value))
                .then(|| (Slot::Value, readable.to_source(value).start))
        });
        let (slot, start) = match (started, before.trim_end().chars().next_back()?) {
            (Some(started), _) => started,
            (None, '{' | ',') if is_object => (Slot::Key, offset),
            (None, '[' | ',') if !is_object => (Slot::Value, offset),
            (None, ':') if is_object => (Slot::Value, offset),
            (None, _) => return None,
        };
        let path = match (slot, is_object) {
            (Slot::Key, _) => around,
            (Slot::Value, true) => around.member(&last?.key()?.decode()),
            (Slot::Value, false) => around.items(),
        };
        let is_quoted = before.as_bytes().get(start) == Some(&b'"');
        let closing = is_quoted.then(|| string_end(text, offset)).flatten();
        let end = closing.unwrap_or_else(|| word_end(text, offset, slot));
        Some(Self {
            slot,
            path,
            container: container.pointer(),
            token: Span::new(start, end),
            is_quoted,
            offset,
        })
    }

    /// Returns the first character after the key or value that is not blank.
    pub(super) fn follows(&self, text: &str) -> Option<char> {
        text.get(self.token.end..)?
            .chars()
            .find(|character| !character.is_ascii_whitespace())
    }

    /// Returns the text without what is being written, so that the rest can be read.
    pub(super) fn without_token(&self, text: &str) -> String {
        let before = text.get(..self.token.start).unwrap_or_default();
        let behind = text.get(self.token.end..).unwrap_or_default();
        let filler = match (self.slot, self.follows(text)) {
            (Slot::Key, _) => "",
            (Slot::Value, None | Some(',' | '}' | ']')) => "null",
            (Slot::Value, Some(_)) => "null,",
        };
        [before, filler, behind].concat()
    }
}

/// Finds the end of the string that continues at `offset`: after the next quotation mark on the line, if the string
/// can end there.
fn string_end(text: &str, offset: usize) -> Option<usize> {
    let behind = text.get(offset..)?;
    let line = behind.lines().next()?;
    let mut is_escaped = false;
    let quote = line.find(|character| {
        let is_quote = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        is_quote
    })?;
    let rest = behind.get(quote + 1..)?.trim_start_matches([' ', '\t']);
    let can_end = rest.is_empty() || rest.starts_with([',', ':', '}', ']', '\r', '\n']);
    can_end.then_some(offset + quote + 1)
}

/// Finds the end of the word that continues at `offset`.
fn word_end(text: &str, offset: usize, slot: Slot) -> usize {
    let behind = text.get(offset..).unwrap_or_default();
    let belongs = |character: char| {
        character.is_alphanumeric()
            || matches!(character, '_' | '-' | '.')
            || character == ':' && slot == Slot::Value
    };
    offset + behind.find(|c| !belongs(c)).unwrap_or(behind.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` marks the place; checks what belongs there, its path, the part already written, and the text without that.
    #[track_caller]
    fn check(marked: &str, expected: Option<(Slot, &str, &str, &str)>) {
        let offset = marked.find('|').unwrap();
        let text = marked.replace('|', "");
        let found = Context::of(&text, offset);
        let found = found.as_ref().map(|context| {
            (
                context.slot,
                context.path.to_string(),
                context.token.of(&text),
                context.without_token(&text),
            )
        });
        let expected = expected
            .map(|(slot, path, token, without)| (slot, path.to_owned(), token, without.to_owned()));
        assert_eq!(found, expected, "{marked}");
    }

    #[test]
    fn keys() {
        use Slot::Key;
        check("{|", Some((Key, "", "", "{")));
        check("{|}", Some((Key, "", "", "{}")));
        check("{\"du|", Some((Key, "", "\"du", "{")));
        check(
            "{\"du|ration\": 5}",
            Some((Key, "", "\"duration\"", "{: 5}")),
        );
        check("{\"\": 1, du|", Some((Key, "", "du", "{\"\": 1, ")));
        check(
            "{\"a\": 1,\n  \"|\"\n  \"b\": 2}",
            Some((Key, "", "\"\"", "{\"a\": 1,\n  \n  \"b\": 2}")),
        );
        check(
            "{\"a\": {\"b\": [{}, {|}]}}",
            Some((Key, "a.b[]", "", "{\"a\": {\"b\": [{}, {}]}}")),
        );
    }

    #[test]
    fn values() {
        use Slot::Value;
        check("{\"a\": |", Some((Value, "a", "", "{\"a\": null")));
        check("{\"a\":|}", Some((Value, "a", "", "{\"a\":null}")));
        check(
            "{\"a\": |\n\"b\": 1}",
            Some((Value, "a", "", "{\"a\": null,\n\"b\": 1}")),
        );
        check(
            "{\"a\": \"16|:9\"}",
            Some((Value, "a", "\"16:9\"", "{\"a\": null}")),
        );
        check(
            "{\"a\": \"<|b \\\"c\\\" d\" , \"e\": 1}",
            Some((Value, "a", "\"<b \\\"c\\\" d\"", "{\"a\": null , \"e\": 1}")),
        );
        check("{\"a\": \"x|", Some((Value, "a", "\"x", "{\"a\": null")));
        check(
            "{\"a\": tr|, 1",
            Some((Value, "a", "tr", "{\"a\": null, 1")),
        );
        check("{\"a\": 5|}", Some((Value, "a", "5", "{\"a\": null}")));
        check("{\"a\": pr|", Some((Value, "a", "pr", "{\"a\": null")));
        check("[|", Some((Value, "[]", "", "[null")));
        check(
            "{\"a\": [1, \"|\"]}",
            Some((Value, "a[]", "\"\"", "{\"a\": [1, null]}")),
        );
    }

    #[test]
    fn nothing_belongs_there() {
        check("|", None);
        check("{}|", None);
        check("{\"a\"|", None);
        check("{\"a\": \"x\"|", None);
        check("{\"a\": 1 |", None);
        check("{\"a\": [1] |", None);
        check("{\"a\": [1}|", None);
    }
}
