//! The piece of a line that a finding is about, cut to the width of a terminal.

use kling_json::Span;

use super::safe;
use super::width::columns;

/// The most columns of a line that are shown.
const WIDTH: usize = 100;

/// The most columns of the marked part that are kept before what stands in front of it is cut.
const MARKED_WIDTH: usize = 60;

/// The columns behind the marked part that are kept before what stands in front of it is cut.
const TAIL_WIDTH: usize = 20;

/// Enough bytes for [`WIDTH`] columns in any script; what is farther from the place is not looked at, so that a line
/// of megabytes costs no more than a short one.
const WINDOW: usize = 6 * WIDTH;

/// Stands where a line is cut.
const CUT: char = '…';

/// Stands for each character that must not reach a terminal.
const STAND_IN: char = '\u{fffd}';

/// A line of text with a marked part, safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The line, or what is left of it.
    pub(crate) line: String,
    /// The columns in front of the marked part.
    pub(crate) indent: usize,
    /// The columns of the marked part, at least 1.
    pub(crate) marked: usize,
}

impl Excerpt {
    /// The line of `text` on which `span` begins; the mark ends with the line at the latest.
    pub(crate) fn new(text: &[u8], span: Span) -> Self {
        let start = span.start.min(text.len());
        let (front, front_cut) = front_of(text, start);
        let (rest, rest_cut) = rest_of(text, start);
        let (marked, behind) = rest.split_at(span.len().min(rest.len()));
        Self::assemble(
            &Cells::new(front, front_cut),
            &Cells::new(marked, false),
            &Cells::new(behind, rest_cut),
        )
    }

    fn assemble(front: &Cells, marked: &Cells, behind: &Cells) -> Self {
        let whole = front.width + marked.width + behind.width;
        let mut room = WIDTH;
        let (front_keep, marked_keep, behind_keep) = if whole <= room && !front.cut && !behind.cut {
            (front.width, marked.width, behind.width)
        } else {
            room -= 2;
            let at_least = marked.width.min(MARKED_WIDTH) + behind.width.min(TAIL_WIDTH);
            let front_keep = front.width.min(room - at_least);
            let marked_keep = marked.width.min(room - front_keep);
            (
                front_keep,
                marked_keep,
                behind.width.min(room - front_keep - marked_keep),
            )
        };
        let mut line = String::with_capacity(2 * WIDTH);
        let mut indent = 0;
        let front_cells = front.last(front_keep);
        if front.cut || front_cells.len() < front.all.len() {
            line.push(CUT);
            indent += 1;
        }
        indent += push(&mut line, front_cells);
        let marked_cells = marked.first(marked_keep);
        let marked_width = push(&mut line, marked_cells);
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
            indent,
            marked: marked_width.max(1),
        }
    }
}

/// What stands on the line in front of a place, and whether the window cuts it.
fn front_of(text: &[u8], start: usize) -> (&[u8], bool) {
    let window = &text[start.saturating_sub(WINDOW)..start];
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

/// What stands on the line from a place on, and whether the window cuts it.
fn rest_of(text: &[u8], start: usize) -> (&[u8], bool) {
    let end = text.len().min(start + 2 * WINDOW);
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

/// Characters as they are shown, with their columns.
struct Cells {
    all: Vec<(char, usize)>,
    width: usize,
    /// Whether the line goes on beyond the window.
    cut: bool,
}

impl Cells {
    fn new(bytes: &[u8], cut: bool) -> Self {
        let all: Vec<_> = String::from_utf8_lossy(bytes).chars().map(shown).collect();
        let width = all.iter().map(|(_, columns)| columns).sum();
        Self { all, width, cut }
    }

    /// As many of the first characters as fit.
    fn first(&self, width: usize) -> &[(char, usize)] {
        let mut used = 0;
        let end = self.all.iter().position(|(_, columns)| {
            used += columns;
            used > width
        });
        &self.all[..end.unwrap_or(self.all.len())]
    }

    /// As many of the last characters as fit.
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
        (' ', 1)
    } else if safe::is_unsafe(character) {
        (STAND_IN, 1)
    } else {
        (character, columns(character))
    }
}

fn push(line: &mut String, cells: &[(char, usize)]) -> usize {
    line.extend(cells.iter().map(|(character, _)| character));
    cells.iter().map(|(_, columns)| columns).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The excerpt of the place that `[` and `]` enclose in `text`.
    #[track_caller]
    fn check(text: &str, line: &str, marks: &str) {
        let start = text.find('[').unwrap();
        let end = text.find(']').unwrap() - 1;
        let excerpt = Excerpt::new(
            text.replace(['[', ']'], "").as_bytes(),
            Span::new(start, end),
        );
        let drawn = format!(
            "{}{}",
            " ".repeat(excerpt.indent),
            "^".repeat(excerpt.marked)
        );
        assert_eq!((excerpt.line.as_str(), drawn.as_str()), (line, marks));
    }

    #[test]
    fn the_line_of_the_place_is_shown() {
        check(
            "{\r\n  \"a\": [true],\r\n}",
            "  \"a\": true,",
            "       ^^^^",
        );
        check("[]", "", "^");
        check("{\"a\": [\n]}", "{\"a\": ", "      ^");
        check("[{\n1}]", "{", "^");
    }

    #[test]
    fn marks_stand_under_what_they_mark() {
        check("\t\t[x]y", "  xy", "  ^");
        check("日本[語]", "日本語", "    ^^");
        check("e\u{301}[a]", "e\u{301}a", " ^");
        check(
            "\u{202e}\u{200b}[\u{1b}]x",
            "\u{fffd}\u{fffd}\u{fffd}x",
            "  ^",
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let front = "f".repeat(5000);
        let behind = "b".repeat(5000);
        let line = format!("…{}mark{}…", "f".repeat(74), "b".repeat(20));
        check(
            &format!("{front}[mark]{behind}"),
            &line,
            &format!("{}^^^^", " ".repeat(75)),
        );
        let line = format!("{}{}…", "m".repeat(98), "");
        check(&format!("[{}]", "m".repeat(5000)), &line, &"^".repeat(98));
        let line = format!("…{}mark", "f".repeat(94));
        check(
            &format!("{front}[mark]"),
            &line,
            &format!("{}^^^^", " ".repeat(95)),
        );
    }

    #[test]
    fn a_cut_never_leaves_half_a_character() {
        for shift in 0..3 {
            let front = "x".repeat(shift) + &"語".repeat(700);
            let text = format!("{front}[m]{front}");
            let start = text.find('[').unwrap();
            let excerpt = Excerpt::new(
                text.replace(['[', ']'], "").as_bytes(),
                Span::new(start, start + 1),
            );
            assert!(!excerpt.line.contains(STAND_IN), "{}", excerpt.line);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_stood_in_for() {
        let excerpt = Excerpt::new(b"\"caf\xe9\"", Span::new(4, 5));
        assert_eq!(
            (excerpt.line.as_str(), excerpt.indent, excerpt.marked),
            ("\"caf\u{fffd}\"", 4, 1)
        );
    }
}
