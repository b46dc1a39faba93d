//! Where requests come from: files, folders, lines.

pub(crate) mod document;
pub(crate) mod files;
#[cfg(any(feature = "client", feature = "emulator"))]
pub(crate) mod key;
pub(crate) mod lines;
pub(crate) mod mention;
#[cfg(any(feature = "client", feature = "lsp"))]
pub(crate) mod path;
pub(crate) mod request;
