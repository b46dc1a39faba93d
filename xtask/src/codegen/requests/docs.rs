//! Doc comments from the texts of a contract.

use std::fmt::Write as _;

use kling_spec::{Claim, Evidence, Field, Format, Ground};

use super::INFALLIBLE;
use crate::codegen::markdown::codes;

/// The maximum number of characters of a line, as in rustfmt.
const WIDTH: usize = 100;

/// The lines of a doc comment.
#[derive(Debug, Clone, Default)]
pub(super) struct Docs(Vec<Line>);

#[derive(Debug, Clone)]
struct Line {
    text: String,
    /// Whether it is a list item.
    item: bool,
}

impl Docs {
    /// Starts with a paragraph.
    pub(super) fn about(text: &str) -> Self {
        Self(vec![Line {
            text: escaped(text),
            item: false,
        }])
    }

    /// Appends a list.
    pub(super) fn with_items(mut self, items: impl IntoIterator<Item = String>) -> Self {
        let items = items.into_iter().map(|text| Line { text, item: true });
        self.0.extend(items);
        self
    }

    /// Formats the comment at this depth of nested blocks.
    pub(super) fn indented(&self, depth: usize) -> String {
        let mut comment = String::new();
        let margin = "    ".repeat(depth);
        for (index, line) in self.0.iter().enumerate() {
            let follows_item = index > 0 && self.0[index - 1].item;
            if index > 0 && !(line.item && follows_item) {
                writeln!(comment, "{margin}///").expect(INFALLIBLE);
            }
            let (first, next) = if line.item { ("- ", "  ") } else { ("", "") };
            let width = WIDTH.saturating_sub(margin.len() + 4 + next.len());
            for (row, text) in wrapped(&line.text, width).into_iter().enumerate() {
                let lead = if row == 0 { first } else { next };
                writeln!(comment, "{margin}/// {lead}{text}").expect(INFALLIBLE);
            }
        }
        comment
    }
}

/// Returns what a contract says about a field.
pub(super) fn of_field(field: &Field) -> Docs {
    let mut items = Vec::new();
    let mut say =
        |what: String, ground: &Ground| items.push(format!("{what}{}", why(field, ground)));
    if let Some(ground) = &field.required {
        say("required".to_owned(), ground);
    }
    if let Some(unit) = &field.unit {
        say(format!("unit: {}", escaped(unit)), &field.ground);
    }
    if let Some(values) = &field.values
        && values.value.open
    {
        say(
            format!("common values: {}", codes(&values.value.list)),
            &values.ground,
        );
    }
    if !field.examples.is_empty() {
        say(format!("such as {}", codes(&field.examples)), &field.ground);
    }
    if let Some(Claim { value, ground, .. }) = &field.format {
        say(format_words(*value).to_owned(), ground);
    }
    if let Some(Claim { value, ground, .. }) = &field.max_characters {
        say(format!("at most {value} characters"), ground);
    }
    if let Some(Claim { value, ground, .. }) = &field.max_items {
        let items = if *value == 1 { "item" } else { "items" };
        say(format!("at most {value} {items}"), ground);
    }
    if let Some(Claim { value, ground, .. }) = &field.default {
        say(format!("default: `{value}`"), ground);
    }
    items.push(match &field.ground.evidence {
        Evidence::Source(place) => format!("source: `{place}`"),
        Evidence::Edition(_) | Evidence::Inferred(_) | Evidence::Upstream(_) => {
            escaped(&field.ground.evidence.to_string())
        }
    });
    Docs::about(&field.about).with_items(items)
}

/// Describes the ground of a claim, if it differs from that of its row.
fn why(field: &Field, ground: &Ground) -> String {
    if ground.evidence == field.ground.evidence {
        return String::new();
    }
    match &ground.evidence {
        Evidence::Source(place) => format!(" (source: `{place}`)"),
        Evidence::Edition(_) | Evidence::Inferred(_) | Evidence::Upstream(_) => {
            format!(" ({})", escaped(&ground.evidence.to_string()))
        }
    }
}

const fn format_words(format: Format) -> &'static str {
    match format {
        Format::NonBlank => "more than white space",
        Format::PublicUrl => "a public http or https URL",
        Format::CallbackUrl => "a public https URL without user name and fragment",
        Format::AssetUrl => "a public URL, or the URL of another asset",
        Format::Ratio => "width:height in whole numbers",
    }
}

/// Escapes brackets outside code, which would be taken for a tag or a link.
pub(super) fn escaped(text: &str) -> String {
    let mut inside = false;
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        inside ^= c == '`';
        if !inside && matches!(c, '<' | '[') {
            shown.push('\\');
        }
        shown.push(if c.is_control() { ' ' } else { c });
    }
    shown
}

/// Wraps a text at blanks to at most this many characters, if possible; no line begins like a list or a heading.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut length = 0;
    for word in text.split_whitespace() {
        let size = word.chars().count();
        let plain = word.starts_with(|c: char| c.is_alphabetic() || c == '`' || c == '(');
        if length > 0 && length + 1 + size > width && plain {
            lines.push(String::new());
            length = 0;
        }
        if let Some(line) = lines.last_mut() {
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += size;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_long_as_rustfmt_has_them() {
        let text = "word ".repeat(60);
        let comment = Docs::about(&text)
            .with_items([text.clone(), "short".to_owned()])
            .indented(1);
        assert!(comment.lines().all(|line| line.len() <= WIDTH), "{comment}");
        assert_eq!(comment.matches("    /// - ").count(), 2);
        assert_eq!(comment.matches("    ///\n").count(), 1);
        assert_eq!(comment.matches("word").count(), 120);
    }

    #[test]
    fn no_line_begins_like_a_list() {
        assert_eq!(wrapped("one - two 3. four", 5), ["one -", "two 3.", "four"]);
    }

    #[test]
    fn brackets_are_escaped_outside_of_code() {
        assert_eq!(escaped("a <b> [c] `<d>[]`"), "a \\<b> \\[c] `<d>[]`");
    }
}
