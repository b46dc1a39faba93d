//! Positions in editors: lines and code units, which may be those of UTF-8, UTF-16 or UTF-32.

use gen_lsp_types::{Position, Range};
use memchr::memchr2_iter;

/// The code units in which columns are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Supported by every editor, and the default.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

impl Encoding {
    /// Returns the first name that is known; editors list their preferred one first.
    pub(super) fn negotiate<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let known = [Self::Utf8, Self::Utf16, Self::Utf32];
        names
            .into_iter()
            .find_map(|name| known.into_iter().find(|encoding| encoding.name() == name))
            .unwrap_or_default()
    }

    /// The name in the protocol.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
        }
    }

    const fn units(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    /// Returns the number of code units in a text.
    fn length(self, text: &str) -> usize {
        if self == Self::Utf8 || text.is_ascii() {
            text.len()
        } else {
            text.chars().map(|character| self.units(character)).sum()
        }
    }

    /// Returns the byte offset after this many code units in a line: inside a character its beginning, past the end
    /// the end.
    fn offset(self, line: &str, units: usize) -> usize {
        let head = line.get(..units);
        if self == Self::Utf8 || head.is_some_and(str::is_ascii) {
            return line.floor_char_boundary(units);
        }
        let mut left = units;
        for (offset, character) in line.char_indices() {
            let needed = self.units(character);
            if needed > left {
                return offset;
            }
            left -= needed;
        }
        line.len()
    }
}

/// The lines of a text. According to the protocol, a line ends at `\n`, `\r\n` or a lone `\r`.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    encoding: Encoding,
    /// Where each line begins, in bytes.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = memchr2_iter(b'\n', b'\r', bytes)
            .filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
        Self {
            text,
            encoding,
            starts: std::iter::once(0).chain(ends.map(|at| at + 1)).collect(),
        }
    }

    /// Returns the byte offset of a position: past the end of a line the line's end, past the last line the end of the
    /// text.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(&start) = self.starts.get(line) else {
            return self.text.len();
        };
        let end = self.starts.get(line + 1).copied();
        let whole = &self.text[start..end.unwrap_or(self.text.len())];
        let content = whole.trim_end_matches(['\n', '\r']);
        start + self.encoding.offset(content, position.character as usize)
    }

    /// Returns the range of a document between two bytes.
    pub(super) fn range(&self, start: usize, end: usize) -> Range {
        let mut walk = self.walk();
        Range {
            start: walk.position(start),
            end: walk.position(end),
        }
    }

    /// Finds the places of many bytes.
    pub(super) const fn walk(&self) -> Walk<'_> {
        Walk {
            lines: self,
            at: 0,
            line: 0,
            character: 0,
        }
    }
}

/// Finds the positions of many bytes: ascending ones on one line share a single pass over it.
#[derive(Debug)]
pub(super) struct Walk<'l> {
    lines: &'l Lines<'l>,
    at: usize,
    line: usize,
    character: usize,
}

impl Walk<'_> {
    /// Returns the position of the character that contains a byte.
    pub(super) fn position(&mut self, offset: usize) -> Position {
        let Lines {
            text,
            encoding,
            starts,
        } = self.lines;
        let offset = text.floor_char_boundary(offset);
        let line = starts.partition_point(|&start| start <= offset) - 1;
        if line != self.line || offset < self.at {
            (self.at, self.line, self.character) = (starts[line], line, 0);
        }
        self.character += encoding.length(&text[self.at..offset]);
        self.at = offset;
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            character: u32::try_from(self.character).unwrap_or(u32::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\u{e9}\u{1f600}b\r\n\u{65e5}\r\rlast\n";

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn columns_are_counted_in_the_units_that_were_settled() {
        for (encoding, column) in [
            (Encoding::Utf8, 7),
            (Encoding::Utf16, 4),
            (Encoding::Utf32, 3),
        ] {
            let lines = Lines::new(TEXT, encoding);
            assert_eq!(
                lines.walk().position(TEXT.find('b').unwrap()),
                at(0, column)
            );
            assert_eq!(lines.offset(at(0, column)), 7);
        }
    }

    #[test]
    fn places_lead_back_and_forth() {
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let lines = Lines::new(TEXT, encoding);
            let mut walk = lines.walk();
            for (offset, character) in TEXT.char_indices() {
                let place = walk.position(offset);
                assert_eq!(place, lines.walk().position(offset));
                if character != '\n' || !TEXT[..offset].ends_with('\r') {
                    assert_eq!(lines.offset(place), offset, "{encoding:?} {offset}");
                }
            }
        }
    }

    #[test]
    fn a_place_that_is_not_there_is_the_nearest_before_it() {
        let lines = Lines::new(TEXT, Encoding::Utf16);
        assert_eq!(lines.offset(at(0, 3)), 3, "between two surrogates");
        assert_eq!(lines.offset(at(0, 99)), 8, "before the end of the line");
        assert_eq!(lines.offset(at(2, 5)), lines.offset(at(2, 0)));
        assert_eq!(lines.offset(at(4, 0)), TEXT.len());
        assert_eq!(lines.offset(at(u32::MAX, u32::MAX)), TEXT.len());
        let lines = Lines::new(TEXT, Encoding::Utf8);
        assert_eq!(lines.offset(at(0, 5)), 3, "inside of a character");
    }

    #[test]
    fn the_first_known_encoding_is_taken() {
        assert_eq!(
            Encoding::negotiate(["utf-7", "utf-32", "utf-8"]),
            Encoding::Utf32
        );
        assert_eq!(Encoding::negotiate([]), Encoding::Utf16);
    }
}
