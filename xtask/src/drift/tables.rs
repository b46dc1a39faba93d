//! The tables of a patch, and those of the contract that it is a patch of.

use kling_spec::Spec;
use toml::{Table, Value};

/// Where rows are, by the keys of their tables.
pub(super) type Section = &'static [&'static str];

pub(super) const FIELD: Section = &["field"];
pub(super) const RULE: Section = &["rule"];
pub(super) const MISTAKE: Section = &["mistake"];
pub(super) const MEANING: Section = &["meaning"];
pub(super) const KIND: Section = &["placeholders", "kind"];

/// The keys of a row that say why it is believed; one takes the place of another.
const EVIDENCE: [&str; 4] = ["source", "edition", "inferred", "upstream"];

/// A patch, and the contract that it is a patch of.
#[derive(Debug)]
pub(super) struct Patch {
    contract: Table,
    changes: Table,
    /// The names of the mistakes that the contract has after the patch.
    mistakes: Vec<String>,
    /// The names of its meanings.
    meanings: Vec<String>,
}

impl Patch {
    /// Makes it from the tables of both, and the contract that holds after the patch.
    pub(super) fn new(contract: Table, changes: Table, spec: &Spec) -> Self {
        let mistakes = spec.mistakes().iter().filter(|mistake| !mistake.common);
        let meanings = spec.meanings().keys();
        Self {
            contract,
            changes,
            mistakes: mistakes.map(|mistake| mistake.name.clone()).collect(),
            meanings: meanings.map(|meaning| meaning.name().to_owned()).collect(),
        }
    }

    /// Returns the tables of the patch, without those that are left empty.
    pub(super) fn finish(mut self) -> Table {
        for part in ["remove", "change", "add"] {
            for section in [KIND, &KIND[..1], FIELD, RULE, MISTAKE, MEANING] {
                let place = [&[part], section].concat();
                let Some((key, above)) = place.split_last() else {
                    continue;
                };
                if inner(&self.changes, &place).is_some_and(Table::is_empty) {
                    inner_mut(&mut self.changes, above).map(|table| table.remove(*key));
                }
            }
            if let Some(removed) = inner_mut(&mut self.changes, &["remove"]) {
                removed.retain(|_, names| names.as_array().is_some_and(|names| !names.is_empty()));
            }
            if inner(&self.changes, &[part]).is_some_and(Table::is_empty) {
                self.changes.remove(part);
            }
        }
        let order = ["edition", "remove", "change", "add"];
        let parts = order
            .into_iter()
            .filter_map(|part| self.changes.remove_entry(part));
        parts.collect()
    }

    fn added(&self, section: Section) -> Option<&Table> {
        inner(&self.changes, &[&["add"], section].concat())
    }

    fn is_added(&self, section: Section, name: &str) -> bool {
        self.added(section)
            .is_some_and(|rows| rows.contains_key(name))
    }

    /// Returns a row as it is after the patch.
    pub(super) fn row(&self, section: Section, name: &str) -> Table {
        if let Some(row) = self.added(section).and_then(|rows| inner(rows, &[name])) {
            return row.clone();
        }
        let row = inner(&self.contract, section).and_then(|rows| inner(rows, &[name]));
        let mut row = row.cloned().unwrap_or_default();
        let changed = [&["change"], section, &[name]].concat();
        if let Some(changed) = inner(&self.changes, &changed) {
            overlay(&mut row, changed.clone());
        }
        row
    }

    /// Gives a row these keys.
    pub(super) fn put(&mut self, section: Section, name: &str, keys: Table) {
        let part = if self.is_added(section, name) {
            "add"
        } else {
            "change"
        };
        overlay(
            entry(&mut self.changes, &[&[part], section, &[name]].concat()),
            keys,
        );
    }

    /// Gives the table at some keys of the patch these keys.
    pub(super) fn set(&mut self, place: &[&str], keys: Table) {
        overlay(entry(&mut self.changes, place), keys);
    }

    pub(super) fn add(&mut self, section: Section, name: &str, row: Table) {
        let rows = entry(&mut self.changes, &[&["add"], section].concat());
        rows.insert(name.to_owned(), Value::Table(row));
    }

    /// Removes a row.
    pub(super) fn remove(&mut self, section: Section, name: &str) {
        if let Some(rows) = inner_mut(&mut self.changes, &[&["change"], section].concat()) {
            rows.remove(name);
        }
        let added = inner_mut(&mut self.changes, &[&["add"], section].concat());
        let was_added = added.is_some_and(|rows| rows.remove(name).is_some());
        let of_contract = inner(&self.contract, section);
        if !was_added && of_contract.is_some_and(|rows| rows.contains_key(name)) {
            let key = section.last().expect("a section has a key");
            self.list_as_removed(key, name);
        }
    }

