//! Typed requests: what they accept and write is what the contracts and the committed schemas say.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod examples;
mod laws;
mod messages;
mod shape;
mod support;
