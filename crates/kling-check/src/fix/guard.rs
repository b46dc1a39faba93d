//! What no fix may do, whatever made it: lose what was meant, or change the bill of a request unasked.

use std::collections::BTreeMap;

use kling_json::{Kind, Node, Tape};
use kling_spec::Service;

use super::Fix;
use super::round::{overlap, together};
use crate::Checker;
use crate::report::Report;

/// The longest text that is only a word: longer ones are ids, keys or media.
const LONGEST_WORD: usize = 32;

/// What a text says, wherever it says it.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Texts, numbers and truth values as JSON has them apart from blanks around a text, each with how often it is there.
    values: BTreeMap<String, usize>,
    /// The lists and objects.
    containers: usize,
}

impl Said {
    pub(super) fn of(tape: &Tape<'_>) -> Self {
        let mut said = Self::default();
        said.add(tape);
        said
    }

    fn add(&mut self, tape: &Tape<'_>) {
        for node in tape.nodes() {
            let value = match node.kind() {
                Kind::Array | Kind::Object => {
                    self.containers += 1;
                    continue;
                }
                // It says nothing.
                Kind::Null => continue,
                Kind::Number | Kind::Boolean => node.raw().to_owned(),
                Kind::String => {
                    let Some(text) = node.text() else { continue };
                    let text = text.decode();
                    if text.trim().is_empty() {
                        continue;
                    }
                    // A list or an object in a text says what it holds.
                    if let Some(inside) = container_in(&text) {
                        self.add(&inside);
                        continue;
                    }
                    format!("\"{}", text.trim())
                }
            };
            *self.values.entry(value).or_default() += 1;
        }
    }

    /// What is here more often than there.
    fn beyond<'s>(&'s self, other: &Self) -> Vec<&'s str> {
        let mut beyond = Vec::new();
        for (value, &count) in &self.values {
            let there = other.values.get(value).copied().unwrap_or_default();
            beyond.extend(std::iter::repeat_n(
                value.as_str(),
                count.saturating_sub(there),
            ));
        }
        beyond
    }

    /// Whether a text that says `after` still says all that is meant here.
    ///
    /// A value may become another one, apart from the addresses in it. Without anything in its place nothing may go but
    /// a word, a number or `false`; what `repeats` something that stays may go, too.
    fn is_kept_in(&self, after: &Self, repeats: bool) -> bool {
        let lost = self.beyond(after);
        let gained = after.beyond(self);
        if lost.is_empty() {
            return true;
        }
        if repeats && lost.iter().all(|value| after.values.contains_key(*value)) {
            return true;
        }
        let addresses = lost.iter().flat_map(|value| addresses(value));
        let are_there = { addresses }.all(|address| gained.iter().any(|new| new.contains(address)));
        let is_converted = gained.len() >= lost.len();
        let is_little = matches!(*lost, [only] if is_little(only));
        are_there && self.containers <= after.containers && (is_converted || is_little)
    }
}

/// Whether a fixed text still says all that is meant in what was said before; what `repeats` something that stays may go.
pub(super) fn keeps_meant(said: &Said, fixed: &str, repeats: bool) -> bool {
    Tape::parse(fixed).is_ok_and(|tape| said.is_kept_in(&Said::of(&tape), repeats))
}

/// Whether a value, as JSON text, says so much that no fix may drop it: an address, a list, an object, `true`, or more
/// than a word.
pub(crate) fn is_meant(value: &str) -> bool {
    let Ok(tape) = Tape::parse(value) else {
        return true;
    };
    let root = tape.root();
    match root.kind() {
        Kind::Array | Kind::Object => !Said::of(&tape).values.is_empty(),
        Kind::String => root.text().is_some_and(|text| {
            let text = text.decode();
            !text.trim().is_empty() && !is_word(text.trim())
        }),
        Kind::Boolean => root.boolean() == Some(true),
        Kind::Number | Kind::Null => false,
    }
}

/// The list or the object that a text holds as JSON.
pub(super) fn container_in(text: &str) -> Option<Tape<'_>> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    Tape::parse(text).ok()
}

