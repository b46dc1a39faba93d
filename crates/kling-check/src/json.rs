//! Findings as JSON: frozen structs, one module per version of the format.
//!
//! A version never changes. A different shape becomes the next module beside it.

pub mod v1;
