//! The text of a contract, and of the patch that is applied to it.

use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::error::LoadErrors;
use super::patch;
use super::words::load_error;
use crate::error::Place;

/// The text of a contract, and of a patch. Offsets count on from the one to the other.
#[derive(Clone, Copy)]
pub(super) struct Texts<'t> {
    pub(super) contract: &'t str,
    pub(super) patch: Option<&'t str>,
}

impl<'t> Texts<'t> {
    /// Parses the tables, and applies the patch. If a text is not TOML, only the first problem of it is reported: most
    /// others would be consequences of it.
    pub(super) fn parse(self, errors: &mut LoadErrors) -> Option<Spanned<DeTable<'t>>> {
        let contract = DeTable::parse(self.contract).map_err(|error| load_error(&error, 0));
        let mut contract = errors.keep(contract)?;
        if let Some(patch) = self.patch {
            let start = self.contract.len();
            let patch = DeTable::parse(patch).map_err(|error| load_error(&error, start));
            let patch = errors.keep(patch)?.into_inner();
            patch::apply(contract.get_mut(), moved(patch, start), errors);
        }
        Some(contract)
    }

    /// Parses as much of the tables as can be read.
    pub(super) fn parse_recoverable(self) -> Spanned<DeTable<'t>> {
        let (mut contract, _) = DeTable::parse_recoverable(self.contract);
        if let Some(patch) = self.patch {
            let patch = DeTable::parse_recoverable(patch).0.into_inner();
            let patch = moved(patch, self.contract.len());
            patch::apply(contract.get_mut(), patch, &mut LoadErrors::default());
        }
        contract
    }
}

/// The lines of both texts.
pub(super) struct Lines<'t> {
    contract: LinesOf<'t>,
    patch: Option<LinesOf<'t>>,
}

impl<'t> Lines<'t> {
    pub(super) fn of(texts: Texts<'t>) -> Self {
        Self {
            contract: LinesOf::new(texts.contract),
            patch: texts.patch.map(LinesOf::new),
        }
    }

    /// Returns the place of a byte offset.
    pub(super) fn place(&self, offset: usize) -> Place {
        let length = self.contract.text.len();
        match &self.patch {
            Some(patch) if offset >= length => patch.place(offset - length, true),
            _ => self.contract.place(offset, false),
        }
    }
}

/// A text and the offsets at which its lines begin.
struct LinesOf<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> LinesOf<'t> {
    fn new(text: &'t str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(after).collect(),
        }
    }

    fn place(&self, offset: usize, is_in_patch: bool) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let before = self.text.get(start..offset).unwrap_or_default();
        Place {
            is_in_patch,
            line,
            column: before.chars().count() + 1,
        }
    }
}

/// Moves all places in a table on by a number of bytes.
fn moved(table: DeTable<'_>, by: usize) -> DeTable<'_> {
    let members = table
        .into_iter()
        .map(|(key, value)| (moved_key(key, by), moved_value(value, by)));
    members.collect()
}

fn moved_key(key: Spanned<DeString<'_>>, by: usize) -> Spanned<DeString<'_>> {
    let span = key.span();
    Spanned::new(span.start + by..span.end + by, key.into_inner())
}

fn moved_value(value: Spanned<DeValue<'_>>, by: usize) -> Spanned<DeValue<'_>> {
    let span = value.span();
    let value = match value.into_inner() {
        DeValue::Table(table) => DeValue::Table(moved(table, by)),
        DeValue::Array(items) => {
            let mut all = DeArray::new();
            for item in items {
                all.push(moved_value(item, by));
            }
            DeValue::Array(all)
        }
        plain @ (DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)) => plain,
    };
    Spanned::new(span.start + by..span.end + by, value)
}
