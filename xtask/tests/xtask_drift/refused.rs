//! What cannot be compared, and the messages of what can.

use crate::support::{page, pages, run, run_on, with};

#[track_caller]
fn refused(text: &str, model: &str, edition: &str, expected: &str) {
    let ran = run_on(text, model, edition);
    assert_eq!(ran.failure.as_deref(), Some(expected));
    assert_eq!((ran.messages, ran.patch), (String::new(), String::new()));
}

#[test]
fn what_is_not_known_is_named_with_what_is() {
    refused(
        "",
        "kling-v9",
        "seed",
        "`kling-v9` is not a known model; the models are `kling-v3-omni`, `kling-v3`, `kling-v3-fast`",
    );
    refused(
        "",
        "kling-v3",
        "2026-9",
        "kling-v3 has no page in the edition `2026-9`; its editions are `2026-04`, `2026-04-zh`, `seed`, `2026-06`, `2026-09-zh` and `newest`",
    );
    refused(
        "",
        "kling-v3-fast",
        "2026-04",
        "kling-v3-fast has no page in the edition `2026-04`; its editions are `seed`, `2026-09-zh` and `newest`",
    );
}

#[test]
fn a_page_that_cannot_be_recognised_is_refused() {
    refused(
        "A page of something else.",
        "kling-v3",
        "seed",
        "the page has no heading `Request Parameters`; save the whole page as text, Markdown or HTML",
    );
    refused(
        "Request Parameters\nname\nstring\nexample\nstring\n",
        "kling-v3",
        "seed",
        "only 0 of the 10 parameters of kling-v3 are recognised on the page; save it with the names and types of the parameters",
    );
}

#[test]
fn a_page_with_too_many_parameters_is_refused() {
    refused(
        &format!("Request Parameters\n{}", "size\ninteger\n".repeat(4097)),
        "kling-v3",
        "seed",
        "the page has 4097 parameters or lines of them, more than 4096; save only the page of one model",
    );
    refused(
        &format!("Request Parameters\n{}", "A size.\n".repeat(4097)),
        "kling-v3",
        "seed",
        "the page has 4097 parameters or lines of them, more than 4096; save only the page of one model",
    );
}

#[test]
fn a_file_that_is_too_large_or_no_text_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page");
    std::fs::write(&file, vec![b'a'; (4 << 20) + 1]).unwrap();
    let ran = run(&file, "kling-v3", "seed");
    assert!(
        ran.failure
            .unwrap()
            .ends_with("is larger than 4194304 bytes; save only the page of one model")
    );
    std::fs::write(&file, [0xff, 0xfe]).unwrap();
    assert!(
        run(&file, "kling-v3", "seed")
            .failure
            .unwrap()
            .contains("cannot be read")
    );
}

#[test]
fn a_patch_that_a_person_must_complete_is_printed_with_what_is_wrong() {
    let words = page("kling-v3", "seed");
    let changed = with(
        &words,
        "\nstd - the ordinary one, 720P",
        " Options: pro, max.",
    );
    let ran = run_on(&changed, "kling-v3", "seed");
    assert!(
        ran.patch.contains("values = [\"pro\", \"max\"]"),
        "{}",
        ran.patch
    );
    let failure = ran.failure.unwrap();
    assert!(
        failure.contains("; complete the patch by hand, since it does not load: "),
        "{failure}"
    );
    assert!(
        failure.contains("the default \"std\" is not one of `values`"),
        "{failure}"
    );
}

#[test]
fn a_model_has_each_of_its_ids_and_the_newest_edition_a_name() {
    let file = pages().join("kling-v3-fast/2026-09-zh.md");
    for model in ["kling-v3-fast", "kling-3.0-turbo"] {
        assert_eq!(run(&file, model, "newest").failure, None);
    }
}

#[test]
fn a_difference_is_a_message_with_its_place_its_source_and_a_remedy() {
    let changed = with(
        &page("kling-v3-fast", "seed"),
        "default:\"5\"",
        "default:\"4\"",
    );
    let ran = run_on(&changed, "kling-v3-fast", "seed");
    let mut lines = ran.messages.lines();
    assert_eq!(
        lines.next(),
        Some("difference[default]: on the page, `duration` has the default 4; the contract has 5")
    );
    assert!(
        lines.next().unwrap().ends_with("page:44"),
        "{}",
        ran.messages
    );
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [
            "  = source: kling-v3-fast, Introduction; Request Parameters / duration",
            "  = help: check the page by eye, then change the row as the patch does",
            "",
        ]
    );
    let patch = ran.patch.split_once("\n\n").unwrap().1;
    assert_eq!(
        patch,
        "[edition]\nid = \"unnamed\"\nabout = \"a page newer than the edition seed\"\nread-from = \"page\"\n\n[change.field.duration]\ndefault = 4\n"
    );
}
