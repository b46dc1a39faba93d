//! The editions of a model's page: what a finding says of the others.

use std::collections::BTreeSet;

use kling_check::{Checker, Document, Level};
use kling_spec::{EMBEDDED, SEED};

use crate::support::{fixtures, lines};

/// Checks under the seed: which other edition each finding names, what it says, and which one is clean.
#[track_caller]
fn check(text: &str, named: &[Option<(&str, &str)>], clean: Option<&str>) {
    let (checker, document) = (Checker::embedded(), Document::read(text));
    let report = checker.check(&document);
    let diagnostics = report.diagnostics();
    let found = diagnostics.iter().map(|found| {
        let other = found.other_edition.as_ref();
        other.map(|other| (other.id, &*other.says))
    });
    assert_eq!(found.collect::<Vec<_>>(), named, "{text}\n{diagnostics:#?}");
    assert_eq!(report.clean_edition(), clean, "{text}");
}

const NEWEST: &str = "2026-09-zh";

#[test]
fn a_length_that_another_edition_takes_is_named_with_its_lengths() {
    let takes = Some((NEWEST, "takes a whole number from 3 to 15"));
    check(
        r#"{"model": "kling-v3", "prompt": "a boat", "duration": 8}"#,
        &[takes],
        Some(NEWEST),
    );
    check(
        r#"{"model": "kling-v3-omni", "prompt": "a boat", "duration": 15}"#,
        &[takes],
        Some(NEWEST),
    );
    check(
        r#"{"model": "kling-v3", "prompt": "a boat", "duration": 16}"#,
        &[None],
        None,
    );
}

#[test]
fn a_field_that_another_edition_has_is_named() {
    let has = Some((NEWEST, "has this field"));
    let url = "https://files.example.com/a.png";
    check(
        &format!(
            r#"{{"model": "kling-v3", "prompt": "a boat", "image_with_roles": [{{"url": "{url}", "role": "first_frame"}}]}}"#
        ),
        &[has],
        Some(NEWEST),
    );
    check(
        r#"{"model": "kling-v3-omni", "prompt": "a boat", "metadata": {"client_business_id": "a"}}"#,
        &[has],
        Some(NEWEST),
    );
    check(
        &format!(
            r#"{{"model": "kling-v3", "prompt": "a boat", "image_urls": ["{url}"], "metadata": {{"last_frame_image": "{url}"}}}}"#
        ),
        &[Some(("2026-04-zh", "has this field"))],
        Some("2026-04-zh"),
    );
    // One finding that no edition accepts: each is told by itself.
    check(
        r#"{"model": "kling-v3", "prompt": "a boat", "duration": 8, "colour": 1}"#,
        &[Some((NEWEST, "takes a whole number from 3 to 15")), None],
        None,
    );
}

#[test]
fn a_rule_that_another_edition_lacks_is_named_if_that_has_its_fields() {
    let report = |edition: &str, text: &str| {
        let (checker, document) = (Checker::edition(edition).unwrap(), Document::read(text));
        let found = checker.check(&document).diagnostics();
        assert_eq!(found.len(), 1, "{found:?}");
        let other = found[0].other_edition.as_ref();
        other.map(|other| (other.id, other.says.clone()))
    };
    let says = Some(("seed", "does not say so".into()));
    let with_pro = r#"{"model": "kling-v3", "prompt": "a boat", "duration": 15, "mode": "pro"}"#;
    // The newest page, which would be named first, does not say so either, and has every length.
    assert_eq!(
        report("2026-04", with_pro),
        says.map(|(_, says)| (NEWEST, says))
    );
    // The newest page has no `image_urls`.
    let with_image = r#"{"model": "kling-v3", "prompt": "a boat", "image_urls": ["https://files.example.com/a.png"], "duration": 15}"#;
    assert_eq!(report("seed", with_image), None);
}

#[test]
fn what_is_accepted_by_its_parts_alone_is_not_clean() {
    // The newest edition takes 8 seconds, but it has no `image_urls`.
    let text = r#"{"model": "kling-v3", "prompt": "a boat", "duration": 8, "image_urls": ["https://files.example.com/a.png"]}"#;
    check(
        text,
        &[Some((NEWEST, "takes a whole number from 3 to 15"))],
        None,
    );
}

