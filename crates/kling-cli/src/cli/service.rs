//! The options of the commands that talk to the service.

use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::exits::of_service;
use super::since::Since;
use super::units::{bytes, whole};
use super::{Configured, ResultFormat, SpecFiles};
use crate::prices::Amount;

/// How the service is reached and how long for.
#[derive(Debug, Clone, Args)]
pub(crate) struct Connection {
    /// The base URL of the service [default: `TOAPIS_BASE_URL`, or `https://toapis.com`].
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, help_heading = "Service")]
    pub(crate) base_url: Option<String>,
    /// The file with the key [default: the key in `TOAPIS_API_KEY`].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Service")]
    pub(crate) key_file: Option<PathBuf>,
    /// Allow an http: base URL that is not on this machine. Anyone on the way can read the key.
    #[arg(long, help_heading = "Service")]
    pub(crate) insecure_http: bool,
    /// How long the whole command may take [default: 600 if it waits for a task, otherwise no limit].
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Service")]
    pub(crate) timeout: Option<Duration>,
    /// How to print the result [default: human on a terminal, json elsewhere].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ResultFormat>,
}

/// How often a running task is asked for.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Polling {
    /// When to poll a running task for the first time [default: 5 after it was sent, at once if it was sent earlier].
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Service")]
    pub(crate) first_poll: Option<Duration>,
    /// How long to wait between polls [default: 10].
    #[arg(long, value_name = "SECONDS", value_parser = pause, help_heading = "Service")]
    pub(crate) poll_interval: Option<Duration>,
}

/// Where the journal is.
#[derive(Debug, Clone, Args)]
pub(crate) struct Records {
    /// The journal, which records the paid jobs [default: `TOAPIS_JOURNAL`, or a file in the state folder of the platform].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) journal: Option<PathBuf>,
}

/// The name of a file with a video, unless another is asked for.
pub(crate) const USUAL_NAME: &str = "{id}.mp4";

/// Where a video goes. No file is overwritten unasked.
#[derive(Debug, Clone, Args)]
pub(crate) struct Target {
    /// The file for the video, or `-` for standard output; the result is then printed on standard error [default: from
    /// `--output-dir` and `--name`].
    #[arg(
        long, short, value_name = "FILE", value_hint = ValueHint::FilePath,
        conflicts_with_all = ["output_dir", "name"]
    )]
    pub(crate) output: Option<PathBuf>,
    /// Replace the file of `--output` if it exists. Without this or `--keep-both`, an existing file is an error before a video
    /// is paid for; a video that is already paid for is saved as `name (2)`.
    #[arg(long, requires = "output", conflicts_with = "keep_both")]
    pub(crate) overwrite: bool,
    /// Save the video as `name (2)` if the file of `--output` exists.
    #[arg(long, requires = "output")]
    pub(crate) keep_both: bool,
    /// The folder for the video [default: the working folder].
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output_dir: Option<PathBuf>,
    /// The name of the file: {id} is the id of the task, {model} the model, {date} the day, such as 2026-11-28, {index} the number of
    /// the request, which is always 0 here.
    #[arg(long, value_name = "TEMPLATE", default_value = USUAL_NAME)]
    pub(crate) name: String,
    /// Do not save a video longer than this, such as `500000`, `10MB` or `8MiB` [default: 4GiB].
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) max_bytes: Option<NonZeroU64>,
}

/// A request that is to be paid for.
#[derive(Debug, Clone, Args)]
pub(crate) struct Paid {
    /// The file with the request, or `-` for standard input.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The `client_business_id` to send with the request; it can be used to look up its task [default: the one in the
    /// request, or a random one].
    #[arg(long, value_name = "ID", value_parser = client_id, conflicts_with = "no_client_id")]
    pub(crate) client_id: Option<String>,
    /// Send the request as it is, without a `client_business_id` to look it up by.
    #[arg(long)]
    pub(crate) no_client_id: bool,
    /// Do not check the request first.
    #[arg(long, conflicts_with = "allow")]
    pub(crate) no_check: bool,
    /// Send the request despite a rule's findings; separated by commas, or repeated.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) allow: Vec<String>,
    /// Pay for another video even if the same request has already been paid for.
    #[arg(long)]
    pub(crate) again: bool,
    /// Do not send a request that costs more than this, in the currency of the prices in `kling.toml`, or whose price is
    /// not known [default: no limit].
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) max_cost: Option<Amount>,
    #[command(flatten)]
    pub(crate) contracts: SpecFiles,
    #[command(flatten)]
    pub(crate) configured: Configured,
}

