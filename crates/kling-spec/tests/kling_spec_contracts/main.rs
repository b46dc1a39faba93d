//! Contracts as texts: what the loader refuses and how it says so, the schemas made from contracts,
//! and a model that is added by its text alone.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads files that the crate does not"
)]

mod all_errors;
mod condition_errors;
mod contract_format;
mod field_errors;
mod fixtures;
mod fourth_model;
mod limit_errors;
mod naive;
mod part_errors;
mod schemas;
mod support;
