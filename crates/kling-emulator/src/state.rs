//! The state of the emulator: tasks, charges, requests, uploads, and the faults still to come.

mod layout;
mod ledger;
mod ledger_writer;
mod log;
mod media;
mod task;
mod tasks;
mod uploads;
mod view;

pub use ledger::{Charge, Ledger, Sum};
pub(crate) use ledger_writer::LedgerWriter;
pub use log::Exchange;
pub(crate) use log::Log;
pub(crate) use media::Media;
pub(crate) use task::{Phases, Task, TaskOutcome, outcome_of, shortened_prompt, video_of};
pub(crate) use tasks::Tasks;
pub(crate) use uploads::{Upload, Uploads};
pub(crate) use view::State as StateView;

use crate::fault::Plan;
use crate::random::Random;

/// Everything that changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) random: Random,
    pub(crate) plan: Plan,
    pub(crate) tasks: Tasks,
    pub(crate) ledger: Ledger,
    pub(crate) log: Log,
    pub(crate) uploads: Uploads,
}
