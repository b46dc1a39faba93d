//! Turns TOML text into the rows of a contract. Each table is read by itself, so that a problem in one does not hide
//! those in another.

use std::mem;

use indexmap::IndexMap;
use serde::de::{Deserialize, IntoDeserializer};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Error};

use super::error::{LoadError, LoadErrors};
use super::words::load_error;

/// The tables under one key, by name or by index.
pub(super) struct Rows<T> {
    /// The tables that could be read, in the order of the text.
    pub(super) read: IndexMap<String, T>,
    /// The names of the others.
    pub(super) unread: Vec<String>,
}

impl<T> Rows<T> {
    /// Returns whether the text has none, readable or not.
    pub(super) fn is_empty(&self) -> bool {
        self.read.is_empty() && self.unread.is_empty()
    }
}

/// Takes the rows under a key, leaving none there, and reads each by itself. Anything other than a table or a list is
/// left for the reader of the rest.
pub(super) fn take_rows<'t, T: Deserialize<'t>>(
    table: Option<&mut DeTable<'t>>,
    key: &str,
    errors: &mut LoadErrors,
) -> Rows<T> {
    let mut rows = Rows {
        read: IndexMap::new(),
        unread: Vec::new(),
    };
    let mut add = |name: String, row| match errors.keep(read(row)) {
        Some(row) => {
            rows.read.insert(name, row);
        }
        None => rows.unread.push(name),
    };
    let value = match table {
        Some(table) => table.get_mut(key).map(Spanned::get_mut),
        None => None,
    };
    if let Some(DeValue::Table(tables)) = value {
        for (name, row) in mem::take(tables) {
            add(name.into_inner().into_owned(), row);
        }
    } else if let Some(DeValue::Array(items)) = value {
        for (index, row) in mem::replace(items, DeArray::new()).into_iter().enumerate() {
            add(index.to_string(), row);
        }
    }
    rows
}

/// Returns the table under a key, so that parts can be taken from it first.
pub(super) fn table_in<'d, 't>(
    table: &'d mut DeTable<'t>,
    key: &str,
) -> Option<&'d mut DeTable<'t>> {
    match table.get_mut(key)?.get_mut() {
        DeValue::Table(table) => Some(table),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_) => None,
    }
}

/// Takes and reads the table under a key, if it is there.
pub(super) fn take<'t, T: Deserialize<'t>>(
    table: &mut DeTable<'t>,
    key: &str,
    errors: &mut LoadErrors,
) -> Option<T> {
    let value = table.remove(key)?;
    errors.keep(read(value))
}

/// Reads a table, with the parser's error in the terms of contracts.
pub(super) fn read<'t, T: Deserialize<'t>>(
    value: impl IntoDeserializer<'t, Error>,
) -> Result<T, LoadError> {
    T::deserialize(value.into_deserializer()).map_err(|error| load_error(&error, 0))
}
