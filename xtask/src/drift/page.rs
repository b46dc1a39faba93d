//! The parameters of a saved page: its headings, and the rows of the section that describes the request.

use super::lines::{Line, lines};
use crate::failure::{Failure, Result};

/// What a saved page shows.
#[derive(Debug)]
pub(super) struct Page {
    /// The headings, in the English of the contracts.
    headings: Vec<String>,
    /// Whether text comes before the section of the parameters.
    pub(super) has_introduction: bool,
    /// The lines of the section, without the rows that could be read by name.
    pub(super) unnamed: Vec<(usize, String)>,
    /// The rows, in the order of the page; empty if the copy lost the names of the parameters.
    pub(super) rows: Vec<Row>,
}

/// One parameter of the page.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) name: String,
    /// The line of the file where it begins.
    pub(super) line: usize,
    pub(super) nesting: Nesting,
    /// Its type, as the page writes it; `None` if the copy lost it.
    pub(super) kind: Option<String>,
    pub(super) required: bool,
    /// The default of its badge.
    pub(super) default: Option<String>,
    /// Its description.
    pub(super) body: Vec<String>,
}

/// What the page shows of where a parameter is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Nesting {
    /// Nothing.
    #[default]
    Unknown,
    /// It is inside this many others.
    Exactly(usize),
    /// It is inside others.
    Inside,
}

/// Headings of pages, apart from those that contracts name.
const HEADINGS: [&str; 5] = [
    "Authorization",
    "Response",
    "Examples",
    "Use Cases",
    "Input Rules",
];
/// Headings of pages in Chinese, and what contracts call the place.
const TRANSLATED: [(&str, &str); 4] = [
    ("请求参数", "Request Parameters"),
    ("计费映射", "Billing Mapping"),
    ("Omni 引用语法", "Omni Reference Syntax"),
    ("图片引用语法", "Image Reference Syntax"),
];
/// The words of the badges for types.
const TYPES: [&str; 9] = [
    "string", "integer", "number", "boolean", "object", "array", "any", "string[]", "object[]",
];
const REQUIRED: [&str; 3] = ["required", "yes", "必填"];
const OPTIONAL: [&str; 4] = ["optional", "no", "可选", "选填"];
const DEFAULT: [&str; 2] = ["default", "默认值"];
/// The longest name of a parameter.
const MAX_NAME: usize = 64;

impl Page {
    /// Reads a page; `section` is the heading of its parameters, and `known` are all headings that the contract names.
    ///
    /// # Errors
    /// The page does not have the section.
    pub(super) fn read(text: &str, section: &str, known: &[&str]) -> Result<Self> {
        let lines = lines(text);
        let is_marked = lines
            .iter()
            .any(|line| line.heading > 0 && translated(&line.text) == section);
        let heading = |line| heading(line, is_marked, known);
        let begins = lines.iter().position(|line| heading(line) == Some(section));
        let Some(begins) = begins else {
            return Err(Failure::new(format!(
                "the page has no heading `{section}`; save the whole page as text, Markdown or HTML"
            )));
        };
        let level = lines[begins].heading;
        let mut page = Self {
            headings: lines
                .iter()
                .filter_map(heading)
                .map(str::to_owned)
                .collect(),
            has_introduction: lines[..begins]
                .iter()
                .any(|line| !line.text.is_empty() && heading(line).is_none()),
            unnamed: Vec::new(),
            rows: Vec::new(),
        };
        let lines: Vec<&Line> = lines[begins + 1..]
            .iter()
            .filter(|line| !line.text.is_empty())
            .collect();
        let mut rest = &lines[..];
        while let Some((line, after)) = rest.split_first() {
            if let Some((row, after)) = row(rest) {
                page.rows.push(row);
                rest = after;
                continue;
            }
            if heading(line).is_some() && (level == 0 || line.heading <= level) {
                break;
            }
            match page.rows.last_mut() {
                Some(row) => row.body.push(line.text.clone()),
                None => page.unnamed.push((line.number, line.text.clone())),
            }
            rest = after;
        }
        Ok(page)
    }

    /// Returns whether the page has a heading.
    pub(super) fn has_heading(&self, name: &str) -> bool {
        self.headings.iter().any(|heading| heading == name)
    }
}

/// Returns the heading that a line is: by its mark, or in a text without marks if it is a known one.
fn heading<'l>(line: &'l Line, is_marked: bool, known: &[&str]) -> Option<&'l str> {
    let title = translated(&line.text);
    let is_known = || known.contains(&title) || HEADINGS.contains(&title);
    let is_heading = if is_marked {
        line.heading > 0
    } else {
        is_known()
    };
    is_heading.then_some(title)
}

