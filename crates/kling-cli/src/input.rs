//! Where requests come from: files, folders, lines.

pub(crate) mod document;
pub(crate) mod files;
#[cfg(any(feature = "client", feature = "emulator"))]
pub(crate) mod key;
pub(crate) mod lines;
pub(crate) mod list;
pub(crate) mod mention;
pub(crate) mod regular;
pub(crate) mod request;
pub(crate) mod waiting;
