//! The body of a request for display: one member per line, with the places that findings are about.

use std::cmp::Reverse;

use kling_json::Span;
use serde::Serialize;

/// A longer line, in characters, is hard to read: such a body is reformatted.
const LONGEST_LINE: usize = 80;

/// Containers deeper than this stay on one line.
const MAX_DEPTH: usize = 12;

/// Everything after this many lines is put on the last one.
const MAX_LINES: usize = 400;

/// A body in lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Layout {
    /// Whether the lines are those that were sent; otherwise spaces and line breaks are new.
    as_sent: bool,
    lines: Vec<Line>,
    /// The findings beyond the known part of the body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beyond: Vec<usize>,
}

/// A line, and the findings that begin in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Line {
    runs: Vec<Run>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<usize>,
}

/// A part of a line, and the finding about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Run {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<usize>,
}

impl Layout {
    /// Lays out the known part of a body. It may be cut off, or not be JSON.
    pub(crate) fn of(body: &str, findings: &[Span]) -> Self {
        if body.is_empty() {
            return Self::default();
        }
        let is_long = |line: &str| line.chars().nth(LONGEST_LINE).is_some();
        let is_json = body.trim_start().starts_with(['{', '[']);
        let as_sent = !(is_json && body.lines().any(is_long));
        let mut writer = Writer::new(findings.to_vec());
        if as_sent {
            writer.copy(body);
        } else {
            writer.lay_out(body);
        }
        writer.finish(as_sent, body.len())
    }
}

struct Writer {
    spans: Vec<Span>,
    /// The findings not yet assigned to a line, last first.
    waiting: Vec<usize>,
    lines: Vec<Line>,
    line: Line,
    /// Where this line begins in the body: a finding that began in an earlier line is marked only there.
    begin: Option<usize>,
    /// The finding at this place, up to the next place where one begins or ends.
    marked: Option<usize>,
    until: usize,
}

impl Writer {
    fn new(spans: Vec<Span>) -> Self {
        let mut waiting: Vec<usize> = (0..spans.len()).collect();
        waiting.sort_by_key(|finding| Reverse((spans[*finding].start, *finding)));
        Self {
            spans,
            waiting,
            lines: Vec::new(),
            line: Line::default(),
            begin: None,
            marked: None,
            until: 0,
        }
    }

    /// Copies the body unchanged.
    fn copy(&mut self, body: &str) {
        for (at, character) in body.char_indices() {
            if character == '\n' && self.has_room() {
                self.claim(at);
                self.end_line(0);
            } else {
                self.put(character, at);
            }
        }
    }

    /// Puts each member and each item on its own line.
    fn lay_out(&mut self, body: &str) {
        let mut depth = 0_usize;
        let mut in_string = false;
        let mut is_escaped = false;
        let mut is_apart = false;
        let mut before = None;
        for (at, character) in body.char_indices() {
            if in_string {
                self.put(character, at);
                in_string = is_escaped || character != '"';
                is_escaped = !is_escaped && character == '\\';
                continue;
            }
            if character.is_ascii_whitespace() {
                is_apart = true;
                continue;
            }
            let may_end = depth <= MAX_DEPTH && self.has_room();
            let is_closing = matches!(character, '}' | ']');
            if is_closing {
                depth = depth.saturating_sub(1);
            }
            match before {
                Some('{' | '[') if is_closing => {}
                Some('{' | '[' | ',') if may_end => self.end_line(depth),
                Some(_) if is_closing && may_end => self.end_line(depth),
                Some(':') => self.add(' '),
                // Adjacent words: the body is not JSON.
                Some(_) if is_apart && !matches!(character, ',' | ':') => self.add(' '),
                Some(_) | None => {}
            }
            self.put(character, at);
            if matches!(character, '{' | '[') {
                depth += 1;
            }
            in_string = character == '"';
            is_apart = false;
            before = Some(character);
        }
    }

    const fn has_room(&self) -> bool {
        self.lines.len() < MAX_LINES
    }

    /// Adds a character of the body.
    fn put(&mut self, character: char, at: usize) {
        self.claim(at);
        let begin = *self.begin.get_or_insert(at);
        if at >= self.until {
            let behind = |span: &Span| span.end.max(span.start + 1);
            let here = |span: &Span| begin <= span.start && span.start <= at && at < behind(span);
            // The narrowest finding is the most specific.
            let spans = self.spans.iter().enumerate();
            let marked = spans.filter(|(_, span)| here(span));
            let narrowest = marked.min_by_key(|(_, span)| behind(span) - span.start);
            self.marked = narrowest.map(|(finding, _)| finding);
            let places = self
                .spans
                .iter()
                .flat_map(|span| [span.start, behind(span)]);
            self.until = places
                .filter(|place| *place > at)
                .min()
                .unwrap_or(usize::MAX);
        }
        self.add(character);
    }

    /// Adds a character with the current mark.
    fn add(&mut self, character: char) {
        match self.line.runs.last_mut() {
            Some(run) if run.finding == self.marked => run.text.push(character),
            _ => self.line.runs.push(Run {
                text: character.to_string(),
                finding: self.marked,
            }),
        }
    }

    /// Assigns the findings that begin up to this place to this line.
    fn claim(&mut self, at: usize) {
        while let Some(finding) = self
            .waiting
            .pop_if(|finding| self.spans[*finding].start <= at)
        {
            self.line.findings.push(finding);
        }
    }

    fn end_line(&mut self, depth: usize) {
        self.lines.push(std::mem::take(&mut self.line));
        self.begin = None;
        self.marked = None;
        self.until = 0;
        for _ in 0..depth {
            self.add(' ');
            self.add(' ');
        }
    }

