//! Where requests come from: files, folders, lines.

pub(crate) mod document;
pub(crate) mod files;
pub(crate) mod lines;
pub(crate) mod list;
pub(crate) mod mention;
pub(crate) mod request;
