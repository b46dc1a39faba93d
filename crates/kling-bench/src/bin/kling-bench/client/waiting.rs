//! Many waiting tasks in one process: its memory, its requests and its processor time.
//!
//! The client runs in its own process, so that the memory is the client's alone; the service runs in the process that
//! started it and counts the requests.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use kling_http::{Client, TaskRef, WaitEvent, WaitOptions};
use serde::{Deserialize, Serialize};
use tokio::runtime;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::server::Server;
use crate::arguments::Effort;
use crate::measure::median;
use crate::program::{built, status_bytes};
use crate::table::{Table, Target, say};

/// Connections that are open before anything is measured: their number is limited, so they are not part of the cost of
/// a task.
const CONNECTIONS: u32 = 64;

/// What the client process is to do.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Load {
    /// Number of tasks that wait at the same time.
    #[arg(long)]
    tasks: u32,
    /// When each task is first asked for, in milliseconds.
    #[arg(long)]
    first_poll: u64,
    /// How much later it is asked for again, in milliseconds.
    #[arg(long)]
    interval: u64,
    /// How many times each is asked for while requests are counted.
    #[arg(long)]
    times: u32,
}

impl Load {
    fn arguments(self) -> impl Iterator<Item = String> {
        let named = [
            ("--tasks", self.tasks.into()),
            ("--first-poll", self.first_poll),
            ("--interval", self.interval),
            ("--times", self.times.into()),
        ];
        named
            .into_iter()
            .flat_map(|(name, value): (&str, u64)| [name.to_owned(), value.to_string()])
    }

    fn options(self) -> WaitOptions {
        WaitOptions {
            first_poll: Duration::from_millis(self.first_poll),
            interval: Duration::from_millis(self.interval),
            ..WaitOptions::default()
        }
    }
}

/// What the client process has measured of itself. Memory is in bytes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Measured {
    /// Resident before the first task, with all connections open.
    before: u64,
    /// Resident when each task has been asked for at least once and all are waiting again.
    waiting: u64,
    /// Processor time while requests were counted, in nanoseconds.
    processor: u64,
}

/// The results of one run.
struct Run {
    /// Bytes per task.
    memory: f64,
    /// Requests per second.
    rate: f64,
    /// Processor time per request.
    question: Duration,
    /// Share of one core.
    share: f64,
}

pub(super) fn run(effort: Effort, tasks: Option<u32>) -> io::Result<()> {
    let title = "Waiting tasks: medians of whole processes with the client";
    if !fs::exists("/proc/self/schedstat")? {
        return say(&format!(
            "\n{title}\n  not measured: there is no /proc/self/schedstat here"
        ));
    }
    // The first question comes as late as the service's documentation asks, if the run is long enough.
    let usual = WaitOptions::default();
    let milliseconds = |time: Duration| usize::try_from(time.as_millis()).unwrap_or(usize::MAX);
    let rhythm = |tasks: u32, [first_poll, interval]: [usize; 2], times: u32| Load {
        tasks,
        first_poll: first_poll as u64,
        interval: interval as u64,
        times,
    };
    let asked_for = [
        effort.choose(milliseconds(usual.first_poll), 500),
        effort.choose(milliseconds(usual.interval), 1_000),
    ];
    let often = [500, effort.choose(1_000, 200)];
    let cases = [
        (rhythm(tasks.unwrap_or(1_000), often, 5), Target::None),
        (
            rhythm(tasks.unwrap_or(10_000), asked_for, 1),
            Target::AtMost(2.0),
        ),
    ];
    let mut table = Table::new(
        title,
        &[
            "case",
            "KiB a task",
            "target",
            "reached",
            "questions/s",
            "us a question",
            "% of a core",
        ],
    );
    for (load, target) in cases {
        let runs: Vec<Run> = (0..effort.choose(3, 1))
            .map(|_| once(load))
            .collect::<io::Result<_>>()?;
        let middle = |figure: fn(&Run) -> f64| middle(runs.iter().map(figure).collect());
        let memory = middle(|run| run.memory) / 1024.0;
        let [wanted, reached] = target.cells(memory);
        let question = median(runs.iter().map(|run| run.question).collect());
        table.row([
            format!(
                "{} tasks, asked for every {} s",
                load.tasks,
                Duration::from_millis(load.interval).as_secs_f64()
            ),
            format!("{memory:.2}"),
            wanted,
            reached,
            format!("{:.0}", middle(|run| run.rate)),
            format!("{:.0}", question.as_secs_f64() * 1e6),
            format!("{:.1}", middle(|run| run.share) * 100.0),
        ]);
    }
    table.print()
}