/// The arguments of `kling submit`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling submit request.json
  kling submit request.json --client-id order-7
  kling submit request.json --again --format json

{}", of_service(&[0, 1, 2, 3, 4, 7, 8, 9, 10])))]
pub(crate) struct Submit {
    #[command(flatten)]
    pub(crate) paid: Paid,
    #[command(flatten)]
    pub(crate) records: Records,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The arguments of `kling generate`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling generate request.json -o boat.mp4
  kling generate request.json -o - | ffplay -
  kling generate request.json --again --output-dir videos --name {{date}}-{{id}}.mp4

{}", of_service(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])))]
pub(crate) struct Generate {
    #[command(flatten)]
    pub(crate) paid: Paid,
    /// Also upload files outside the folder of the request.
    #[arg(long)]
    pub(crate) allow_outside: bool,
    /// Use a service inside this process: no key, no network, no charge, and a video within seconds.
    #[cfg(feature = "emulator")]
    #[arg(long, conflicts_with_all = ["base_url", "key_file", "journal"])]
    pub(crate) emulator: bool,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) records: Records,
    #[command(flatten)]
    pub(crate) polling: Polling,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The arguments of `kling status`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling status order-7

{}", of_service(&[0, 2, 4, 5, 6, 7, 8, 10])))]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) task: TaskId,
    #[command(flatten)]
    pub(crate) records: Records,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The arguments of `kling wait`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling wait order-7

{}", of_service(&[0, 2, 4, 5, 6, 7, 8])))]
pub(crate) struct Wait {
    #[command(flatten)]
    pub(crate) task: TaskId,
    #[command(flatten)]
    pub(crate) records: Records,
    #[command(flatten)]
    pub(crate) polling: Polling,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The arguments of `kling download`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling download order-7 -o boat.mp4

{}", of_service(&[0, 2, 4, 5, 6, 7, 8, 10])))]
pub(crate) struct Download {
    #[command(flatten)]
    pub(crate) task: TaskId,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) records: Records,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The task that is meant.
#[derive(Debug, Clone, Args)]
pub(crate) struct TaskId {
    /// The id of the task, or the `client_business_id` of its request.
    pub(crate) id: String,
}

/// The arguments of `kling upload`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling upload first.png
  kling upload walk.mp4

{}", of_service(&[0, 2, 3, 7, 8, 10])))]
pub(crate) struct Upload {
    #[arg(
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        help = "The image (JPEG, PNG, WebP or GIF, at most 10 MB) or video (MP4, WebM or MOV, at most 50 MB)"
    )]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// List the recorded jobs, show one, or continue one.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = format!("Examples:
  kling jobs
  kling jobs --state unknown,accepted --since 2d
  kling jobs --service localhost
  kling jobs show 1
  kling jobs resume 1

{}", of_service(&[0, 2, 8]))
)]
pub(crate) struct Jobs {
    #[command(subcommand)]
    pub(crate) command: Option<JobsCommand>,
    #[command(flatten)]
    pub(crate) list: JobsList,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JobsCommand {
    /// List the latest jobs, newest first.
    // Not in the options, which `kling jobs` has too.
    #[command(after_help = format!("Examples:
  kling jobs list --limit 5

{}", of_service(&[0, 2, 8])))]
    List(JobsList),
    /// Show a job with its history.
    Show(JobsShow),
    /// Continue a job where it stopped: look it up, wait for it, download its video.
    ///
    /// A job whose outcome is unknown is looked up and never sent again. One that has not been sent yet is sent.
    Resume(JobsResume),
}

/// The arguments of `kling jobs list`.
#[derive(Debug, Clone, Args)]
pub(crate) struct JobsList {
    /// List at most this many jobs.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = whole(u32::MAX))]
    pub(crate) limit: u32,
    /// List only jobs in these states, separated by commas.
    #[arg(long, value_enum, value_name = "STATE", value_delimiter = ',')]
    pub(crate) state: Vec<JobState>,
    /// List only jobs since then: a date (2026-11-28), a time (2026-11-28T10:30, 10:30), or how long ago (2d, 36h)
    /// [default: all].
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<Since>,
    /// List only jobs of this service: a URL or a host [default: all but those on this machine, unless
    /// `TOAPIS_BASE_URL` names one].
    #[arg(long, value_name = "SERVICE")]
    pub(crate) service: Option<String>,
    #[command(flatten)]
    pub(crate) records: Records,
    /// How to print the result [default: human on a terminal, json elsewhere].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ResultFormat>,
}

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum JobState {
    /// To be sent; nothing has been sent yet.
    Intent,
    /// Being sent.
    Sending,
    /// Accepted by the service.
    Accepted,
    /// The video is made, but not saved yet.
    Completed,
    /// The video is in a file.
    Saved,
    /// Rejected by the service; nothing was charged.
    Rejected,
    /// Failed at the service.
    Failed,
    /// It is not known whether the service accepted it.
    Unknown,
}

impl JobState {
    /// Returns the word for it, as in the journal.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Completed => "completed",
            Self::Saved => "saved",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// The arguments of `kling jobs show`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling jobs show 1
  kling jobs show order-7 --format json

{}", of_service(&[0, 2, 8])))]
pub(crate) struct JobsShow {
    /// The number of the job, which `kling jobs` prints first, the id of its task, or its `client_business_id`.
    pub(crate) job: String,
    #[command(flatten)]
    pub(crate) records: Records,
    /// How to print the result [default: human on a terminal, json elsewhere].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ResultFormat>,
}

/// The arguments of `kling jobs resume`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling jobs resume 1
  kling jobs resume 1 -o boat.mp4

{}", of_service(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 10])))]
pub(crate) struct JobsResume {
    /// The number of the job, which `kling jobs` prints first, the id of its task, or its `client_business_id`.
    pub(crate) job: String,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) records: Records,
    #[command(flatten)]
    pub(crate) polling: Polling,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The arguments of `kling balance`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling balance

{}", of_service(&[0, 2, 3, 7, 8, 10])))]
pub(crate) struct Balance {
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The arguments of `kling doctor`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  kling doctor

{}", of_service(&[0, 2, 3, 7, 8, 10])))]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) records: Records,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The shortest pause between two polls: a service must not be flooded.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// The longest time that can be set: a week.
const LONGEST: f64 = 7.0 * 24.0 * 3600.0;

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= LONGEST => Ok(Duration::from_secs_f64(seconds)),
        Ok(_) | Err(_) => Err(format!(
            "give seconds without a unit, such as `90` or `1.5`, more than 0 and at most {LONGEST}"
        )),
    }
}

fn pause(text: &str) -> Result<Duration, String> {
    seconds(text).and_then(|pause| {
        if pause >= SHORTEST_PAUSE {
            Ok(pause)
        } else {
            Err("give at least 0.01 seconds".to_owned())
        }
    })
}

/// The maximum number of bytes of an id that the user chooses. The service's pages specify no limit and no characters;
/// another client uses this limit, and it fits into a URL.
const MAX_CLIENT_ID: usize = 100;

fn client_id(text: &str) -> Result<String, String> {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    let is_folder = matches!(text, "." | "..");
    if is_plain && !is_folder && !text.is_empty() && text.len() <= MAX_CLIENT_ID {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "it becomes part of a URL; give at most {MAX_CLIENT_ID} letters, digits, `-`, `_`, `.` and `:`, but not `.` or `..` alone"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_positive_and_bounded() {
        assert_eq!(seconds("1.5"), Ok(Duration::from_millis(1500)));
        for text in ["0", "-1", "NaN", "inf", "604801", "soon"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
