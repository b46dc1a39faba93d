//! What the program prints: one file per format, and what they share.

#[cfg(feature = "client")]
pub(crate) mod cells;
pub(crate) mod condition;
pub(crate) mod counts;
pub(crate) mod excerpt;
pub(crate) mod field;
pub(crate) mod findings;
pub(crate) mod github;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod render;
pub(crate) mod safe;
pub(crate) mod sarif;
pub(crate) mod stdio;
pub(crate) mod style;
pub(crate) mod summary;
pub(crate) mod table;
pub(crate) mod waiting;
