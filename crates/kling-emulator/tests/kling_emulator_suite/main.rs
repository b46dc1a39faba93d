//! The emulator from outside: over sockets, with a client that is not an HTTP library and hides nothing.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod bounds;
mod browsers;
mod client;
mod control;
mod downloads;
mod editions;
mod fault_bytes;
mod fault_ends;
mod fault_meanings;
mod fixtures;
mod jobs;
mod ledger;
mod robustness;
mod uploads;
mod watched;
