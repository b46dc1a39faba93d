//! Texts that would never be written in earnest: each gets a clear answer in linear time, never a panic.

use std::sync::OnceLock;

use kling_check::Checker;
use kling_json::{Buffer, Document};
use proptest::prelude::*;
use serde::de::IgnoredAny;

use crate::support::{check, config, fixtures, lines, shortened};

/// Scales sizes to a tenth without optimisation, where every byte takes ten times as long.
const fn scaled(full: usize) -> usize {
    if cfg!(debug_assertions) {
        full / 10
    } else {
        full
    }
}

/// Checks a text of many findings: the first of those kept, and how many there are in total.
#[track_caller]
fn check_many(text: &str, first: &str, total: usize) {
    let checker = Checker::embedded();
    let document = Document::read(text);
    let report = checker.check(&document);
    assert_eq!(
        lines(&report).first().map(String::as_str),
        Some(first),
        "{}",
        shortened(text)
    );
    assert!(report.findings().len() <= 100);
    assert_eq!(
        report.findings().len() as u64 + report.omitted().total(),
        total as u64,
        "{}",
        shortened(text)
    );
    assert!(!report.is_clean());
    for found in report.diagnostics() {
        let help = found.help.as_ref().map_or(0, |help| help.chars().count());
        let words = found.message.chars().count() + help;
        assert!(words < 1_000, "{found:?}");
    }
}

fn omni(prompt: &str, members: &str) -> String {
    format!(r#"{{"model": "kling-v3-omni", "prompt": "{prompt}"{members}}}"#)
}

/// Returns whether a text may contain lone surrogate escapes or containers nested too deeply, which this reader refuses
/// and `serde_json` may not.
fn is_named_difference(text: &str) -> bool {
    let mut deepest = 0;
    let (mut depth, mut inside, mut escaped) = (0usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b'[' | b'{' if !inside => depth += 1,
            b']' | b'}' if !inside => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest > 128 || text.to_ascii_lowercase().contains("\\ud")
}

#[track_caller]
fn same_verdict_on_json(checker: &Checker, bytes: &[u8]) {
    let document = Document::read_bytes(bytes, Buffer::default());
    let report = checker.check(&document);
    let rules = report.findings().iter().map(|found| found.rule().id());
    let syntax = rules.filter(|rule| *rule == "json-syntax").count();
    assert!(syntax <= 1);
    let Ok(text) = std::str::from_utf8(bytes) else {
        assert_eq!(lines(&report), ["error json-syntax (root)"]);
        return;
    };
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) if is_named_difference(text) => {}
        Ok(_) => assert_eq!(syntax, 0, "{}: {:?}", shortened(text), lines(&report)),
        Err(error) => assert_eq!(
            syntax,
            1,
            "{error}: {}: {:?}",
            shortened(text),
            lines(&report)
        ),
    }
}

#[test]
fn json_is_what_serde_json_takes_for_it() {
    for (_, bytes) in fixtures() {
        same_verdict_on_json(shared(), &bytes);
        let step = (bytes.len() / 40).max(1);
        for end in (0..bytes.len()).step_by(step) {
            same_verdict_on_json(shared(), &bytes[..end]);
        }
    }
}

