//! Shared by the commands that talk to the service.

pub(crate) mod billing;
pub(crate) mod clock;
pub(crate) mod continue_options;
pub(crate) mod destination;
pub(crate) mod environment;
pub(crate) mod follow;
pub(crate) mod key;
pub(crate) mod lifecycle;
pub(crate) mod local_files;
pub(crate) mod loopback;
pub(crate) mod paid;
pub(crate) mod post;
pub(crate) mod print;
pub(crate) mod recorder;
pub(crate) mod records;
pub(crate) mod request;
pub(crate) mod save;
pub(crate) mod session;
pub(crate) mod stop;
pub(crate) mod task;
pub(crate) mod wait;

pub(crate) use crate::signals;
