#![doc = include_str!("../README.md")]

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// clock date key limits mp4 page price random < check http < fault < state < app poster < service < effect < front < listen < emulator

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
mod price;
mod random;
mod service;
mod state;

pub use clock::{Clock, MANUAL_START_MS};
pub use emulator::{Builder, Emulator};
pub use fault::{CATALOGUE, Fault, FaultError, FaultKind, Faults, Phase, Times};
pub use key::Key;
pub use limits::{Limits, Pace};
pub use state::{Charge, Exchange, Ledger, Sum};