    fn finish(mut self, as_sent: bool, length: usize) -> Layout {
        self.claim(length);
        // There is usually nothing after the last line break.
        if self.lines.is_empty() || self.line != Line::default() {
            self.lines.push(self.line);
        }
        self.waiting.reverse();
        Layout {
            as_sent,
            lines: self.lines,
            beyond: self.waiting,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, RngSeed, TestRunner};
    use serde_json::{Value, json};

    use super::*;

    fn text(layout: &Layout) -> String {
        let lines = layout.lines.iter().map(|line| {
            let runs = line.runs.iter().map(|run| run.text.as_str());
            runs.collect::<String>()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn marked(layout: &Layout, finding: usize) -> String {
        let runs = layout.lines.iter().flat_map(|line| &line.runs);
        let marked = runs.filter(|run| run.finding == Some(finding));
        marked.map(|run| run.text.as_str()).collect()
    }

    #[test]
    fn a_long_line_is_laid_out_and_its_findings_keep_their_places() {
        let body = format!(
            r#"{{"model":"kling-v3","prompt":"{}","list":[{{"a":1,"b":[]}},{{}}],"duration":7}}"#,
            "a, b: {c} ".repeat(10)
        );
        let seven = body.find(":7").unwrap() + 1;
        let list = body.find("[{").unwrap();
        let layout = Layout::of(
            &body,
            &[
                Span::new(seven, seven + 1),
                Span::new(list, body.len() - 14),
                Span::new(9999, 10_000),
            ],
        );
        insta::assert_json_snapshot!(layout);
        assert_eq!(text(&layout).lines().count(), 12);
        assert_eq!(marked(&layout, 0), "7");
    }

    #[test]
    fn what_can_be_read_stays_as_it_was_sent() {
        let body = "{\n  \"model\": 5,\n\n  \"prompt\": \"é\"\n}\n";
        let five = body.find('5').unwrap();
        let layout = Layout::of(
            body,
            &[Span::new(five, five + 1), Span::new(body.len(), body.len())],
        );
        assert!(layout.as_sent);
        assert_eq!(text(&layout), body);
        assert_eq!(marked(&layout, 0), "5");
        let lines: Vec<_> = layout
            .lines
            .iter()
            .map(|line| line.findings.clone())
            .collect();
        assert_eq!(lines, [vec![], vec![0], vec![], vec![], vec![], vec![1]]);
        let page = format!("<html>{}", "x".repeat(200));
        assert!(Layout::of(&page, &[]).as_sent);
    }

    #[test]
    fn the_narrower_of_two_findings_is_marked() {
        let body = r#"{"a": [1, 2]}"#;
        let layout = Layout::of(
            body,
            &[Span::new(6, 12), Span::new(10, 11), Span::new(6, 12)],
        );
        assert_eq!(marked(&layout, 0), "[1, ]");
        assert_eq!(marked(&layout, 1), "2");
        assert_eq!(layout.lines[0].findings, [0, 2, 1]);
    }

    #[test]
    fn a_layout_is_bounded() {
        for body in [
            "[".repeat(4096),
            "[1,".repeat(1365),
            "\n".repeat(4096),
            "1,".repeat(2048),
        ] {
            let layout = Layout::of(&body, &[]);
            assert!(
                layout.lines.len() <= MAX_LINES + 1,
                "{}",
                layout.lines.len()
            );
            assert!(text(&layout).len() < 32 * 1024);
        }
    }

    fn runner(seed: u64) -> TestRunner {
        TestRunner::new(Config {
            cases: 500,
            rng_seed: RngSeed::Fixed(seed),
            failure_persistence: None,
            ..Config::default()
        })
    }

    /// Values that contain a text which can be found again.
    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(|number| json!(number)),
            ".{0,20}".prop_map(Value::String),
            Just(json!("[{,: \\\" :,}]")),
        ];
        leaf.prop_recursive(5, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
                prop::collection::btree_map(".{0,6}", inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn a_layout_says_what_the_body_says() {
        let filling = "x".repeat(LONGEST_LINE);
        runner(31)
            .run(&(values(), values()), |(one, other)| {
                let value = json!([one, "HERE", filling, other]);
                let body = value.to_string();
                // Generated texts may contain the word too.
                let Some(here) = body.find("\"HERE\"") else {
                    return Ok(());
                };
                let layout = Layout::of(&body, &[Span::new(here, here + 6)]);
                prop_assert!(!layout.as_sent);
                prop_assert_eq!(
                    &serde_json::from_str::<Value>(&text(&layout)).unwrap(),
                    &value
                );
                prop_assert_eq!(marked(&layout, 0), "\"HERE\"");
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn every_finding_has_one_place_whatever_the_body_is() {
        let pieces = prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\\", " ", "\n", "a", "é", "\u{202e}",
        ]);
        let places = prop::collection::vec((0..150_usize, 0..150_usize), 0..8);
        runner(32)
            .run(
                &(prop::collection::vec(pieces, 0..120), places),
                |(pieces, places)| {
                    // Long enough to be reformatted.
                    let body = format!("[{}{}", pieces.concat(), "x".repeat(LONGEST_LINE));
                    let findings: Vec<Span> = places
                        .into_iter()
                        .map(|(start, length)| Span::new(start, start + length))
                        .collect();
                    let layout = Layout::of(&body, &findings);
                    let bare = |text: &str| text.split_ascii_whitespace().collect::<String>();
                    prop_assert_eq!(bare(&text(&layout)), bare(&body));
                    let lines = layout.lines.iter().flat_map(|line| &line.findings);
                    let mut found: Vec<usize> = lines.chain(&layout.beyond).copied().collect();
                    found.sort_unstable();
                    prop_assert_eq!(found, (0..findings.len()).collect::<Vec<_>>());
                    Ok(())
                },
            )
            .unwrap();
    }
}
