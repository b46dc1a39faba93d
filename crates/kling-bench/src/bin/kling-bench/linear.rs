//! Whether the time grows only linearly with the text: each shape at one, two and four times the size.

use std::fmt::Write as _;
use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use kling_check::Checker;
use kling_json::Document;

use crate::arguments::Effort;
use crate::measure::{median, number, per_byte};
use crate::table::{Table, Target};

/// A shape and a function that makes it with a given number of parts.
type Shape = (&'static str, fn(usize) -> String);

const SHAPES: &[Shape] = &[
    ("long prompt", |n| prompt(&"boat ".repeat(n / 5))),
    ("long prompt, multi-byte", |n| prompt(&"船".repeat(n / 3))),
    ("long prompt, escapes", |n| {
        prompt(&"\\u8239\\n".repeat(n / 8))
    }),
    ("digits of a number", |n| {
        format!(
            "{{\"model\":\"kling-v3\",\"prompt\":\"a\",\"duration\":5{}}}",
            "0".repeat(n)
        )
    }),
    ("list items, addresses", |n| {
        let items = list(n, |_| "\"https://cdn.example.com/a.jpg\"".to_owned());
        format!("{{\"model\":\"kling-v3\",\"prompt\":\"a\",\"image_urls\":{items}}}")
    }),
    ("list items, each mentioned", |n| {
        let marks = joined(n, " ", |index| format!("<<<image_{}>>>", index + 1));
        omni(
            &marks,
            &list(n, |_| {
                "{\"image_url\":\"https://cdn.example.com/a.jpg\"}".to_owned()
            }),
        )
    }),
    ("marks of one item", |n| {
        omni(
            &"<<<image_1>>> ".repeat(n),
            &list(1, |_| {
                "{\"image_url\":\"https://cdn.example.com/a.jpg\"}".to_owned()
            }),
        )
    }),
    ("marks of no item", |n| {
        omni(
            &joined(n, " ", |index| format!("<<<image_{}>>>", n - index)),
            "[]",
        )
    }),
    ("openings of marks", |n| prompt(&"<<<".repeat(n / 3))),
    ("distinct unknown keys", |n| {
        let keys = joined(n, ",", |index| format!("\"key{index}\":1"));
        format!("{{\"model\":\"kling-v3\",\"prompt\":\"a\",{keys}}}")
    }),
    ("one key again and again", |n| {
        format!(
            "{{\"model\":\"kling-v3\",\"prompt\":\"a\"{}}}",
            ",\"audio\":true".repeat(n)
        )
    }),
    ("keys inside an unknown member", |n| {
        let keys = joined(n, ",", |index| format!("\"key{index}\":1"));
        format!("{{\"model\":\"kling-v3\",\"prompt\":\"a\",\"extra\":{{{keys}}}}}")
    }),
    ("nesting", |n| {
        format!(
            "{{\"model\":\"kling-v3\",\"prompt\":\"a\",\"extra\":{}{}}}",
            "[".repeat(n),
            "]".repeat(n)
        )
    }),
    ("nesting before the model", |n| {
        format!(
            "{{\"extra\":{}{},\"model\":\"kling-v3\",\"prompt\":\"a\"}}",
            "[".repeat(n),
            "]".repeat(n)
        )
    }),
    ("findings", |n| {
        omni(
            "a",
            &list(n, |_| {
                "{\"image_url\":\"http://10.0.0.1/a.jpg\",\"type\":\"last\",\"x\":null}".to_owned()
            }),
        )
    }),
    ("blanks", |n| format!("{}{}", prompt("a"), " ".repeat(n))),
    ("a million lines before a finding", |n| {
        format!(
            "{{{}\"model\":\"kling-v3\",\"prompt\":\"a\",\"seed\":1}}",
            "\n".repeat(n)
        )
    }),
];

pub(crate) fn run(effort: Effort) -> io::Result<()> {
    let checker = Checker::embedded();
    let most = effort.choose(1_000_000, 200_000);
    let mut table = Table::new(
        format!(
            "Linear: n = {} parts; nanoseconds a byte; growth is the time at 4n over the time at n, a byte",
            most / 4
        ),
        &[
            "shape",
            "findings at 4n",
            "MB at 4n",
            "n",
            "2n",
            "4n",
            "growth",
            "target",
            "reached",
        ],
    );
    for &(name, make) in SHAPES {
        let texts = [most / 4, most / 2, most].map(make);
        let times = times(&checker, &texts, effort.choose(7, 3));
        let [first, second, third] =
            [0, 1, 2].map(|index| per_byte(texts[index].len(), times[index]));
        let document = Document::read(texts[2].as_str());
        let report = checker.check(&document);
        let findings = report.findings().len() as u64 + report.omitted().total();
        // A quadratic shape comes to 4. A table of a million keys outgrows the caches and comes to about 2, without
        // more work per byte.
        let [wanted, reached] = Target::AtMost(2.0).cells(third / first);
        table.row([
            name.to_owned(),
            findings.to_string(),
            format!("{:.1}", number(texts[2].len()) / 1e6),
            format!("{first:.2}"),
            format!("{second:.2}"),
            format!("{third:.2}"),
            format!("{:.2}", third / first),
            wanted,
            reached,
        ]);
    }
    table.print()
}

/// Returns the median times of alternating runs; a quadratic shape would take four times as long per byte at 4n.
fn times(checker: &Checker, texts: &[String; 3], rounds: usize) -> [Duration; 3] {
    let mut times: [Vec<Duration>; 3] = Default::default();
    for round in 0..=rounds {
        for (text, times) in texts.iter().zip(&mut times) {
            let start = Instant::now();
            let document = Document::read(text.as_str());
            black_box(checker.check(&document).diagnostics());
            drop(document);
            if round > 0 {
                times.push(start.elapsed());
            }
        }
    }
    times.map(median)
}

fn prompt(prompt: &str) -> String {
    format!("{{\"model\":\"kling-v3-omni\",\"prompt\":\"{prompt}\"}}")
}

fn omni(prompt: &str, images: &str) -> String {
    format!(
        "{{\"model\":\"kling-v3-omni\",\"prompt\":\"{prompt}\",\"metadata\":{{\"image_list\":{images}}}}}"
    )
}

fn list(length: usize, item: impl Fn(usize) -> String) -> String {
    format!("[{}]", joined(length, ",", item))
}

fn joined(length: usize, gap: &str, part: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for index in 0..length {
        let gap = if index == 0 { "" } else { gap };
        write!(text, "{gap}{}", part(index)).expect("a string takes every text");
    }
    text
}
