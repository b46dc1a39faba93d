//! Contracts as texts: what the loader refuses and how it says so, the schemas made from contracts,
//! and a model that is added by its text alone.

mod condition_errors;
mod contract_format;
mod field_errors;
mod fixtures;
mod fourth_model;
mod part_errors;
mod schemas;
mod support;
