//! File names, rendered from a template and made safe.

use std::str::FromStr;
use std::time::SystemTime;

use crate::date::day;
use crate::error::{Error, Kind};

/// The maximum length of a file name in bytes, on all common file systems.
const NAME_LIMIT: usize = 255;

/// How much of it is reserved: for ` (2)`, and for the ending of the `.part` file.
const RESERVED: usize = 40;

/// Names that Windows treats as devices, whatever their extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A template for file names: text with `{id}`, `{model}`, `{index}` and `{date}`.
///
/// ```
/// use std::time::SystemTime;
/// use kling_http::download::{NameParts, NameTemplate};
///
/// let template: NameTemplate = "{date}-{model}-{id}.mp4".parse()?;
/// let parts = NameParts { id: "../video/1", model: "kling-v3", index: 0, date: SystemTime::UNIX_EPOCH };
/// assert_eq!(template.render(&parts), "1970-01-01-kling-v3-.._video_1.mp4");
/// # Ok::<(), kling_http::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTemplate {
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Text(String),
    Id,
    Model,
    Index,
    Date,
}

/// The values for a template's placeholders.
#[derive(Debug, Clone, Copy)]
pub struct NameParts<'p> {
    /// The task's id, from the service.
    pub id: &'p str,
    /// The model.
    pub model: &'p str,
    /// A number, such as that of the request in its file.
    pub index: u32,
    /// The moment whose UTC date replaces `{date}`.
    pub date: SystemTime,
}

impl Default for NameTemplate {
    /// `{id}.mp4`
    fn default() -> Self {
        Self {
            segments: vec![Segment::Id, Segment::Text(".mp4".to_owned())],
        }
    }
}

impl FromStr for NameTemplate {
    type Err = Error;

    /// Parses a template; `.mp4` is appended if it is missing.
    ///
    /// # Errors
    /// [`is_input`](Error::is_input) for an unknown or unclosed `{…}`, a path separator, or an empty text.
    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = |what: &str| {
            Err(
                Error::new(Kind::Input, format!("the name template {what}")).with_help(
                    "use `{id}`, `{model}`, `{date}` and, for one of many, `{index}`, as in `{date}-{id}.mp4`",
                ),
            )
        };
        if text.is_empty() {
            return refused("is empty");
        }
        if text.contains(['/', '\\']) {
            return refused("has a slash: it names a file, not a folder");
        }
        let mut segments = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return refused("has a `{` without a `}`");
            };
            if !before.is_empty() {
                segments.push(Segment::Text(before.to_owned()));
            }
            segments.push(match name {
                "id" => Segment::Id,
                "model" => Segment::Model,
                "index" => Segment::Index,
                "date" => Segment::Date,
                _ => return refused("has an unknown `{…}`"),
            });
            rest = after;
        }
        if rest.contains('}') {
            return refused("has a `}` without a `{`");
        }
        let mut end = rest.to_owned();
        if !end.to_ascii_lowercase().ends_with(".mp4") {
            end.push_str(".mp4");
        }
        segments.push(Segment::Text(end));
        Ok(Self { segments })
    }
}

impl NameTemplate {
    /// Renders the name: one path component, printable, at most 255 bytes including what may be added to it, without a
    /// leading dot, and not a device name.
    pub fn render(&self, parts: &NameParts<'_>) -> String {
        let mut name = String::new();
        for segment in &self.segments {
            match segment {
                Segment::Text(text) => name.push_str(&safe(text)),
                Segment::Id => name.push_str(&safe(parts.id)),
                Segment::Model => name.push_str(&safe(parts.model)),
                Segment::Index => name.push_str(&parts.index.to_string()),
                Segment::Date => name.push_str(&day(parts.date).to_string()),
            }
        }
        finish(&name)
    }
}

/// Keeps the characters that every file system accepts and no shell or terminal acts on; others become `_`.
fn safe(text: &str) -> String {
    text.chars()
        .take(NAME_LIMIT)
        .map(|character| match character {
            ' ' | '-' | '_' | '.' | '(' | ')' | '+' | ',' | '=' | '@' => character,
            _ if character.is_ascii_alphanumeric() => character,
            // Letters of other scripts are printable; marks and symbols may not be.
            _ if !character.is_ascii() && character.is_alphanumeric() => character,
            _ => '_',
        })
        .collect()
}

fn finish(name: &str) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "mp4"));
    // Windows strips trailing spaces and dots, a leading dot hides a file, and a leading dash looks like an option.
    let stem = stem.trim_end_matches([' ', '.']).trim_start_matches(' ');
    let mut stem = match stem.chars().next() {
        None => "video".to_owned(),
        Some('.' | '-') => format!("_{}", stem.get(1..).unwrap_or_default()),
        Some(_) => stem.to_owned(),
    };
    let first = stem
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_lowercase();
    let numbered = |prefix: &str| {
        first.strip_prefix(prefix).is_some_and(|rest| {
            rest.chars().count() == 1
                && rest
                    .chars()
                    .all(|c| c.is_ascii_digit() || "¹²³".contains(c))
        })
    };
    if DEVICES.contains(&first.as_str()) || numbered("com") || numbered("lpt") {
        stem.insert(0, '_');
    }
    let room = NAME_LIMIT - RESERVED - extension.len() - 1;
    let mut end = stem.len().min(room);
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    stem.truncate(end);
    format!("{}.{extension}", stem.trim_end_matches([' ', '.']))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::{NameParts, NameTemplate};

    fn named(template: &str, id: &str) -> String {
        template
            .parse::<NameTemplate>()
            .unwrap()
            .render(&NameParts {
                id,
                model: "kling-v3",
                index: 7,
                date: SystemTime::UNIX_EPOCH,
            })
    }

    #[test]
    fn templates() {
        assert_eq!(
            named("{index}_{model}_{date}_{id}", "v"),
            "7_kling-v3_1970-01-01_v.mp4"
        );
        for refused in ["", "{id", "id}", "{url}", "a/b", "a\\b"] {
            assert!(
                refused.parse::<NameTemplate>().unwrap_err().is_input(),
                "{refused}"
            );
        }
    }

    #[test]
    fn hostile_ids() {
        for (id, name) in [
            ("../../etc/passwd", "_._.._etc_passwd.mp4"),
            ("/abs", "_abs.mp4"),
            ("a\0b\n\u{202e}c\u{1b}[2J", "a_b__c__2J.mp4"),
            (".hidden", "_hidden.mp4"),
            ("-rf", "_rf.mp4"),
            ("CON", "_CON.mp4"),
            ("com1", "_com1.mp4"),
            ("nul.txt", "_nul.txt.mp4"),
            ("", "video.mp4"),
            ("..", "video.mp4"),
            ("a.. ", "a.mp4"),
            ("视频", "视频.mp4"),
        ] {
            assert_eq!(named("{id}", id), name, "{id:?}");
        }
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let name = named("{id}", &"频".repeat(400));
        assert!(
            name.len() <= 255 - 36 && name.ends_with("频.mp4"),
            "{}",
            name.len()
        );
    }
}
