//! A second finder, written in the plainest way from the rules alone: it tries every form at every place by cutting
//! strings. It is slow, which does not matter: it shares nothing with the crate and must come to the same result.

use crate::common::{KINDS, found};
use crate::dense;
use proptest::prelude::*;
use std::ops::Range;

const OTHER_WORDS: [(&str, &str); 20] = [
    ("images", "image"),
    ("img", "image"),
    ("picture", "image"),
    ("pic", "image"),
    ("photo", "image"),
    ("图", "image"),
    ("图片", "image"),
    ("图像", "image"),
    ("参考图", "image"),
    ("参考图片", "image"),
    ("圖", "image"),
    ("圖片", "image"),
    ("videos", "video"),
    ("视频", "video"),
    ("視頻", "video"),
    ("参考视频", "video"),
    ("elements", "element"),
    ("subject", "element"),
    ("元素", "element"),
    ("主体", "element"),
];

/// Blanks that the generated prompts contain.
const BLANKS: [char; 3] = [' ', '\u{3000}', '\u{200b}'];

/// Returns what was cut off the front of a text, and the rest.
fn cut(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let rest = text.trim_start_matches(belongs);
    (&text[..text.len() - rest.len()], rest)
}

fn cut_blanks(text: &str) -> (&str, &str) {
    cut(text, |c| BLANKS.contains(&c))
}

/// Cuts up to three closing signs; returns them and the rest.
fn cut_closing(text: &str) -> (&str, &str) {
    let count = cut(text, |c| c == '>').0.len().min(3);
    text.split_at(count)
}

/// Returns the kind that a text begins with, the word as written, and the rest.
fn cut_word(text: &str) -> Option<(&'static str, &str, &str)> {
    let kinds = KINDS.into_iter().map(|kind| (kind, kind));
    kinds
        .chain(OTHER_WORDS)
        .filter_map(|(word, kind)| {
            let written = text.get(..word.len())?;
            let rest = &text[word.len()..];
            (written.to_lowercase() == word && !rest.starts_with(char::is_alphabetic))
                .then_some((kind, written, rest))
        })
        .max_by_key(|(_, written, _)| written.len())
}

fn saturated(digits: &str) -> u32 {
    digits.parse().unwrap_or(u32::MAX)
}

fn is_number(digits: &str) -> bool {
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}

struct Cut<'t> {
    kind: &'static str,
    word: &'t str,
    separator: &'t str,
    digits: &'t str,
    rest: &'t str,
}

fn cut_reference(text: &str) -> Option<Cut<'_>> {
    let (kind, word, rest) = cut_word(text)?;
    let (separator, rest) = cut(rest, |c| BLANKS.contains(&c) || "_-.:#".contains(c));
    let (digits, rest) = cut(rest, |c| c.is_ascii_digit());
    Some(Cut {
        kind,
        word,
        separator,
        digits,
        rest,
    })
}

fn is_minus(separator: &str) -> bool {
    separator.ends_with('-') && separator != "-"
}

/// Describes a kind and a number with blanks around them, and returns the rest after them.
fn inside(text: &str) -> Option<(String, &str)> {
    let cut = cut_reference(cut_blanks(text).1)?;
    let good = is_number(cut.digits) && !is_minus(cut.separator);
    let description = format!(" {} {}", cut.kind, saturated(cut.digits));
    good.then(|| (description, cut_blanks(cut.rest).1))
}

/// Describes what `<<<` opens, and returns the rest of `text`, which begins after the signs.
fn triple(text: &str) -> Option<(String, &str)> {
    let (before, at_word) = cut_blanks(text);
    let (description, rest) = match cut_reference(at_word) {
        Some(cut) if is_number(cut.digits) => with_number(before, &cut),
        Some(cut) => without_number(text, &cut),
        None if before.is_empty() && text.starts_with(char::is_alphabetic) => shaped(text)
            .unwrap_or_else(|| {
                let (_, rest) = cut(text, |c| c.is_alphanumeric() || c == '_');
                ("UnknownWord".to_owned(), cut_closing(rest).1)
            }),
        None => return None,
    };
    let source = &text[..text.len() - rest.len()];
    (before.is_empty() || source.ends_with('>')).then_some((description, rest))
}

fn with_number<'t>(before: &str, cut: &Cut<'t>) -> (String, &'t str) {
    let (blanks, at_close) = cut_blanks(cut.rest);
    let (closing, rest) = cut_closing(at_close);
    let reading = format!(" {} {}", cut.kind, saturated(cut.digits));
    if closing.is_empty() {
        if let Some(rest) = junk_and_closing(cut.rest) {
            return ("BadNumber".to_owned(), rest);
        }
        let (letters, rest) = self::cut(cut.rest, |c| c.is_ascii_alphanumeric() || c == '_');
        return if letters.is_empty() && !is_minus(cut.separator) {
            (format!("Unclosed{reading}"), cut.rest)
        } else {
            ("BadNumber".to_owned(), rest)
        };
    }
    let signs: String = cut
        .separator
        .chars()
        .filter(|c| !BLANKS.contains(c))
        .collect();
    let has_blanks = !before.is_empty() || !blanks.is_empty() || signs != cut.separator;
    let is_kind = cut.word.to_lowercase() == cut.kind;
    let description = if is_minus(cut.separator) {
        "BadNumber".to_owned()
    } else if closing != ">>>" {
        format!("Unclosed{reading}")
    } else if cut.separator.is_empty() {
        format!("MissingUnderscore{reading}")
    } else if !signs.is_empty() && signs != "_" {
        format!("OtherSeparator{reading}")
    } else if !is_kind && !has_blanks {
        let number = saturated(cut.digits);
        format!("WrongKind `{}` {number}{reading}", cut.word)
    } else if cut.digits.starts_with('0') && cut.digits != "0" {
        format!("LeadingZero{reading}")
    } else if is_kind && cut.word != cut.kind {
        format!("Case{reading}")
    } else if has_blanks {
        format!("Blank{reading}")
    } else {
        format!("Placeholder{reading}")
    };
    (description, rest)
}

