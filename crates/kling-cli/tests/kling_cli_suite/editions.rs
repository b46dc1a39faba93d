//! `--edition`, `edition = …` in `kling.toml`, and `kling models ID --editions`.

use crate::support::{Folder, run};

const EIGHT: &str = r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 8}"#;

#[test]
fn the_edition_of_the_command_line_counts_then_that_of_the_file() {
    let folder = Folder::with(&[("a.json", EIGHT)]);
    let code = |arguments: &[&str]| folder.run(&[&["check", "a.json"], arguments].concat()).code;
    assert_eq!(code(&[]), 1);
    assert_eq!(code(&["--edition", "newest"]), 0);
    assert_eq!(code(&["--edition", "2026-06"]), 1);
    folder.write("kling.toml", "edition = \"2026-09-zh\"\n");
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&["--edition", "seed"]), 1);
    assert_eq!(code(&["--no-config"]), 1);
    let shown = folder.run(&["config", "."]);
    assert!(
        shown.out.contains("edition = \"2026-09-zh\"\n"),
        "{}",
        shown.out
    );
}

#[test]
fn an_unknown_edition_in_a_file_is_reported_at_its_place() {
    let folder = Folder::with(&[("a.json", EIGHT), ("kling.toml", "edition = \"2031\"\n")]);
    let ran = folder.run(&["check", "a.json"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err
            .contains("kling.toml:1:11: `2031` is not an edition; the editions are "),
        "{}",
        ran.err
    );
}

#[test]
fn a_finding_of_another_edition_names_it_as_the_source() {
    let folder = Folder::with(&[("a.json", &EIGHT.replace('8', "16"))]);
    let ran = folder.run(&["check", "a.json", "--edition", "newest"]);
    assert!(
        ran.out
            .contains("= source: kling-v3 of 2026-09-zh, Request Parameters / duration\n"),
        "{}",
        ran.out
    );
}

#[test]
fn requests_that_another_edition_takes_are_counted_by_edition() {
    let last = r#"{"model": "kling-v3", "prompt": "a boat", "image_urls": ["https://files.example.com/a.png"], "metadata": {"last_frame_image": "https://files.example.com/b.png"}}"#;
    let neither = EIGHT.replace('8', "16");
    let text = format!("{EIGHT}\n{last}\n{neither}\n{EIGHT}\n");
    let folder = Folder::with(&[("a.jsonl", &text)]);
    let ran = folder.run(&["check", "a.jsonl"]);
    assert!(
        ran.err.ends_with(
            "\n2 requests are clean under the edition 2026-09-zh: `--edition 2026-09-zh`\n\
             1 request is clean under the edition 2026-04-zh: `--edition 2026-04-zh`\n"
        ),
        "{}",
        ran.err
    );
}

#[test]
fn the_bill_and_the_schema_are_those_of_the_edition() {
    let folder = Folder::with(&[("a.json", EIGHT)]);
    assert_eq!(folder.run(&["bill", "a.json"]).code, 1);
    let bill = folder.run(&["bill", "--edition", "newest", "a.json"]);
    assert_eq!(bill.code, 0);
    assert!(
        bill.out.contains("720P") && bill.out.contains('8'),
        "{}",
        bill.out
    );
    let lengths = |edition: &str| {
        let schema = run(&["schema", "kling-v3", "--edition", edition]).out;
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        schema["properties"]["duration"]["enum"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((lengths("seed"), lengths("newest")), (3, 13));
    // The id is that of the edition, and the earlier one names the same model.
    assert_eq!(
        run(&["models", "kling-3.0-turbo", "--edition", "newest"]).code,
        0
    );
    assert_eq!(
        run(&["models", "kling-v3-fast", "--edition", "2026-04"]).code,
        2
    );
    let later = run(&["models", "kling-3.0-turbo"]).err;
    assert!(later.contains("did you mean `kling-v3-fast`?"), "{later}");
}

#[test]
fn what_changed_from_edition_to_edition_is_a_table() {
    for id in ["kling-v3", "kling-v3-omni", "kling-v3-fast"] {
        let ran = run(&["models", id, "--editions"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        insta::assert_snapshot!(format!("editions--{id}"), ran.out);
    }
    let later = run(&["models", "kling-3.0-turbo", "--editions"]).out;
    assert_eq!(later, run(&["models", "kling-v3-fast", "--editions"]).out);
    assert_eq!(run(&["models", "--editions"]).code, 2);
    assert_eq!(run(&["models", "kling-v9", "--editions"]).code, 2);
}

#[cfg(feature = "emulator")]
#[test]
fn a_request_of_another_edition_is_made_and_its_bill_is_shown() {
    let folder = Folder::with(&[("a.json", EIGHT), ("kling.toml", "edition = \"newest\"\n")]);
    let fast = [
        "--emulator",
        "--first-poll",
        "0.05",
        "--poll-interval",
        "0.05",
    ];
    let made = folder.run(&[&["generate", "a.json", "-o", "a.mp4"][..], &fast].concat());
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(made.err.contains("720P, 8 s"), "{}", made.err);
    let seed = [
        &["generate", "a.json", "-o", "b.mp4", "--edition", "seed"][..],
        &fast,
    ]
    .concat();
    assert_eq!(folder.run(&seed).code, 1);
}
