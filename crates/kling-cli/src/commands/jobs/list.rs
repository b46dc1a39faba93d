//! The list of jobs: which ones it contains, and how it is printed for people.

use std::path::Path;

use kling_journal::{Job, Journal};
use serde::Serialize;

use super::facts::{self, Facts};
use super::place::Named;
use crate::cli::{JobState, JobsList};
use crate::exit::Exit;
use crate::output::cells::{self, Cut};
use crate::output::counts::counted;
use crate::output::style;
use crate::service::billing::{NOT_KNOWN, Totals};
use crate::service::loopback::is_loopback;
use crate::service::print::{Print, VERSION, push};
use crate::service::stop::Stop;
use crate::service::{clock, environment, records};

/// What `kling jobs` prints as JSON.
#[derive(Serialize)]
struct Output<'a> {
    version: u32,
    jobs: Vec<Facts<'a>>,
    /// The sums of the listed jobs.
    billing: Totals,
    left_out: LeftOut,
}

/// How many jobs match and yet are not listed.
#[derive(Debug, Default, Serialize)]
struct LeftOut {
    /// Because there are too many.
    more: usize,
    /// Because they belong to a service on this machine, and no service was named.
    loopback: usize,
}

/// Which jobs are requested.
struct Wanted<'a> {
    states: &'a [JobState],
    since: Option<i64>,
    service: Option<Named>,
    /// The service named by the environment, whose jobs are listed even if it is on this machine.
    usual: Option<Named>,
}

impl<'a> Wanted<'a> {
    fn new(arguments: &'a JobsList) -> Result<Self, Stop> {
        let since = arguments
            .since
            .map(|since| since.seconds(&clock::local_now()));
        let service = arguments.service.as_deref().map(|name| {
            Named::parse(name).ok_or_else(|| {
                Stop::usage(format!(
                    "--service `{name}` is not a service; give a URL or a host, such as toapis.com or localhost:8080"
                ))
            })
        });
        Ok(Self {
            states: &arguments.state,
            since: since
                .transpose()
                .map_err(|error| Stop::usage(format!("--since: {error}; give another time")))?,
            service: service.transpose()?,
            usual: environment::text(environment::BASE_URL)?.and_then(|url| Named::parse(&url)),
        })
    }

    /// Whether a job is left out because it belongs to a service on this machine, and no service was named.
    fn is_only_tried(&self, job: &Job) -> bool {
        self.service.is_none()
            && is_loopback(&job.service)
            && !self
                .usual
                .as_ref()
                .is_some_and(|usual| usual.is(&job.service))
    }

    /// Whether a job is requested, apart from its service.
    fn has(&self, job: &Job, word: &str) -> bool {
        self.since.is_none_or(|since| job.created >= since)
            && (self.states.is_empty() || self.states.iter().any(|state| state.word() == word))
    }
}

