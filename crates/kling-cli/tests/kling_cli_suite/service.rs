//! The commands that talk to the service, against the emulator and against misbehaving servers.

mod advice;
#[cfg(unix)]
mod again;
mod billing;
mod disk;
mod doctor;
mod editors;
mod emulator;
mod endings;
mod exits;
mod images;
mod jobs;
pub(crate) mod journal;
#[cfg(unix)]
mod keys;
mod known;
mod places;
mod questions;
pub(crate) mod raw;
mod secrets;
mod shapes;
#[cfg(unix)]
mod signals;
pub(crate) mod stage;
#[cfg(unix)]
mod stopped;
mod unrecorded;
#[cfg(unix)]
mod unsure;
mod videos;
