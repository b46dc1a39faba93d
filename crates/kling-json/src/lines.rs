//! From byte offsets to lines and columns.

use crate::scan;

/// A place as people and editors give it: line and column, both counted from 1.
///
/// Lines end at `\n`, so a `\r\n` ends one line, and its `\r` is the last character of that line. Columns count Unicode
/// scalar values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Position {
    /// Returns the place of the byte at `offset`: that of the character it belongs to, or that of the end if `offset`
    /// is past it.
    ///
    /// Takes time linear in `offset`; for many offsets use [`LineWalker`].
    ///
    /// ```
    /// use kling_json::Position;
    /// assert_eq!(Position::of("{\n  \"é\": 1}", 10), Position { line: 2, column: 8 });
    /// ```
    pub fn of(text: &str, offset: usize) -> Self {
        LineWalker::new(text).position(offset)
    }
}

/// Finds the places of many offsets. Ascending offsets take one pass over the text in total; an offset below the
/// previous one is also correct, but starts from the beginning.
///
/// ```
/// use kling_json::{LineWalker, Position};
/// let mut walker = LineWalker::new("a\nbc");
/// assert_eq!(walker.position(0), Position { line: 1, column: 1 });
/// assert_eq!(walker.position(3), Position { line: 2, column: 2 });
/// ```
#[derive(Clone, Debug)]
pub struct LineWalker<'t> {
    text: &'t str,
    at: usize,
    position: Position,
}

impl<'t> LineWalker<'t> {
    /// Makes a walker at the beginning of `text`.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            position: Position { line: 1, column: 1 },
        }
    }

    /// Returns the place of the byte at `offset`, as [`Position::of`] defines it.
    pub fn position(&mut self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        if offset < self.at {
            *self = Self::new(self.text);
        }
        match scan::characters_of_line(self.text, self.at..offset) {
            Ok(characters) => self.position.column += characters,
            Err(first) => {
                let passed = self.text.get(self.at..offset).unwrap_or_default();
                let more = passed.as_bytes().get(first + 1..).unwrap_or_default();
                let last_line = passed.rsplit('\n').next().unwrap_or_default();
                self.position.line += 1 + memchr::memchr_iter(b'\n', more).count();
                self.position.column = 1 + last_line.chars().count();
            }
        }
        self.at = offset;
        self.position
    }
}

#[cfg(test)]
mod tests {
    use super::{LineWalker, Position};

    #[test]
    fn every_offset_of_every_kind_of_line() {
        let text = "{\r\n  \"é\": \"日本\",\n\n\"x\u{1F600}\"}\r";
        let mut walker = LineWalker::new(text);
        let (mut line, mut column, mut expected) = (1, 0, Vec::new());
        for character in text.chars() {
            column += 1;
            expected.extend([Position { line, column }].repeat(character.len_utf8()));
            if character == '\n' {
                (line, column) = (line + 1, 0);
            }
        }
        column += 1;
        expected.extend([Position { line, column }; 2]);
        for (offset, expected) in expected.into_iter().enumerate() {
            assert_eq!(walker.position(offset), expected, "offset {offset}");
            assert_eq!(Position::of(text, offset), expected, "offset {offset}");
        }
        assert_eq!(walker.position(0), Position { line: 1, column: 1 });
    }
}
