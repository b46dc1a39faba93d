//! The program is ended at random moments, and the user runs the same command again: nothing is paid for twice.

use std::fmt;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use xtask::failure::{Failure, Result};
use xtask::process::build_kling;

use super::each::each;
use super::stage::{GENERATE, Services, Stage, ensure};

/// The signals, and the number of moments at which each is sent.
const SIGNALS: [(Signal, &str, usize); 3] = [
    (Signal::KILL, "SIGKILL", 250),
    (Signal::HUP, "SIGHUP", 100),
    (Signal::TERM, "SIGTERM", 100),
];
/// The seed of the moments.
const SEED: u64 = 20_260_324;
/// The maximum number of times that the command is run again.
const MOST_RUNS: usize = 4;
/// The exit code of an unknown outcome.
const UNKNOWN: Option<i32> = Some(4);

/// A moment in a run.
struct Moment {
    signal: Signal,
    name: &'static str,
    after: Duration,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} after {:?}", self.name, self.after)
    }
}

/// The outcome for one moment.
struct MomentOutcome {
    was_stopped: bool,
    was_paid: bool,
    runs: usize,
    is_saved: bool,
}

/// Ends `kling generate` at each moment and runs it again until it is done.
///
/// # Errors
/// A request was paid for twice, counted by its body without its id, or what was paid for is not on disk at the end.
pub(super) fn test(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let usual = undisturbed(&kling, &services)?;
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut moments = Vec::new();
    for (signal, name, count) in SIGNALS {
        // Next to the others that are ended, a run takes longer than alone.
        moments.extend((0..count).map(|_| Moment {
            signal,
            name,
            after: usual.mul_f64(2.0 * random.f64()),
        }));
    }
    let found = each(&moments, ToString::to_string, |moment| {
        at(moment, &kling, &services)
    })?;
    let number = |is_asked: fn(&&MomentOutcome) -> bool| found.iter().filter(is_asked).count();
    let (stopped, paid) = (
        number(|found| found.was_stopped),
        number(|found| found.was_paid),
    );
    // Otherwise the moments were not during the run.
    ensure(
        stopped * 4 > moments.len() && paid > 0 && paid < moments.len(),
        || {
            format!(
                "of {} runs {stopped} were stopped, {paid} behind the charge",
                moments.len()
            )
        },
    )?;
    Ok(format!(
        "{} moments: {stopped} runs stopped, {paid} behind the charge, {} saved at the end, {} unknown, at most {} more runs, \
         no second charge",
        moments.len(),
        number(|found| found.is_saved),
        number(|found| !found.is_saved),
        found
            .iter()
            .map(|found| found.runs)
            .max()
            .unwrap_or_default(),
    ))
}

/// Returns how long a run takes.
fn undisturbed(kling: &Path, services: &Services) -> Result<Duration> {
    let (stage, service) = (Stage::new(kling)?, services.start()?);
    let begun = Instant::now();
    let ran = stage.generate(&[], service.url())?;
    ensure(ran.code == Some(0), || {
        format!("an undisturbed run ends with {:?}: {}", ran.code, ran.err)
    })?;
    Ok(begun.elapsed())
}

fn at(moment: &Moment, kling: &Path, services: &Services) -> Result<MomentOutcome> {
    let (stage, service) = (Stage::new(kling)?, services.start()?);
    let url = service.url();
    let no = |error: std::io::Error| Failure::new(format!("the program cannot be ended: {error}"));
    let child = stage
        .command(&[], url, &GENERATE)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(no)?;
    thread::sleep(moment.after);
    // The child has not been waited for, so its process id is not reused.
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let id = id.ok_or_else(|| Failure::new("a process without a number"))?;
    kill_process(id, moment.signal).map_err(|error| no(error.into()))?;
    let first = stage.ran(&child.wait_with_output().map_err(no)?)?;
    let was_paid = !service.charged().is_empty();
    let mut runs = 1;
    let mut last = stage.generate(&[], url)?;
    while last.code != Some(0) && runs < MOST_RUNS {
        last = stage.generate(&[], url)?;
        runs += 1;
    }
    let charged = service.charged().len();
    let details = || {
        format!(
            "{charged} charges\nfirst ({:?}): {}\nlast of {runs} more ({:?}): {}",
            first.code, first.err, last.code, last.err
        )
    };
    ensure(charged <= 1 && service.repeated() == 0, details)?;
    let is_saved = last.code == Some(0);
    // A request that never arrived cannot be looked up; it cannot be known that it did not arrive.
    let is_right = if is_saved {
        charged == 1 && stage.video().is_file()
    } else {
        charged == 0 && last.code == UNKNOWN
    };
    ensure(is_right, details)?;
    Ok(MomentOutcome {
        was_stopped: first.code != Some(0),
        was_paid,
        runs,
        is_saved,
    })
}
