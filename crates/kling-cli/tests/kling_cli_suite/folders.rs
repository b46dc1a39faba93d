//! Walking folders: what is read, what is skipped, and in which order.

use crate::support::{CLEAN, ERROR, Folder, run_in};

const ARGUMENTS: [&str; 4] = ["check", "--format", "json", "."];

#[test]
fn a_folder_is_read_in_the_order_of_names() {
    let folder = Folder::with(&[
        ("b.json", ERROR),
        ("a/z.json", ERROR),
        ("a/b/c.ndjson", ERROR),
        ("c.jsonl", ERROR),
        ("d.txt", ERROR),
        ("json", ERROR),
    ]);
    let ran = folder.run(&ARGUMENTS);
    let files: Vec<_> = ran
        .findings()
        .iter()
        .map(|found| found.split('#').next().unwrap().to_owned())
        .collect();
    assert_eq!(files, ["a/b/c.ndjson", "a/z.json", "b.json", "c.jsonl"]);
}

#[test]
fn a_folder_keeps_its_name_in_the_paths() {
    let folder = Folder::with(&[("in/b.json", ERROR)]);
    assert_eq!(
        folder.run(&["check", "--format", "json", "in"]).findings(),
        ["in/b.json#0 wrong-value 1:61"]
    );
    assert_eq!(
        folder
            .run(&["check", "--format", "json", "./in/"])
            .findings(),
        ["in/b.json#0 wrong-value 1:61"]
    );
}

#[test]
fn gitignore_and_hidden_files_are_obeyed_outside_of_a_repository_too() {
    let folder = Folder::with(&[
        (".gitignore", "out/\n*.tmp.json\n!keep.tmp.json\n"),
        ("a.json", ERROR),
        ("out/b.json", ERROR),
        ("c.tmp.json", ERROR),
        ("keep.tmp.json", ERROR),
        (".hidden/d.json", ERROR),
        (".e.json", ERROR),
    ]);
    let ran = folder.run(&ARGUMENTS);
    assert_eq!(
        ran.findings(),
        [
            "a.json#0 wrong-value 1:61",
            "keep.tmp.json#0 wrong-value 1:61"
        ]
    );
    let named = folder.run(&["check", "--format", "json", "c.tmp.json", ".e.json"]);
    assert_eq!(
        named.findings(),
        [
            "c.tmp.json#0 wrong-value 1:61",
            ".e.json#0 wrong-value 1:61"
        ]
    );
}