fn without_number<'t>(text: &'t str, cut: &Cut<'t>) -> (String, &'t str) {
    let (closing, rest) = cut_closing(cut.rest);
    if !closing.is_empty() {
        return ("NoNumber".to_owned(), rest);
    }
    if let Some(shaped) = shaped(text) {
        return shaped;
    }
    if let Some(rest) = junk_and_closing(cut.rest) {
        return ("BadNumber".to_owned(), rest);
    }
    let written = &text[..text.len() - cut.rest.len()];
    let written = written.trim_end_matches(BLANKS);
    ("NoNumber".to_owned(), &text[written.len()..])
}

fn junk_and_closing(text: &str) -> Option<&str> {
    let (junk, rest) = cut(text, |c| !BLANKS.contains(&c) && !"\n<>".contains(c));
    let (closing, rest) = cut_closing(cut_blanks(rest).1);
    (!junk.is_empty() && !closing.is_empty()).then_some(rest)
}

fn shaped(text: &str) -> Option<(String, &str)> {
    let (inner, rest) = text.split_once(">>>")?;
    let (word, digits) = inner.rsplit_once('_')?;
    let good = word.starts_with(char::is_alphabetic)
        && word.chars().all(|c| c.is_alphanumeric() || c == '_')
        && is_number(digits);
    good.then(|| (format!("WrongKind `{word}` {}", saturated(digits)), rest))
}

fn at_sign<'t>(before: &str, text: &'t str, follows: bool) -> Option<(String, &'t str)> {
    let glued = before.ends_with(|c: char| c.is_ascii_alphanumeric() || "._-".contains(c));
    let cut = cut_reference(text)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let host = cut.rest.strip_prefix('.').unwrap_or(cut.rest);
    let good = (follows || !glued)
        && ["", "_", "-", " "].contains(&cut.separator)
        && is_number(cut.digits)
        && !host.starts_with(is_name);
    let description = format!("At {} {}", cut.kind, saturated(cut.digits));
    good.then_some((description, cut.rest))
}

fn double_braces(text: &str) -> Option<(String, &str)> {
    let (inner, rest) = text.split_once("}}")?;
    if inner.contains(['{', '}', '<', '@', '\n']) || inner.trim_matches(BLANKS).is_empty() {
        return None;
    }
    let meaning = inside(inner).filter(|(_, rest)| rest.is_empty());
    let meaning = meaning.map_or(String::new(), |(meaning, _)| meaning);
    Some((format!("DoubleBraces{meaning}"), rest))
}

fn closed<'t>(form: &str, text: &'t str, close: &str) -> Option<(String, &'t str)> {
    let (meaning, rest) = inside(text)?;
    Some((format!("{form}{meaning}"), rest.strip_prefix(close)?))
}

/// Returns everything that is not text, described as in [`found`].
fn naive(prompt: &str) -> Vec<(Range<usize>, String)> {
    let mut result = Vec::new();
    let mut after_at = None;
    let mut at = 0;
    while let Some(first) = prompt[at..].chars().next() {
        let (before, text) = prompt.split_at(at);
        let run = cut(text, |c| c == first).0;
        let alone = !before.ends_with(first);
        let opened = match (first, run.len()) {
            ('<', 3) => triple(&text[3..]),
            ('<', 1 | 2) if alone => {
                let form = ["SingleAngle", "DoubleAngle"][run.len() - 1];
                closed(form, &text[run.len()..], ">")
                    .map(|(description, rest)| (description, rest.trim_start_matches_up_to(2)))
            }
            ('{', 2) => double_braces(&text[2..]),
            ('{', 1) if alone => closed("SingleBraces", &text[1..], "}"),
            ('[', _) => closed("Brackets", &text[1..], "]"),
            ('@', _) => at_sign(before, &text[1..], after_at == Some(at)),
            _ => None,
        };
        if let Some((description, rest)) = opened {
            let end = prompt.len() - rest.len();
            if first == '@' {
                after_at = Some(end);
            }
            result.push((at..end, description));
            at = end;
        } else {
            at += first.len_utf8();
        }
    }
    result
}

trait ClosingSigns {
    fn trim_start_matches_up_to(&self, most: usize) -> &str;
}

impl ClosingSigns for str {
    /// Removes closing signs at the start, but at most `most` of them.
    fn trim_start_matches_up_to(&self, most: usize) -> &str {
        let count = cut(self, |c| c == '>').0.len().min(most);
        &self[count..]
    }
}

proptest! {
    #![proptest_config(dense::config(20_000))]

    #[test]
    fn both_finders_agree(prompt in dense::prompt()) {
        prop_assert_eq!(found(&prompt), naive(&prompt), "{:?}", prompt);
    }
}

#[test]
fn the_generated_prompts_have_all_there_is() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{TestRng, TestRunner};

    let rng = TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(dense::config(1), rng);
    let mut words = std::collections::BTreeSet::new();
    for _ in 0..2000 {
        let prompt = dense::prompt().new_tree(&mut runner).unwrap().current();
        for (_, description) in found(&prompt) {
            words.extend(description.split(' ').next().map(str::to_owned));
        }
    }
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let all = "At BadNumber Blank Brackets Case DoubleAngle DoubleBraces LeadingZero \
               MissingUnderscore NoNumber OtherSeparator Placeholder SingleAngle SingleBraces \
               Unclosed UnknownWord WrongKind";
    assert_eq!(words.join(" "), all);
}
