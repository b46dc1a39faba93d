//! The program `kling` on one small file, against `jsonschema-cli`.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, io};

use kling_bench::peers::SCHEMAS;

use crate::arguments::Effort;
use crate::measure::median;
use crate::program::{Program, built, mebibytes};
use crate::table::{Table, Target, say};

const TITLE: &str = "Start-up: `kling check one.json` as a whole process";
const REQUEST: &str = r#"{"model": "kling-v3-omni", "prompt": "Make the person in <<<image_1>>> wave at the camera", "mode": "pro", "duration": 5, "metadata": {"image_list": [{"image_url": "https://cdn.example.com/portrait.jpg"}]}}"#;

pub(crate) fn run(effort: Effort, jsonschema_cli: Option<&Path>) -> io::Result<()> {
    let Some(kling) = built("kling")? else {
        return say(&format!(
            "\n{TITLE}\n  not measured: build it with `cargo build --release -p kling-cli`"
        ));
    };
    let folder = tempfile::tempdir()?;
    let [request, schema] =
        ["one.json", "schema.json"].map(|name| folder.path().join(name).display().to_string());
    fs::write(&request, REQUEST)?;
    fs::write(&schema, omni_schema())?;
    let ours = Program::new(copied(&kling, folder.path())?, &["check", &request]);
    let peer = jsonschema_cli.map(Path::to_owned).or_else(in_path);
    let peer = match peer {
        Some(file) => Some(Program::new(
            copied(&file, folder.path())?,
            &["validate", &schema, "-i", &request],
        )),
        None => None,
    };

    let mut table = Table::new(
        TITLE,
        &[
            "case",
            "ours",
            "jsonschema-cli",
            "ratio",
            "target",
            "reached",
        ],
    );
    let mut times: [Vec<Duration>; 2] = Default::default();
    for _ in 0..effort.choose(201, 31) {
        times[0].push(ours.time()?);
        if let Some(peer) = &peer {
            times[1].push(peer.time()?);
        }
    }
    let [our_time, peer_time] = times.map(|times| median(times).as_secs_f64() * 1e3);
    if peer.is_some() {
        let [wanted, reached] = Target::AtMost(0.6).cells(our_time / peer_time);
        let ratio = format!("{:.2}", our_time / peer_time);
        table.row([
            "time, ms".to_owned(),
            format!("{our_time:.2}"),
            format!("{peer_time:.2}"),
            ratio,
            wanted,
            reached,
        ]);
    } else {
        table.row([
            "time, ms".to_owned(),
            format!("{our_time:.2}"),
            "-".to_owned(),
        ]);
    }
    let Some(peak) = ours.peak_memory_at_output()?.map(mebibytes) else {
        table.print()?;
        return say(
            "  peak memory: not measured: there is no /proc here, or the program printed nothing",
        );
    };
    let [wanted, reached] = Target::AtMost(6.0).cells(peak);
    let other = match &peer {
        Some(peer) => peer.peak_memory_at_output()?.map(mebibytes),
        None => None,
    };
    let other = other.map_or_else(|| "-".to_owned(), |other| format!("{other:.1}"));
    table.row([
        "peak memory, MiB".to_owned(),
        format!("{peak:.1}"),
        other,
        "-".to_owned(),
        wanted,
        reached,
    ]);
    table.print()?;
    if peer.is_some() {
        return Ok(());
    }
    say(
        "  jsonschema-cli is not there. Get it with `cargo install --root FOLDER jsonschema-cli` and give it with\n  \
         `kling-bench --jsonschema-cli FOLDER/bin/jsonschema-cli`, or have it in PATH.",
    )
}

/// Copies a program, so that both lie in the system's cache in the same way: one that was just linked, one that was read
/// from the disk and one that was copied differ by a tenth in how fast they start.
fn copied(program: &Path, folder: &Path) -> io::Result<PathBuf> {
    let name = program.file_name().unwrap_or_default();
    let copy = folder.join(name);
    fs::copy(program, &copy)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", program.display())))?;
    Ok(copy)
}

/// The program to compare with, if it is in `PATH`.
fn in_path() -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join("jsonschema-cli"))
        .find(|file| file.is_file())
}

fn omni_schema() -> &'static str {
    SCHEMAS
        .iter()
        .find(|(id, _)| *id == "kling-v3-omni")
        .map_or("{}", |(_, schema)| schema)
}