    /// Removes a mistake, unless it goes with a field that is removed.
    pub(super) fn remove_mistake(&mut self, name: &str) {
        let row = inner(&self.contract, MISTAKE).and_then(|rows| inner(rows, &[name]));
        let fields =
            inner(&self.changes, &["remove"]).and_then(|removed| removed.get("field")?.as_array());
        let mut fields = fields.into_iter().flatten().filter_map(Value::as_str);
        let is_gone = row.is_some_and(|row| fields.any(|field| is_about(row, field)));
        if !is_gone || self.is_added(MISTAKE, name) {
            self.remove(MISTAKE, name);
        }
    }

    fn list_as_removed(&mut self, key: &str, name: &str) {
        let removed = entry(&mut self.changes, &["remove"]);
        let names = removed
            .entry(key)
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(names) = names
            && !names.iter().any(|known| known.as_str() == Some(name))
        {
            names.push(name.into());
        }
    }

    /// Removes a field with what is inside it, and the mistakes and meanings that name it.
    pub(super) fn remove_field(&mut self, name: &str) {
        let of_contract = inner(&self.contract, FIELD);
        let is_known = of_contract.is_some_and(|fields| fields.contains_key(name));
        let was_added = self.is_added(FIELD, name);
        for part in ["change", "add"] {
            if let Some(fields) = inner_mut(&mut self.changes, &[part, "field"]) {
                fields.retain(|other, _| !is_at_or_in(other, name));
            }
        }
        if is_known && !was_added {
            self.list_as_removed("field", name);
        }
        for section in [MISTAKE, MEANING] {
            self.forget_rows_about(section, name);
        }
    }

    /// Leaves to the loader the rows that name a field which is removed: it removes those of the contract.
    fn forget_rows_about(&mut self, section: Section, field: &str) {
        let contract = inner(&self.contract, section).into_iter().flatten();
        let about =
            contract.filter(|(_, row)| row.as_table().is_some_and(|row| is_about(row, field)));
        let mut about: Vec<String> = about.map(|(name, _)| name.clone()).collect();
        let after = self.rows_about(section, field);
        about.extend(after.into_iter().map(|(name, _)| name));
        for part in ["change", "add"] {
            if let Some(rows) = inner_mut(&mut self.changes, &[&[part], section].concat()) {
                rows.retain(|other, _| !about.iter().any(|name| name == other));
                for (_, row) in rows.iter_mut() {
                    if let Some(Value::Array(also)) = row.get_mut("also") {
                        also.retain(|place| {
                            !place.as_table().is_some_and(|place| is_about(place, field))
                        });
                    }
                }
            }
        }
        let key = section.last().expect("a section has a key");
        if let Some(Value::Array(names)) =
            inner_mut(&mut self.changes, &["remove"]).and_then(|removed| removed.get_mut(*key))
        {
            names.retain(|name| {
                !name
                    .as_str()
                    .is_some_and(|name| about.iter().any(|other| other == name))
            });
        }
    }

    /// Returns the mistakes or the meanings that name a field, as they are after the patch.
    fn rows_about(&self, section: Section, field: &str) -> Vec<(String, Table)> {
        let names = if section == MISTAKE {
            &self.mistakes
        } else {
            &self.meanings
        };
        let rows = names
            .iter()
            .map(|name| (name.clone(), self.row(section, name)));
        rows.filter(|(_, row)| is_about(row, field)).collect()
    }

    /// Removes the meanings that are written as a value of a field which fails a test.
    pub(super) fn drop_meanings(&mut self, field: &str, keep: impl Fn(&Value) -> bool) {
        let names = self.meanings.clone();
        for name in names {
            let row = self.row(MEANING, &name);
            let to = row.get("to").and_then(Value::as_str).unwrap_or_default();
            let values = row.get("values").and_then(Value::as_array);
            let mut values = values.into_iter().flatten();
            let is_value = |value: &Value| value.get("written").is_none_or(&keep);
            let with = row.get("with").and_then(Value::as_table);
            let item = to.rsplit_once('.').map_or("", |(item, _)| item);
            let mut with = with.into_iter().flatten();
            let is_with =
                |(key, value): (&String, &Value)| format!("{item}.{key}") != field || keep(value);
            if to == field && !values.all(is_value) || !with.all(is_with) {
                self.remove(MEANING, &name);
            }
        }
    }

