//! The journal as the program uses it: a file on disk, several processes, faults.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod bills;
mod damage;
mod durable;
mod life;
mod places;
mod processes;
mod support;
mod texts;
mod versions;
