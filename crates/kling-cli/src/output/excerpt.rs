//! The part of a line that a finding is about, cut to the width of a terminal.
//!
//! The drawing library cuts lines only between marks; here the mark itself may be longer than a terminal is wide.

use std::ops::Range;

use kling_json::Span;
use unicode_width::UnicodeWidthChar as _;

/// How much of the width the marked part may take before the text in front of it is cut: 3 of 5 columns.
const MARKED: (usize, usize) = (3, 5);

/// The columns after the marked part that are kept before the text in front of it is cut.
const TAIL_WIDTH: usize = 20;

/// Enough bytes for a column in any script. Text farther from the place is not examined, so that a line of megabytes
/// costs no more than a short one.
const BYTES_A_COLUMN: usize = 6;

/// Marks where a line is cut.
const CUT: char = '…';

/// Replaces each character that must not reach a terminal.
const STAND_IN: char = '\u{fffd}';

/// What a tab is shown as, since its width depends on the terminal.
const TAB: &str = "    ";

/// A line of text with a marked part, safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The line, or the part of it that is kept.
    pub(crate) line: String,
    /// The bytes of the line that are the marked part.
    pub(crate) marked: Range<usize>,
}

impl Excerpt {
    /// Cuts the line of `text` on which `span` begins to `width` columns; the mark ends with the line at the latest.
    pub(crate) fn new(text: &[u8], span: Span, width: usize) -> Self {
        let start = span.start.min(text.len());
        let window = width.saturating_mul(BYTES_A_COLUMN);
        let (front, front_cut) = front_of(text, start, window);
        let (rest, rest_cut) = rest_of(text, start, window);
        let (marked, behind) = rest.split_at(span.len().min(rest.len()));
        Self::assemble(
            &Cells::new(front, front_cut),
            &Cells::new(marked, false),
            &Cells::new(behind, rest_cut),
            width,
        )
    }

    fn assemble(front: &Cells, marked: &Cells, behind: &Cells, width: usize) -> Self {
        let whole = front.width + marked.width + behind.width;
        let (front_keep, marked_keep, behind_keep) = if whole <= width && !front.cut && !behind.cut
        {
            (front.width, marked.width, behind.width)
        } else {
            let room = width.saturating_sub(2);
            let most = room * MARKED.0 / MARKED.1;
            let at_least = marked.width.min(most) + behind.width.min(TAIL_WIDTH);
            let front_keep = front.width.min(room.saturating_sub(at_least));
            let marked_keep = marked.width.min(room - front_keep);
            (
                front_keep,
                marked_keep,
                behind.width.min(room - front_keep - marked_keep),
            )
        };
        let mut line = String::with_capacity(2 * width);
        let front_cells = front.last(front_keep);
        if front.cut || front_cells.len() < front.all.len() {
            line.push(CUT);
        }
        push(&mut line, front_cells);
        let start = line.len();
        let marked_cells = marked.first(marked_keep);
        push(&mut line, marked_cells);
        let end = line.len();
        let mut cut = behind.cut;
        if marked_cells.len() < marked.all.len() {
            cut = true;
        } else {
            let behind_cells = behind.first(behind_keep);
            push(&mut line, behind_cells);
            cut |= behind_cells.len() < behind.all.len();
        }
        if cut {
            line.push(CUT);
        }
        Self {
            line,
            marked: start..end,
        }
    }
}

/// Returns the text on the line before a place, and whether the window cuts it.
fn front_of(text: &[u8], start: usize, window: usize) -> (&[u8], bool) {
    let window = &text[start.saturating_sub(window)..start];
    if let Some(line_end) = memchr::memrchr(b'\n', window) {
        return (&window[line_end + 1..], false);
    }
    if window.len() == start {
        return (window, false);
    }
    // The window may begin inside a character.
    let whole = window
        .iter()
        .position(|byte| !is_continuation(*byte))
        .unwrap_or(window.len());
    (&window[whole..], true)
}

/// Returns the text on the line from a place on, and whether the window cuts it.
fn rest_of(text: &[u8], start: usize, window: usize) -> (&[u8], bool) {
    let end = text.len().min(start + 2 * window);
    let window = &text[start..end];
    if let Some(line_end) = memchr::memchr(b'\n', window) {
        let line = &window[..line_end];
        return (line.strip_suffix(b"\r").unwrap_or(line), false);
    }
    if end == text.len() {
        return (window, false);
    }
    // The window may end inside a character, which begins at most three bytes before the cut.
    let back = window
        .iter()
        .rev()
        .take(4)
        .position(|byte| !is_continuation(*byte))
        .map_or(0, |back| back + 1);
    (&window[..window.len() - back], true)
}

const fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// Characters as shown, with their columns.
struct Cells {
    all: Vec<(char, usize)>,
    width: usize,
    /// Whether the line continues beyond the window.
    cut: bool,
}

impl Cells {
    fn new(bytes: &[u8], cut: bool) -> Self {
        let all: Vec<_> = String::from_utf8_lossy(bytes).chars().map(shown).collect();
        let width = all.iter().map(|(_, columns)| columns).sum();
        Self { all, width, cut }
    }

    /// Returns as many of the first characters as fit.
    fn first(&self, width: usize) -> &[(char, usize)] {
        let mut used = 0;
        let end = self.all.iter().position(|(_, columns)| {
            used += columns;
            used > width
        });
        &self.all[..end.unwrap_or(self.all.len())]
    }

    /// Returns as many of the last characters as fit.
    fn last(&self, width: usize) -> &[(char, usize)] {
        let mut used = 0;
        let start = self.all.iter().rposition(|(_, columns)| {
            used += columns;
            used > width
        });
        &self.all[start.map_or(0, |start| start + 1)..]
    }
}

fn shown(character: char) -> (char, usize) {
    if character == '\t' {
        (character, TAB.len())
    } else if !kling_text::is_plain(character) {
        (STAND_IN, 1)
    } else {
        (character, character.width().unwrap_or(1))
    }
}

fn push(line: &mut String, cells: &[(char, usize)]) {
    for (character, _) in cells {
        match character {
            '\t' => line.push_str(TAB),
            other => line.push(*other),
        }
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    /// Returns the excerpt for the place that `[` and `]` enclose in `text`, with the same marks.
    fn marked(text: &str) -> String {
        let start = text.find('[').unwrap();
        let end = text.find(']').unwrap() - 1;
        let plain = text.replace(['[', ']'], "");
        let Excerpt { mut line, marked } =
            Excerpt::new(plain.as_bytes(), Span::new(start, end), 100);
        assert!(line.width() <= 100, "{line}");
        line.insert(marked.end, ']');
        line.insert(marked.start, '[');
        line
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(marked(text), expected);
    }

    #[test]
    fn the_line_of_the_place_is_shown() {
        check("{\r\n  \"a\": [true],\r\n}", "  \"a\": [true],");
        check("[]", "[]");
        check("{\"a\": [\n]}", "{\"a\": []");
        check("[{\n1}]", "[{]");
    }

    #[test]
    fn odd_characters_keep_their_place() {
        check("\t[x]y", "    [x]y");
        check("日本[語]", "日本[語]");
        check("\u{202e}\u{200b}[\u{1b}]x", "\u{fffd}\u{fffd}[\u{fffd}]x");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let front = "f".repeat(5000);
        let behind = "b".repeat(5000);
        let line = format!("…{}[mark]{}…", "f".repeat(74), "b".repeat(20));
        check(&format!("{front}[mark]{behind}"), &line);
        let line = format!("[{}]…", "m".repeat(98));
        check(&format!("[{}]", "m".repeat(5000)), &line);
        let line = format!("…{}[mark]", "f".repeat(94));
        check(&format!("{front}[mark]"), &line);
    }

    #[test]
    fn an_excerpt_fits_any_width() {
        let text = format!(
            "{}[{}]{}",
            "語".repeat(90),
            "m".repeat(90),
            "\tx".repeat(90)
        );
        let start = text.find('[').unwrap();
        let span = Span::new(start, start + 90);
        let plain = text.replace(['[', ']'], "");
        for width in 2..300 {
            let Excerpt { line, .. } = Excerpt::new(plain.as_bytes(), span, width);
            assert!(line.width() <= width, "{width}: {line}");
        }
    }

    #[test]
    fn a_cut_never_leaves_half_a_character() {
        for shift in 0..3 {
            let front = "x".repeat(shift) + &"語".repeat(700);
            let line = marked(&format!("{front}[m]{front}"));
            assert!(!line.contains(STAND_IN), "{line}");
        }
    }

    #[test]
    fn invalid_utf8_is_replaced() {
        let Excerpt { line, marked } = Excerpt::new(b"\"caf\xe9\"", Span::new(4, 5), 80);
        assert_eq!((line.as_str(), marked), ("\"caf\u{fffd}\"", 4..7));
    }
}
