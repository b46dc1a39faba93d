//! Laws of the generators over every embedded contract and one that they were not written for.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod broken;
mod printing;
mod support;
mod valid;
