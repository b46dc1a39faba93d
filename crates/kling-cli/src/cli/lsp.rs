//! The options of `kling lsp`.

use std::num::NonZeroUsize;

use clap::Args;

use super::{Configured, Contracts, LevelChanges};

/// The arguments of `kling lsp`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling lsp
  kling lsp --model kling-v3

Exit codes: 0 the editor shut it down, 1 the editor closed the connection without a shutdown, 2 wrong command line.")]
pub(crate) struct Lsp {
    /// Do not read documents longer than this, such as `500000`, `10MB` or `8MiB` [default: 8MiB].
    #[arg(long, value_name = "BYTES", value_parser = super::units::size)]
    pub(crate) max_request_size: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(crate) levels: LevelChanges,
    #[command(flatten)]
    pub(crate) contracts: Contracts,
    #[command(flatten)]
    pub(crate) configured: Configured,
}
