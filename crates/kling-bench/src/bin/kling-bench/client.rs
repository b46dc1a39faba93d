//! The client of the service: what a waiting task costs, and how fast it can ask for one.

mod rate;
mod server;
mod waiting;

use std::io;

use crate::arguments::Effort;

pub(crate) use waiting::{Load, wait};

/// How much to measure, if not the usual amount.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Amount {
    /// Number of waiting tasks, instead of 1,000 and of 10,000.
    pub(crate) tasks: Option<u32>,
    /// Status requests in each run at 64 connections.
    pub(crate) questions: Option<u32>,
}

pub(crate) fn run(effort: Effort, amount: Amount) -> io::Result<()> {
    waiting::run(effort, amount.tasks)?;
    rate::run(effort, amount.questions)
}
