//! The lines of a saved page, whatever it was saved as: plain text, Markdown with the site's components, or HTML.
//!
//! Each parameter begins with its name and its type on lines of their own, as a browser copies it; components and
//! tables are brought into this form. Code blocks are left out.

use super::html;

/// A line of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// The line of the file, counted from 1.
    pub(super) number: usize,
    /// The text, without white space around it.
    pub(super) text: String,
    /// The level of the heading, 1 for the highest; 0 for other lines.
    pub(super) heading: usize,
    /// How many parameters the line, or the parameter that begins here, is inside, if the page shows it.
    pub(super) depth: Option<usize>,
}

/// The tags that mark a file as HTML.
const HTML: [&str; 2] = ["<!doctype html", "<html"];
/// The component that describes one parameter.
const FIELD: &str = "ParamField";

/// Returns the lines of a page.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let text = text.trim_start_matches('\u{feff}');
    let start: String = text.trim_start().chars().take(64).collect();
    let start = start.to_ascii_lowercase();
    if HTML.iter().any(|tag| start.starts_with(tag)) {
        let lines = html::to_markdown(text);
        // The elements of HTML are closed, so what is not in one is at the top.
        let folds = lines.iter().any(|(_, line)| line == html::FOLDED);
        return of_markdown(&lines, folds);
    }
    let lines = text.lines().enumerate();
    let lines = lines.map(|(index, line)| (index + 1, line.to_owned()));
    of_markdown(&lines.collect::<Vec<_>>(), false)
}

/// Reads the lines of Markdown; `folds` says whether folded parts hold what is inside a parameter, and are closed.
fn of_markdown(numbered: &[(usize, String)], folds: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut is_code, mut depth) = (false, 0usize);
    for (number, raw) in numbered {
        let text = cleaned(raw);
        let mut add = |text: &str, heading, depth| {
            lines.push(Line {
                number: *number,
                text: text.to_owned(),
                heading,
                depth,
            });
        };
        if text.starts_with("```") {
            is_code = !is_code;
            continue;
        }
        if is_code || text.is_empty() {
            continue;
        }
        if folds && text == html::FOLDED {
            depth += 1;
        } else if folds && text == html::UNFOLDED {
            depth = depth.saturating_sub(1);
        }
        if let Some(tag) = component(&text) {
            if tag.strip_prefix('/') == Some(FIELD) {
                depth = depth.saturating_sub(1);
            } else if let Some(attributes) = tag.strip_prefix(FIELD) {
                for (index, part) in parameter(attributes).iter().enumerate() {
                    add(part, 0, (index == 0).then_some(depth));
                }
                if !tag.ends_with('/') {
                    depth += 1;
                }
            }
            continue;
        }
        let inside = folds.then_some(depth);
        let hashes = text.len() - text.trim_start_matches('#').len();
        if (1..=6).contains(&hashes) && text[hashes..].starts_with(' ') {
            add(text[hashes..].trim(), hashes, inside);
        } else if text.starts_with('|') {
            for cell in cells(&text) {
                add(&cell, 0, inside);
            }
        } else {
            add(text.trim_start_matches("> ").trim(), 0, inside);
        }
    }
    lines
}

/// Returns a line without white space around it, without invisible characters, and with plain blanks.
fn cleaned(raw: &str) -> String {
    let visible = raw
        .chars()
        .filter(|character| !matches!(character, '\u{200b}'..='\u{200d}' | '\u{feff}'))
        .map(|character| {
            if character == '\u{a0}' {
                ' '
            } else {
                character
            }
        });
    visible.collect::<String>().trim().to_owned()
}

/// Returns the inside of the tag that a line consists of, or begins with.
fn component(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('<')?;
    let begins = inside.trim_start_matches('/');
    if !begins.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    Some(inside.split('>').next().unwrap_or_default().trim())
}

/// Returns name, type and badges of a parameter, each as a line; nothing if the copy lost its name.
fn parameter(attributes: &str) -> Vec<String> {
    let value = |name: &str| {
        let after = attributes.split_once(&format!(" {name}=\""))?.1;
        Some(after.split('"').next().unwrap_or_default().to_owned())
    };
    let Some(name) = value("body") else {
        return Vec::new();
    };
    let mut parts = vec![name, value("type").unwrap_or_else(|| "any".to_owned())];
    if attributes
        .split_whitespace()
        .any(|word| word.trim_end_matches('/') == "required")
    {
        parts.push("required".to_owned());
    }
    parts.extend(value("default").map(|value| format!("default:{value}")));
    parts
}

/// Returns the cells of a line of a table; nothing of the line below its head.
fn cells(text: &str) -> Vec<String> {
    let cells = text.trim_matches('|').split('|');
    let cells: Vec<String> = cells.map(|cell| cell.trim().to_owned()).collect();
    let is_rule = |cell: &String| !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':'));
    if cells.iter().all(is_rule) {
        return Vec::new();
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let lines = lines(text).into_iter();
        let shown = lines.filter(|line| !line.text.is_empty()).map(|line| {
            let depth = line.depth.map(|depth| format!(" @{depth}"));
            let marks = "#".repeat(line.heading);
            format!(
                "{}:{marks}{}{}",
                line.number,
                line.text,
                depth.unwrap_or_default()
            )
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn components_become_the_lines_that_a_browser_copies() {
        check(
            "## Body\n<ParamField body=\"a\" type=\"object\" required>\n  Text\n  <Expandable title=\"x\">\n    <ParamField body=\"b\" type=\"integer\" default=\"5\">\n    </ParamField>\n  </Expandable>\n</ParamField>\n<ParamField body=\"c\">\n",
            &[
                "1:##Body",
                "2:a @0",
                "2:object",
                "2:required",
                "3:Text",
                "5:b @1",
                "5:integer",
                "5:default:5",
                "9:c @0",
                "9:any",
            ],
        );
    }

    #[test]
    fn a_placeholder_is_not_a_component_and_code_is_left_out() {
        check(
            "<<<image_1>>> is an image\n```json\n# no heading\n```\n> ## quoted\n| a | string |\n|---|:--|\n",
            &[
                "1:<<<image_1>>> is an image",
                "5:## quoted",
                "6:a",
                "6:string",
            ],
        );
    }

    #[test]
    fn html_is_read_as_its_text() {
        check(
            "<!DOCTYPE html><html><head><title>T</title></head><body>\n<script>var a = \"<h2>no</h2>\";</script>\n<h2 id=x>Request&#x20;Parameters\u{200b}</h2><div><div>mode</div><div><span>str</span>ing</div></div>\n<ul><li><code>std</code> &ndash; 720P</li></ul><pre>code</pre>5 &lt; 6</body></html>",
            &[
                "3:##Request Parameters",
                "3:mode",
                "3:string",
                "4:* `std` – 720P",
                "4:5 < 6",
            ],
        );
    }
}