    /// Keeps only those corrections of mistakes about a field whose values pass a test.
    pub(super) fn drop_corrections(&mut self, field: &str, keep: impl Fn(&Value) -> bool) {
        for (name, row) in self.rows_about(MISTAKE, field) {
            let target = row.get("means").or_else(|| row.get("at"));
            let (true, Some(values)) = (
                target.and_then(Value::as_str) == Some(field),
                row.get("values").and_then(Value::as_array),
            ) else {
                continue;
            };
            let kept = values
                .iter()
                .filter(|pair| pair.get("to").is_some_and(&keep));
            let kept: Vec<Value> = kept.cloned().collect();
            if kept.is_empty() {
                self.remove_mistake(&name);
            } else if kept.len() < values.len() {
                let keys = Table::from_iter([("values".to_owned(), Value::Array(kept))]);
                self.put(MISTAKE, &name, keys);
            }
        }
    }

    /// Removes a table, and what is listed as removed from it.
    pub(super) fn remove_table(&mut self, name: &str) {
        if let Some(removed) = inner_mut(&mut self.changes, &["remove"])
            && KIND.first() == Some(&name)
        {
            removed.remove("kind");
        }
        for part in ["change", "add"] {
            inner_mut(&mut self.changes, &[part]).map(|tables| tables.remove(name));
        }
        if self.contract.contains_key(name) {
            self.list_as_removed("table", name);
        }
    }

    /// Writes a table of the contract anew, unless it is removed.
    pub(super) fn rewrite_table(&mut self, name: &str, edit: impl FnOnce(&mut Table)) {
        let added = inner(&self.changes, &["add", name]);
        let removed = inner(&self.changes, &["remove"]).and_then(|removed| removed.get("table"));
        let mut removed = removed.and_then(Value::as_array).into_iter().flatten();
        if added.is_none() && removed.any(|other| other.as_str() == Some(name)) {
            return;
        }
        let mut table = added
            .or_else(|| inner(&self.contract, &[name]))
            .cloned()
            .unwrap_or_default();
        if let Some(changed) = inner(&self.changes, &["change", name]) {
            overlay(&mut table, changed.clone());
        }
        edit(&mut table);
        self.remove_table(name);
        entry(&mut self.changes, &["add"]).insert(name.to_owned(), Value::Table(table));
    }
}

/// Gives a row the keys of another, as the loader of contracts does.
pub(super) fn overlay(row: &mut Table, keys: Table) {
    if EVIDENCE.iter().any(|key| keys.contains_key(*key)) {
        row.retain(|key, _| !EVIDENCE.contains(&key));
    }
    if keys.get("required").and_then(Value::as_bool) == Some(false)
        && let Some(Value::Table(grounds)) = row.get_mut("grounds")
    {
        grounds.remove("required");
    }
    for (key, value) in keys {
        match (row.get_mut(&key), value) {
            (Some(Value::Table(grounds)), Value::Table(given)) if key == "grounds" => {
                grounds.extend(given);
            }
            (_, value) => {
                row.insert(key, value);
            }
        }
    }
}

/// Returns whether a path is a field or leads into it.
pub(super) fn is_at_or_in(path: &str, field: &str) -> bool {
    path.strip_prefix(field)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Returns whether a mistake is in a field or means it, or a meaning is written there.
fn is_about(row: &Table, field: &str) -> bool {
    let mut paths = ["at", "means", "to"]
        .iter()
        .filter_map(|key| row.get(*key)?.as_str());
    paths.any(|path| is_at_or_in(path, field))
}

fn inner<'t>(table: &'t Table, place: &[&str]) -> Option<&'t Table> {
    place
        .iter()
        .try_fold(table, |table, key| table.get(*key)?.as_table())
}

fn inner_mut<'t>(table: &'t mut Table, place: &[&str]) -> Option<&'t mut Table> {
    let mut keys = place.iter();
    keys.try_fold(table, |table, key| table.get_mut(*key)?.as_table_mut())
}

/// Returns the table at some keys, made if it is not there.
fn entry<'t>(table: &'t mut Table, place: &[&str]) -> &'t mut Table {
    let Some((key, rest)) = place.split_first() else {
        return table;
    };
    let value = table
        .entry(*key)
        .or_insert_with(|| Value::Table(Table::new()));
    if !value.is_table() {
        *value = Value::Table(Table::new());
    }
    let table = value.as_table_mut().expect("it was made a table");
    entry(table, rest)
}
