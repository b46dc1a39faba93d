//! What the description of a parameter says in a form that can be compared: a list of values, a default, a maximum.

/// A list of values on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct List {
    pub(super) values: Vec<String>,
    /// Whether the page calls them common ones.
    pub(super) open: bool,
    /// Whether the page calls them the values, rather than only listing them.
    pub(super) labelled: bool,
}

/// The words before a list of values, and whether they leave others open.
const LABELS: [(&str, bool); 9] = [
    ("common values", true),
    ("常用值", true),
    ("values", false),
    ("options", false),
    ("formats", false),
    ("可选值", false),
    ("支持值", false),
    ("取值范围", false),
    ("range", false),
];
/// The words before a single value.
const FIXED: [&str; 2] = ["fixed as", "固定为"];
/// The words before a default.
const DEFAULT: [&str; 2] = ["default", "默认值"];
/// The words before the largest number of items.
const MOST: [&str; 6] = [
    "up to ",
    "at most ",
    "maximum of ",
    "maximum ",
    "max ",
    "最多",
];
/// What says that only one item counts.
const ONE: [&str; 2] = ["only the first", "只会取第一"];
/// What a number counts if it is not items.
const NOT_ITEMS: [&str; 5] = ["s", "second", "mb", "px", "秒"];
/// The words between the values of a list.
const BETWEEN: [&str; 4] = [" or ", " and ", " 或 ", " 和 "];
/// The longest range of whole numbers that is written out.
const MAX_RANGE: i64 = 1000;
/// The longest value.
const MAX_VALUE: usize = 64;

/// Returns the list of values of a description, if it has one.
pub(super) fn list(body: &[String]) -> Option<List> {
    for (index, line) in body.iter().enumerate() {
        if let Some((rest, open)) = after_label(line) {
            let mut values = items(rest);
            if values.is_empty() {
                let lines = body[index + 1..].iter().map_while(|line| value_of(line));
                values = lines.collect();
            }
            if !values.is_empty() {
                return Some(List {
                    values,
                    open,
                    labelled: true,
                });
            }
        }
        let fixed = FIXED.iter().find_map(|words| line.split_once(words));
        if let Some(value) = fixed.and_then(|(_, value)| items(value).into_iter().next()) {
            return Some(List {
                values: vec![value],
                open: false,
                labelled: true,
            });
        }
    }
    let values: Vec<String> = body.iter().filter_map(|line| value_of(line)).collect();
    (values.len() > 1).then_some(List {
        values,
        open: false,
        labelled: false,
    })
}

/// Returns what follows the label of a list, and whether the label leaves other values open.
fn after_label(line: &str) -> Option<(&str, bool)> {
    LABELS.iter().find_map(|(label, open)| {
        let at = line.to_ascii_lowercase().find(label)?;
        let rest = line[at + label.len()..].trim_start();
        Some((rest.strip_prefix([':', '：'])?, *open))
    })
}

/// Returns the values at the beginning of a text, as in ``5`, `10`, or `15``; a range is written out.
fn items(text: &str) -> Vec<String> {
    let mut text = text.to_owned();
    for word in BETWEEN {
        text = text.replace(word, ",");
    }
    let mut values = Vec::new();
    for item in text.split([',', '、', '，']) {
        let item = item.trim();
        if item.is_empty() {
            continue;
        }
        let (first, rest) = item.split_once(' ').unwrap_or((item, ""));
        let Some(value) = value(first) else { break };
        let last = rest
            .trim_start()
            .strip_prefix("to ")
            .map(|last| format!("{value}-{}", last.trim().trim_matches('`')));
        values.extend(range(last.as_deref().unwrap_or(&value)).unwrap_or_else(|| vec![value]));
        let goes_on = rest.is_empty() || rest.trim_start().starts_with(['-', '–', '(', '（']);
        if !goes_on || ends_sentence(first) {
            break;
        }
    }
    values
}

/// Returns the whole numbers of a range such as `3-15`.
fn range(text: &str) -> Option<Vec<String>> {
    let (first, last) = text.split_once(['-', '–', '~'])?;
    let number = |text: &str| text.trim_end_matches('s').parse::<i64>().ok();
    let (first, last) = (number(first)?, number(last.trim_end_matches(['.', '。']))?);
    (first < last && last - first < MAX_RANGE)
        .then(|| (first..=last).map(|number| number.to_string()).collect())
}

/// Returns the value that a line consists of, before what it means: ``* `std` - standard mode``.
fn value_of(line: &str) -> Option<String> {
    let (bullet, text) = match line.split_once(' ') {
        Some(("•" | "*" | "-", text)) => (true, text.trim()),
        _ => (false, line),
    };
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let is_marked = bullet || first.starts_with('`') || rest.starts_with(['-', '–', '—']);
    let is_alone = rest.is_empty() || rest.trim_start().starts_with(['-', '–', '—', '(', '（']);
    (is_marked && is_alone && !ends_sentence(first))
        .then(|| value(first))
        .flatten()
}