#[test]
fn what_is_not_a_request_is_skipped_and_counted() {
    let skipped = [
        ("list.json", "[1, 2]"),
        ("package.json", r#"{"name": "x", "version": "1"}"#),
        ("settings.json", "{// a comment\n\"a\": 1}"),
        ("empty.json", ""),
        ("word.json", "true"),
        ("nested.json", r#"{"a": {"model": 1}}"#),
    ];
    let kept = [
        ("broken.json", "{\"model\": \"kling-v3\",}"),
        ("requests.json", "[{\"prompt\": \"a boat\"}]"),
        (
            "renamed.json",
            r#"{"model_name": "kling-v3", "text": "a boat"}"#,
        ),
        ("no-model.json", r#"{"prompt": "a boat"}"#),
    ];
    let folder = Folder::with(&skipped);
    let ran = folder.run(&ARGUMENTS);
    assert_eq!((ran.code, ran.findings()), (0, vec![]));
    assert_eq!(ran.json()["summary"]["skipped"], 6);
    assert_eq!(ran.json()["summary"]["requests"], 0);
    for (name, text) in kept {
        folder.write(name, text);
    }
    folder.write("clean.json", CLEAN);
    let ran = folder.run(&ARGUMENTS);
    assert_eq!(ran.json()["summary"]["skipped"], 6);
    assert_eq!(ran.json()["summary"]["requests"], 5);
    let human = folder.run(&["check", "."]);
    assert!(
        human
            .err
            .contains("; skipped 6 files or lines that are not requests; "),
        "{}",
        human.err
    );
}

#[test]
fn a_named_file_is_always_checked() {
    let folder = Folder::with(&[("list.json", "[1, 2]"), ("object.json", "{}")]);
    let ran = folder.run(&["check", "--format", "json", "list.json", "object.json"]);
    assert_eq!(
        ran.findings(),
        [
            "list.json#0 not-an-object 1:1",
            "object.json#0 missing-field 1:1"
        ]
    );
    assert_eq!(ran.json()["summary"]["skipped"], 0);
    let both = folder.run(&["check", "--format", "json", ".", "list.json"]);
    assert_eq!(both.findings(), ["list.json#0 not-an-object 1:1"]);
}

#[test]
fn lines_of_a_found_file_are_judged_one_by_one() {
    let folder = Folder::with(&[(
        "log.jsonl",
        &format!("{{\"event\": 1}}\n{ERROR}\nnoise\n{ERROR}\n"),
    )]);
    let ran = folder.run(&ARGUMENTS);
    assert_eq!(
        ran.findings(),
        [
            "log.jsonl#1 wrong-value 2:61",
            "log.jsonl#3 wrong-value 4:61"
        ]
    );
    assert_eq!(ran.json()["summary"]["skipped"], 2);
}

#[test]
fn a_found_text_over_the_limit_is_reported_if_it_may_be_a_request() {
    let noise = "x".repeat(300_000);
    let folder = Folder::with(&[
        ("data.json", &format!("[\"{noise}\"]")),
        (
            "late.json",
            &format!("{{\"a\": \"{noise}\", \"prompt\": 1}}"),
        ),
        (
            "lines.jsonl",
            &format!("{{\"a\": \"{noise}\"}}\n{{\"a\": \"{noise}\", \"model\": 1}}\n"),
        ),
    ]);
    let ran = folder.run(&[
        "check",
        "--format",
        "json",
        "--max-request-size",
        "1000",
        ".",
    ]);
    assert_eq!(
        ran.findings(),
        [
            "late.json#0 request-too-large 1:1",
            "lines.jsonl#1 request-too-large 2:1"
        ]
    );
    assert_eq!(ran.json()["summary"]["skipped"], 2);
}

#[cfg(unix)]
#[test]
fn links_never_lead_in_circles() {
    let folder = Folder::with(&[("a/b.json", ERROR)]);
    std::os::unix::fs::symlink("..", folder.path().join("a/up")).unwrap();
    std::os::unix::fs::symlink("a", folder.path().join("linked")).unwrap();
    assert_eq!(
        folder.run(&ARGUMENTS).findings(),
        ["a/b.json#0 wrong-value 1:61"]
    );
    let named = folder.run(&["check", "--format", "json", "linked"]);
    assert_eq!(named.findings(), ["linked/b.json#0 wrong-value 1:61"]);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_unicode_is_read_and_shown() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let folder = Folder::new();
    std::fs::write(
        folder.path().join(OsStr::from_bytes(b"caf\xe9.json")),
        ERROR,
    )
    .unwrap();
    let ran = folder.run(&ARGUMENTS);
    assert_eq!(ran.findings(), ["caf\u{fffd}.json#0 wrong-value 1:61"]);
}

#[test]
fn many_files_come_out_in_order() {
    let folder = Folder::new();
    for number in 0..300 {
        folder.write(&format!("{number:03}.json"), ERROR);
    }
    let one = folder.run(&["check", "--format", "json", "--threads", "1", "."]);
    let files: Vec<_> = one
        .findings()
        .iter()
        .map(|found| found[..3].to_owned())
        .collect();
    assert!(files.is_sorted() && files.len() == 300);
    for threads in ["2", "8"] {
        assert_eq!(
            folder.run(&["check", "--format", "json", "--threads", threads, "."]),
            one
        );
    }
}

#[test]
fn paths_come_from_a_list_too() {
    let folder = Folder::with(&[
        ("a.json", ERROR),
        ("b c.json", ERROR),
        ("main.rs", ERROR),
        ("other.json", "{}"),
        ("in/d.jsonl", ERROR),
        (
            "lines.txt",
            "a.json\r\nmain.rs\nb c.json\n\nother.json\nin\n",
        ),
        (
            "nul.txt",
            "a.json\0main.rs\0b c.json\0other.json\0in/d.jsonl\0",
        ),
    ]);
    let expected = [
        "a.json#0 wrong-value 1:61",
        "b c.json#0 wrong-value 1:61",
        "in/d.jsonl#0 wrong-value 1:61",
    ];
    for list in ["lines.txt", "nul.txt"] {
        let ran = folder.run(&["check", "--format", "json", "--files-from", list]);
        assert_eq!(ran.findings(), expected, "{list}");
        let summary = ran.json()["summary"].clone();
        assert_eq!(
            (&summary["requests"], &summary["skipped"]),
            (&3.into(), &1.into()),
            "{list}"
        );
        let list = std::fs::read(folder.path().join(list)).unwrap();
        let ran = run_in(
            folder.path(),
            &["check", "--format", "json", "--files-from", "-"],
            &list,
        );
        assert_eq!(ran.findings(), expected);
    }
    // A file that is named itself is read whatever its name, and none is read twice.
    let ran = folder.run(&[
        "check",
        "--format",
        "json",
        "main.rs",
        "a.json",
        "--files-from",
        "lines.txt",
    ]);
    assert_eq!(ran.findings().len(), 4);
}

#[test]
fn a_list_may_be_empty_and_must_be_readable() {
    let folder = Folder::with(&[("empty", ""), ("gone", "missing.json\n")]);
    let ran = folder.run(&["check", "--files-from", "empty"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    let ran = folder.run(&["check", "--files-from", "gone"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("cannot read `missing.json`"),
        "{}",
        ran.err
    );
    let ran = folder.run(&["check", "--files-from", "no-list"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("cannot read the list of files `no-list`"),
        "{}",
        ran.err
    );
    let ran = run_in(folder.path(), &["check", "--files-from", "-", "-"], b"");
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("standard input cannot be both"),
        "{}",
        ran.err
    );
}

#[cfg(unix)]
#[test]
fn the_hook_for_commits_checks_the_files_it_is_given() {
    let hooks = include_str!("../../../../.pre-commit-hooks.yaml");
    let entry = hooks
        .lines()
        .find_map(|line| line.trim().strip_prefix("entry: "))
        .unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_kling"));
    let path = std::env::join_paths(
        [program.parent().unwrap().to_owned()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    )
    .unwrap();
    let folder = Folder::with(&[
        ("a b.json", ERROR),
        ("other.json", "{}"),
        ("clean.json", CLEAN),
    ]);
    let hook = |files: &str| {
        std::process::Command::new("sh")
            .args(["-c", &format!("{entry} {files}")])
            .current_dir(folder.path())
            .env("PATH", &path)
            .output()
            .unwrap()
    };
    let ran = hook("'a b.json' other.json clean.json");
    assert_eq!(ran.status.code(), Some(1));
    let message = String::from_utf8(ran.stderr).unwrap();
    assert!(
        message.starts_with("checked 2 requests in 3 files: 1 error"),
        "{message}"
    );
    assert_eq!(hook("other.json clean.json").status.code(), Some(0));
}
