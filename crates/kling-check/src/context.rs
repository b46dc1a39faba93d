//! What a finding is read with: the contracts, the one that counts for the request, and its document.

use kling_json::Document;
use kling_spec::{Evidence, Field, Ground};
use kling_url::TrustedOrigins;

use crate::models::Models;
use crate::table::{FieldId, Table};

/// What a caller of the checker has settled.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The model as whose request a request is read that names none.
    pub(crate) assumed: Option<usize>,
    pub(crate) trusted: TrustedOrigins,
    pub(crate) max_findings: usize,
}

/// One request, and what it is read by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'d> {
    pub(crate) models: &'d Models,
    pub(crate) settings: &'d Settings,
    pub(crate) document: &'d Document<'d>,
    /// The contract; none where the request names no known model.
    pub(crate) table: Option<&'d Table>,
}

impl<'d> Context<'d> {
    /// The row of a field of the contract.
    pub(crate) fn row(&self, field: FieldId) -> Option<&'d Field> {
        Some(self.table?.row(field))
    }

    /// Why a claim of the contract is made, for people.
    pub(crate) fn source(&self, ground: &Ground) -> String {
        let model = self.table.map_or("", |table| table.spec.id());
        match &ground.evidence {
            Evidence::Source(place) => [model, ", ", place].concat(),
            Evidence::Edition(_) | Evidence::Upstream(_) => format!("{model}, {}", ground.evidence),
            Evidence::Inferred(reason) => match &ground.reason {
                Some(level_reason) => format!("{reason}; {level_reason}"),
                None => reason.clone(),
            },
        }
    }
}
