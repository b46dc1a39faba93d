//! `cargo xtask flaky`: runs each test binary repeatedly while all cores are busy, to find the tests that fail by
//! chance.

mod binary;
mod state;

use std::cmp::Reverse;
use std::fs::File;
use std::hint;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use self::binary::Binary;
use self::state::{Seen, State};
use crate::failure::{Failure, Result, read};
use crate::process::wait_within;
use crate::workspace::print_line;

/// The folder in `target` for the results.
const FOLDER: &str = "target/flaky";
/// A run that takes longer hangs, and counts as failed.
const LIMIT: Duration = Duration::from_mins(20);
/// The name of the threads that keep the cores busy.
const BUSY: &str = "busy-core";

/// What to run, and how many times.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many times each binary is run.
    pub runs: u32,
    /// How many times binaries are run that use sockets, processes, threads or time.
    pub socket_runs: u32,
    /// The number of binaries that run concurrently, in addition to the load on the cores.
    pub jobs: usize,
    /// Whether to discard the results of earlier runs.
    pub fresh: bool,
    /// Only binaries with this in their name, which begins with the package.
    pub filter: Option<String>,
}

impl Options {
    fn wanted(&self, binary: &Binary) -> u32 {
        if binary.depends_on_timing {
            self.runs.max(self.socket_runs)
        } else {
            self.runs
        }
    }
}

/// Runs the binaries as many times as are still missing, and prints a table of all results.
///
/// # Errors
/// A test failed, no binary has such a name, or the tests do not build.
pub fn run(root: &Path, options: &Options, output: &mut impl Write) -> Result<()> {
    // A separate package needs no build of the others.
    let part = options.filter.as_deref();
    let package = part.filter(|name| root.join("crates").join(name).is_dir());
    let mut binaries = binary::all(root, package)?;
    if let Some(part) = part {
        binaries.retain(|binary| binary.name.contains(part));
    }
    if binaries.is_empty() {
        return Err(Failure::new("no test binary has this in its name"));
    }
    // The longest ones begin first, so that none is left to run alone.
    binaries.sort_by_key(|binary| Reverse(options.wanted(binary)));
    let folder = root.join(FOLDER);
    let state = Mutex::new(State::open(&folder, options.fresh)?);
    let seen = under_load(|| {
        in_jobs(options.jobs, &binaries, |binary| {
            enough(binary, options.wanted(binary), &folder, &state)
        })
    })?;
    let found: Vec<(&Binary, Seen)> = binaries.iter().zip(seen).collect();
    print(&found, output)
        .map_err(|error| Failure::new(format!("the output cannot be written: {error}")))?;
    let failures: u32 = found.iter().map(|(_, seen)| seen.failures).sum();
    if failures == 0 {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{failures} runs failed; their outputs are in {FOLDER}"
    )))
}

/// Runs a binary as many times as are still missing.
fn enough(binary: &Binary, wanted: u32, folder: &Path, state: &Mutex<State>) -> Result<Seen> {
    let state = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let hash = binary.hash()?;
    let mut seen = state().of(&hash);
    if seen.runs < wanted {
        print_line(format_args!(
            "{}: {} more runs",
            binary.name,
            wanted - seen.runs
        ));
    }
    while seen.runs < wanted {
        seen.add(once(binary, folder, seen.runs + 1)?);
        state().keep(&hash, &binary.name, &seen)?;
    }
    Ok(seen)
}

/// Processes items, several concurrently; the results are in the order of the items.
fn in_jobs<T: Sync, R: Send>(
    jobs: usize,
    items: &[T],
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    let result = work(item);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Does something while each core has a busy thread.
fn under_load<T>(work: impl FnOnce() -> T) -> T {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..cores {
            let busy = || {
                while !is_done.load(Ordering::Relaxed) {
                    hint::spin_loop();
                }
            };
            let thread = thread::Builder::new().name(BUSY.to_owned());
            thread
                .spawn_scoped(scope, busy)
                .expect("a machine that runs tests has room for a thread");
        }
        // A panic in the work must end the threads too.
        let _done = Done(&is_done);
        work()
    })
}

struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs a binary; returns the names of the tests that failed, or `None` if all passed. The output of a failure is
/// kept.
fn once(binary: &Binary, folder: &Path, run: u32) -> Result<Option<Vec<String>>> {
    let path = folder.join(format!("{}-{run}.txt", binary.file_name()));
    let no = |error: io::Error| Failure::file(&path, "written", &error);
    let file = File::create(&path).map_err(no)?;
    let mut child = Command::new(&binary.program)
        .current_dir(&binary.package)
        .env("CARGO_MANIFEST_DIR", &binary.package)
        // Snapshots are compared, never written.
        .env("INSTA_UPDATE", "no")
        .stdin(Stdio::null())
        .stdout(file.try_clone().map_err(no)?)
        .stderr(file)
        .spawn()
        .map_err(|error| Failure::file(&binary.program, "started", &error))?;
    let status = wait_within(&mut child, LIMIT)
        .map_err(|error| Failure::file(&binary.program, "waited for", &error))?;
    if status.is_some_and(|status| status.success()) {
        std::fs::remove_file(&path).map_err(|error| Failure::file(&path, "removed", &error))?;
        return Ok(None);
    }
    let mut names = failed(&read(&path).unwrap_or_default());
    if names.is_empty() {
        names.push(
            if status.is_none() {
                "(a hang)"
            } else {
                "(the binary)"
            }
            .to_owned(),
        );
    }
    print_line(format_args!(
        "{}, run {run}: {} failed",
        binary.name,
        names.join(", ")
    ));
    Ok(Some(names))
}

