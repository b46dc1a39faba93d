#![doc = include_str!("../README.md")]

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// date decimal rate_limit request sanitise < retry_after task_ref < answer < error < body link retry < client < balance models submit upload < download schema wait

pub mod answer;
mod balance;
mod body;
mod client;
mod date;
mod decimal;
pub mod download;
mod error;
mod link;
mod models;
mod rate_limit;
pub mod request;
mod retry;
mod retry_after;
mod sanitise;
mod schema;
pub mod submit;
mod task_ref;
mod upload;
pub mod wait;

pub use answer::{ApiError, Billing, BillingState, State, Task, Warning};
pub use balance::Balance;
pub use body::Body;
pub use client::{Client, ClientBuilder, Timeouts};
pub use decimal::{Decimal, NotDecimal};
pub use download::{DownloadOptions, Saved};
pub use error::{Error, Responsible};
pub use link::is_loopback_host;
pub use retry::Retries;
pub use retry_after::retry_after;
pub use schema::answers_schema;
pub use secrecy::SecretString;
pub use submit::{Accepted, Budget, Next, NotSent, Rejected, Unknown, Verdict, next};
pub use task_ref::TaskRef;
pub use upload::{MAX_IMAGE_BYTES, MAX_VIDEO_BYTES, Media, MediaKind, Uploaded};
pub use wait::{UnknownId, Wait, WaitEvent, WaitOptions, WaitOutcome};
