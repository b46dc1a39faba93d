//! The law that nothing is lost: what must be left of a text after a fix, computed independently of the fixer.

use std::collections::BTreeMap;

use kling_json::{Document, Kind, Node};

/// Values with their number of occurrences.
type Values = BTreeMap<String, i64>;

/// Adds the values in a node, `sign` times, and those of JSON in a text.
fn add(node: Node<'_>, sign: i64, values: &mut Values) {
    let value = match node.kind() {
        Kind::Array | Kind::Object => {
            node.children().for_each(|child| add(child, sign, values));
            return;
        }
        Kind::Null => return,
        Kind::Number | Kind::Boolean => node.raw().to_owned(),
        Kind::String => {
            let text = node.text().unwrap().decode().trim().to_owned();
            if text.is_empty() {
                return;
            }
            if text.starts_with(['[', '{'])
                && let Ok(inner) = Document::parse(&text)
            {
                add(inner.root(), sign, values);
                return;
            }
            format!("\"{text}\"")
        }
    };
    *values.entry(value).or_default() += sign;
}

/// Returns whether a value is a number, `false`, or a single word that contains no file name or URL.
fn is_small(value: &str) -> bool {
    let is_of_word =
        |character: char| character.is_ascii_alphanumeric() || "\"-_:%.".contains(character);
    let is_file = value
        .split('.')
        .skip(1)
        .any(|part| !part.starts_with(|first: char| first.is_ascii_digit()));
    value != "true" && value.len() < 40 && value.chars().all(is_of_word) && !is_file
}

/// Returns what one text meant and another no longer says: the values that are gone, if fewer replace them, and each
/// URL that is in none of the new values.
///
/// A value that still occurs elsewhere may go: it was written twice.
pub(crate) fn lost(before: &str, after: &str) -> Vec<String> {
    let old = Document::parse(before).unwrap();
    let new = Document::parse(after).unwrap();
    let (mut all, mut left) = (Values::new(), Values::new());
    add(old.root(), 1, &mut all);
    add(new.root(), 1, &mut left);
    add(new.root(), -1, &mut all);
    let gone: Vec<&String> = all
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(value, _)| value)
        .collect();
    let come: i64 = all
        .values()
        .filter(|count| **count < 0)
        .map(|count| -count)
        .sum();
    let is_changed = come >= i64::try_from(gone.len()).unwrap();
    let is_kept = |value: &str| left.contains_key(value);
    let has_its_address = |value: &str| {
        let Some(at) = value.find("://") else {
            return true;
        };
        let host: String = value[at..]
            .chars()
            .take_while(|next| !" \"<,;|".contains(*next))
            .collect();
        left.keys().any(|value| value.contains(&host))
    };
    gone.iter()
        .filter(|value| !is_kept(value))
        .filter(|value| !has_its_address(value) || !(is_changed || is_small(value)))
        .map(|value| (*value).clone())
        .collect()
}
