//! Which row of the page describes which field of the contract.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use kling_spec::{Path, Spec, Step, Type};

use super::page::{Nesting, Page, Row};
use crate::failure::{Failure, Result};

/// The rows of a page by the field that they describe.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) known: BTreeMap<Path, Row>,
    /// Those that the contract does not have, in the order of the page, each with the path that it would have.
    pub(super) new: Vec<(Path, Row)>,
    /// Whether the copy has the names of the parameters.
    pub(super) named: bool,
}

/// The shortest word of a name that may begin a longer word of the page, as `refer` begins `reference`.
const MIN_BEGINNING: usize = 5;

/// The most rows, or lines of rows without names, of a page.
const MAX_PARTS: usize = 4096;

impl Rows {
    /// Finds the row of each field. In a copy without names, a row is the line that has all words of the field's name.
    ///
    /// # Errors
    /// The section is too long, none of the fields is found, or, in a copy without names, fewer than half of them.
    pub(super) fn of(page: &Page, spec: &Spec) -> Result<Self> {
        let parts = page.rows.len().max(page.unnamed.len());
        if parts > MAX_PARTS {
            return Err(Failure::new(format!(
                "the page has {parts} parameters or lines of them, more than {MAX_PARTS}; save only the page of one model"
            )));
        }
        let fields = fields(spec);
        let rows = if page.rows.is_empty() {
            by_words(&page.unnamed, &fields)
        } else {
            by_names(&page.rows, spec)
        };
        let known = fields.iter().filter(|path| rows.known.contains_key(**path));
        let known = known.count();
        if known == 0 || (!rows.named && known * 2 < fields.len()) {
            return Err(Failure::new(format!(
                "only {known} of the {} parameters of {} are recognised on the page; save it with the names and \
                 types of the parameters",
                fields.len(),
                spec.id()
            )));
        }
        Ok(rows)
    }

    /// Iterates over all rows.
    pub(super) fn all(&self) -> impl Iterator<Item = &Row> {
        self.known
            .values()
            .chain(self.new.iter().map(|(_, row)| row))
    }

    /// Returns the badge of the type of a field.
    fn badge(&self, path: &Path) -> Option<&str> {
        let new = self.new.iter().find(|(other, _)| other == path);
        let row = self.known.get(path).or(new.map(|(_, row)| row));
        row?.kind.as_deref()
    }

    /// Returns whether the copy shows what is inside a field: it has a row of that.
    pub(super) fn shows_inside(&self, path: &Path) -> bool {
        self.known.keys().any(|other| is_inside(other, path))
    }
}

/// Returns the fields that a page has a row for, in the order of the contract.
fn fields(spec: &Spec) -> Vec<&Path> {
    let own = spec.fields().values().filter(|field| !field.common);
    let paths = own.map(|field| &field.path);
    paths.filter(|path| path.name().is_some()).collect()
}

/// Returns whether a path leads into the value at another one.
fn is_inside(path: &Path, outer: &Path) -> bool {
    path.steps().len() > outer.steps().len() && path.steps().starts_with(outer.steps())
}

fn by_names(page: &[Row], spec: &Spec) -> Rows {
    let mut rows = Rows {
        named: true,
        ..Rows::default()
    };
    let mut before = Path::ROOT.clone();
    for row in page {
        let fits = |path: &&Path| match row.nesting {
            Nesting::Unknown => true,
            Nesting::Exactly(depth) => depth_of(path) == depth,
            Nesting::Inside => depth_of(path) > 0,
        };
        let fields = spec.fields().keys();
        let named = fields.filter(|path| path.name() == Some(&row.name));
        let free = named
            .filter(|path| !rows.known.contains_key(path))
            .filter(fits);
        // Of fields with the same name, the one beside or inside the row before.
        let path = free.max_by_key(|path| (shared(path, &before), Reverse(depth_of(path))));
        if let Some(path) = path {
            before = (*path).clone();
            rows.known.insert(before.clone(), row.clone());
            continue;
        }
        let mut holder = holder(&before, row.nesting, spec, &rows);
        let is_list = row.kind.as_deref().and_then(type_of) == Some(Type::Array);
        if is_list
            && row.nesting == Nesting::Inside
            && let Some(list) = holder.list()
        {
            // Contracts have no lists inside lists, so it is beside the list.
            holder = list.parent().unwrap_or_default();
        }
        let path = holder.member(&row.name);
        before = path.clone();
        rows.new.push((path, row.clone()));
    }
    rows
}

/// Returns how many fields a field is inside.
fn depth_of(path: &Path) -> usize {
    let members = path.steps().iter().filter(|step| **step != Step::Items);
    members.count().saturating_sub(1)
}

