//! How many columns of a terminal a character takes.

/// The columns of a character that is safe to show: 0 for marks that sit on the one before, 2 for the wide ones of
/// East Asia and for pictographs, else 1.
pub(crate) fn columns(character: char) -> usize {
    if character < '\u{300}' {
        1
    } else if is_in(COMBINING, character) {
        0
    } else if is_in(WIDE, character) {
        2
    } else {
        1
    }
}

fn is_in(ranges: &[(char, char)], character: char) -> bool {
    let next = ranges.partition_point(|&(first, _)| first <= character);
    next.checked_sub(1)
        .is_some_and(|index| character <= ranges[index].1)
}

/// Marks without a width of their own, of the scripts that prompts are commonly written in.
const COMBINING: &[(char, char)] = &[
    ('\u{300}', '\u{36f}'),
    ('\u{483}', '\u{489}'),
    ('\u{591}', '\u{5bd}'),
    ('\u{610}', '\u{61a}'),
    ('\u{64b}', '\u{65f}'),
    ('\u{6d6}', '\u{6dc}'),
    ('\u{900}', '\u{902}'),
    ('\u{93c}', '\u{93c}'),
    ('\u{941}', '\u{948}'),
    ('\u{94d}', '\u{94d}'),
    ('\u{e31}', '\u{e31}'),
    ('\u{e34}', '\u{e3a}'),
    ('\u{e47}', '\u{e4e}'),
    ('\u{1160}', '\u{11ff}'),
    ('\u{1ab0}', '\u{1aff}'),
    ('\u{1dc0}', '\u{1dff}'),
    ('\u{20d0}', '\u{20f0}'),
    ('\u{302a}', '\u{302d}'),
    ('\u{3099}', '\u{309a}'),
    ('\u{fe20}', '\u{fe2f}'),
];

/// East Asian Width W and F of UAX #11, in blocks.
const WIDE: &[(char, char)] = &[
    ('\u{1100}', '\u{115f}'),
    ('\u{231a}', '\u{231b}'),
    ('\u{23e9}', '\u{23ec}'),
    ('\u{25fd}', '\u{25fe}'),
    ('\u{2614}', '\u{2615}'),
    ('\u{2648}', '\u{2653}'),
    ('\u{26a1}', '\u{26a1}'),
    ('\u{26bd}', '\u{26be}'),
    ('\u{2705}', '\u{2705}'),
    ('\u{2728}', '\u{2728}'),
    ('\u{274c}', '\u{274c}'),
    ('\u{2753}', '\u{2757}'),
    ('\u{2795}', '\u{2797}'),
    ('\u{2b1b}', '\u{2b1c}'),
    ('\u{2b50}', '\u{2b55}'),
    ('\u{2e80}', '\u{303e}'),
    ('\u{3041}', '\u{33ff}'),
    ('\u{3400}', '\u{4dbf}'),
    ('\u{4e00}', '\u{a4c6}'),
    ('\u{a960}', '\u{a97c}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{fe10}', '\u{fe19}'),
    ('\u{fe30}', '\u{fe6b}'),
    ('\u{ff01}', '\u{ff60}'),
    ('\u{ffe0}', '\u{ffe6}'),
    ('\u{16fe0}', '\u{18aff}'),
    ('\u{1b000}', '\u{1b2fb}'),
    ('\u{1f004}', '\u{1f004}'),
    ('\u{1f0cf}', '\u{1f0cf}'),
    ('\u{1f18e}', '\u{1f19a}'),
    ('\u{1f200}', '\u{1f320}'),
    ('\u{1f32d}', '\u{1f64f}'),
    ('\u{1f680}', '\u{1f6ff}'),
    ('\u{1f7e0}', '\u{1f7eb}'),
    ('\u{1f90c}', '\u{1faff}'),
    ('\u{20000}', '\u{3fffd}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_in_order() {
        for ranges in [COMBINING, WIDE] {
            assert!(ranges.iter().all(|(first, last)| first <= last));
            assert!(ranges.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }

    #[test]
    fn common_characters_have_their_width() {
        for (text, expected) in [
            ("a", 1),
            ("é", 1),
            ("\u{301}", 0),
            ("図", 2),
            ("한", 2),
            ("あ", 2),
            ("😀", 2),
            ("Ω", 1),
            ("！", 2),
        ] {
            assert_eq!(text.chars().map(columns).sum::<usize>(), expected, "{text}");
        }
    }
}
