//! Requests in memory on one thread, with the messages of all findings, against `jsonschema` with its messages.

use std::hint::black_box;
use std::io;

use kling_bench::corpus::{Corpus, Recipe};
use kling_bench::peers::{JsonSchema, OneJsonSchema, Peer, Verdict};
use kling_check::Checker;
use kling_json::{Buffer, Document};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::arguments::Effort;
use crate::measure::{Contender, medians, rate};
use crate::table::{Table, Target};

const JSONSCHEMA: &str = "jsonschema";

pub(crate) fn run(effort: Effort) -> io::Result<()> {
    let checker = Checker::embedded();
    let mut table = Table::new(
        "Throughput: all findings with places and messages; one thread, in memory; median MB/s",
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
    for faulty_percent in [5, 0, 60] {
        let bytes = effort.bytes(16, 3);
        let corpus = Corpus::generate(Recipe {
            seed: 20_260_321,
            bytes,
            faulty_percent,
            one_line: false,
        });
        let mut contenders = main_contenders(&checker, &corpus);
        if faulty_percent == 5 {
            contenders.extend(others(&corpus));
        }
        let times = medians(&mut contenders, effort.choose(15, 5));
        let ours = rate(corpus.bytes(), times[0]);
        for (contender, &time) in contenders.iter().zip(&times).skip(1) {
            let peer = rate(corpus.bytes(), time);
            let target = match (contender.name, faulty_percent) {
                (JSONSCHEMA, 5) => Target::AtLeast(2.2),
                _ => Target::None,
            };
            let [wanted, reached] = target.cells(ours / peer);
            table.row([
                format!("{faulty_percent} % with findings"),
                format!("{ours:.0}"),
                contender.name.to_owned(),
                format!("{peer:.0}"),
                format!("{:.2}", ours / peer),
                wanted,
                reached,
            ]);
        }
    }
    table.print()
}

/// Returns our checker, then the one with a target.
fn main_contenders<'a>(checker: &'a Checker, corpus: &'a Corpus) -> Vec<Contender<'a>> {
    let jsonschema = JsonSchema::new();
    vec![
        Contender::new("kling-check", || {
            let mut buffer = Buffer::default();
            let mut count = 0;
            for text in corpus.requests() {
                let document = Document::read_into(text, std::mem::take(&mut buffer));
                let found = black_box(checker.check(&document).diagnostics());
                count += found.len() as u64;
                buffer = document.into_buffer();
            }
            count
        }),
        Contender::new(JSONSCHEMA, move || sum(&jsonschema, corpus)),
    ]
}

/// Returns contenders for orientation.
fn others(corpus: &Corpus) -> Vec<Contender<'_>> {
    let one = OneJsonSchema::new();
    vec![
        Contender::new("jsonschema, one schema", move || sum(&one, corpus)),
        Contender::new("serde_json, Value alone", || {
            corpus
                .requests()
                .map(|text| u64::from(black_box(serde_json::from_str::<Value>(text)).is_ok()))
                .sum()
        }),
        Contender::new("serde_json, IgnoredAny", || {
            corpus
                .requests()
                .map(|text| u64::from(black_box(serde_json::from_str::<IgnoredAny>(text)).is_ok()))
                .sum()
        }),
    ]
}

fn sum(peer: &impl Peer, corpus: &Corpus) -> u64 {
    let errors = |text| match peer.check(text) {
        Verdict::NotJson | Verdict::UnknownModel => 1,
        Verdict::Errors(count) => count as u64,
    };
    corpus.requests().map(errors).sum()
}
