//! The fields, meanings and mistakes that every contract has without saying so.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::contract::FieldRow;
use crate::meaning::WrittenAt;
use crate::spec::Mistake;

/// What all contracts share, as in the data file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shared {
    /// The fields that every model takes.
    pub(crate) field: IndexMap<String, FieldRow>,
    /// Where all models write a meaning.
    pub(crate) meaning: IndexMap<String, WrittenAt>,
    /// The mistakes that all models share.
    pub(crate) mistake: IndexMap<String, Mistake>,
}

impl Shared {
    /// Returns the data file, which is read only once because every contract needs it.
    pub(crate) fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Shared> = LazyLock::new(|| {
            toml::from_str(include_str!("../shared.toml"))
                .expect("a test reads what all contracts share")
        });
        &EMBEDDED
    }
}
