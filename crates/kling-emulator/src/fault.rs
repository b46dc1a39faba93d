//! Faults: what can go wrong, how it is written, and when it happens.

mod action;
mod catalogue;
mod error;
mod file;
mod grammar;
mod plan;

pub(crate) use action::{Action, Canned, RetryAfter};
pub use catalogue::{CATALOGUE, FaultKind};
pub use error::FaultError;
pub use file::Faults;
pub use grammar::{Fault, Phase, Times};
pub(crate) use plan::{Pending, Plan};
