//! Pieces of text that share lines of limited width.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Marks where a text is cut.
const CUT: char = '…';

/// Which end of a text that is too long is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The beginning matters, as in a sentence.
    End,
    /// The end matters, as in a path.
    Start,
}

/// Returns how many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Pads a text with spaces to `columns`.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(blanks))
}

/// Cuts a text to at most `room` columns.
pub(crate) fn cut(text: &str, room: usize, cut: Cut) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(1);
    let mut fits = |character: &char| {
        let taken = character.width().unwrap_or_default();
        let fits = taken <= left;
        left = left.saturating_sub(taken);
        fits
    };
    match cut {
        Cut::End => {
            let mut kept: String = text.chars().take_while(&mut fits).collect();
            kept.truncate(kept.trim_end().len());
            kept.push(CUT);
            kept
        }
        Cut::Start => {
            let mut kept: Vec<char> = text.chars().rev().take_while(&mut fits).collect();
            kept.push(CUT);
            kept.iter().rev().collect()
        }
    }
}

/// Appends lines of at most `width` columns with all `pieces`, two spaces apart. The first line begins with `start`,
/// the others with as many spaces. A piece that is too long for a line of its own is cut at its beginning.
pub(crate) fn flow(text: &mut String, start: &str, pieces: &[String], room: usize) {
    let margin = width(start);
    let most = room.saturating_sub(margin).max(1);
    let mut line = String::new();
    let mut before = start.to_owned();
    for piece in pieces {
        let wanted = width(&line) + 2 + width(piece.trim_end());
        if !line.is_empty() && wanted > most {
            end(text, &before, &line);
            before = " ".repeat(margin);
            line.clear();
        }
        if !line.is_empty() {
            line.push_str("  ");
        }
        if line.is_empty() && width(piece.trim_end()) > most {
            line.push_str(&cut(piece.trim_end(), most, Cut::Start));
        } else {
            line.push_str(piece);
        }
    }
    end(text, &before, &line);
}

fn end(text: &mut String, before: &str, line: &str) {
    text.push_str(before);
    text.push_str(line);
    text.truncate(text.trim_end().len());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_the_end_that_matters_less() {
        assert_eq!(cut("a paper boat", 12, Cut::End), "a paper boat");
        assert_eq!(cut("a paper boat", 9, Cut::End), "a paper…");
        assert_eq!(cut("videos/boat.mp4", 9, Cut::Start), "…boat.mp4");
        assert_eq!(cut("日本語", 5, Cut::End), "日本…");
        assert_eq!(cut("日本語", 4, Cut::Start), "…語");
        assert_eq!(cut("abc", 0, Cut::End), "…");
    }

    #[test]
    fn pieces_continue_in_the_next_line() {
        let pieces = ["one ", "two", "three", "a/long/path"].map(str::to_owned);
        let flowed = |room| {
            let mut text = String::new();
            flow(&mut text, "7  ", &pieces, room);
            text
        };
        assert_eq!(flowed(40), "7  one   two  three  a/long/path\n");
        assert_eq!(flowed(18), "7  one   two\n   three\n   a/long/path\n");
        assert_eq!(flowed(11), "7  one\n   two\n   three\n   …ng/path\n");
    }
}