fn shared(path: &Path, other: &Path) -> usize {
    let pairs = path.steps().iter().zip(other.steps());
    pairs.take_while(|(own, other)| own == other).count()
}

/// Returns the object that a new row is in: that of the row before, or the row before itself, if it is one.
fn holder(before: &Path, nesting: Nesting, spec: &Spec, rows: &Rows) -> Path {
    let own = match rows.badge(before) {
        Some("object") => before.clone(),
        Some("object[]") => before.items(),
        Some("any") | None => match spec.fields().get(before).map(|field| field.kind) {
            Some(Type::Object) => before.clone(),
            _ => before.parent().unwrap_or_default(),
        },
        Some(_) => before.parent().unwrap_or_default(),
    };
    match nesting {
        Nesting::Unknown | Nesting::Inside => own,
        Nesting::Exactly(depth) => {
            let mut path = own;
            while !path.steps().is_empty() && depth_of(&path) + 1 > depth {
                path = path.parent().unwrap_or_default();
            }
            path
        }
    }
}

/// Returns the type of a badge.
pub(super) fn type_of(kind: &str) -> Option<Type> {
    match kind {
        "string" => Some(Type::String),
        "integer" | "number" => Some(Type::Integer),
        "boolean" => Some(Type::Boolean),
        "object" => Some(Type::Object),
        "any" => None,
        _ => Some(Type::Array),
    }
}

/// Finds the most fields whose names occur in the lines, in the order of both.
fn by_words(lines: &[(usize, String)], fields: &[&Path]) -> Rows {
    let words: Vec<Vec<String>> = lines.iter().map(|(_, line)| words(line)).collect();
    let names: Vec<Vec<String>> = fields
        .iter()
        .map(|path| self::words(path.name().unwrap_or_default()))
        .collect();
    let is_of = |field: usize, line: usize| {
        let name = &names[field];
        name.iter()
            .all(|part| words[line].iter().any(|word| is_word(word, part)))
    };
    // How many fields from here on can be found in the lines from here on.
    let mut most = vec![vec![0usize; lines.len() + 1]; fields.len() + 1];
    for field in (0..fields.len()).rev() {
        for line in (0..lines.len()).rev() {
            let found = usize::from(is_of(field, line)) * (most[field + 1][line + 1] + 1);
            most[field][line] = found.max(most[field + 1][line]).max(most[field][line + 1]);
        }
    }
    let mut rows = Rows::default();
    let (mut field, mut line) = (0, 0);
    let mut last: Option<Path> = None;
    while line < lines.len() {
        let number = lines[line].0;
        let is_row = field < fields.len()
            && is_of(field, line)
            && most[field][line] == most[field + 1][line + 1] + 1;
        if is_row {
            let row = Row {
                name: fields[field].name().unwrap_or_default().to_owned(),
                line: number,
                ..Row::default()
            };
            rows.known.insert(fields[field].clone(), row);
            last = Some(fields[field].clone());
            field += 1;
        } else if field < fields.len() && most[field][line] > most[field][line + 1] {
            field += 1;
            continue;
        }
        if let Some(row) = last.as_ref().and_then(|path| rows.known.get_mut(path)) {
            row.body.push(lines[line].1.clone());
        }
        line += 1;
    }
    rows
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect()
}

fn is_word(word: &str, part: &str) -> bool {
    let singular = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
    singular(word) == singular(part) || (part.len() >= MIN_BEGINNING && word.starts_with(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_names_are_found_by_their_words_in_order() {
        let lines = [
            "Name of the model.",
            "The prompt in words.",
            "more of the prompt",
            "Kind of reference.",
            "Image URL.",
        ];
        let lines: Vec<(usize, String)> = lines
            .iter()
            .enumerate()
            .map(|(at, line)| (at + 1, (*line).to_owned()))
            .collect();
        let paths = [
            "model",
            "prompt",
            "mode",
            "refer_kind",
            "images[].image_url",
        ];
        let paths = paths.map(|path| Path::parse(path).unwrap());
        let rows = by_words(&lines, &paths.iter().collect::<Vec<_>>());
        let found = rows
            .known
            .iter()
            .map(|(path, row)| (path.to_string(), row.line, row.body.len()));
        let mut found: Vec<_> = found.collect();
        found.sort_by_key(|row| row.1);
        let expected = [
            ("model", 1, 1),
            ("prompt", 2, 2),
            ("images[].image_url", 5, 1),
        ];
        let of = |path: &str| found.iter().find(|row| row.0 == path).unwrap().clone();
        for (path, line, lines) in expected {
            assert_eq!(of(path), (path.to_owned(), line, lines));
        }
        assert!(found.iter().all(|row| row.0 != "mode"));
    }
}
