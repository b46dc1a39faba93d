//! A naive matcher for the few parts of regular expressions that the patterns use: an anchor at the beginning,
//! characters, classes, one group of alternatives, and `?`, `*`, `+` after a character or a class. It supports no
//! dialect's extensions, so the patterns need none.

/// Returns whether `pattern` matches the beginning of `text`.
pub(crate) fn is_match(pattern: &str, text: &str) -> bool {
    let pattern = pattern.strip_prefix('^').expect("an anchored pattern");
    alternatives(pattern).iter().any(|pattern| {
        let characters: Vec<char> = text.chars().collect();
        matches_here(&items(pattern), &characters)
    })
}

struct Item {
    ranges: Vec<(char, char)>,
    at_least: usize,
    at_most: usize,
}

/// Expands `a(b|c)d` into `abd` and `acd`.
fn alternatives(pattern: &str) -> Vec<String> {
    let Some((before, rest)) = pattern.split_once('(') else {
        return vec![pattern.to_owned()];
    };
    let (group, after) = rest.split_once(')').expect("a closed group");
    group
        .split('|')
        .map(|inner| format!("{before}{inner}{after}"))
        .collect()
}

fn items(pattern: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let ranges;
        (ranges, rest) = if first == '[' {
            let (class, after) = rest[1..].split_once(']').expect("a closed class");
            (class_ranges(class), after)
        } else {
            assert!(
                first.is_ascii_alphanumeric() || first == ':',
                "{first} may mean something else elsewhere"
            );
            (vec![(first, first)], &rest[1..])
        };
        let (at_least, at_most, width) = match rest.chars().next() {
            Some('?') => (0, 1, 1),
            Some('*') => (0, usize::MAX, 1),
            Some('+') => (1, usize::MAX, 1),
            _ => (1, 1, 0),
        };
        rest = &rest[width..];
        items.push(Item {
            ranges,
            at_least,
            at_most,
        });
    }
    items
}

fn class_ranges(class: &str) -> Vec<(char, char)> {
    let mut characters = Vec::new();
    let mut rest = class;
    while let Some(first) = rest.chars().next() {
        if let Some(escape) = rest.strip_prefix("\\x") {
            let code = u8::from_str_radix(&escape[..2], 16).expect("two hexadecimal digits");
            characters.push(char::from(code));
            rest = &escape[2..];
        } else {
            assert!(
                first.is_ascii_alphanumeric() || "+.-".contains(first),
                "{first} may mean something else elsewhere"
            );
            characters.push(first);
            rest = &rest[1..];
        }
    }
    let mut ranges = Vec::new();
    let mut rest = characters.as_slice();
    while let Some((&first, after)) = rest.split_first() {
        if let [dash, last, after_range @ ..] = after
            && *dash == '-'
        {
            ranges.push((first, *last));
            rest = after_range;
        } else {
            ranges.push((first, first));
            rest = after;
        }
    }
    ranges
}

fn matches_here(items: &[Item], text: &[char]) -> bool {
    let Some((item, later)) = items.split_first() else {
        return true;
    };
    let fits = |character: &&char| {
        item.ranges
            .iter()
            .any(|(first, last)| (first..=last).contains(character))
    };
    let run = text.iter().take(item.at_most).take_while(fits).count();
    (item.at_least..=run)
        .rev()
        .any(|length| matches_here(later, &text[length..]))
}
