//! The program as its users run it: as a process, with real files.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod bill;
mod check;
#[cfg(all(feature = "client", feature = "emulator"))]
mod codes;
mod configuration;
#[cfg(all(feature = "client", feature = "emulator"))]
mod each_code;
#[cfg(unix)]
mod editions;
mod endless;
mod fix;
mod folders;
mod formats;
#[cfg(all(feature = "client", feature = "emulator"))]
mod help;
mod levels;
#[cfg(unix)]
mod limits;
mod lines;
#[cfg(all(feature = "client", feature = "emulator"))]
mod messages;
#[cfg(all(feature = "client", feature = "emulator"))]
mod names;
mod nothing;
mod others;
#[cfg(all(feature = "client", feature = "emulator"))]
mod service;
mod snapshots;
mod specs;
mod support;
mod terminal;
#[cfg(unix)]
mod tty;
