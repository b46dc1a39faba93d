//! What can be asked of `kling emulator`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::ResultFormat;

/// What `kling emulator` is given.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kling emulator --port 0 --speed 60
  kling emulator --port 0 --strict --fault submit:reset-after-read --fault poll:status=503*3
  kling emulator --list-faults

Exit codes: 0 stopped by Ctrl-C or SIGTERM, or the faults are listed, 2 usage, or it cannot start.")]
pub(crate) struct Emulator {
    /// The port; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 4343)]
    pub(crate) port: u16,
    /// How many times as fast as the real time jobs go.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pub(crate) speed: f64,
    /// Require the key that is in this file [default: every key and none will do].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key_file: Option<PathBuf>,
    /// Refuse every request that has an error, also where the service would drop what is wrong and charge.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Let something go wrong, as in `submit:reset-after-read`; can be repeated.
    #[arg(long = "fault", value_name = "FAULT")]
    pub(crate) faults: Vec<String>,
    /// A file with faults: `faults = ["…"]` in TOML, or one a line in a `.jsonl` file [default: no file].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) fault_file: Option<PathBuf>,
    /// List the faults.
    #[arg(long)]
    pub(crate) list_faults: bool,
    /// Repeat the ids and chances of another start with this number [default: they differ at each start].
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// How to print where it is and, when it is stopped, what it was asked for [default: human on a terminal,
    /// json elsewhere].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ResultFormat>,
}
