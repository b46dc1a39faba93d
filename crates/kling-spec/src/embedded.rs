//! The contracts that come with the crate.

use crate::spec::Spec;

/// The text of a contract that comes with the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmbeddedContract {
    /// The model's id.
    pub id: &'static str,
    /// The TOML text.
    pub text: &'static str,
}

impl EmbeddedContract {
    /// Reads the contract.
    ///
    /// # Panics
    /// Never for the contracts of [`EMBEDDED`]: a test reads them all.
    pub fn parse(&self) -> Spec {
        Spec::from_toml(self.text).expect("a test reads every embedded contract")
    }
}

macro_rules! embedded {
    ($($id:literal)*) => {
        &[$(EmbeddedContract {
            id: $id,
            text: include_str!(concat!("../models/", $id, ".toml")),
        }),*]
    };
}

/// All contracts that come with the crate. A new model only needs an entry in this list.
pub const EMBEDDED: &[EmbeddedContract] = embedded! {
    "kling-v3-omni"
    "kling-v3"
    "kling-v3-fast"
};

impl Spec {
    /// Returns the contract of a model that comes with this crate, parsed anew by each call.
    pub fn embedded(id: &str) -> Option<Self> {
        let contract = EMBEDDED.iter().find(|contract| contract.id == id)?;
        Some(contract.parse())
    }
}
