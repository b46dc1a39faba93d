//! Fixes: their laws over generated requests, the laws against wrong fixers, a pair of fixtures for each kind of fix,
//! and single cases.

#![expect(
    clippy::print_stdout,
    reason = "how much was compared is worth knowing"
)]
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod cases;
mod fixtures;
mod generated;
mod guard;
mod kept;
mod laws;
mod meanings;
mod support;
mod wrong;
