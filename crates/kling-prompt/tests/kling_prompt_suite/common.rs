//! How the tests describe what was found: one short line per part.

use kling_prompt::{Part, Reference, parts};
use std::ops::Range;

/// The kinds that the tests look for.
pub(crate) const KINDS: [&str; 3] = ["image", "video", "element"];

/// Returns everything but the text, as span and description.
pub(crate) fn found(prompt: &str) -> Vec<(Range<usize>, String)> {
    parts(prompt, &KINDS)
        .filter_map(|part| Some((part.span(), describe(&part)?)))
        .collect()
}

fn describe(part: &Part<'_>) -> Option<String> {
    let meaning = meaning(part.reference());
    match part {
        Part::Text(_) => None,
        Part::Placeholder(_) => Some(format!("Placeholder{meaning}")),
        Part::WrongKind(wrong) => Some(format!(
            "WrongKind `{}` {}{meaning}",
            wrong.word, wrong.number
        )),
        Part::Malformed(malformed) => Some(format!("{:?}{meaning}", malformed.reason)),
        Part::Dialect(dialect) => Some(format!("{:?}{meaning}", dialect.form)),
    }
}

fn meaning(reference: Option<Reference>) -> String {
    reference.map_or(String::new(), |Reference { kind, number }| {
        format!(" {} {number}", KINDS[kind])
    })
}
