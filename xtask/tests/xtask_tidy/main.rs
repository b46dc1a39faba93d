//! The workspace is tidy: what a review would look for in every file.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod features;
mod files;
mod fixtures;
mod layers;
mod manifests;
mod snapshots;
mod sources;
mod texts;
