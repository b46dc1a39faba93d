//! Writes Markdown: tables whose cells can contain any text.

use std::fmt::Write as _;

/// Formats a table with these columns; empty if there are no rows.
pub(super) fn table<const N: usize>(columns: [&str; N], rows: &[[String; N]]) -> String {
    let mut text = String::new();
    if rows.is_empty() {
        return text;
    }
    line(&mut text, columns.iter().copied());
    line(&mut text, columns.iter().map(|_| "---"));
    for row in rows {
        line(&mut text, row.iter().map(String::as_str));
    }
    text.push('\n');
    text
}

fn line<'t>(text: &mut String, cells: impl Iterator<Item = &'t str>) {
    for cell in cells {
        // A bar would end the cell, a line break the table.
        let cell = cell.replace('|', "\\|").replace('\n', " ");
        write!(text, "| {cell} ").expect("writing to a String cannot fail");
    }
    text.push_str("|\n");
}

/// Formats a text as code.
pub(super) fn code(text: impl std::fmt::Display) -> String {
    format!("`{text}`")
}

/// Formats several texts as code.
pub(super) fn codes<T: std::fmt::Display>(texts: impl IntoIterator<Item = T>) -> String {
    texts.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// Groups pairs by their first part, in the order of first occurrence.
pub(super) fn grouped<K: PartialEq, V>(
    pairs: impl IntoIterator<Item = (K, V)>,
) -> Vec<(K, Vec<V>)> {
    let mut groups: Vec<(K, Vec<V>)> = Vec::new();
    for (key, value) in pairs {
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => values.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_cannot_break_its_table() {
        let text = table(["a", "b"], &[["x|y".to_owned(), "1\n2".to_owned()]]);
        assert_eq!(text, "| a | b |\n| --- | --- |\n| x\\|y | 1 2 |\n\n");
        assert_eq!(table(["a"], &[]), "");
    }

    #[test]
    fn groups_are_in_the_order_of_their_first_member() {
        assert_eq!(
            grouped([("b", 1), ("a", 2), ("b", 3)]),
            [("b", vec![1, 3]), ("a", vec![2])]
        );
    }
}
