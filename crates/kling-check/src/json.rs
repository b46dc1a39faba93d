//! Findings as JSON: frozen structs, one module a version of the format.
//!
//! A version never changes. What needs another shape becomes the next module beside it.

pub mod v1;
