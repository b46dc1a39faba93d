#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod claim;
mod error;
mod holder;
mod job;
mod journal;
mod key;
mod known;
mod plain;
mod schema;
mod seal;
mod service;
mod state;
mod write;

pub use error::{Error, ErrorKind};
pub use holder::Holder;
pub use job::{Entry, Job};
pub use journal::{Claim, Journal, NewJob, Ticket};
pub use key::{FileHash, JobKey, KeyError};
pub use plain::{MAX_ANSWER, MAX_DETAIL};
pub use state::{Effect, Event, IllegalEvent, State};
