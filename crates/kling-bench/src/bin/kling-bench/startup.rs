//! The program `kling` on one small file, beside a program that does nothing.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, io};

use crate::arguments::Effort;
use crate::measure::median;
use crate::program::{self, Program, mebibytes};
use crate::table::{Table, Target, say};

const TITLE: &str = "Start-up: `kling check one.json` as a whole process";
const REQUEST: &str = r#"{"model": "kling-v3-omni", "prompt": "Make the person in <<<image_1>>> wave at the camera", "mode": "pro", "duration": 5, "metadata": {"image_list": [{"image_url": "https://cdn.example.com/portrait.jpg"}]}}"#;

pub(crate) fn run(effort: Effort, kling: Option<&Path>) -> io::Result<()> {
    let Some(kling) = program::kling(kling)? else {
        return say(&format!(
            "\n{TITLE}\n  not measured: build it with `cargo build --release -p kling-cli`"
        ));
    };
    let folder = tempfile::tempdir()?;
    let request = folder.path().join("one.json").display().to_string();
    fs::write(&request, REQUEST)?;
    let ours = Program::new(copied(&kling, folder.path())?, &["check", &request]);
    let nothing = match in_path("true") {
        Some(file) => Some(Program::new(copied(&file, folder.path())?, &[])),
        None => None,
    };
    let mut table = Table::new(TITLE, &["case", "kling", "true", "target", "reached"]);
    let mut times: [Vec<Duration>; 2] = Default::default();
    for _ in 0..effort.choose(201, 31) {
        times[0].push(ours.time()?);
        if let Some(nothing) = &nothing {
            times[1].push(nothing.time()?);
        }
    }
    let [our_times, other_times] = times;
    let milliseconds = |times| median(times).as_secs_f64() * 1e3;
    let time = milliseconds(our_times);
    let other = nothing
        .is_some()
        .then(|| format!("{:.2}", milliseconds(other_times)));
    let [wanted, reached] = Target::AtMost(3.0).cells(time);
    table.row([
        "time, ms".to_owned(),
        format!("{time:.2}"),
        other.unwrap_or_else(|| "-".to_owned()),
        wanted,
        reached,
    ]);
    let Some(peak) = ours.peak_memory_at_output()?.map(mebibytes) else {
        table.print()?;
        return say(
            "  peak memory: not measured: there is no /proc here, or the program printed nothing",
        );
    };
    let [wanted, reached] = Target::AtMost(8.0).cells(peak);
    table.row([
        "peak memory, MiB".to_owned(),
        format!("{peak:.1}"),
        "-".to_owned(),
        wanted,
        reached,
    ]);
    table.print()
}

/// Copies a program, so that both are in the system's cache in the same way: programs that were just linked, read from
/// the disk or copied differ by a tenth in how fast they start.
fn copied(program: &Path, folder: &Path) -> io::Result<PathBuf> {
    let name = program.file_name().unwrap_or_default();
    let copy = folder.join(name);
    fs::copy(program, &copy)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", program.display())))?;
    Ok(copy)
}

/// Returns a program that is in `PATH`.
fn in_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}
