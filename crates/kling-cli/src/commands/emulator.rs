//! `kling emulator`: the service on this machine.

use std::io::Read as _;
use std::path::Path;

use kling_emulator::{CATALOGUE, Clock, Emulator, Faults, Key, Phase};
use serde::Serialize;

use crate::cli::{self, FAULT_FORM, ResultFormat, fault_form};
use crate::exit::{Exit, Failure};
use crate::input::key;
use crate::machine;
use crate::output::table::Table;
use crate::output::{safe, stdio};
use crate::regular;
use crate::signals::Signals;

/// The maximum number of bytes of a fault file.
const MAX_FILE: u64 = 1 << 20;

/// What helps with a fault that cannot be read.
const LISTS_FAULTS: &str = "`kling emulator --list-faults` lists all of them";

/// The value of `version` in every object.
const VERSION: u32 = 1;

/// The first line in machine-readable output.
#[derive(Serialize)]
struct Started<'e> {
    version: u32,
    url: &'e str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    strict: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    faults: &'e [String],
}

/// The requests until the emulator was stopped: the last line in machine-readable output.
#[derive(Serialize)]
struct Ended<'e> {
    version: u32,
    url: &'e str,
    requests: u64,
    charges: usize,
    seconds: u64,
    double_charges: u64,
    repeated_requests: u64,
}

/// The faults in machine-readable output.
#[derive(Serialize)]
struct Listed {
    version: u32,
    /// How a fault is written.
    form: &'static str,
    faults: Vec<Kind>,
}

#[derive(Serialize)]
struct Kind {
    name: &'static str,
    phases: Vec<&'static str>,
    about: &'static str,
}

pub(super) fn run(arguments: &cli::Emulator) -> Result<Exit, Failure> {
    if arguments.list_faults {
        // The list is text unless requested otherwise, like all other lists.
        let format = arguments.format.unwrap_or(ResultFormat::Human);
        print(format, &listed(), list)?;
        return Ok(Exit::Clean);
    }
    let faults = faults(arguments)?;
    let waiting: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let mut builder = Emulator::builder()
        .port(arguments.port)
        .clock(Clock::scaled(arguments.speed))
        .strict(arguments.strict)
        .faults(faults);
    if let Some(edition) = &arguments.edition {
        let unknown = |fault: kling_check::UnknownEdition| Failure::new(&fault.to_string());
        builder = builder.edition(edition).map_err(unknown)?;
    }
    if let Some(seed) = arguments.seed {
        builder = builder.seed(seed);
    }
    if let Some(path) = &arguments.key_file {
        let found = key::of_file(path).map_err(|fault| Failure::new(&fault))?;
        if let Some(warning) = &found.warning {
            stdio::eprint(&format!("{}\n", kling_text::plain(warning)));
        }
        builder = builder.key(Key::from(found.key));
    }
    let runtime = machine::runtime().map_err(|fault| Failure::new(&fault))?;
    runtime.block_on(async {
        let signals = Signals::listen();
        let emulator = builder.start().await.map_err(|error| {
            Failure::new(&format!(
                "port {} cannot be used: {error}; give another with `--port`, or 0 for a free one",
                arguments.port
            ))
        })?;
        let format = ResultFormat::or_usual(arguments.format);
        let url = emulator.url();
        let started = Started {
            version: VERSION,
            url,
            strict: arguments.strict,
            faults: &waiting,
        };
        print(format, &started, || welcome(arguments, url, &waiting))?;
        if format == ResultFormat::Json {
            stdio::eprint(&format!("to watch it in a browser: {url}/\n"));
        }
        signals.first().await;
        let ledger = emulator.ledger();
        let ended = Ended {
            version: VERSION,
            url,
            requests: emulator.request_count(),
            charges: ledger.charges().len(),
            seconds: ledger.seconds(),
            double_charges: ledger.double_charges(),
            repeated_requests: ledger.repeated_requests(),
        };
        print(format, &ended, || stopped_message(&ended))?;
        emulator.shutdown().await;
        Ok(Exit::Clean)
    })
}

fn print(
    format: ResultFormat,
    object: &impl Serialize,
    human: impl FnOnce() -> String,
) -> Result<(), Failure> {
    match format {
        ResultFormat::Human => stdio::print(&kling_text::plain_lines(&human())),
        ResultFormat::Json => {
            let mut out = Vec::new();
            safe::push_json(&mut out, object);
            out.push(b'\n');
            stdio::print(&String::from_utf8_lossy(&out))
        }
    }
}

