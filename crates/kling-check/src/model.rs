//! Which model a request is for.

use kling_json::{Cursor, Kind, Span, SyntaxError, Text};

use crate::Checker;
use crate::table::Table;

/// What a request says about its model.
#[derive(Debug)]
pub(crate) enum Naming<'t> {
    /// The text is no object, or broken before its model is named.
    Nothing,
    /// It names a contract; `settled` if by a `model` member.
    Known { index: usize, settled: bool },
    /// It has a text that names no contract.
    Unknown { key: Text<'t>, value: Text<'t> },
    /// Its `model` is no text.
    Mistyped {
        key: Text<'t>,
        kind: Kind,
        span: Span,
    },
    /// It has no model.
    Missing,
}

/// The contract that the first `model` member names to the letter: what nearly all requests meet.
#[inline]
pub(crate) fn exact(checker: &Checker, text: &str) -> Option<usize> {
    let mut cursor = Cursor::new(text);
    if cursor.kind().ok()? != Kind::Object {
        return None;
    }
    cursor.begin_object().ok()?;
    let mut first = true;
    if let Some(key) = &checker.model_key
        && cursor.take_key(&mut first, key).is_some()
    {
        return named_exactly(checker, &mut cursor);
    }
    while let Some(key) = cursor.next_key(&mut first).ok()? {
        if key.equals("model") {
            return named_exactly(checker, &mut cursor);
        }
        cursor.skip().ok()?;
    }
    None
}

/// The contract that the next value names to the letter.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "run for every request; a call costs more than it does"
)]
fn named_exactly(checker: &Checker, cursor: &mut Cursor<'_>) -> Option<usize> {
    if cursor.kind().ok()? != Kind::String {
        return None;
    }
    if let Some(index) = checker.take_id(cursor) {
        return Some(index);
    }
    let value = cursor.string().ok()?;
    checker.models().position(|id| value.equals(id))
}

/// What a request says about its model, slips and wrong names included.
pub(crate) fn naming<'t>(checker: &Checker, text: &'t str) -> Naming<'t> {
    let mut other = None;
    match members(checker, text, &mut other) {
        Ok(Some(naming)) => naming,
        // What stands under another name counts only where there is no `model`.
        Ok(None) => other.unwrap_or(Naming::Missing),
        Err(_) => other.unwrap_or(Naming::Nothing),
    }
}

fn members<'t>(
    checker: &Checker,
    text: &'t str,
    other: &mut Option<Naming<'t>>,
) -> Result<Option<Naming<'t>>, SyntaxError> {
    let mut cursor = Cursor::new(text);
    if cursor.kind()? != Kind::Object {
        return Ok(Some(Naming::Nothing));
    }
    cursor.begin_object()?;
    let mut first = true;
    while let Some(key) = cursor.next_key(&mut first)? {
        let is_model = key.equals("model");
        if !is_model && (other.is_some() || !means_model(checker, &key)) {
            cursor.skip()?;
            continue;
        }
        let kind = cursor.kind()?;
        if kind == Kind::String {
            let value = cursor.string()?;
            let naming = match named(checker, &value.decode()) {
                Some(index) => Naming::Known {
                    index,
                    settled: is_model,
                },
                None => Naming::Unknown { key, value },
            };
            if is_model {
                return Ok(Some(naming));
            }
            *other = Some(naming);
        } else {
            let span = cursor.skip()?;
            if is_model {
                return Ok(Some(Naming::Mistyped { key, kind, span }));
            }
        }
    }
    Ok(None)
}

/// Whether a key is known to be written for `model`, or is a slip of it.
fn means_model(checker: &Checker, key: &Text<'_>) -> bool {
    let name = key.decode();
    let is_mistake = |table: &Table| {
        let mistake = table.strays().mistake(&table.spec, 0, &name);
        let means = mistake.and_then(|mistake| mistake.means.as_ref());
        means.is_some_and(|means| means.name() == Some("model"))
    };
    // What is a field of some model is no slip of `model`: `mode` is one letter off.
    let is_field = |table: &Table| table.object(0).lookup.named(&name).is_some();
    checker.tables().any(is_mistake)
        || !checker.tables().any(is_field) && checker.top_name(&name) == Some("model")
}

/// The contract that a text names, to the letter or with a slip.
pub(crate) fn named(checker: &Checker, written: &str) -> Option<usize> {
    let exact = checker.models().position(|id| id == written);
    exact.or_else(|| {
        let mut alike = checker
            .models()
            .enumerate()
            .filter(|(_, id)| is_slip(written, id));
        match (alike.next(), alike.next()) {
            (Some((index, _)), None) => Some(index),
            _ => None,
        }
    })
}

/// Whether a text is a slip of an id: other case, blanks or separators, or letters misspelt. No digit
/// is another, and no word is added or dropped: those are other models.
fn is_slip(written: &str, id: &str) -> bool {
    // Most texts are no slip of most ids, so the cheapest differences are looked for first.
    if written.len() > 2 * id.len() + 8 || !digits(written).eq(digits(id)) {
        return false;
    }
    if without_separators(written).eq(without_separators(id)) {
        return true;
    }
    let misspelt = |written: &str, word: &str| {
        let letters = word.chars().count();
        let most = if letters >= 4 { 1 + letters / 8 } else { 0 };
        written.chars().count().abs_diff(letters) <= most
            && strsim::osa_distance(&written.to_lowercase(), &word.to_lowercase()) <= most
    };
    words(written).count() == words(id).count()
        && words(written)
            .zip(words(id))
            .all(|(written, word)| misspelt(written, word))
}

/// The words of an id, without what stands between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_separator).filter(|word| !word.is_empty())
}

/// The letters and digits of an id, in lower case.
fn without_separators(text: &str) -> impl Iterator<Item = char> {
    let characters = text.chars().filter(|character| !is_separator(*character));
    characters.map(|character| character.to_ascii_lowercase())
}

fn is_separator(character: char) -> bool {
    matches!(character, '-' | '_' | '.' | '/') || character.is_whitespace()
}

/// The digits of an id. A model with another number is another model, however alike the names are.
pub(crate) fn digits(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expected: Option<&str>) {
        let checker = Checker::embedded();
        let ids: Vec<&str> = checker.models().collect();
        assert_eq!(
            named(&checker, written).map(|index| ids[index]),
            expected,
            "{written}"
        );
    }

    #[test]
    fn a_slip_names_its_model() {
        check("kling-v3", Some("kling-v3"));
        check("Kling-V3-Omni", Some("kling-v3-omni"));
        check(" kling-v3-fast ", Some("kling-v3-fast"));
        check("kling_v3_omni", Some("kling-v3-omni"));
        check("kling v3", Some("kling-v3"));
        check("kling-v3-onmi", Some("kling-v3-omni"));
        check("klign-v3", Some("kling-v3"));
        check("klingv3", Some("kling-v3"));
    }

    #[test]
    fn another_model_is_no_slip() {
        for other in [
            "kling-v4",
            "kling-v3-omni-pro",
            "kling-v3.0",
            "kling",
            "v3",
            "kling-video-o1",
            "kling/kling-v3",
            "",
            "kling-v3-pro",
            "kling-v2-6",
        ] {
            check(other, None);
        }
    }
}
