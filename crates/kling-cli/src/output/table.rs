//! Text in columns.

use super::width::columns;

/// Rows of cells, printed so that columns line up.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    /// The first of the columns that hold numbers, which are lined up on the right.
    numbers_from: usize,
}

impl Table {
    /// A table whose columns are lined up on the left before `numbers_from`, on the right from there on.
    pub(crate) fn new(numbers_from: usize) -> Self {
        Self {
            rows: Vec::new(),
            numbers_from,
        }
    }

    /// Adds a row.
    pub(crate) fn row<C: Into<String>>(&mut self, cells: impl IntoIterator<Item = C>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// The text, each line begun by `indent`.
    pub(crate) fn render(&self, indent: &str) -> String {
        let count = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..count)
            .map(|column| {
                self.rows
                    .iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| width(cell))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = indent.to_owned();
            for (column, cell) in row.iter().enumerate() {
                if column > 0 {
                    line.push_str("  ");
                }
                let padding = " ".repeat(widths[column] - width(cell));
                if column < self.numbers_from {
                    line.push_str(cell);
                    line.push_str(&padding);
                } else {
                    line.push_str(&padding);
                    line.push_str(cell);
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
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
}
