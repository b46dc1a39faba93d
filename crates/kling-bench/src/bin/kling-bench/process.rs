//! The program `kling` on a large file, against a streaming program over `jsonschema`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::time::Duration;

use kling_bench::corpus::{Corpus, Recipe};

use crate::arguments::Effort;
use crate::measure::{median, rate};
use crate::program::{Program, built, mebibytes};
use crate::table::{Table, Target, say};

const TITLE: &str = "Whole process: a .jsonl file with 5 % faulty; median MB/s";
/// Requests are made in pieces of this many bytes, so that memory does not grow with the file.
const PIECE: usize = 8_000_000;
/// Long lines, for the memory only: this many bytes.
const LONG_LINE: usize = 64 << 10;

pub(crate) fn run(effort: Effort) -> io::Result<()> {
    let (Some(kling), Some(peer)) = (built("kling")?, built("kling-bench-peer")?) else {
        return say(&format!(
            "\n{TITLE}\n  not measured: `kling` and `kling-bench-peer` must stand beside this program. Build them with\n  \
             cargo build --release -p kling-cli -p kling-bench"
        ));
    };
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("requests.jsonl");
    let bytes = write_requests(&file, effort.bytes(260, 40))?;
    let path = file.display().to_string();
    let ours = |threads: &str| {
        Program::new(
            &kling,
            &["check", "--format", "jsonl", "--threads", threads, &path],
        )
    };
    let all = Program::new(&kling, &["check", "--format", "jsonl", &path]);
    let programs = [
        all,
        Program::new(&peer, &[path.as_str()]),
        ours("1"),
        ours("2"),
    ];
    let mut times: [Vec<Duration>; 4] = Default::default();
    for round in 0..effort.choose(5, 3) {
        for turn in 0..programs.len() {
            let index = (turn + round) % programs.len();
            times[index].push(programs[index].time()?);
        }
    }
    let rates = times.map(|times| rate(bytes, median(times)));
    let mut table = Table::new(
        format!("{TITLE}, {} MB", bytes / 1_000_000),
        &[
            "case",
            "ours",
            "peer",
            "peer MB/s",
            "ratio",
            "target",
            "reached",
        ],
    );
    let mut row = |case: &str, ours: f64, peer: &str, other: f64, target: Target| {
        let [wanted, reached] = target.cells(ours / other);
        let [ours_cell, other_cell] = [ours, other].map(|rate| format!("{rate:.0}"));
        table.row([
            case.to_owned(),
            ours_cell,
            peer.to_owned(),
            other_cell,
            format!("{:.2}", ours / other),
            wanted,
            reached,
        ]);
    };
    row(
        "all cores",
        rates[0],
        "jsonschema, streaming",
        rates[1],
        Target::AtLeast(3.5),
    );
    row(
        "one thread",
        rates[2],
        "jsonschema, streaming",
        rates[1],
        Target::None,
    );
    row(
        "two threads",
        rates[3],
        "kling, one thread",
        rates[2],
        Target::None,
    );
    table.print()?;
    order(&ours("1"), &ours("2"), folder.path())?;
    memory(&programs[3], &kling, folder.path(), effort)
}

/// Whether both give the same output.
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

/// Peak memory with two threads, on the file and on one with long lines.
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
        let [wanted, reached] = Target::AtMost(16.0).cells(peak);
        table.row([case.to_owned(), format!("{peak:.1}"), wanted, reached]);
    }
    table.print()
}

fn write_requests(file: &Path, bytes: usize) -> io::Result<usize> {
    let mut out = BufWriter::new(File::create(file)?);
    let mut written = 0;
    let mut seed = 20_260_324;
    while written < bytes {
        let piece = PIECE.min(bytes - written);
        for request in Corpus::generate(Recipe {
            seed,
            bytes: piece,
            faulty_percent: 5,
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

/// Requests whose text is as long as the memory bound allows for, one in twenty with a fault.
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