fn translated(heading: &str) -> &str {
    let known = TRANSLATED.iter().find(|(other, _)| *other == heading);
    known.map_or(heading, |(_, english)| english)
}

/// Reads the row that begins at the first line: its name, then its badges, the first of which is its type.
fn row<'l>(lines: &'l [&'l Line]) -> Option<(Row, &'l [&'l Line])> {
    let (line, mut rest) = lines.split_first()?;
    let (name, same_line) = match line.text.split_once('—') {
        Some((name, badges)) => (name, Some(badges)),
        None => (&*line.text, None),
    };
    let is_bold = name.starts_with("**");
    let name = name
        .trim()
        .trim_matches('*')
        .trim_matches('`')
        .replace("\\_", "_");
    if !is_name(&name) {
        return None;
    }
    let mut row = Row {
        name,
        line: line.number,
        nesting: match line.depth {
            Some(depth) => Nesting::Exactly(depth),
            None if line.heading > 0 => Nesting::Exactly(0),
            None if is_bold => Nesting::Inside,
            None => Nesting::Unknown,
        },
        ..Row::default()
    };
    if let Some(badges) = same_line {
        row.take_badges(badges).then_some(())?;
    }
    while let Some((line, after)) = rest.split_first() {
        if !row.take_badges(&line.text) {
            break;
        }
        rest = after;
    }
    row.kind.is_some().then_some((row, rest))
}

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= MAX_NAME
        && bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

impl Row {
    /// Reads the badges of a line; returns `false`, and changes nothing, if it is something else.
    fn take_badges(&mut self, line: &str) -> bool {
        let badges: Vec<&str> = line
            .split('·')
            .map(|badge| badge.trim().trim_matches('`'))
            .collect();
        let (kind, others) = match (&self.kind, badges.split_first()) {
            (None, Some((kind, others))) => (Some((*kind).to_owned()), others),
            _ => (None, &badges[..]),
        };
        let is_badge = |badge: &&str| {
            let badge = badge.to_ascii_lowercase();
            REQUIRED.contains(&&*badge) || OPTIONAL.contains(&&*badge) || default(&badge).is_some()
        };
        let is_type = kind.as_deref().is_none_or(|kind| TYPES.contains(&kind));
        if !is_type || !others.iter().all(is_badge) {
            return false;
        }
        if kind.is_some() {
            self.kind = kind;
        }
        for badge in others {
            self.required |= REQUIRED.contains(&&*badge.to_ascii_lowercase());
            if let Some(value) = default(badge) {
                self.default = Some(value.to_owned());
            }
        }
        true
    }
}

/// Returns the value of a badge such as `default:"5"`.
fn default(badge: &str) -> Option<&str> {
    let after = DEFAULT.iter().find_map(|word| badge.strip_prefix(word))?;
    let value = after.trim_start().strip_prefix([':', '：', '='])?;
    Some(value.trim().trim_matches(['"', '`', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let page = Page::read(text, "Request Parameters", &["Request Parameters"]).unwrap();
        let rows = page.rows.iter().map(|row| {
            let kind = row.kind.as_deref().unwrap_or("-");
            let required = if row.required { " required" } else { "" };
            let default = row.default.as_ref().map(|value| format!(" ={value}"));
            format!(
                "{} {kind}{required}{} {:?}: {}",
                row.name,
                default.unwrap_or_default(),
                row.nesting,
                row.body.join(" / ")
            )
        });
        assert_eq!(rows.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_row_is_read_however_the_page_was_saved() {
        let text = "Authorization\nAuthorization\nstring\nrequired\nRequest Parameters\nsize\ninteger\ndefault:\"5\"\nIts size.\nlarge\nResponse\nid\nstring\n";
        check(text, &["size integer =5 Unknown: Its size. / large"]);
        let site = "## 请求参数\n\n### `size`\n\n`integer` · 必填 · 默认值：`5`\n\n* `5`\n\n**`part`** — `string` · 必填\n\nx\n\n## 响应\n\n### `id`\n\n`string`\n";
        check(
            site,
            &[
                "size integer required =5 Exactly(0): * `5`",
                "part string required Inside: x",
            ],
        );
        let table = "# Request Parameters\n| Name | Type | Required |\n|---|---|---|\n| `size` | integer | yes | The size |\n";
        check(table, &["size integer required Unknown: The size"]);
    }

    #[test]
    fn a_page_without_the_section_is_refused() {
        let error = Page::read("# A\ntext", "Request Parameters", &[]).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("no heading `Request Parameters`")
        );
    }
}
