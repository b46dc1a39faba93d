//! From the TOML text of a contract to a checked [`Spec`].

use indexmap::IndexMap;

use crate::common::{self, COMMON_TEXT};
use crate::embedded::EmbeddedContract;
use crate::error::SpecError;
use crate::field::{Field, Type};
use crate::locate::{line_column, offset_of};
use crate::mistakes::Mistakes;
use crate::path::Path;
use crate::raw::RawSpec;
use crate::scalar::Scalar;
use crate::spec::Spec;

mod conditions;
mod mistakes;
mod parts;
mod rows;
mod syntax;
mod tree;

/// The most members of an object and the most leaves of conditions in a contract: the checker keeps
/// each set in 64 bits.
pub(crate) const LIMIT: usize = 64;
/// The most rows of a contract.
pub(crate) const MAX_ROWS: usize = 4096;
/// The most lists of a contract: a checker counts the items of each in an array of this length.
pub const MAX_LISTS: usize = 16;
/// The most conditions on items in a contract: a checker counts the hits of each in an array of this
/// length.
pub const MAX_ITEM_CONDITIONS: usize = 32;
/// The most addons of a contract: a checker names every set of them.
pub(crate) const MAX_ADDONS: usize = 8;

/// Reads a contract and checks all of it.
pub(crate) fn load(text: &str) -> Result<Spec, SpecError> {
    check(text, Loader::new(text).parse()?, None)
}

/// Adds to a contract what all models share, and checks all of it. `text` is the TOML, for the places of faults. The
/// mistakes of a contract that comes with the crate are left for later.
pub(crate) fn check(
    text: &str,
    raw: RawSpec,
    embedded: Option<EmbeddedContract>,
) -> Result<Spec, SpecError> {
    let loader = Loader::new(text);
    loader.check_id(&["id"], &raw.id)?;
    for (key, value) in [
        ("title", &raw.title),
        ("endpoint", &raw.endpoint),
        ("about", &raw.about),
    ] {
        loader.check_text(&[key], value)?;
    }
    let common = common::fields();
    let mut fields = IndexMap::with_capacity(raw.field.len() + common.len());
    for (name, row) in raw.field {
        let field = loader.field(&name, row, false)?;
        fields.insert(field.path.clone(), field);
    }
    let common_loader = Loader::new(COMMON_TEXT);
    for (name, row) in common {
        let field = common_loader.field(&name, row, true)?;
        fields.entry(field.path.clone()).or_insert(field);
    }
    loader.check_tree(&fields)?;
    loader.check_model(&raw.id, &fields)?;

    let mistakes = match embedded {
        Some(contract) => Mistakes::of(contract),
        None => loader.mistakes(&raw.mistake, &fields)?.into(),
    };
    let placeholders = raw
        .placeholders
        .as_ref()
        .map(|raw| loader.placeholders(raw, &fields))
        .transpose()?;
    let rules = raw
        .rule
        .into_iter()
        .map(|(id, rule)| loader.rule(id, rule, &fields))
        .collect::<Result<Vec<_>, _>>()?;
    let output = raw
        .output
        .as_ref()
        .map(|raw| loader.output(raw, &fields))
        .transpose()?;
    let billing = raw
        .billing
        .as_ref()
        .map(|raw| loader.billing(raw, &fields))
        .transpose()?;
    let spec = Spec {
        id: raw.id,
        title: raw.title,
        endpoint: raw.endpoint,
        about: raw.about,
        fields,
        placeholders,
        rules,
        mistakes,
        output: output.unwrap_or_default(),
        billing,
    };
    loader.check_leaves(&spec)?;
    Ok(spec)
}

/// Turns raw parts into checked ones and says where a fault is.
pub(crate) struct Loader<'t> {
    text: &'t str,
}

/// The fields of a contract by path.
pub(crate) type Fields = IndexMap<Path, Field>;

impl<'t> Loader<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self { text }
    }

    /// A fault at the value under `keys`.
    pub(crate) fn error(&self, keys: &[&str], message: impl Into<String>) -> SpecError {
        let (line, column) = line_column(self.text, offset_of(self.text, keys));
        SpecError::new(line, column, &message.into())
    }

    fn check_text(&self, keys: &[&str], text: &str) -> Result<(), SpecError> {
        if is_blank(text) {
            return Err(self.error(keys, format!("`{}` is blank", keys[keys.len() - 1])));
        }
        Ok(())
    }

    fn check_id(&self, keys: &[&str], id: &str) -> Result<(), SpecError> {
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
        if id.is_empty() || !id.bytes().all(plain) {
            return Err(self
                .error(keys, format!("`{id}` is not a valid id"))
                .expecting("lower-case letters, digits, `-`, `.` and `_`"));
        }
        Ok(())
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Whether a value can stand in a field of this type.
pub(crate) const fn fits(value: &Scalar, kind: Type) -> bool {
    matches!(
        (value, kind),
        (Scalar::String(_), Type::String)
            | (Scalar::Integer(_), Type::Integer)
            | (Scalar::Boolean(_), Type::Boolean)
    )
}

/// The values that a closed list allows, as an error says them.
pub(crate) fn one_of(values: &[Scalar]) -> String {
    let known: Vec<String> = values.iter().map(ToString::to_string).collect();
    format!("one of {}", known.join(", "))
}
