//! The contracts that come with the crate, and their editions.

// As it is generated.
#[rustfmt::skip]
mod patches;

use crate::spec::Spec;

pub use patches::EDITIONS;
use patches::PATCHES;

/// The edition of the contracts themselves; the others are patches of them.
pub const SEED: &str = "seed";

/// The text of a contract that comes with the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmbeddedContract {
    /// The model's id in the edition `seed`.
    pub id: &'static str,
    /// The TOML text.
    pub text: &'static str,
}

/// The text of a patch that comes with the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmbeddedPatch {
    /// The edition.
    pub edition: &'static str,
    /// The model's id in the edition.
    pub id: &'static str,
    /// The TOML text.
    pub text: &'static str,
}

impl EmbeddedContract {
    /// Reads the contract of the edition `seed`.
    ///
    /// # Panics
    /// Never for the contracts of [`EMBEDDED`]: a test reads them all.
    pub fn parse(&self) -> Spec {
        Spec::from_toml(self.text).expect("a test reads every embedded contract")
    }

    /// Reads the contract that holds in an edition; see [`holding_in`](Self::holding_in).
    ///
    /// # Panics
    /// Never for the contracts of [`EMBEDDED`]: a test reads them all.
    pub fn parse_edition(&self, edition: &str) -> Option<Spec> {
        let edition = self.holding_in(edition)?;
        Some(match self.patch(edition) {
            None => self.parse(),
            Some(patch) => {
                Spec::patched(self.text, patch.text).expect("a test reads every embedded contract")
            }
        })
    }

    /// Returns the edition whose page holds for the model in an edition: the newest page that is not newer; `None` if
    /// the model has no page yet, or if [`EDITIONS`] does not have the edition.
    ///
    /// ```
    /// let omni = kling_spec::EMBEDDED[0];
    /// assert_eq!(omni.holding_in("2026-06"), Some("seed"));
    /// ```
    pub fn holding_in(&self, edition: &str) -> Option<&'static str> {
        let index = EDITIONS.iter().position(|known| *known == edition)?;
        let mut until = EDITIONS[..=index].iter().rev().copied();
        until.find(|edition| self.has_page(edition))
    }

    /// Iterates over the editions in which the model has a page of its own, the oldest first.
    pub fn editions(&self) -> impl Iterator<Item = &'static str> {
        EDITIONS
            .iter()
            .copied()
            .filter(|edition| self.has_page(edition))
    }

    fn has_page(&self, edition: &str) -> bool {
        edition == SEED || self.patch(edition).is_some()
    }

    /// Returns the model's id in an edition that has a page of its own for it.
    pub fn id_in(&self, edition: &str) -> &'static str {
        self.patch(edition).map_or(self.id, |patch| patch.id)
    }

    /// Returns the patches for the other editions of the model's page, the oldest first.
    pub fn patches(&self) -> &'static [EmbeddedPatch] {
        let mut patches = PATCHES.iter();
        patches
            .find(|(id, _)| *id == self.id)
            .map_or(&[], |(_, patches)| patches)
    }

    fn patch(&self, edition: &str) -> Option<&'static EmbeddedPatch> {
        self.patches().iter().find(|patch| patch.edition == edition)
    }
}

macro_rules! embedded {
    ($($id:literal;)*) => {
        &[$(EmbeddedContract {
            id: $id,
            text: include_str!(concat!("../models/", $id, ".toml")),
        }),*]
    };
}

/// All contracts that come with the crate. A new model only needs its file and a word in this list; a new edition of its
/// page only needs its file.
pub const EMBEDDED: &[EmbeddedContract] = embedded! {
    "kling-v3-omni";
    "kling-v3";
    "kling-v3-fast";
};

impl Spec {
    /// Returns the contract of a model that comes with this crate, in the edition `seed`, parsed anew by each call.
    pub fn embedded(id: &str) -> Option<Self> {
        let contract = EMBEDDED.iter().find(|contract| contract.id == id)?;
        Some(contract.parse())
    }
}
