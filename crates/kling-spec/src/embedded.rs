//! The contracts that come with the crate, and their editions.

use crate::spec::Spec;

/// The editions of the pages, the oldest first.
pub const EDITIONS: &[&str] = &["2026-04", "2026-04-zh", SEED, "2026-06", "2026-09-zh"];

/// The edition of the contracts themselves; the others are patches of them.
pub const SEED: &str = "seed";

/// The text of a contract that comes with the crate, and of its patches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmbeddedContract {
    /// The model's id in the edition `seed`.
    pub id: &'static str,
    /// The TOML text.
    pub text: &'static str,
    /// The patches for the other editions of the model's page.
    pub patches: &'static [EmbeddedPatch],
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

    fn patch(&self, edition: &str) -> Option<&'static EmbeddedPatch> {
        self.patches.iter().find(|patch| patch.edition == edition)
    }
}

macro_rules! embedded {
    ($($id:literal: $($edition:literal $(as $new:literal)?)*;)*) => {
        &[$(EmbeddedContract {
            id: $id,
            text: include_str!(concat!("../models/", $id, ".toml")),
            patches: &[$(EmbeddedPatch {
                edition: $edition,
                id: embedded!(@id $($new)? $id),
                text: include_str!(concat!("../models/", $id, "/", $edition, ".toml")),
            }),*],
        }),*]
    };
    (@id $new:literal $id:literal) => { $new };
    (@id $id:literal) => { $id };
}

/// All contracts that come with the crate, and the editions of their pages apart from `seed`. A new model or edition
/// only needs its file and a word in this list.
pub const EMBEDDED: &[EmbeddedContract] = embedded! {
    "kling-v3-omni": "2026-04" "2026-04-zh" "2026-09-zh";
    "kling-v3": "2026-04" "2026-04-zh" "2026-06" "2026-09-zh";
    "kling-v3-fast": "2026-09-zh" as "kling-3.0-turbo";
};

impl Spec {
    /// Returns the contract of a model that comes with this crate, in the edition `seed`, parsed anew by each call.
    pub fn embedded(id: &str) -> Option<Self> {
        let contract = EMBEDDED.iter().find(|contract| contract.id == id)?;
        Some(contract.parse())
    }
}
