//! JSON Schemas of requests, generated from contracts, and the schema of the contract format itself.
//!
//! Draft 2020-12. A request that a schema accepts breaks no rule of level error that a schema can express; the others
//! are listed by [`inexpressible_rules`] and in each schema's `$comment`.

mod condition;
mod field;
mod node;
mod request;

pub use request::{any_schema, inexpressible_rules, request_schema};

use crate::contract::Contract;

/// Returns the JSON Schema of the contract format, with which editors help the authors of contracts.
pub fn contract_schema() -> String {
    let schema = schemars::schema_for!(Contract);
    node::pretty(&schema)
}
