#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// plain seal service < billing < state < holder key < error < job lock_file schema < write < claim known < journal

mod billing;
mod claim;
mod error;
mod holder;
mod job;
mod journal;
mod key;
mod known;
mod lock_file;
mod plain;
mod schema;
mod seal;
mod service;
mod state;
mod write;

pub use billing::Billing;
pub use error::{Error, ErrorKind};
pub use holder::Holder;
pub use job::{ClaimedJob, Entry, Job, NewJob};
pub use journal::{Claim, Journal};
pub use key::{FileHash, JobKey, KeyError};
pub use state::{Effect, Event, IllegalEvent, State};
