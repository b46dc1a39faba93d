//! Applies the patch of an edition to a contract: the rows that the other page lacks, has besides, or has otherwise.

use std::mem;

use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::error::{LoadError, LoadErrors};
use super::read::table_in;
use crate::suggest::nearest;

/// The tables whose members are rows with a name.
const NAMED: [&str; 5] = ["field", "rule", "mistake", "meaning", "kind"];
/// The keys of a row that say why it is believed; one takes the place of another.
const EVIDENCE: [&str; 4] = ["source", "edition", "inferred", "upstream"];

/// Changes the tables of a contract as the tables of a patch say: first what is removed, then what is changed, then
/// what is added.
pub(super) fn apply<'t>(
    contract: &mut DeTable<'t>,
    mut patch: DeTable<'t>,
    errors: &mut LoadErrors,
) {
    contract.remove("edition");
    if let Some((key, edition)) = patch.remove_entry("edition") {
        contract.insert(key, edition);
    }
    let mut take = |key, errors: &mut LoadErrors| {
        let (key, value) = patch.remove_entry(key)?;
        let DeValue::Table(table) = value.into_inner() else {
            errors.add(at(&key, "this is not a table"));
            return None;
        };
        Some(table)
    };
    for (section, names) in take("remove", errors).unwrap_or_default() {
        remove(contract, &section, names, errors);
    }
    if let Some(changed) = take("change", errors) {
        put(contract, changed, Put::Changed, errors);
    }
    if let Some(added) = take("add", errors) {
        put(contract, added, Put::Added, errors);
    }
    for key in patch.keys() {
        let problem = at(key, format!("unknown key `{}`", key.get_ref()));
        errors.add(problem.expecting("one of `edition`, `remove`, `change`, `add`"));
    }
}

fn at(key: &Spanned<DeString<'_>>, message: impl Into<String>) -> LoadError {
    LoadError::at_offset(key.span().start, message)
}

/// Removes the rows that are listed for a table, as in `field = ["audio"]`. What is inside a field goes with
/// it, and so do the mistakes that mean it and the meanings that it has.
fn remove<'t>(
    contract: &mut DeTable<'t>,
    section: &Spanned<DeString<'t>>,
    names: Spanned<DeValue<'t>>,
    errors: &mut LoadErrors,
) {
    let key: &str = section.get_ref();
    let rows = match key {
        "kind" => table_in(contract, "placeholders").and_then(|table| table_in(table, key)),
        "table" => Some(&mut *contract),
        _ if NAMED.contains(&key) => table_in(contract, key),
        _ => None,
    };
    let Some(rows) = rows else {
        errors.add(at(
            section,
            format!("the contract has no rows under `{key}`"),
        ));
        return;
    };
    let DeValue::Array(names) = names.into_inner() else {
        errors.add(at(section, "this is not a list"));
        return;
    };
    let mut gone = Vec::new();
    for name in names {
        let start = name.span().start;
        let name = name.get_ref().as_str().unwrap_or_default();
        if rows.remove(name).is_none() {
            errors.add(missing(start, name, rows));
        } else if key == "field" {
            retain(rows, |other, _| !is_inside(other, name));
            gone.push(name.to_owned());
        }
    }
    let is_gone = |row: &DeValue<'_>| gone.iter().any(|name| is_about(row, name));
    for key in ["mistake", "meaning"] {
        if let Some(rows) = table_in(contract, key) {
            retain(rows, |_, row| !is_gone(row));
            for (_, row) in rows.iter_mut() {
                if let DeValue::Table(row) = row.get_mut()
                    && let Some(also) = row.get_mut("also")
                    && let DeValue::Array(also) = also.get_mut()
                {
                    for place in mem::replace(also, DeArray::new()) {
                        if !is_gone(place.get_ref()) {
                            also.push(place);
                        }
                    }
                }
            }
        }
    }
}

/// Keeps the members of a table that a test accepts.
fn retain(table: &mut DeTable<'_>, keep: impl Fn(&str, &DeValue<'_>) -> bool) {
    let members = mem::take(table).into_iter();
    table.extend(members.filter(|(key, value)| keep(key.get_ref(), value.get_ref())));
}

/// Whether a mistake is in a field or means it, or a meaning is written there; something inside the field counts too.
fn is_about(row: &DeValue<'_>, field: &str) -> bool {
    ["at", "means", "to"].iter().any(|key| {
        let path = row.get(*key).and_then(|path| path.get_ref().as_str());
        path.is_some_and(|path| path == field || is_inside(path, field))
    })
}

/// Whether a path leads into the value at another one.
fn is_inside(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer)
        .is_some_and(|rest| rest.starts_with(['.', '[']))
}

fn missing(start: usize, name: &str, rows: &DeTable<'_>) -> LoadError {
    let known = rows.keys().map(|key| &**key.get_ref());
    let message = format!("the contract does not have `{name}`");
    LoadError::at_offset(start, message).suggesting(nearest(name, known))
}

/// How the members of a table of the patch come into the contract.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Put {
    /// Each must be there.
    Changed,
    /// None may be there.
    Added,
}

/// Puts the members of a table of the patch into the same table of the contract.
fn put<'t>(contract: &mut DeTable<'t>, patch: DeTable<'t>, how: Put, errors: &mut LoadErrors) {
    for (key, value) in patch {
        let is_outer = NAMED.contains(&&**key.get_ref()) || **key.get_ref() == *"placeholders";
        match (contract.get_mut(&**key.get_ref()), value) {
            (Some(there), value) if is_outer => match (there.get_mut(), value.into_inner()) {
                (DeValue::Table(there), DeValue::Table(inner)) => {
                    put(there, inner, how, errors);
                }
                _ => errors.add(at(&key, "this is not a table")),
            },
            (Some(_), _) if how == Put::Added => {
                let message = format!("the contract already has `{}`", key.get_ref());
                errors.add(at(&key, message).expecting("the row under `change`"));
            }
            (Some(there), value) => overlay(there, value),
            (None, _) if how == Put::Changed => {
                errors.add(missing(key.span().start, key.get_ref(), contract));
            }
            (None, value) => {
                contract.insert(key, value);
            }
        }
    }
}

/// Gives a row the keys that the patch has for it; anything other than a table is replaced.
fn overlay<'t>(there: &mut Spanned<DeValue<'t>>, value: Spanned<DeValue<'t>>) {
    let span = value.span();
    match (there.get_mut(), value.into_inner()) {
        (DeValue::Table(row), DeValue::Table(keys)) => {
            if EVIDENCE.iter().any(|key| keys.contains_key(*key)) {
                retain(row, |key, _| !EVIDENCE.contains(&key));
            }
            // What is no longer required needs no ground for that.
            if keys.get("required").and_then(|is| is.get_ref().as_bool()) == Some(false)
                && let Some(grounds) = table_in(row, "grounds")
            {
                grounds.remove("required");
            }
            for (key, mut value) in keys {
                let before = row.remove(&**key.get_ref()).map(Spanned::into_inner);
                // Each claim of a row has a ground of its own.
                if **key.get_ref() == *"grounds"
                    && let (Some(DeValue::Table(mut grounds)), DeValue::Table(given)) =
                        (before, value.get_mut())
                {
                    grounds.extend(mem::take(given));
                    *given = grounds;
                }
                // With its own key, so that an error is at its place in the patch.
                row.insert(key, value);
            }
        }
        (_, value) => *there = Spanned::new(span, value),
    }
}
