//! What the service answers. Every member may be missing; members that are unknown or not of the
//! documented type are kept in `other`.

mod api_error;
mod billing;
mod envelope;
mod find;
mod members;
mod progress;
pub(crate) mod reason;
mod state;
mod take;
mod task;
mod videos;
mod warning;

pub use api_error::ApiError;
pub use billing::{Billing, BillingState};
pub use members::{Media, TaskResult};
pub use state::State;
pub use task::Task;
pub use warning::Warning;

pub(crate) use envelope::About;
pub(crate) use find::{find_id, is_error_object, may_mention_task, mentioned_id};
pub(crate) use take::{deserialize_from, take};
