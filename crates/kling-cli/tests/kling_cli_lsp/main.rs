//! The language server from an editor's point of view: a process, and messages over its standard streams.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod actions;
mod client;
mod edits;
mod features;
mod findings;
mod lifecycle;
