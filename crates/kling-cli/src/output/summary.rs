//! The number of findings for each rule and each file.

use super::counts::{ByLevel, Counts, sentence};
use super::table::Table;

/// `--format summary`: tables of the rules and files that have findings, and the totals.
pub(crate) fn render(counts: &Counts, files: u64) -> String {
    let mut text = String::new();
    if !counts.rules.is_empty() {
        let mut table = headed("rule");
        for (rule, levels) in &counts.rules {
            row(&mut table, rule, *levels);
        }
        text.push_str(&table.render(""));
        text.push('\n');
    }
    if !counts.files.is_empty() {
        let mut table = headed("file");
        for (file, levels) in &counts.files {
            row(&mut table, file.shown(), *levels);
        }
        text.push_str(&table.render(""));
        text.push('\n');
    }
    text.push_str(&sentence(counts, files));
    text
}

fn headed(what: &str) -> Table {
    let mut table = Table::new(1);
    table.row([what, "errors", "warnings", "notes"]);
    table
}

fn row(table: &mut Table, name: &str, levels: ByLevel) {
    let [errors, warnings, notes] = levels;
    table.row([
        name.to_owned(),
        errors.to_string(),
        warnings.to_string(),
        notes.to_string(),
    ]);
}
