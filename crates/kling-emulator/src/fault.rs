//! Faults: what can go wrong, how it is written, and when it happens.

mod action;
mod catalogue;
mod error;
mod file;
mod grammar;
mod phase;
mod plan;

pub(crate) use action::{Action, Canned, RetryAfter};
pub use catalogue::{CATALOGUE, FaultKind};
pub use error::FaultError;
pub use file::Faults;
pub use grammar::{Fault, Times};
pub use phase::Phase;
pub(crate) use plan::{Pending, Plan};
