//! From a path of table keys to the line and column in a TOML text.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Line and column, both from 1, of a byte offset; columns are Unicode scalar values.
pub(crate) fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

/// The byte offset of the value under `keys`, or of the nearest table above it that is there.
///
/// A key that is a number is also an index into an array.
pub(crate) fn offset_of(text: &str, keys: &[&str]) -> usize {
    let Ok(document) = DeTable::parse(text) else {
        return 0;
    };
    let mut offset = 0;
    let mut table = Some(document.get_ref());
    let mut array: Option<&[Spanned<DeValue<'_>>]> = None;
    for key in keys {
        let next = match (table, array) {
            (Some(members), _) => {
                let found = members
                    .iter()
                    .find(|(name, _)| name.get_ref().as_ref() == *key);
                // A table in brackets has the span of its header, which is its key's.
                found.map(|(name, value)| (name.span().start, value))
            }
            (None, Some(items)) => key
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get(index))
                .map(|value| (value.span().start, value)),
            (None, None) => None,
        };
        let Some((start, value)) = next else {
            return offset;
        };
        offset = start;
        table = value.get_ref().as_table();
        array = value.get_ref().as_array().map(AsRef::as_ref);
    }
    offset
}
