//! Which model a request is for.

use kling_json::{Cursor, Kind, Span, SyntaxError, Text};

use crate::Checker;

/// What a request says about its model.
#[derive(Debug)]
pub(crate) enum Naming<'t> {
    /// The text is not an object, or broken before its model is named.
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
    checker.is_mistake_for_model(&name)
        // What is a field of some model is no slip of `model`: `mode` is one letter off.
        || !checker
            .tables()
            .any(|table| table.object(0).lookup.find(key).is_some())
            && checker.top_name(&name) == Some("model")
}

/// The contract that a text names, to the letter or with a slip.
pub(crate) fn named(checker: &Checker, written: &str) -> Option<usize> {
    let exact = checker.models().position(|id| id == written);
    exact.or_else(|| checker.spellings().only(written))
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
    fn a_text_that_is_far_longer_is_no_slip() {
        let blanks = |count: usize| format!("kling-v3{}", " ".repeat(count));
        check(&blanks(16), Some("kling-v3"));
        check(&blanks(17), None);
        check(&"kling-v3".repeat(1_000_000), None);
    }

    #[test]
    fn slips_of_a_contract_that_is_given_later_are_seen() {
        let checker = Checker::embedded();
        assert_eq!(named(&checker, "wavse-1"), None);
        let contract = include_str!("../../kling-spec/models/kling-v3-fast.toml")
            .replacen("id = \"kling-v3-fast\"", "id = \"waves-1\"", 1)
            .replace("\"kling-v3-fast\"", "\"waves-1\"");
        let spec = kling_spec::Spec::from_toml(&contract).unwrap();
        let checker = checker.with_specs(vec![spec]);
        assert_eq!(named(&checker, "wavse-1"), Some(0));
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
