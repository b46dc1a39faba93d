//! Typed requests: what the builders write agrees with the contracts and the committed schemas.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod built;
mod examples;
mod laws;
mod support;
