//! Laws of the checker, over generated requests and over texts that would never be written in earnest.

#![expect(
    clippy::print_stdout,
    reason = "how much was compared is worth knowing"
)]
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod agreement;
mod billing;
mod cut;
mod edited;
mod editions;
mod fourth_model;
mod hostile;
mod laws;
mod levels;
mod patterns;
mod planted;
mod settled;
mod settled_media;
mod slips;
mod support;
