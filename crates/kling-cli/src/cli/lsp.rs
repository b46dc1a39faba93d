//! What can be asked of `kling lsp`.

use std::num::NonZeroUsize;

use clap::Args;

use super::{Configured, Contracts, LevelChanges};

/// Serve an editor: findings, hover, completion, definitions.
///
/// Speaks the Language Server Protocol over the standard streams, while requests are written. An editor starts it;
/// nothing is sent anywhere else.
/// In `.jsonl` and `.ndjson` files each line is a request. JSON files that are plainly no requests are left alone.
///
/// Exits with 0 after the editor has shut it down, 1 if the editor left without that.
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