fn ends_sentence(word: &str) -> bool {
    word.ends_with(['.', '。'])
}

/// Returns a word as a value, if it can be one.
fn value(word: &str) -> Option<String> {
    let word = word.trim_end_matches(['.', '。', ';', '；']);
    let word = word.trim_matches(['`', '"', '\'', '“', '”']);
    let can_be = |character: char| {
        character.is_ascii_alphanumeric() || matches!(character, '_' | ':' | '.' | '-' | '–' | '~')
    };
    let is_value = !word.is_empty() && word.len() <= MAX_VALUE && word.chars().all(can_be);
    is_value.then(|| word.to_owned())
}

/// Returns the default that a description names.
pub(super) fn default(body: &[String]) -> Option<String> {
    body.iter().find_map(|line| {
        let lower = line.to_ascii_lowercase();
        let rest = DEFAULT.iter().find_map(|word| {
            let rest = line[lower.find(word)? + word.len()..].trim_start();
            rest.strip_prefix([':', '：'])
        })?;
        value(rest.split_whitespace().next()?)
    })
}

/// Returns the largest number of items that a description names.
pub(super) fn most(body: &[String]) -> Option<u64> {
    body.iter().find_map(|line| {
        let lower = line.to_ascii_lowercase();
        if ONE.iter().any(|words| lower.contains(words)) {
            return Some(1);
        }
        MOST.iter().find_map(|words| {
            let rest = lower.split_once(words)?.1.trim_start();
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let after = rest[digits..].trim_start();
            let counted: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
            let counted = counted.trim_end_matches('s');
            let other = NOT_ITEMS
                .iter()
                .any(|unit| counted == unit.trim_end_matches('s'));
            (!other || after.is_empty()).then(|| rest[..digits].parse().ok())?
        })
    })
}

/// Whether a description has a value as a word of its own.
pub(super) fn mentions(body: &[String], value: &str) -> bool {
    let is_of_word =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | ':' | '.');
    body.iter().any(|line| {
        let mut words = line.split(|character| !is_of_word(character));
        words.any(|word| word.trim_matches([':', '.']) == value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn check(text: &str, values: &[&str], open: bool) {
        let list = list(&body(text)).unwrap();
        assert_eq!(
            (list.values, list.open),
            (values.iter().map(|v| (*v).to_owned()).collect(), open)
        );
    }

    #[test]
    fn a_list_is_read_however_it_is_written() {
        check(
            "Length.\nOptions: 5, 10, 15 15 seconds is for text.",
            &["5", "10", "15"],
            false,
        );
        check("Options: `5`, `10`, or `15`", &["5", "10", "15"], false);
        check("可选值：`5` 或 `10`", &["5", "10"], false);
        check("Supported values: 3–6.", &["3", "4", "5", "6"], false);
        check("Values: 3 to 5", &["3", "4", "5"], false);
        check("Common values: 16:9, 9:16", &["16:9", "9:16"], true);
        check("视频宽高比。常用值：`16:9`、`1:1`", &["16:9", "1:1"], true);
        check(
            "Resolution.Supported values:\n• 720p\n• 1080p\nMore.",
            &["720p", "1080p"],
            false,
        );
        check(
            "* `16:9` - wide (default)\n* `1:1` - square",
            &["16:9", "1:1"],
            false,
        );
        check(
            "std - standard mode, 720P\npro - professional",
            &["std", "pro"],
            false,
        );
        check("The model, fixed as `kling-v3`.", &["kling-v3"], false);
    }

    #[test]
    fn prose_is_not_a_list() {
        for text in [
            "Type: base for editing, or feature for motion.",
            "1 image: the first frame\n2 images: both",
            "* `<<<image_N>>>` names an image\n* `<<<video_N>>>` names a video",
            "* Only references\n* No frames",
        ] {
            assert_eq!(list(&body(text)), None, "{text}");
        }
    }

    #[test]
    fn defaults_and_maxima_are_read() {
        assert_eq!(default(&body("x\nDefault: `std`")).as_deref(), Some("std"));
        assert_eq!(default(&body("默认值：`5`")).as_deref(), Some("5"));
        assert_eq!(default(&body("the default one")), None);
        assert_eq!(most(&body("Up to 2 images.")), Some(2));
        assert_eq!(most(&body("参考视频列表，最多 1 段视频。")), Some(1));
        assert_eq!(most(&body("Only the first image is used.")), Some(1));
        assert_eq!(most(&body("Up to 10 seconds. Any number.")), None);
        assert_eq!(most(&body("up to you")), None);
    }

    #[test]
    fn a_value_is_a_word_of_its_own() {
        let text = body("Type: base for editing, or `feature`. Ratio 16:9.");
        for value in ["base", "feature", "16:9"] {
            assert!(mentions(&text, value), "{value}");
        }
        for value in ["bas", "feat", "6:9"] {
            assert!(!mentions(&text, value), "{value}");
        }
    }
}
