//! Tables on standard output, and targets with whether they are reached.

use std::io::{self, Write as _};

pub(crate) struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(title: impl Into<String>, heads: &[&str]) -> Self {
        Self {
            title: title.into(),
            rows: vec![heads.iter().map(|&head| head.to_owned()).collect()],
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Prints the table, each column as wide as its widest cell, with numbers right-aligned.
    pub(crate) fn print(&self) -> io::Result<()> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut out = io::stdout().lock();
        writeln!(out, "\n{}", self.title)?;
        for row in &self.rows {
            let mut line = String::from(" ");
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let pad = " ".repeat(width - cell.chars().count());
                // The first column holds names, which are left-aligned.
                let cell = if column == 0 {
                    format!("{cell}{pad}")
                } else {
                    format!("{pad}{cell}")
                };
                line.push(' ');
                line.push_str(&cell);
                line.push(' ');
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        out.flush()
    }
}

/// Prints one line.
pub(crate) fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// What a figure should be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
    /// No target: the figure is for orientation.
    None,
}

impl Target {
    /// Returns the cells for the target and for whether the figure reaches it.
    pub(crate) fn cells(self, figure: f64) -> [String; 2] {
        let reached = |yes: bool| if yes { "yes" } else { "NO" }.to_owned();
        match self {
            Self::AtLeast(target) => [format!(">= {target}"), reached(figure >= target)],
            Self::AtMost(target) => [format!("<= {target}"), reached(figure <= target)],
            Self::None => ["-".to_owned(), "-".to_owned()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn a_target_says_whether_it_is_reached() {
        assert_eq!(Target::AtLeast(4.0).cells(4.0), [">= 4", "yes"]);
        assert_eq!(Target::AtLeast(4.0).cells(3.99), [">= 4", "NO"]);
        assert_eq!(Target::AtMost(8.0).cells(8.1), ["<= 8", "NO"]);
        assert_eq!(Target::None.cells(1.0), ["-", "-"]);
    }
}
