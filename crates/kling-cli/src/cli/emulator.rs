//! The options of `kling emulator`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{ResultFormat, editions, units};

/// How a fault is written.
pub(crate) const FAULT_FORM: &str = "PHASE:NAME[=VALUE][@PLACE%][*TIMES][?CHANCE%]";

/// What the parts of a fault stand for.
pub(crate) const FAULT_PARTS: [(&str, &str); 6] = [
    (
        "PHASE",
        "connect, submit, job, poll, upload, download, balance, or any (all but connect and job)",
    ),
    ("NAME", "what happens, as `--list-faults` lists it"),
    ("VALUE", "as listed there"),
    ("PLACE", "where something is cut [default: 50%]"),
    ("TIMES", "how often, a number or `*forever` [default: once]"),
    ("CHANCE", "how probably [default: always]"),
];

/// The form of a fault, and its parts below it.
pub(crate) fn fault_form() -> String {
    let parts = FAULT_PARTS.map(|(name, about)| format!("\n  {name:<6}  {about}"));
    format!("A fault is {FAULT_FORM}:{}", parts.concat())
}

/// The arguments of `kling emulator`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling emulator --port 0 --speed 60
  kling emulator --port 0 --strict --fault submit:reset-after-read --fault poll:status=503*3
  kling emulator --port 0 --fault poll:rate-limit=5*forever
  kling emulator --list-faults

{}

Exit codes: 0 stopped by Ctrl-C or SIGTERM, or the faults were listed, 2 wrong command line, or it cannot start.", fault_form()))]
pub(crate) struct Emulator {
    /// The port; 0 picks a free one.
    #[arg(long, value_name = "PORT", default_value_t = 4343, value_parser = units::whole(u16::MAX))]
    pub(crate) port: u16,
    /// Run tasks this many times as fast as real time.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
    /// Require the key in this file [default: accept any key, or none].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key_file: Option<PathBuf>,
    /// Judge requests by this edition of the service's pages [default: seed].
    #[arg(long, value_name = "EDITION", value_parser = editions())]
    pub(crate) edition: Option<String>,
    /// Refuse every request that has an error, even where the service would ignore what is wrong and charge.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Inject a fault, such as `submit:reset-after-read`, or several with commas between them; can be repeated.
    #[arg(long = "fault", value_name = "FAULT")]
    pub(crate) faults: Vec<String>,
    /// A file with faults: `faults = ["…"]` in TOML, or one per line in a `.jsonl` file [default: no file].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) fault_file: Option<PathBuf>,
    /// List the faults.
    #[arg(long)]
    pub(crate) list_faults: bool,
    /// The seed of ids and random choices; the same seed repeats them [default: they differ at each start].
    #[arg(long, value_name = "N", value_parser = units::whole(u64::MAX))]
    pub(crate) seed: Option<u64>,
    /// How to print its URL and, when it is stopped, what it was asked for [default: human on a terminal, json
    /// elsewhere].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ResultFormat>,
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if (0.001..=1_000_000.0).contains(&speed) => Ok(speed),
        Ok(_) | Err(_) => Err("give a number from 0.001 to 1000000".to_owned()),
    }
}
