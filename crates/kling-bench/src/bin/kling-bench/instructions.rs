//! Instructions per byte of `kling check --format jsonl` as a whole, counted by valgrind's callgrind.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::arguments::Effort;
use crate::measure::number;
use crate::process::write_requests;
use crate::program;
use crate::table::{Table, Target, say};

const TITLE: &str = "Instructions: callgrind, `kling check --format jsonl` with all messages written, without its start";

/// Runs the program under valgrind on a file and on one three times as long: the difference excludes the start.
pub(crate) fn measure(effort: Effort, kling: Option<&Path>) -> io::Result<()> {
    let Some(kling) = program::kling(kling)? else {
        return say(&format!(
            "\n{TITLE}\n  not measured: build it with `cargo build --release -p kling-cli`"
        ));
    };
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("requests.jsonl");
    let mut table = Table::new(TITLE, &["case", "instructions a byte", "target", "reached"]);
    for (faulty, most) in [(0, 10.0), (7, 13.0), (60, 22.0)] {
        let mut counted = [(0, 0.0); 2];
        for (size, counted) in [effort.bytes(1, 1), effort.bytes(3, 3)]
            .into_iter()
            .zip(&mut counted)
        {
            let bytes = write_requests(&file, size, faulty)?;
            *counted = match count(&kling, &file) {
                Ok(instructions) => (bytes, instructions),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return say(
                        "\nInstructions: not counted, valgrind is not installed (Debian: apt-get install valgrind)",
                    );
                }
                Err(error) => return Err(error),
            };
        }
        let [(fewer, once), (more, thrice)] = counted;
        let figure = (thrice - once) / number(more - fewer);
        let [wanted, reached] = Target::AtMost(most).cells(figure);
        table.row([
            format!("{faulty} % with findings"),
            format!("{figure:.2}"),
            wanted,
            reached,
        ]);
    }
    table.print()
}

/// Returns the number of instructions of a run over a file.
fn count(kling: &Path, file: &Path) -> io::Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(kling)
        .args(["check", "--format", "jsonl", "--threads", "1"])
        .arg(file)
        .stdin(Stdio::null())
        .output()?;
    let talk = String::from_utf8_lossy(&output.stderr);
    let collected = talk
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let count = collected.and_then(|(_, count)| count.trim().parse().ok());
    count.ok_or_else(|| {
        let last = talk.lines().last().unwrap_or("it said nothing");
        io::Error::other(format!("valgrind has counted nothing: {last}"))
    })
}
