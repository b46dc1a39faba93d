//! Text in columns.

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthStr as _;

/// Rows of cells, printed so that columns are aligned.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    /// The first column with numbers, which are right-aligned.
    numbers_from: usize,
    /// The least widths of the columns.
    least: Vec<usize>,
}

impl Table {
    /// Makes a table whose columns are left-aligned before `numbers_from`, and right-aligned from there on.
    pub(crate) fn new(numbers_from: usize) -> Self {
        Self {
            rows: Vec::new(),
            numbers_from,
            least: Vec::new(),
        }
    }

    /// Lets the columns of several tables begin at the same places.
    pub(crate) fn line_up(tables: &mut [Self]) {
        let count = tables.iter().map(Self::columns).max().unwrap_or(0);
        let widest = |column| tables.iter().map(|table| table.width(column)).max();
        let least: Vec<usize> = (0..count)
            .map(|column| widest(column).unwrap_or(0))
            .collect();
        for table in tables {
            table.least.clone_from(&least);
        }
    }

    fn columns(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| cell.width()).max().unwrap_or(0);
        widest.max(self.least.get(column).copied().unwrap_or(0))
    }

    /// Adds a row.
    pub(crate) fn row<C: Into<String>>(&mut self, cells: impl IntoIterator<Item = C>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Returns the text, each line beginning with `indent`.
    pub(crate) fn render(&self, indent: &str) -> String {
        self.wrapped(indent, usize::MAX)
    }

    /// As [`render`](Self::render), within a number of columns if possible: the last cell of a row continues below
    /// itself.
    pub(crate) fn wrapped(&self, indent: &str, columns: usize) -> String {
        let count = self.columns();
        let widths: Vec<usize> = (0..count).map(|column| self.width(column)).collect();
        let mut text = String::new();
        let last = count.saturating_sub(1);
        let begin = indent.len() + widths[..last].iter().map(|width| width + 2).sum::<usize>();
        // A last column that does not fit next to the others goes below them.
        let is_below = last < self.numbers_from
            && begin + LEAST > columns
            && begin + widths.last().unwrap_or(&0) > columns;
        for row in &self.rows {
            let mut line = indent.to_owned();
            for (column, cell) in row.iter().enumerate() {
                let padding = " ".repeat(widths[column] - cell.width());
                if column == last && is_below {
                    let below = format!("\n{indent}    ");
                    let wrapped = wrap(cell, indent.len() + 4, columns);
                    line.truncate(line.trim_end().len());
                    line.extend([below.as_str(), &wrapped]);
                    continue;
                }
                if column > 0 {
                    line.push_str("  ");
                }
                if column >= self.numbers_from {
                    line.extend([padding.as_str(), cell]);
                } else if column == last {
                    line.push_str(&wrap(cell, begin, columns));
                } else {
                    line.extend([cell, padding.as_str()]);
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// The minimum number of columns to wrap text to.
const LEAST: usize = 20;

/// Wraps text that begins at a column, with its other lines below the first.
pub(crate) fn wrap(text: &str, begin: usize, columns: usize) -> String {
    if columns == usize::MAX {
        return text.to_owned();
    }
    let options = Options::new(columns.saturating_sub(begin).max(LEAST))
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let below = format!("\n{}", " ".repeat(begin));
    textwrap::wrap(text, options).join(&below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(1);
        table.row(["rule", "errors"]);
        table.row(["日本語の", "12"]);
        table.row(["a", ""]);
        assert_eq!(
            table.render(" "),
            " rule      errors\n 日本語の      12\n a\n"
        );
    }

    #[test]
    fn the_last_column_is_wrapped_or_goes_below() {
        let mut table = Table::new(2);
        table.row(["a", "one two three four five six seven"]);
        table.row(["bcd", "eight"]);
        assert_eq!(
            table.wrapped(" ", 30),
            " a    one two three four five\n      six seven\n bcd  eight\n"
        );
        assert_eq!(table.wrapped(" ", usize::MAX), table.render(" "));
        let mut table = Table::new(2);
        table.row(["a long first cell", "one two three four five six"]);
        table.row(["b", "seven"]);
        assert_eq!(
            table.wrapped(" ", 30),
            " a long first cell\n     one two three four five\n     six\n b\n     seven\n"
        );
    }

    #[test]
    fn tables_line_up_with_each_other() {
        let mut tables = [Table::new(2), Table::new(2)];
        tables[0].row(["a", "b"]);
        tables[1].row(["long", "c"]);
        Table::line_up(&mut tables);
        assert_eq!(tables[0].render(""), "a     b\n");
        assert_eq!(tables[1].render(""), "long  c\n");
    }

    #[test]
    fn an_empty_table_is_not_a_text() {
        assert_eq!(Table::new(1).wrapped("", 80), "");
    }
}
