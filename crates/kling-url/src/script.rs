//! Scripts of letters, only as detailed as needed to notice that a label mixes two that look alike.

use std::fmt;

/// A script, or a group of scripts that are written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    Latin,
    /// Han, kana, bopomofo and Hangul, which are written together, and with Latin.
    EastAsian,
    /// Any other script, by its English name.
    Other(&'static str),
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Latin => "Latin",
            Self::EastAsian => "East Asian",
            Self::Other(name) => name,
        })
    }
}

/// Returns two scripts that one host name label should not mix, in the order in which they appear. Follows the "highly
/// restrictive" level of Unicode Technical Standard 39: one script, or Latin with the East Asian ones.
pub(crate) fn mixed_scripts(label: &str) -> Option<(Script, Script)> {
    let mut seen: Option<Script> = None;
    for script in label.chars().filter_map(script_of) {
        match (seen, script) {
            (None, _) | (Some(Script::Latin), Script::EastAsian) => seen = Some(script),
            (Some(Script::EastAsian), Script::Latin) => {}
            (Some(first), second) if first == second => {}
            (Some(first), second) => return Some((first, second)),
        }
    }
    None
}

/// Returns the script of a letter; `None` for what belongs to several (digits, marks) or to one that is not in the
/// table.
fn script_of(character: char) -> Option<Script> {
    let code_point = u32::from(character);
    if matches!(code_point, 0xd7 | 0xf7 | 0x964 | 0x965 | 0x0640) {
        return None;
    }
    let index = SCRIPTS.partition_point(|&(_, last, _)| last < code_point);
    SCRIPTS
        .get(index)
        .filter(|&&(first, _, _)| first <= code_point)
        .map(|&(_, _, script)| script)
}

/// First code point, last code point, script: whole Unicode blocks, sorted.
const SCRIPTS: &[(u32, u32, Script)] = &[
    (0x41, 0x5a, Script::Latin),
    (0x61, 0x7a, Script::Latin),
    (0xc0, 0x2af, Script::Latin),
    (0x370, 0x3ff, Script::Other("Greek")),
    (0x400, 0x52f, Script::Other("Cyrillic")),
    (0x531, 0x58f, Script::Other("Armenian")),
    (0x591, 0x5ff, Script::Other("Hebrew")),
    (0x600, 0x65f, Script::Other("Arabic")),
    (0x66e, 0x6ff, Script::Other("Arabic")),
    (0x700, 0x74f, Script::Other("Syriac")),
    (0x750, 0x77f, Script::Other("Arabic")),
    (0x780, 0x7bf, Script::Other("Thaana")),
    (0x7c0, 0x7ff, Script::Other("N'Ko")),
    (0x860, 0x86f, Script::Other("Syriac")),
    (0x870, 0x8ff, Script::Other("Arabic")),
    (0x900, 0x97f, Script::Other("Devanagari")),
    (0x980, 0x9ff, Script::Other("Bengali")),
    (0xa00, 0xa7f, Script::Other("Gurmukhi")),
    (0xa80, 0xaff, Script::Other("Gujarati")),
    (0xb00, 0xb7f, Script::Other("Odia")),
    (0xb80, 0xbff, Script::Other("Tamil")),
    (0xc00, 0xc7f, Script::Other("Telugu")),
    (0xc80, 0xcff, Script::Other("Kannada")),
    (0xd00, 0xd7f, Script::Other("Malayalam")),
    (0xd80, 0xdff, Script::Other("Sinhala")),
    (0xe00, 0xe7f, Script::Other("Thai")),
    (0xe80, 0xeff, Script::Other("Lao")),
    (0xf00, 0xfff, Script::Other("Tibetan")),
    (0x1000, 0x109f, Script::Other("Myanmar")),
    (0x10a0, 0x10ff, Script::Other("Georgian")),
    (0x1100, 0x11ff, Script::EastAsian),
    (0x1200, 0x139f, Script::Other("Ethiopic")),
    (0x13a0, 0x13ff, Script::Other("Cherokee")),
    (0x1400, 0x167f, Script::Other("Canadian Aboriginal")),
    (0x1780, 0x17ff, Script::Other("Khmer")),
    (0x1810, 0x18af, Script::Other("Mongolian")),
    (0x1c80, 0x1c8f, Script::Other("Cyrillic")),
    (0x1c90, 0x1cbf, Script::Other("Georgian")),
    (0x1e00, 0x1eff, Script::Latin),
    (0x1f00, 0x1fff, Script::Other("Greek")),
    (0x2c60, 0x2c7f, Script::Latin),
    (0x2d00, 0x2d2f, Script::Other("Georgian")),
    (0x2de0, 0x2dff, Script::Other("Cyrillic")),
    (0x2e80, 0x2fdf, Script::EastAsian),
    (0x3005, 0x3007, Script::EastAsian),
    (0x3040, 0x31ff, Script::EastAsian),
    (0x3400, 0x9fff, Script::EastAsian),
    (0xa640, 0xa69f, Script::Other("Cyrillic")),
    (0xa720, 0xa7ff, Script::Latin),
    (0xab30, 0xab6f, Script::Latin),
    (0xab70, 0xabbf, Script::Other("Cherokee")),
    (0xac00, 0xd7ff, Script::EastAsian),
    (0xf900, 0xfaff, Script::EastAsian),
    (0x1b000, 0x1b16f, Script::EastAsian),
    (0x20000, 0x3ffff, Script::EastAsian),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(label: &str, expected: Option<(&str, &str)>) {
        let found =
            mixed_scripts(label).map(|(first, second)| (first.to_string(), second.to_string()));
        assert_eq!(
            found,
            expected.map(|(first, second)| (first.to_owned(), second.to_owned())),
            "{label}"
        );
    }

    #[test]
    fn one_script_is_fine() {
        check("bücher-24", None);
        check("кремль", None);
        check("中文かなカナ한글", None);
        check("tokyo東京abc東", None);
        check("ελλάδα-1", None);
    }

    #[test]
    fn letters_that_look_alike_are_found() {
        check("pаypal", Some(("Latin", "Cyrillic")));
        check("αpple", Some(("Greek", "Latin")));
        check("東京а", Some(("East Asian", "Cyrillic")));
        check("tokyo東京а", Some(("East Asian", "Cyrillic")));
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(SCRIPTS.iter().all(|(first, last, _)| first <= last));
        assert!(SCRIPTS.is_sorted_by(|a, b| a.1 < b.0));
    }
}
