//! Instructions a byte of the checking loop, counted by valgrind's callgrind.

use std::hint::black_box;
use std::io;
use std::process::{Command, Stdio};

use kling_bench::corpus::{Corpus, Recipe};
use kling_check::Checker;
use kling_json::{Buffer, Document};

use crate::arguments::Effort;
use crate::measure::number;
use crate::program::own_folder;
use crate::table::{Table, Target, say};

/// The requests that are checked again and again.
fn corpus(effort: Effort, faulty_percent: u32) -> Corpus {
    let bytes = effort.bytes(2, 1);
    Corpus::generate(Recipe {
        seed: 20_260_323,
        bytes,
        faulty_percent,
        one_line: false,
    })
}

/// Only checks, so many times.
pub(crate) fn repeat(effort: Effort, times: u32, faulty_percent: u32) {
    let corpus = corpus(effort, faulty_percent);
    let checker = Checker::embedded();
    let mut buffer = Buffer::default();
    for _ in 0..times {
        for text in corpus.requests() {
            let document = Document::read_into(text, buffer);
            black_box(checker.check(&document).diagnostics());
            buffer = document.into_buffer();
        }
    }
}

/// Runs this program under valgrind with two repeat counts; the difference is the loop alone.
pub(crate) fn measure(effort: Effort) -> io::Result<()> {
    let mut table = Table::new(
        "Instructions: callgrind, the checking loop alone",
        &["case", "instructions a byte", "target", "reached"],
    );
    for (faulty, target) in [
        (5, Target::AtMost(8.0)),
        (0, Target::None),
        (100, Target::None),
    ] {
        let (once, thrice) = match (count(effort, 1, faulty), count(effort, 3, faulty)) {
            (Ok(once), Ok(thrice)) => (once, thrice),
            (Err(error), _) | (_, Err(error)) if error.kind() == io::ErrorKind::NotFound => {
                return say(
                    "\nInstructions: not counted, valgrind is not installed (Debian: apt-get install valgrind)",
                );
            }
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        let bytes = number(corpus(effort, faulty).bytes());
        let figure = (thrice - once) / 2.0 / bytes;
        let [wanted, reached] = target.cells(figure);
        table.row([
            format!("{faulty} % faulty"),
            format!("{figure:.2}"),
            wanted,
            reached,
        ]);
    }
    table.print()
}

/// All instructions of a run with this repeat count.
fn count(effort: Effort, times: u32, faulty: u32) -> io::Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(own_folder()?.join("kling-bench"))
        .args(effort.arguments())
        .args([
            "instructions",
            "--repeat",
            &times.to_string(),
            "--faulty",
            &faulty.to_string(),
        ])
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
