//! The program `kling` on a large file, against a streaming program over `jsonschema`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::time::Duration;

use kling_bench::corpus::{Corpus, Recipe};

use crate::arguments::Effort;
use crate::measure::{median, rate};
use crate::program::{self, Program, built, mebibytes};
use crate::table::{Table, Target, say};

const TITLE: &str = "Whole process: a .jsonl file, all messages written; median MB/s";
/// Requests are generated in pieces of this many bytes, so that memory does not grow with the file.
const PIECE: usize = 8_000_000;
/// The length of long lines, used only for memory, in bytes.
const LONG_LINE: usize = 64 << 10;

pub(crate) fn run(effort: Effort, kling: Option<&Path>) -> io::Result<()> {
    let (Some(kling), Some(peer)) = (program::kling(kling)?, built("kling-bench-peer")?) else {
        return say(&format!(
            "\n{TITLE}\n  not measured: `kling` and `kling-bench-peer` must stand beside this program. Build them with\n  \
             cargo build --release -p kling-cli -p kling-bench"
        ));
    };
    let folder = tempfile::tempdir()?;
    let mut table = Table::new(
        TITLE,
        &[
            "case",
            "MB",
            "ours",
            "peer",
            "peer MB/s",
            "ratio",
            "target",
            "reached",
        ],
    );
    let file = folder.path().join("requests.jsonl");
    let path = file.display().to_string();
    let ours = |threads: &str| {
        Program::new(
            &kling,
            &["check", "--format", "jsonl", "--threads", threads, &path],
        )
    };
    let programs = [
        Program::new(&kling, &["check", "--format", "jsonl", &path]),
        Program::new(&peer, &[path.as_str()]),
        ours("1"),
        ours("2"),
    ];
    for (faulty, target) in [(60, 1.7), (5, 3.5)] {
        let bytes = write_requests(&file, effort.bytes(260, 40), faulty)?;
        let mut times: [Vec<Duration>; 4] = Default::default();
        for round in 0..effort.choose(5, 3) {
            for turn in 0..programs.len() {
                let index = (turn + round) % programs.len();
                times[index].push(programs[index].time()?);
            }
        }
        let [all, other, one, two] = times.map(|times| rate(bytes, median(times)));
        let mut row = |case: &str, ours: f64, peer: &str, other: f64, target: Target| {
            let [wanted, reached] = target.cells(ours / other);
            table.row([
                format!("{faulty} % with findings, {case}"),
                format!("{}", bytes / 1_000_000),
                format!("{ours:.0}"),
                peer.to_owned(),
                format!("{other:.0}"),
                format!("{:.2}", ours / other),
                wanted,
                reached,
            ]);
        };
        let peer = "jsonschema, streaming";
        row("all cores", all, peer, other, Target::AtLeast(target));
        row("one thread", one, peer, other, Target::None);
        row("two threads", two, "kling, one thread", one, Target::None);
    }
    table.print()?;
    order(&programs[2], &programs[3], folder.path())?;
    memory(&programs[3], &kling, folder.path(), effort)
}

/// Prints whether both give the same output.
fn order(one: &Program, two: &Program, folder: &Path) -> io::Result<()> {
    let (first, second) = (folder.join("one"), folder.join("two"));
    one.output(&first)?;
    two.output(&second)?;
    let (first, second) = (fs::read(first)?, fs::read(second)?);
    let same = if first == second {
        "the same, in the same order"
    } else {
        "NOT the same"
    };
    say(&format!(
        "  output of one and two threads ({} bytes): {same}",
        first.len()
    ))
}

/// Measures peak memory with two threads, on the file and on one with long lines.
fn memory(short_lines: &Program, kling: &Path, folder: &Path, effort: Effort) -> io::Result<()> {
    let file = folder.join("long.jsonl");
    write_long_lines(&file, effort.bytes(260, 40))?;
    let long_lines = Program::new(
        kling,
        &[
            "check",
            "--format",
            "jsonl",
            "--threads",
            "2",
            &file.display().to_string(),
        ],
    );
    let mut table = Table::new(
        "Peak memory of `kling check`, two threads",
        &["case", "MiB", "target", "reached"],
    );
    for (case, program) in [
        ("lines up to 2 KB", short_lines),
        ("lines of 64 KiB", &long_lines),
    ] {
        let Some(peak) = program.peak_memory(Duration::from_millis(1))? else {
            return say("  peak memory: not measured, there is no /proc here");
        };
        let peak = mebibytes(peak);
        let [wanted, reached] = Target::AtMost(10.0).cells(peak);
        table.row([case.to_owned(), format!("{peak:.1}"), wanted, reached]);
    }
    table.print()
}

/// Writes requests, one per line, `faulty_percent` of a hundred with a fault. Returns the number of bytes.
pub(crate) fn write_requests(file: &Path, bytes: usize, faulty_percent: u32) -> io::Result<usize> {
    let mut out = BufWriter::new(File::create(file)?);
    let mut written = 0;
    let mut seed = 20_260_324;
    while written < bytes {
        let piece = PIECE.min(bytes - written);
        for request in Corpus::generate(Recipe {
            seed,
            bytes: piece,
            faulty_percent,
            one_line: true,
        })
        .requests()
        {
            writeln!(out, "{request}")?;
            written += request.len() + 1;
        }
        seed += 1;
    }
    out.flush()?;
    Ok(written)
}

/// Writes requests as long as the memory bound allows for, one in twenty with a fault.
fn write_long_lines(file: &Path, bytes: usize) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    let (head, tail) = (
        "{\"model\":\"kling-v3\",\"prompt\":\"A boat.\",\"metadata\":{\"negative_prompt\":\"",
        "\"}}",
    );
    let filler = "blurry, text, ".repeat(LONG_LINE / 14);
    for line in 0..bytes / LONG_LINE {
        let head = if line % 20 == 0 {
            head.replacen('{', "{\"seed\":1,", 1)
        } else {
            head.to_owned()
        };
        let room = LONG_LINE - head.len() - tail.len() - 1;
        writeln!(out, "{head}{}{tail}", &filler[..room])?;
    }
    out.flush()
}
