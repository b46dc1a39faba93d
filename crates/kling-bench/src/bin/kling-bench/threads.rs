//! Two threads against one: whether they are as fast as they should be, with the same output in the same order.

use std::fmt::Write as _;
use std::io;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use kling_bench::corpus::{Corpus, Recipe};
use kling_check::Checker;
use kling_json::Document;

use crate::arguments::Effort;
use crate::measure::{Contender, medians, rate};
use crate::table::{Table, Target, say};

/// Requests that a thread takes at a time: about 200 KB.
const BLOCK: usize = 256;

pub(crate) fn run(effort: Effort) -> io::Result<()> {
    let recipe = Recipe {
        seed: 20_260_322,
        bytes: effort.bytes(64, 8),
        ..Recipe::default()
    };
    let corpus = Corpus::generate(recipe);
    let checker = Checker::embedded();
    let same = checked(&checker, &corpus, 1) == checked(&checker, &corpus, 2);
    let mut contenders = [1, 2].map(|threads| {
        let (checker, corpus) = (&checker, &corpus);
        Contender::new("kling-check", move || {
            checked(checker, corpus, threads).len() as u64
        })
    });
    let times = medians(&mut contenders, effort.choose(15, 5));
    let rates: [f64; 2] = [
        rate(corpus.bytes(), times[0]),
        rate(corpus.bytes(), times[1]),
    ];
    let ratio = rates[1] / rates[0];
    let mut table = Table::new(
        "Threads: 5 % faulty, findings written in order; median MB/s",
        &[
            "case",
            "one thread",
            "two threads",
            "ratio",
            "target",
            "reached",
        ],
    );
    let [wanted, reached] = Target::AtLeast(1.9).cells(ratio);
    table.row([
        "in memory".to_owned(),
        format!("{:.0}", rates[0]),
        format!("{:.0}", rates[1]),
        format!("{ratio:.2}"),
        wanted,
        reached,
    ]);
    table.print()?;
    let cores = thread::available_parallelism()?;
    say(&format!(
        "  output of both: {}; cores here: {cores}",
        if same {
            "the same, in the same order"
        } else {
            "NOT the same"
        }
    ))
}

/// Checks the corpus. Returns one line per finding, in the order of the requests.
fn checked(checker: &Checker, corpus: &Corpus, threads: usize) -> String {
    let blocks: Vec<Range<usize>> = (0..corpus.len())
        .step_by(BLOCK)
        .map(|start| start..(start + BLOCK).min(corpus.len()))
        .collect();
    let written: Vec<Mutex<String>> = blocks.iter().map(|_| Mutex::new(String::new())).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(block), Some(written)) = (blocks.get(index), written.get(index)) else {
                return;
            };
            let text = findings(checker, corpus, block.clone());
            *written
                .lock()
                .expect("no thread panics while it holds the lock") = text;
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    written
        .into_iter()
        .map(|text| {
            text.into_inner()
                .expect("the scope has ended without a panic")
        })
        .collect()
}

fn findings(checker: &Checker, corpus: &Corpus, block: Range<usize>) -> String {
    let mut written = String::new();
    for (index, text) in block.clone().zip(corpus.range(block)) {
        let document = Document::read(text);
        for found in checker.check(&document).diagnostics() {
            let (line, column) = (found.start.line, found.start.column);
            writeln!(
                written,
                "{index}:{line}:{column} {} {} {}",
                found.rule, found.pointer, found.message
            )
            .expect("a string takes every text");
        }
    }
    written
}