#[test]
fn the_later_id_of_a_model_is_known_and_so_is_the_earlier_one() {
    let text = r#"{"model": "kling-3.0-turbo", "prompt": "a boat"}"#;
    check(
        text,
        &[Some((NEWEST, "has this id for the model"))],
        Some(NEWEST),
    );
    let newest = Checker::edition("newest").unwrap();
    assert!(newest.is_clean(text));
    let document =
        Document::read(r#"{"model": "kling-v3-fast", "prompt": "a boat", "mode": "std"}"#);
    let report = newest.check(&document);
    assert_eq!(report.model(), Some("kling-3.0-turbo"));
    assert_eq!(
        lines(&report),
        ["error unknown-model /model", "error misplaced-field /mode"]
    );
    assert!(newest.assume_model("kling-v3-fast").is_ok());
}

#[test]
fn an_assumed_model_is_assumed_in_the_other_editions_too() {
    let checker = Checker::embedded().assume_model("kling-v3-fast").unwrap();
    // Older editions have no page of this model, and fewer models.
    for text in [
        r#"{"prompt": "a boat"}"#,
        r#"{"model": 3, "prompt": "a boat"}"#,
    ] {
        let document = Document::read(text);
        assert_eq!(checker.check(&document).clean_edition(), None);
    }
    let old = Checker::edition("2026-04").unwrap();
    assert!(old.assume_model("kling-v3-fast").is_err());
}

#[test]
fn a_contract_of_ones_own_has_no_other_editions() {
    let spec = Checker::embedded().spec("kling-v3").unwrap().clone();
    let checker = Checker::new(vec![spec]);
    let text = r#"{"model": "kling-v3", "prompt": "a boat", "duration": 8}"#;
    let document = Document::read(text);
    let report = checker.check(&document);
    assert_eq!(report.diagnostics()[0].other_edition, None);
    assert_eq!(report.clean_edition(), None);
}

#[test]
fn an_unknown_edition_is_an_error() {
    let error = Checker::edition("2026-9").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`2026-9` is not an edition; the editions are `2026-04`, `2026-04-zh`, `seed`, `2026-06`, `2026-09-zh` and `newest`"
    );
}

/// Checks by the contracts of the newest edition.
#[track_caller]
fn newest(text: &str, expected: &[&str]) {
    let checker = Checker::edition("newest").unwrap();
    let document = Document::read(text);
    assert_eq!(lines(&checker.check(&document)), expected, "{text}");
}

#[test]
fn the_newest_edition_takes_a_url_to_call() {
    for model in ["kling-v3", "kling-v3-omni", "kling-3.0-turbo"] {
        let text = |url: &str| {
            format!(r#"{{"model": "{model}", "prompt": "a boat", "callback_url": "{url}"}}"#)
        };
        newest(&text("https://hooks.example.com/done?job=7"), &[]);
        newest(
            &text("http://hooks.example.com/done"),
            &["error unsupported-scheme /callback_url"],
        );
        newest(
            &text("https://localhost/done"),
            &["error private-host /callback_url"],
        );
        newest(
            &text("https://hooks.example.com/#done"),
            &["error invalid-url /callback_url"],
        );
        // A path here does not mean a file to upload.
        newest(&text("/done.png"), &["error relative-url /callback_url"]);
    }
}

#[test]
fn the_newest_edition_takes_the_id_in_one_of_two_places() {
    for model in ["kling-v3", "kling-v3-omni"] {
        let text = |ids: &str| format!(r#"{{"model": "{model}", "prompt": "a boat", {ids}}}"#);
        newest(&text(r#""client_business_id": "a""#), &[]);
        newest(&text(r#""metadata": {"client_business_id": "a"}"#), &[]);
        newest(
            &text(r#""client_business_id": "a", "metadata": {"client_business_id": "a"}"#),
            &["warning two-client-ids /metadata/client_business_id"],
        );
    }
}

/// The folder of the examples of the pages of other editions, and what separates the edition from the name there.
const EXAMPLES: (&str, &str) = ("editions", "--");

#[test]
fn the_examples_of_each_edition_are_clean_there() {
    let mut shown = BTreeSet::new();
    for (path, bytes) in fixtures() {
        let parts: Vec<&str> = path.split('/').collect();
        let [model, group, file] = parts[..] else {
            panic!("{path}");
        };
        if group != EXAMPLES.0 {
            continue;
        }
        let (edition, _) = file.split_once(EXAMPLES.1).unwrap();
        let checker = Checker::edition(edition).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let document = Document::read(text);
        let report = checker.check(&document);
        // A note is a limit of the upstream service, or what an example of the page does itself.
        let mut findings = report.findings().iter();
        let is_clean = findings.all(|found| found.level() == Level::Note);
        assert!(is_clean, "{path}: {:?}", lines(&report));
        let contract = EMBEDDED
            .iter()
            .find(|contract| contract.id == model)
            .unwrap();
        assert_eq!(report.model(), Some(contract.id_in(edition)), "{path}");
        shown.insert((model.to_owned(), edition.to_owned()));
    }
    let pages = EMBEDDED.iter().flat_map(|contract| {
        let others = contract.editions().filter(|edition| *edition != SEED);
        others.map(|edition| (contract.id.to_owned(), edition.to_owned()))
    });
    assert_eq!(shown, pages.collect(), "every page has its examples");
}