/// The listed jobs, newest first, each with the word for its state.
type Listed = Vec<(Job, &'static str)>;

fn select(
    journal: &mut Journal,
    wanted: &Wanted<'_>,
    limit: u32,
) -> Result<(Listed, LeftOut), Stop> {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut listed = Vec::new();
    let mut left_out = LeftOut::default();
    for job in journal.jobs(u32::MAX)? {
        let word = facts::word(journal, &job)?;
        if !wanted.has(&job, word) {
            continue;
        }
        match &wanted.service {
            Some(named) if !named.is(&job.service) => {}
            None if wanted.is_only_tried(&job) => left_out.loopback += 1,
            Some(_) | None if listed.len() == most => left_out.more += 1,
            Some(_) | None => listed.push((job, word)),
        }
    }
    Ok((listed, left_out))
}

pub(super) fn run(arguments: &JobsList, print: Print) -> Result<Exit, Stop> {
    let wanted = Wanted::new(arguments)?;
    let (jobs, left_out) = match records::open_to_read(&arguments.records)? {
        Some(mut journal) => select(&mut journal, &wanted, arguments.limit)?,
        None => Default::default(),
    };
    let checker = facts::checker(jobs.iter().map(|(job, _)| job));
    let jobs: Vec<Facts<'_>> = jobs
        .iter()
        .map(|(job, word)| Facts::new(job, word, &checker))
        .collect();
    let mut billing = Totals::default();
    for job in &jobs {
        billing.add(job.billing.as_ref(), job.charged != Some(false));
    }
    let output = Output {
        version: VERSION,
        jobs,
        billing,
        left_out,
    };
    Ok(print.result(&output, || {
        let mut text = text(&output.jobs, style::stdout_width());
        for line in output.billing.lines() {
            push(&mut text, format_args!("{line}\n"));
        }
        if output.left_out.more > 0 {
            push(
                &mut text,
                format_args!(
                    "not listed: {} more; `--limit {}` lists them\n",
                    output.left_out.more,
                    output.jobs.len() + output.left_out.more
                ),
            );
        }
        if output.left_out.loopback > 0 {
            push(
                &mut text,
                format_args!(
                    "not listed: {} of services on this machine; `--service localhost` lists them\n",
                    counted(output.left_out.loopback as u64, "job", "jobs")
                ),
            );
        }
        text
    }))
}

/// Formats the jobs for people, in lines of at most `width` columns as far as possible.
fn text(jobs: &[Facts<'_>], width: usize) -> String {
    if jobs.is_empty() {
        return "no jobs\n".to_owned();
    }
    let numbers = jobs.iter().map(|job| job.job.to_string().len()).max();
    let margin = numbers.unwrap_or_default() + 2;
    let heads: Vec<[String; 4]> = jobs.iter().map(head).collect();
    let widths: [usize; 4] = std::array::from_fn(|column| {
        let cells = heads.iter().map(|head| cells::width(&head[column]));
        cells.max().unwrap_or_default()
    });
    let mut text = String::new();
    for (job, head) in jobs.iter().zip(&heads) {
        let padded: Vec<String> = head
            .iter()
            .zip(widths)
            .map(|(cell, width)| cells::padded(cell, width))
            .collect();
        let number = format!("{:<margin$}", job.job);
        cells::flow(&mut text, &number, &padded, width);
        let indent = " ".repeat(margin);
        let prompt = job.prompt.as_deref().unwrap_or_default();
        let prompt = prompt.split_whitespace().collect::<Vec<_>>().join(" ");
        if !prompt.is_empty() {
            let room = width.saturating_sub(margin);
            push(
                &mut text,
                format_args!(
                    "{indent}{}\n",
                    cells::cut(&kling_text::plain(&prompt), room, Cut::End)
                ),
            );
        }
        cells::flow(&mut text, &indent, &places(job), width);
        if let Some(billing) = billing(job) {
            push(
                &mut text,
                format_args!("{indent}{}\n", kling_text::plain(&billing)),
            );
        }
    }
    text
}

/// The first line of a job.
fn head(job: &Facts<'_>) -> [String; 4] {
    let bill = match (job.charged, &job.bill) {
        (Some(false), _) => "not charged".to_owned(),
        (Some(true) | None, Some(bill)) => bill.to_string(),
        (Some(true) | None, None) => "-".to_owned(),
    };
    [
        clock::local(job.created),
        job.state.to_owned(),
        kling_text::plain(job.model.as_deref().unwrap_or("-")).into_owned(),
        bill,
    ]
}

/// What a job costs, if the service said so, or if it failed and may cost something.
fn billing(job: &Facts<'_>) -> Option<String> {
    match &job.billing {
        Some(billing) => Some(billing.to_string()),
        None => (job.state == "failed").then(|| NOT_KNOWN.to_owned()),
    }
}

/// The source of a job, its task, and its video.
fn places(job: &Facts<'_>) -> Vec<String> {
    let id = job.id.or(job.client_business_id);
    let mut places = vec![job.service.to_owned()];
    places.extend(id.map(str::to_owned));
    places.extend(job.source.map(near));
    places.extend(job.file.map(|file| format!("-> {}", near(file))));
    places
        .iter()
        .map(|place| kling_text::plain(place).into_owned())
        .collect()
}

/// Shortens a path to one relative to the working folder, if it is inside.
fn near(path: &str) -> String {
    let here = std::env::current_dir().ok();
    here.and_then(|here| Path::new(path).strip_prefix(here).ok())
        .and_then(Path::to_str)
        .unwrap_or(path)
        .to_owned()
}
