//! Saved pages against contracts: a page that says the same has no differences, and each kind of difference is seen.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod changed;
mod refused;
mod same;
mod support;