/// Returns the median.
fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Runs one client process and returns its results.
#[expect(
    clippy::cast_precision_loss,
    reason = "bytes, counts and nanoseconds of a run are far below 2^52"
)]
fn once(load: Load) -> io::Result<Run> {
    let server = Server::start()?;
    let program = built("kling-bench")?.ok_or_else(|| io::Error::other("this program is gone"))?;
    let child = Command::new(program)
        .arg("waiting")
        .arg("--base-url")
        .arg(server.url())
        .args(load.arguments())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut child = Ended(child);
    let output = child.0.stdout.take();
    let mut lines =
        BufReader::new(output.ok_or_else(|| io::Error::other("there is no pipe"))?).lines();
    let mut next = || {
        lines
            .next()
            .unwrap_or_else(|| Err(io::Error::other("the client has ended early")))
    };
    next()?;
    let (began, answers) = (Instant::now(), server.answers());
    let measured: Measured = serde_json::from_str(&next()?)?;
    let (time, answers) = (began.elapsed(), server.answers() - answers);
    let processor = Duration::from_nanos(measured.processor);
    Ok(Run {
        memory: measured.waiting.saturating_sub(measured.before) as f64 / f64::from(load.tasks),
        rate: answers as f64 / time.as_secs_f64(),
        question: processor / u32::try_from(answers.max(1)).unwrap_or(u32::MAX),
        share: processor.as_secs_f64() / time.as_secs_f64(),
    })
}

/// A process that is ended when this is dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended already, and if waiting for it fails, there is nothing left to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits for the tasks in this process, and prints what it has measured of itself.
pub(crate) fn wait(base_url: &str, load: Load) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = Client::builder("sk-benchmark".into())
            .base_url(base_url)
            .build()
            .map_err(io::Error::other)?;
        open_connections(&client).await?;
        let before = resident()?;
        let asked = Arc::new(Asked {
            missing: AtomicU32::new(load.tasks),
            all: Notify::new(),
        });
        for number in 0..load.tasks {
            let wait = client.wait(&task(number), load.options());
            let asked = asked.clone();
            tokio::spawn(async move {
                let mut wait = wait;
                let mut first = true;
                while let Some(event) = wait.next().await {
                    if matches!(event, WaitEvent::Changed(_)) && first {
                        first = false;
                        asked.one();
                    }
                }
            });
        }
        asked.all.notified().await;
        // All tasks are asked for at about the same time. Counting from the middle of one pause to the middle of
        // another therefore includes exactly `times` requests of each.
        let interval = Duration::from_millis(load.interval);
        tokio::time::sleep(interval / 2).await;
        line("all have been asked for")?;
        let began = processor()?;
        tokio::time::sleep(interval * load.times).await;
        let measured = Measured {
            before,
            waiting: resident()?,
            processor: processor()? - began,
        };
        line(&serde_json::to_string(&measured)?)
    })
}

/// The tasks that have not been asked for yet.
struct Asked {
    missing: AtomicU32,
    all: Notify,
}

impl Asked {
    fn one(&self) {
        if self.missing.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.all.notify_one();
        }
    }
}

/// Sends requests over all connections at once, a few times, so that they are open, and what is created on first use
/// exists.
async fn open_connections(client: &Client) -> io::Result<()> {
    for _ in 0..4 {
        let mut running: JoinSet<_> = (0..CONNECTIONS)
            .map(|number| {
                let client = client.clone();
                async move { client.status(&task(number)).await.map(drop) }
            })
            .collect();
        while let Some(ended) = running.join_next().await {
            ended?.map_err(io::Error::other)?;
        }
    }
    Ok(())
}

/// Returns a task with an id as long as real ones.
fn task(number: u32) -> TaskRef {
    TaskRef::id(format!("video_01J9ZC4T8N3K2M7Q5R{number:06}"))
}

/// Returns the resident memory of this process, in bytes.
fn resident() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    status_bytes(&status, "VmRSS").ok_or_else(|| io::Error::other("/proc does not give the memory"))
}

/// Returns the processor time of this thread, the only one, in nanoseconds.
fn processor() -> io::Result<u64> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    let first = text.split(' ').next().and_then(|word| word.parse().ok());
    first.ok_or_else(|| io::Error::other("/proc does not give the time"))
}

/// Prints a line and flushes it, so that the reader gets it at once.
fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}