#[test]
fn equal_keys_are_found_at_every_level() {
    check(
        r#"{"model": "kling-v3", "prompt": "a", "prompt": "b"}"#,
        &["error duplicate-key /prompt"],
    );
    check(
        r#"{"model": "kling-v3", "prompt": "a", "\u0070\u0072ompt": "b"}"#,
        &["error duplicate-key /prompt"],
    );
    check(
        r#"{"model": "kling-v3", "prompt": "a", "metadata": {"watermark": true, "watermark": true}}"#,
        &["error duplicate-key /metadata/watermark"],
    );
    let item = r#"{"image_url": "https://example.com/a.png", "image_\u0075rl": "x"}"#;
    check(
        &omni(
            "<<<image_1>>>",
            &format!(r#", "metadata": {{"image_list": [{item}]}}"#),
        ),
        &["error duplicate-key /metadata/image_list/0/image_url"],
    );
    check(
        r#"{"model": "kling-v3", "prompt": "a", "x": [{"a": {"b": 1, "\u0062": 2, "c": 3, "b": 4}}]}"#,
        &[
            "error unknown-field /x",
            "error duplicate-key /x/0/a/b",
            "error duplicate-key /x/0/a/b",
        ],
    );
    check(
        r#"{"model": "kling-v3", "prompt": "a", "x": 1, "x": 2}"#,
        &["error unknown-field /x", "error duplicate-key /x"],
    );
    check(
        r#"{"model": "kling-v3", "prompt": 5, "prompt": {"a": 1, "a": 2}}"#,
        &[
            "error wrong-type /prompt",
            "error duplicate-key /prompt",
            "error duplicate-key /prompt/a",
        ],
    );
    check(
        r#"{"model": "kling-v3", "prompt": "a", "": 1, "": 2}"#,
        &["error unknown-field /", "error duplicate-key /"],
    );
}

#[test]
fn invalid_utf8_is_a_syntax_error_at_its_place() {
    let checker = Checker::embedded();
    for (bytes, place) in [
        (&b"\xef\xbb\xbf{}"[..], 0),
        (b"{\"model\": \"\xff\"}", 11),
        (
            b"{\"model\": \"kling-v3\", \"prompt\": \"\xed\xa0\x80\"}",
            33,
        ),
        (b"{\"a\": \"\xc0\xaf\"}", 7),
        (b"\0", 0),
        (b"{\"a\": 1}\0", 8),
        (b"{\"a\": \"\0\"}", 7),
        (b"\xff\xfe{\0}\0", 0),
        (b"{\"a\": \"\\udc00\\ud800\"}", 7),
        (b"{\"a\\ud800\": 1}", 3),
    ] {
        let document = Document::read_bytes(bytes, Buffer::default());
        let report = checker.check(&document);
        assert_eq!(
            lines(&report).last().map(String::as_str),
            Some("error json-syntax (root)"),
            "{bytes:?}"
        );
        let mut found = report.diagnostics().into_iter();
        let found = found.find(|found| found.rule == "json-syntax").unwrap();
        assert_eq!(found.span.start, place, "{bytes:?}: {}", found.message);
        assert_eq!(
            (found.start.line, found.start.column),
            (1, place + 1),
            "{bytes:?}"
        );
    }
}

#[test]
fn depth_costs_no_stack() {
    let many = 1_000_000;
    check(&"[".repeat(many), &["error json-syntax (root)"]);
    check(&r#"{"a":"#.repeat(many), &["error json-syntax (root)"]);
    let closed = format!("{}{}", "[".repeat(many), "]".repeat(many));
    check(
        &omni("x", &format!(r#", "a": {closed}"#)),
        &["error unknown-field /a", "error json-syntax (root)"],
    );
    check(
        &omni("x", &format!(r#", "metadata": {closed}"#)),
        &["error wrong-type /metadata", "error json-syntax (root)"],
    );
    check(
        &omni(
            "x",
            &format!(r#", "metadata": {{"image_list": [{closed}]}}"#),
        ),
        &[
            "error wrong-type /metadata/image_list/0",
            "error json-syntax (root)",
        ],
    );
}

#[test]
fn a_text_of_a_hundred_megabytes() {
    // Only 20 MB without optimisation.
    let size = if cfg!(debug_assertions) {
        20_000_000
    } else {
        100_000_000
    };
    check(&omni(&"a".repeat(size), ""), &["note too-long /prompt"]);
    check(
        &omni(&"\\u0020".repeat(size / 6), ""),
        &["note too-long /prompt", "error blank-text /prompt"],
    );
    check(
        &omni(
            "x",
            &format!(r#", "client_business_id": "{}""#, "雨".repeat(size / 3)),
        ),
        &[],
    );
    check(
        &omni("x", &format!(r#", "{}": 1"#, "k".repeat(size / 10))),
        &[&format!("error unknown-field /{}", "k".repeat(size / 10))],
    );
    check(
        &format!(r#"{{"model": "{}"}}"#, "kling".repeat(size / 5)),
        &["error unknown-model /model"],
    );
    let address = format!("https://example.com/{}", "a".repeat(size / 10));
    check(
        &format!(r#"{{"model": "kling-v3", "prompt": "x", "image_urls": ["{address}"]}}"#),
        &[],
    );
}

#[test]
fn a_million_items_keys_marks_and_findings() {
    let many = scaled(1_000_000);
    let twice = |text: &str| text.repeat(many);
    check(
        &omni("x", &format!(r#", "a": [{}0]"#, twice("0,"))),
        &["error unknown-field /a"],
    );
    check_many(
        &omni("x", &format!(r#", "video_list": [{}0]"#, twice("0,"))),
        "error wrong-type /video_list/0",
        2 * (many + 1) + 1,
    );
    check_many(
        &omni(
            "x",
            &format!(
                r#", "metadata": {{"element_list": [{}{{}}]}}"#,
                twice("{},")
            ),
        ),
        "error missing-field /metadata/element_list/0",
        2 * (many + 1) + 1,
    );
    check_many(
        &omni(&twice("<<<image_1>>>"), ""),
        "error placeholder-range /prompt",
        many + 1,
    );
    // Every second item is mentioned.
    let items = twice(r#"{"image_url": "https://example.com/a.png"},"#);
    let items = items.trim_end_matches(',');
    let marks = (1..=many / 2).map(|number| format!("<<<image_{}>>>", 2 * number));
    check_many(
        &omni(
            &marks.collect::<String>(),
            &format!(r#", "metadata": {{"image_list": [{items}]}}"#),
        ),
        "warning placeholder-unused /metadata/image_list/0",
        many / 2 + 2,
    );
    check_many(
        &omni(&twice("<<<Image_1>>> @image_1 "), ""),
        "error placeholder-malformed /prompt",
        2 * many + 1,
    );
    check_many(&omni(&twice("<"), ""), "note too-long /prompt", 1);
    check_many(
        &omni("x", &twice(r#", "prompt": 1"#)),
        "error duplicate-key /prompt",
        many,
    );
    check_many(
        &omni(
            "x",
            &format!(r#", "a": {{"b": 1{}}}"#, twice(r#", "b": 1"#)),
        ),
        "error unknown-field /a",
        many + 1,
    );
}

#[test]
fn many_distinct_unknown_keys_and_slips_of_one_name() {
    let many = scaled(1_000_000);
    let unknown: Vec<String> = (0..many)
        .map(|index| format!(r#", "zz{index}": 1"#))
        .collect();
    let unknown = unknown.concat();
    check_many(&omni("x", &unknown), "error unknown-field /zz0", many);
    // Each of these may be a slip of `mode`, which follows them all: blanks between letters do not count.
    let slip = |index: usize| {
        let blanks = format!("{index:020b}").replace('0', "_").replace('1', "-");
        format!(r#", "m{blanks}ode": 1"#)
    };
    let slips: Vec<String> = (0..many).map(slip).collect();
    let first = format!("error unknown-field /m{}ode", "_".repeat(20));
    let slips = format!(r#"{}, "mode": "pro""#, slips.concat());
    check_many(&omni("x", &slips), &first, many);
    let nested: Vec<String> = (0..many)
        .map(|index| format!(r#", "k{index}": {{"a": 1, "a": 2}}"#))
        .collect();
    let nested = nested.concat();
    check_many(&omni("x", &nested), "error unknown-field /k0", 2 * many);
    check_many(
        &format!(r#"{{"m": 1{unknown}}}"#),
        "error missing-field (root)",
        1,
    );
}

#[test]
fn numbers_of_a_thousand_digits() {
    let digits = "1".repeat(1_000);
    let duration = |number: &str| omni("x", &format!(r#", "duration": {number}"#));
    check(&duration(&digits), &["error wrong-value /duration"]);
    check(
        &duration(&format!("-{digits}")),
        &["error wrong-value /duration"],
    );
    check(
        &duration(&format!("5.{}", "0".repeat(1_000))),
        &["warning number-notation /duration"],
    );
    check(
        &duration(&format!("5.{}1", "0".repeat(1_000))),
        &["error wrong-type /duration"],
    );
    check(
        &duration(&format!("5{}e-1000", "0".repeat(1_000))),
        &["warning number-notation /duration"],
    );
    check(
        &duration(&format!("5e{digits}")),
        &["error wrong-value /duration"],
    );
    check(
        &duration(&format!("5e-{digits}")),
        &["error wrong-type /duration"],
    );
    check(
        &duration(&format!("0.{}5e1001", "0".repeat(1_000))),
        &["warning number-notation /duration"],
    );
    check(
        &duration("9223372036854775808"),
        &["error wrong-value /duration"],
    );
    check(
        &omni(&format!("<<<image_{digits}>>>"), ""),
        &["error placeholder-range /prompt"],
    );
}

#[test]
fn what_is_quoted_is_short_and_shows_as_itself() {
    let checker = Checker::embedded();
    let foul = "\u{202e}\u{1b}[31m\u{200b}\u{feff}\u{7f}\u{2028}\u{e0041}".repeat(300);
    let escaped = serde_json::to_string(&foul).unwrap();
    let bare = &escaped[1..escaped.len() - 1];
    for text in [
        omni("x", &format!(r#", "{bare}": 1"#)),
        omni("x", &format!(r#", "mode": "{bare}""#)),
        omni("x", &format!(r#", "aspect_ratio": "{bare}""#)),
        omni("x", &format!(r#", "duration": "{bare}""#)),
        omni(
            "x",
            &format!(r#", "video_list": [{{"video_url": "{bare}"}}]"#),
        ),
        omni(
            "x",
            &format!(r#", "video_list": [{{"video_url": "ftp{bare}://x"}}]"#),
        ),
        omni(
            "x",
            &format!(r#", "video_list": [{{"video_url": "https://{bare}/x"}}]"#),
        ),
        omni("x", &format!(r#", "a": {{"{bare}": 1, "{bare}": 1}}"#)),
        omni(
            &format!("<<<im{bare}>>> <<<{bare}_1>>> @{bare} {{{{{bare}}}}}"),
            "",
        ),
        format!(r#"{{"model": "{bare}"}}"#),
        format!(r#"{{"model": "kling-v3", {foul}: 1}}"#),
        foul.clone(),
    ] {
        let document = Document::read(text);
        let report = checker.check(&document);
        assert!(!report.is_clean());
        for found in report.diagnostics() {
            let help = found.help.unwrap_or_default();
            let all = format!("{}{help}{}", found.message, found.source);
            assert!(all.chars().count() < 900, "{all}");
            let shows = |character: char| {
                !character.is_control()
                    && !"\u{202e}\u{200b}\u{feff}\u{2028}\u{e0041}".contains(character)
            };
            assert!(all.chars().all(shows), "{all:?}");
        }
    }
}

proptest! {
    #![proptest_config(config(7, 3_000))]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        same_verdict_on_json(shared(), &bytes);
    }

    #[test]
    fn random_texts(text in "\\PC{0,40}|[\\[\\]{},:\"0-9eE.+\\-tfn \\\\u]{0,40}") {
        same_verdict_on_json(shared(), text.as_bytes());
        let inside = format!("{{\"model\":\"kling-v3-omni\",\"prompt\":{text}}}");
        same_verdict_on_json(shared(), inside.as_bytes());
    }

    #[test]
    fn random_edits_of_fixtures(
        which in any::<prop::sample::Index>(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..4usize, any::<u8>(), any::<bool>()), 1..6),
    ) {
        let fixtures = fixture_bytes();
        let mut bytes = fixtures[which.index(fixtures.len())].clone();
        for (place, remove, put, insert) in edits {
            let start = place.index(bytes.len() + 1);
            let end = (start + remove).min(bytes.len());
            let signs = b"{}[]\",:0159.eE-+ \\utfn<>_@\xff\xe9";
            let put = if put < 128 { signs[usize::from(put) % signs.len()] } else { put };
            bytes.splice(start..end, insert.then_some(put));
        }
        same_verdict_on_json(shared(), &bytes);
    }
}

/// A checker that keeps every finding, made only once.
fn shared() -> &'static Checker {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    CHECKER.get_or_init(|| Checker::embedded().max_findings(usize::MAX))
}

fn fixture_bytes() -> &'static [Vec<u8>] {
    static BYTES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    BYTES.get_or_init(|| fixtures().into_iter().map(|(_, bytes)| bytes).collect())
}
