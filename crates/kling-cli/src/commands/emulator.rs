//! `kling emulator`: the service on this machine.

use std::io::Read as _;
use std::path::Path;

use kling_emulator::{CATALOGUE, Clock, Emulator, Faults, Key};

use crate::cli;
use crate::exit::{Exit, Failure};
use crate::input::{key, regular};
use crate::machine;
use crate::output::table::Table;
use crate::output::{safe, stdio};

/// The most bytes of a file with faults.
const MAX_FILE: u64 = 1 << 20;

pub(super) fn run(arguments: &cli::Emulator) -> Result<Exit, Failure> {
    if arguments.list_faults {
        stdio::print(&safe::text(&list()))?;
        return Ok(Exit::Clean);
    }
    let mut builder = Emulator::builder()
        .port(arguments.port)
        .clock(clock(arguments.speed)?)
        .strict(arguments.strict)
        .faults(faults(arguments)?);
    if let Some(seed) = arguments.seed {
        builder = builder.seed(seed);
    }
    if let Some(path) = &arguments.key_file {
        let found = key::of_file(path).map_err(|fault| Failure::new(&fault))?;
        if let Some(warning) = &found.warning {
            stdio::tell(&format!("{}\n", safe::line(warning)));
        }
        builder = builder.key(Key::from(found.key));
    }
    let cannot = |what: &str, error: &std::io::Error| Failure::new(&format!("{what}: {error}"));
    let runtime = machine::runtime().map_err(|fault| Failure::new(&fault))?;
    runtime.block_on(async {
        let emulator = builder.start().await.map_err(|error| {
            cannot(
                &format!(
                    "port {} cannot be used, give another with `--port`",
                    arguments.port
                ),
                &error,
            )
        })?;
        stdio::print(&format!(
            "{{\"version\":1,\"url\":\"{}\"}}\n",
            emulator.url()
        ))?;
        stdio::tell(&format!(
            "the page with all that happens: {}/\n",
            emulator.url()
        ));
        tokio::signal::ctrl_c()
            .await
            .map_err(|error| cannot("signals cannot be listened for", &error))?;
        emulator.shutdown().await;
        Ok(Exit::Clean)
    })
}

fn clock(speed: f64) -> Result<Clock, Failure> {
    if (0.001..=1_000_000.0).contains(&speed) {
        Ok(Clock::scaled(speed))
    } else {
        Err(Failure::new("--speed: give a number from 0.001 to 1000000"))
    }
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
        faults = read
            .map_err(|error| Failure::new(&format!("--fault-file {}: {error}", path.display())))?;
    }
    for text in &arguments.faults {
        let more: Faults = text.parse().map_err(|error| {
            Failure::new(&format!(
                "--fault {text}: {error}; `kling emulator --list-faults` lists them"
            ))
        })?;
        faults = faults.into_iter().chain(more).collect();
    }
    Ok(faults)
}

fn read(option: &str, path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let length = regular::open_given(path)
        .and_then(|file| file.take(MAX_FILE + 1).read_to_string(&mut text))
        .map_err(|error| Failure::new(&format!("{option} {}: {error}", path.display())))?;
    if length as u64 > MAX_FILE {
        return Err(Failure::new(&format!(
            "{option} {}: it is longer than {MAX_FILE} bytes",
            path.display()
        )));
    }
    Ok(text)
}

fn list() -> String {
    let mut table = Table::new(2);
    for kind in CATALOGUE {
        let phases: Vec<&str> = kind.phases.iter().map(|phase| phase.name()).collect();
        table.row([
            kind.name.to_owned(),
            format!("{} ({})", kind.about, phases.join(", ")),
        ]);
    }
    table.render("")
}