/// Returns the tests that failed, from the output of the test harness.
fn failed(output: &str) -> Vec<String> {
    let lines = output.lines().filter_map(|line| {
        let (name, end) = line.strip_prefix("test ")?.split_once(" ... ")?;
        (end == "FAILED").then(|| name.to_owned())
    });
    lines.collect()
}

fn print(found: &[(&Binary, Seen)], output: &mut impl Write) -> io::Result<()> {
    let width = found.iter().map(|(binary, _)| binary.name.len()).max();
    let width = width.unwrap_or_default();
    writeln!(
        output,
        "{:<width$}  {:<6}  {:>5}  {:>8}  failed tests",
        "binary", "timing", "runs", "failures"
    )?;
    for (binary, seen) in found {
        let timing = if binary.depends_on_timing {
            "yes"
        } else {
            "no"
        };
        let failed: Vec<String> = seen
            .failed
            .iter()
            .map(|(name, count)| format!("{name} ({count})"))
            .collect();
        let line = format!(
            "{:<width$}  {timing:<6}  {:>5}  {:>8}  {}",
            binary.name,
            seen.runs,
            seen.failures,
            failed.join(", ")
        );
        writeln!(output, "{}", line.trim_end())?;
    }
    let sum = |number: fn(&Seen) -> u32| found.iter().map(|(_, seen)| number(seen)).sum::<u32>();
    writeln!(
        output,
        "{} binaries, {} runs, {} failures",
        found.len(),
        sum(|seen| seen.runs),
        sum(|seen| seen.failures)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_is_worked_on_once_and_the_order_stays() {
        let items: Vec<u32> = (0..50).collect();
        for jobs in [0, 1, 3, 60] {
            let doubled = in_jobs(jobs, &items, |item| Ok(item * 2));
            assert_eq!(doubled, Ok(items.iter().map(|item| item * 2).collect()));
        }
        let failed = in_jobs(3, &items, |item| match item {
            7 => Err(Failure::new("seven")),
            _ => Ok(()),
        });
        assert_eq!(failed, Err(Failure::new("seven")));
    }

    /// Waits until this process has this many busy threads. The kernel lists a thread before it has its name, and for
    /// a moment after its end.
    #[cfg(target_os = "linux")]
    fn wait_for_busy(count: usize) {
        let names = || {
            let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
            threads.filter_map(|thread| read(&thread.path().join("comm")).ok())
        };
        let end = std::time::Instant::now() + Duration::from_mins(1);
        while names().filter(|name| name.trim_end() == BUSY).count() != count {
            assert!(std::time::Instant::now() < end, "not {count} busy threads");
            thread::yield_now();
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn each_core_is_busy_while_there_is_work_and_not_longer() {
        let cores = thread::available_parallelism().unwrap().get();
        let result = under_load(|| {
            wait_for_busy(cores);
            5
        });
        assert_eq!(result, 5);
        wait_for_busy(0);
        let failed = std::panic::catch_unwind(|| under_load(|| assert_eq!(result, 6)));
        assert!(failed.is_err());
        wait_for_busy(0);
    }

    #[test]
    fn the_names_of_failed_tests_are_read() {
        let output = "running 3 tests\ntest a::b ... ok\ntest a::c ... FAILED\ntest d ... FAILED\n\nfailures:\n";
        assert_eq!(failed(output), ["a::c", "d"]);
    }

    #[test]
    fn what_was_found_is_a_table() {
        let binary = |name: &str, depends_on_timing| Binary {
            name: name.to_owned(),
            program: "p".into(),
            package: "k".into(),
            depends_on_timing,
        };
        let (first, second) = (
            binary("kling-x lib", false),
            binary("kling-x kling_x_suite", true),
        );
        let mut seen = Seen::default();
        seen.add(None);
        seen.add(Some(vec!["a::b".to_owned()]));
        seen.add(Some(vec!["a::b".to_owned()]));
        let mut output = Vec::new();
        print(&[(&first, Seen::default()), (&second, seen)], &mut output).unwrap();
        let expected = "\
binary                 timing   runs  failures  failed tests
kling-x lib            no          0         0
kling-x kling_x_suite  yes         3         2  a::b (2)
2 binaries, 3 runs, 2 failures
";
        assert_eq!(String::from_utf8(output).unwrap(), expected);
    }
}
