//! Typed requests: what the builders write is what the contracts and the committed schemas say.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod built;
mod examples;
mod laws;
mod support;
