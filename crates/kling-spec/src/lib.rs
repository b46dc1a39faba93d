#![doc = include_str!("../README.md")]

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// error ground path scalar suggest template word < condition field meaning < spec < contract < common shared < load < claims embedded schema

mod claims;
mod common;
mod condition;
mod contract;
mod embedded;
mod error;
mod field;
mod ground;
mod load;
mod meaning;
mod path;
mod scalar;
#[cfg(feature = "schema")]
mod schema;
mod shared;
mod spec;
mod suggest;
mod template;
mod word;

pub use claims::RuleClaim;
pub use common::{Common, CommonRule, CommonRuleText};
pub use condition::Condition;
pub use embedded::{EDITIONS, EMBEDDED, EmbeddedContract, EmbeddedPatch, SEED};
pub use error::{SpecError, SpecErrors};
pub use field::{Claim, Field, Format, Type, Values};
pub use ground::{Evidence, Ground, Level, Service};
pub use meaning::{AlsoAt, Meaning, WrittenAt, WrittenValue};
pub use path::{Path, Step};
pub use scalar::Scalar;
#[cfg(feature = "schema")]
pub use schema::{any_schema, contract_schema, inexpressible_rules, request_schema};
pub use spec::{
    Addon, Billing, Convert, Edition, Kind, Mistake, OutputField, OutputFields, Placeholders,
    ReadFrom, Rule, Spec, Tier,
};
pub use suggest::{Candidates, nearest};
pub use template::Template;
