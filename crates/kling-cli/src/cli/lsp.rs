//! What can be asked of `kling lsp`.

use std::num::NonZeroUsize;

use clap::Args;

use super::{Configured, Contracts, LevelChanges};

/// What `kling lsp` is given.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling lsp
  kling lsp --model kling-v3")]
pub(crate) struct Lsp {
    /// Do not read documents that are longer than this; without it 8 MiB.
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_request_size: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(crate) levels: LevelChanges,
    #[command(flatten)]
    pub(crate) contracts: Contracts,
    #[command(flatten)]
    pub(crate) configured: Configured,
}
