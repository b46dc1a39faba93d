#![doc = include_str!("../README.md")]

mod app;
mod check;
mod clock;
mod date;
mod effect;
mod emulator;
mod fault;
mod front;
mod http;
mod key;
mod limits;
mod listen;
pub mod mp4;
mod page;
mod poster;
mod random;
mod service;
mod state;

pub use check::{Finding, Place, Span};
pub use clock::{Clock, MANUAL_START_MS};
pub use emulator::{Builder, Emulator};
pub use fault::{CATALOGUE, Fault, FaultError, FaultKind, Faults, Phase, Times};
pub use key::Key;
pub use limits::{Limits, Pace};
pub use state::{Charge, Exchange, Ledger, Sum};
