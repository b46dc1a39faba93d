//! Requests in memory, one thread, against the peers.

use std::hint::black_box;
use std::io;

use kling_bench::corpus::{Corpus, Recipe};
use kling_bench::peers::{Boon, CompiledJsonSchema, JsonSchema, OneJsonSchema, Peer, Verdict};
use kling_check::Checker;
use kling_json::{Buffer, Document};
use serde::de::IgnoredAny;
use serde_json::Value;
use sonic_rs::LazyValue;

use crate::arguments::Effort;
use crate::measure::{Contender, medians, rate};
use crate::table::{Table, Target};

const JSONSCHEMA: &str = "jsonschema";
const COMPILED: &str = "jsonschema, compiled";
const SKIPPING: &str = "sonic-rs, skipping";

pub(crate) fn run(effort: Effort) -> io::Result<()> {
    let checker = Checker::embedded();
    let mut table = Table::new(
        "Throughput: all rules, all findings with places; one thread, in memory; median MB/s",
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
    let cases: &[(u32, f64)] = &[(5, 4.0), (0, 5.0), (30, 2.5), (100, 1.2)];
    for &(faulty_percent, target) in cases {
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
                (JSONSCHEMA, _) => Target::AtLeast(target),
                (COMPILED, 5) => Target::AtLeast(3.5),
                (SKIPPING, 5) => Target::Stretch(0.5),
                _ => Target::None,
            };
            let [wanted, reached] = target.cells(ours / peer);
            table.row([
                format!("{faulty_percent} % faulty"),
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

/// Ours first, then those with a target.
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
        Contender::new(COMPILED, || sum(&CompiledJsonSchema, corpus)),
        Contender::new(SKIPPING, || {
            corpus
                .requests()
                .map(|text| u64::from(black_box(sonic_rs::from_str::<LazyValue<'_>>(text)).is_ok()))
                .sum()
        }),
    ]
}

/// For orientation.
fn others(corpus: &Corpus) -> Vec<Contender<'_>> {
    let (boon, one) = (Boon::new(), OneJsonSchema::new());
    vec![
        Contender::new("boon", move || sum(&boon, corpus)),
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
        Contender::new("sonic-rs, top members", || {
            corpus
                .requests()
                .map(|text| sonic_rs::to_object_iter(text).map(black_box).count() as u64)
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
