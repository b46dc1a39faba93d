//! Rust names for the names and values of a contract.

use std::collections::BTreeSet;

/// Words that are Rust names only as `r#…`.
const KEYWORDS: [&str; 47] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while",
];

/// Words that cannot be written as `r#…` either.
const NEVER: [&str; 5] = ["_", "crate", "self", "super", "yield"];

/// Type names that the generated code, or code derived for it, uses itself.
const TAKEN: [&str; 15] = [
    "Builder",
    "Err",
    "From",
    "FromIterator",
    "Into",
    "IntoIterator",
    "None",
    "Ok",
    "Option",
    "Result",
    "Self",
    "Serialize",
    "Some",
    "String",
    "Vec",
];

/// The unique names of one scope.
#[derive(Debug, Default)]
pub(super) struct Scope(BTreeSet<String>);

impl Scope {
    /// Returns the name, with a number appended if it is taken.
    pub(super) fn unique(&mut self, name: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 2;
        while TAKEN.contains(&free.as_str()) || !self.0.insert(free.clone()) {
            free = format!("{name}{number}");
            number += 1;
        }
        free
    }
}

/// Returns the name of a field or module: `snake_case`, and raw if it is a keyword.
pub(super) fn snake_case(name: &str) -> String {
    let mut snake = words(name).join("_").to_ascii_lowercase();
    if snake.is_empty() || snake.starts_with(|c: char| c.is_ascii_digit()) {
        snake.insert(0, '_');
    }
    if NEVER.contains(&snake.as_str()) {
        snake.push_str("_value");
    }
    if KEYWORDS.contains(&snake.as_str()) {
        snake.insert_str(0, "r#");
    }
    snake
}

/// Returns the name of a type.
pub(super) fn pascal_case(name: &str) -> String {
    let pascal: String = words(name).iter().map(|word| capitalised(word)).collect();
    if pascal.is_empty() || pascal.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("Value{pascal}");
    }
    pascal
}

/// Returns the variant for a text of the field with this name.
///
/// For texts that begin with a digit, `720p` becomes `P720`, and `16:9` of an `aspect_ratio` becomes `Ratio16x9`.
pub(super) fn text_variant(field: &str, text: &str) -> String {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    if digits == 0 {
        return pascal_case(text);
    }
    let (number, unit) = text.split_at(digits);
    if !unit.is_empty() && unit.chars().all(|c| c.is_ascii_alphabetic()) {
        return format!("{}{number}", capitalised(unit));
    }
    let parts: Vec<String> = words(text).iter().map(|word| capitalised(word)).collect();
    format!("{}{}", last_word(field), parts.join("x"))
}

/// Returns the variant for an integer of the field with this name and unit: `Seconds5`.
pub(super) fn integer_variant(field: &str, unit: Option<&str>, number: i64) -> String {
    let counted = match unit {
        Some("s") => "Seconds".to_owned(),
        Some(unit) => pascal_case(unit),
        None => last_word(field),
    };
    let sign = if number < 0 { "Minus" } else { "" };
    format!("{counted}{sign}{}", number.unsigned_abs())
}

fn last_word(name: &str) -> String {
    pascal_case(words(name).last().map_or("", String::as_str))
}

/// Returns the runs of ASCII letters and digits, also split where a capital follows a lower-case letter.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut()
            && c.is_ascii_alphanumeric()
        {
            word.push(c);
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Capitalises the first letter only.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first
        .into_iter()
        .chain(letters.map(|c| c.to_ascii_lowercase()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_snake_case_and_never_a_keyword() {
        for (name, expected) in [
            ("image_list", "image_list"),
            ("imageList", "image_list"),
            ("kling-v3", "kling_v3"),
            ("type", "r#type"),
            ("self", "self_value"),
            ("4k", "_4k"),
            ("é", "__value"),
        ] {
            assert_eq!(snake_case(name), expected, "{name}");
        }
    }

    #[test]
    fn variants_are_names() {
        for (text, expected) in [
            ("std", "Std"),
            ("first_frame", "FirstFrame"),
            ("PRO", "Pro"),
            ("16:9", "Ratio16x9"),
            ("720p", "P720"),
            ("4K", "K4"),
            ("5", "Ratio5"),
            ("", "Value"),
        ] {
            assert_eq!(text_variant("aspect_ratio", text), expected, "{text}");
        }
        assert_eq!(integer_variant("duration", Some("s"), 5), "Seconds5");
        assert_eq!(integer_variant("length", Some("frames"), 24), "Frames24");
        assert_eq!(integer_variant("shift", None, -1), "ShiftMinus1");
    }

    #[test]
    fn no_name_is_there_twice() {
        let mut scope = Scope::default();
        assert_eq!(scope.unique("Mode"), "Mode");
        assert_eq!(scope.unique("Mode"), "Mode2");
        assert_eq!(scope.unique("Option"), "Option2");
    }
}