/// Returns what a user needs to know after starting it.
fn welcome(arguments: &cli::Emulator, url: &str, faults: &[String]) -> String {
    let mut table = Table::new(2);
    table.row(["page", &format!("{url}/")]);
    table.row(["use it", &format!("export TOAPIS_BASE_URL={url}")]);
    let key = match &arguments.key_file {
        Some(path) => format!("the one in {}; all others are rejected", path.display()),
        None => "any, as with `export TOAPIS_API_KEY=any`".to_owned(),
    };
    table.row(["key", &key]);
    if arguments.speed.to_bits() != 1_f64.to_bits() {
        let speed = format!("{} times real time", arguments.speed);
        table.row(["tasks go", &speed]);
    }
    if arguments.strict {
        table.row(["strict", "every request with an error is refused"]);
    }
    if !faults.is_empty() {
        table.row(["faults", &shown(faults)]);
    }
    table.row(["charges", &format!("{url}/_emulator/ledger")]);
    format!(
        "the emulator is running, for programs of this machine alone; Ctrl-C stops it\n\n{}",
        table.render("  ")
    )
}

/// The first faults that wait, and how many more there are.
fn shown(faults: &[String]) -> String {
    const MOST: usize = 10;
    let more = faults.len().saturating_sub(MOST);
    let first = faults[..faults.len() - more].join(", ");
    match more {
        0 => first,
        _ => format!("{first} and {more} more"),
    }
}

fn stopped_message(ended: &Ended<'_>) -> String {
    let counted = |number: u64, one: &str| {
        let end = if number == 1 { "" } else { "s" };
        format!("{number} {one}{end}")
    };
    let charges = u64::try_from(ended.charges).unwrap_or(u64::MAX);
    format!(
        "stopped after {}: {} for {} of video, {}, {}\n",
        counted(ended.requests, "request"),
        counted(charges, "charge"),
        counted(ended.seconds, "second"),
        counted(ended.double_charges, "double charge"),
        counted(ended.repeated_requests, "repeated request"),
    )
}

fn faults(arguments: &cli::Emulator) -> Result<Faults, Failure> {
    let mut faults = Faults::default();
    if let Some(path) = &arguments.fault_file {
        let text = read("--fault-file", path)?;
        let is_lines = path
            .extension()
            .is_some_and(|extension| extension == "jsonl" || extension == "ndjson");
        let read = if is_lines {
            Faults::from_json_lines(&text)
        } else {
            Faults::from_toml(&text)
        };
        faults = read.map_err(|error| {
            Failure::new(&format!(
                "--fault-file {}: {error}; {LISTS_FAULTS}",
                path.display()
            ))
        })?;
    }
    for text in &arguments.faults {
        let more: Faults = text
            .parse()
            .map_err(|error| Failure::new(&format!("--fault: {error}; {LISTS_FAULTS}")))?;
        faults = faults.into_iter().chain(more).collect();
    }
    Ok(faults)
}

fn read(option: &str, path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let length = regular::open_given(path)
        .and_then(|file| file.take(MAX_FILE + 1).read_to_string(&mut text))
        .map_err(|error| {
            Failure::new(&format!(
                "{option} {}: {error}; name another file",
                path.display()
            ))
        })?;
    if length as u64 > MAX_FILE {
        return Err(Failure::new(&format!(
            "{option} {}: it is longer than {MAX_FILE} bytes; give fewer faults",
            path.display()
        )));
    }
    Ok(text)
}

/// Returns the names of all faults, without their values.
pub(super) fn fault_names() -> Vec<String> {
    CATALOGUE
        .iter()
        .flat_map(|kind| {
            let name = |phase: &Phase| format!("{}:{}", phase.name(), kind.name);
            kind.phases.iter().map(name)
        })
        .collect()
}

fn listed() -> Listed {
    let kinds = CATALOGUE.iter().map(|kind| Kind {
        name: kind.name,
        phases: kind.phases.iter().map(|phase| phase.name()).collect(),
        about: kind.about,
    });
    Listed {
        version: VERSION,
        form: FAULT_FORM,
        faults: kinds.collect(),
    }
}

fn list() -> String {
    let mut table = Table::new(2);
    for kind in listed().faults {
        let about = format!("{} ({})", kind.about, kind.phases.join(", "));
        table.row([kind.name, &about]);
    }
    format!("{}\n\n{}", fault_form(), table.render(""))
}
