//! The context of a finding: the contracts, the one that the request is checked against, and its document.

use kling_json::Document;
use kling_spec::{Evidence, Field, Ground, SEED, Spec};
use kling_url::TrustedOrigins;

use crate::models::{Models, OtherPage};
use crate::table::{FieldId, Table};

/// The settings of the checker's caller.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) trusted: TrustedOrigins,
    pub(crate) max_findings: usize,
}

/// One request, and what it is checked with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'d> {
    pub(crate) models: &'d Models,
    pub(crate) settings: &'d Settings,
    pub(crate) document: &'d Document<'d>,
    /// The contract; `None` if the request names no known model.
    pub(crate) table: Option<&'d Table>,
}

impl<'d> Context<'d> {
    /// Returns the row of a field of the contract.
    pub(crate) fn row(&self, field: FieldId) -> Option<&'d Field> {
        Some(self.table?.row(field))
    }

    /// Iterates over the pages that the model of the request has in other editions, the newest first.
    pub(crate) fn other_pages(&self) -> impl Iterator<Item = OtherPage<'d>> + use<'d> {
        let models = self.models;
        let id = self.table.map(|table| table.spec.id());
        let index = id.and_then(|id| models.index_of(id));
        index
            .into_iter()
            .flat_map(|index| models.other_pages(index))
    }

    /// Describes why the contract makes a claim.
    pub(crate) fn source(&self, ground: &Ground) -> String {
        let spec = self.table.map(|table| &table.spec);
        let model = spec.map_or("", Spec::id);
        let edition = spec.and_then(Spec::edition);
        match &ground.evidence {
            Evidence::Source(place) => match edition.filter(|edition| edition.id != SEED) {
                Some(edition) => format!("{model} of {}, {place}", edition.id),
                None => [model, ", ", place].concat(),
            },
            Evidence::Edition(_) | Evidence::Upstream(_) => format!("{model}, {}", ground.evidence),
            Evidence::Inferred(reason) => match &ground.reason {
                Some(level_reason) => format!("{reason}; {level_reason}"),
                None => reason.clone(),
            },
        }
    }
}