/// Whether the text of a string is JSON itself: such a text is neither an item of a list nor a member of an object.
pub(super) fn holds_json(node: Node<'_>) -> bool {
    node.text()
        .is_some_and(|text| container_in(&text.decode()).is_some())
}

/// Whether the text of a string holds more than one address: as one item or member it would be none.
pub(super) fn holds_addresses(node: Node<'_>) -> bool {
    node.text()
        .is_some_and(|text| addresses(&text.decode()).nth(1).is_some())
}

/// Whether a value of [`Said`] may go without anything in its place.
fn is_little(value: &str) -> bool {
    match value.strip_prefix('"') {
        Some(text) => is_word(text),
        None => value != "true",
    }
}

/// Whether a text is a word of a vocabulary or a number with its unit. A name of a file is none, and what is not ASCII
/// may be a sentence, since not every script has blanks.
fn is_word(text: &str) -> bool {
    let is_point = |at: usize| {
        let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
        at.checked_sub(1).is_some_and(digit) && digit(at + 1)
    };
    text.len() <= LONGEST_WORD
        && text.char_indices().all(|(at, character)| match character {
            '.' => is_point(at),
            '_' | '-' | ':' | '%' => true,
            _ => character.is_ascii_alphanumeric(),
        })
}

/// The addresses that are in a value of [`Said`].
fn addresses(value: &str) -> impl Iterator<Item = &str> {
    let is_end = |character: char| character.is_whitespace() || "\"<>,;|".contains(character);
    value
        .split(is_end)
        .filter(|part| part.contains("://") || part.starts_with("data:"))
}

/// Takes the word `safe` from each fix that changes the bill once all other safe ones are made.
pub(super) fn keep_bill(
    checker: &Checker,
    text: &str,
    before: &Report<'_>,
    report: &Report<'_>,
    fixes: &mut [Fix],
) {
    let is_ignored = |fix: &Fix| {
        let found = report.diagnostics.get(fix.diagnostic);
        found.is_some_and(|found| found.service == Service::Ignores)
    };
    if before.output.is_none() {
        // What is ignored today waits for what makes it a request that is taken: the bill is known then.
        let waits = |fix: &Fix| {
            let goes_first = |other: &&Fix| {
                other.safe && !is_ignored(other) && overlap(&fix.edits, &other.edits)
            };
            fix.safe && is_ignored(fix) && fixes.iter().any(|other| goes_first(&other))
        };
        let waiting: Vec<usize> = (0..fixes.len()).filter(|&at| waits(&fixes[at])).collect();
        for at in waiting {
            fixes[at].safe = false;
        }
    }
    loop {
        let safe: Vec<usize> = (0..fixes.len()).filter(|&at| fixes[at].safe).collect();
        if safe.len() < 2 || keeps_all(checker, text, before, fixes, &safe) {
            // A single one has been tried out on its own.
            return;
        }
        let changing = safe.iter().copied().find(|&at| {
            let mut made = vec![&fixes[at]];
            made.extend(
                safe.iter()
                    .filter(|&&other| other != at)
                    .map(|&other| &fixes[other]),
            );
            let with = together(text, &made);
            let others: Vec<&Fix> = with
                .applied
                .iter()
                .filter(|&&index| index > 0)
                .map(|&index| made[index])
                .collect();
            let without = checker.check(&together(text, &others).text);
            !keeps_bill(&without, &checker.check(&with.text))
        });
        let Some(changing) = changing else { return };
        fixes[changing].safe = false;
    }
}

/// Whether all safe fixes together leave a request that has a bill with the same, and one without still without.
fn keeps_all(
    checker: &Checker,
    text: &str,
    before: &Report<'_>,
    fixes: &[Fix],
    safe: &[usize],
) -> bool {
    let made: Vec<&Fix> = safe.iter().map(|&at| &fixes[at]).collect();
    let after = checker.check(&together(text, &made).text);
    if before.output.is_none() {
        after.output.is_none()
    } else {
        keeps_bill(before, &after)
    }
}

/// Whether a request with a bill has the same bill still.
pub(super) fn keeps_bill(before: &Report<'_>, after: &Report<'_>) -> bool {
    // There is an output exactly where there is a bill, even one that is not known.
    before.output.is_none() || (after.output.is_some() && before.bill == after.bill)
}
