//! Runs without any request: they are distinguished from runs without findings.

use crate::support::{CLEAN, ERROR, Folder, Ran, pipe, run_in};

const OTHER: &str = r#"{"name": "x"}"#;

/// Runs `check` in each of its forms over the same input; each must report this, and end in the same way.
#[track_caller]
fn check(folder: &Folder, input: &[&str], message: &str) {
    for (form, word, code) in [
        (&["check"][..], "warning", 0),
        (&["check", "--format", "json"], "warning", 0),
        (&["check", "--diff"], "warning", 0),
        (&["bill"], "warning", 0),
        (&["check", "--require-requests"], "error", 2),
        (&["bill", "--require-requests"], "error", 2),
        (&["check", "--diff", "--require-requests"], "error", 2),
    ] {
        let ran = folder.run(&[form, input].concat());
        assert_eq!(
            (ran.err, ran.code),
            (format!("{word}: nothing to check; {message}\n"), code),
            "{form:?}"
        );
    }
}

#[test]
fn an_empty_or_wrong_folder_is_reported() {
    let folder = Folder::with(&[("docs/README.md", "words")]);
    check(
        &folder,
        &["docs"],
        "`docs` does not contain files that end in `.json`, `.jsonl` or `.ndjson`; name another folder, or a file",
    );
    check(
        &folder,
        &["docs", "."],
        "none of the folders contains a file that ends in `.json`, `.jsonl` or `.ndjson`; name another folder, or a file",
    );
}

#[test]
fn a_folder_in_which_everything_is_ignored_is_reported() {
    let folder = Folder::with(&[(".gitignore", "out/\n"), ("out/a.json", ERROR)]);
    check(
        &folder,
        &["."],
        "`out/a.json` is ignored by a `.gitignore` or hidden; name a file to check it anyway",
    );
    let folder = Folder::with(&[("in/.a.json", ERROR), (".git/b.json", ERROR)]);
    check(
        &folder,
        &["."],
        "`in/.a.json` is ignored by a `.gitignore` or hidden; name a file to check it anyway",
    );
}

#[test]
fn an_empty_list_is_reported() {
    let folder = Folder::with(&[
        ("empty", ""),
        ("other", "README.md\nmain.rs\n"),
        ("README.md", CLEAN),
        ("main.rs", CLEAN),
    ]);
    check(
        &folder,
        &["--files-from", "empty"],
        "`empty` does not list any files with requests",
    );
    check(
        &folder,
        &["--files-from", "-"],
        "standard input does not list any files with requests",
    );
    check(
        &folder,
        &["--files-from", "other"],
        "`other` lists 2 paths, none of which ends in `.json`, `.jsonl` or `.ndjson`; `--show-skipped` lists them",
    );
}

#[test]
fn a_folder_without_requests_is_reported() {
    let folder = Folder::with(&[("package.json", OTHER), ("list.json", "[1]")]);
    check(
        &folder,
        &["."],
        "skipped 2 files or lines that are not requests; `--show-skipped` lists them",
    );
}

#[test]
fn blank_lines_on_standard_input_are_reported() {
    for input in ["", "\n \r\n"] {
        let ran = pipe(&["check", "--lines"], input);
        let message = "warning: nothing to check; the input has only blank lines; write one request per line\n";
        assert_eq!((ran.code, ran.err.as_str()), (0, message));
    }
}

#[test]
fn a_named_file_without_a_request_is_an_error() {
    for text in ["", "\n\r\n  \n"] {
        let folder = Folder::with(&[("a.jsonl", text), ("b.json", CLEAN)]);
        for arguments in [
            &["check", "a.jsonl"][..],
            &["check", "b.json", "a.jsonl"],
            &["check", "--format", "json", "a.jsonl"],
            &["bill", "a.jsonl", "b.json"],
        ] {
            let ran = folder.run(arguments);
            assert_eq!(ran.code, 2, "{arguments:?}");
            let message = "error: `a.jsonl` contains no request: all its lines are blank; write one request per line\n";
            assert!(ran.err.starts_with(message), "{}", ran.err);
            assert!(!ran.err.contains("nothing to check"), "{}", ran.err);
        }
        // The user did not name the file.
        let found = folder.run(&["check", "."]);
        assert_eq!(found.code, 0, "{}", found.err);
        folder.write("list", "a.jsonl\nb.json\n");
        let listed = folder.run(&["check", "--files-from", "list"]);
        assert_eq!(listed.code, 0, "{}", listed.err);
    }
}

#[test]
fn what_is_skipped_is_listed_with_the_reason() {
    let folder = Folder::with(&[
        ("a/package.json", OTHER),
        ("list.json", "[1, 2]"),
        ("log.jsonl", &format!("{CLEAN}\n{OTHER}\nnoise\n")),
        ("notes.json", "some words"),
        ("README.md", "words"),
        ("z.json", &format!("[\"{}\"]", "x".repeat(500))),
        (
            "list",
            "a/package.json\nlist.json\nlog.jsonl\nnotes.json\nREADME.md\nz.json\n",
        ),
    ]);
    folder.write("latin.json", b"\"caf\xe9\"");
    let object = "it is an object without `model`, `model_name` or `prompt`";
    let other = "it is not an object and mentions neither `model` nor `prompt`";
    let bytes = "it is not UTF-8 and mentions neither `model` nor `prompt`";
    let large = "it exceeds the size limit of a request and mentions neither `model` nor `prompt`";
    let note = |(place, why): (&str, &str)| format!("note: skipped `{place}`: {why}\n");
    let expected = |all: &[(&str, &str)]| all.iter().copied().map(note).collect::<String>();
    let limit = ["--show-skipped", "--max-request-size", "400"];
    for threads in ["1", "4"] {
        for command in ["check", "bill"] {
            let ran = folder.run(&[&[command, "--threads", threads, "."], &limit[..]].concat());
            let message = expected(&[
                ("a/package.json:1", object),
                ("latin.json:1", bytes),
                ("list.json:1", other),
                ("log.jsonl:2", object),
                ("log.jsonl:3", other),
                ("notes.json:1", other),
                ("z.json:1", large),
            ]);
            assert!(ran.err.starts_with(&message), "{}", ran.err);
        }
    }
    let ran = folder.run(&[&["check", "--files-from", "list"], &limit[..]].concat());
    let name = note((
        "README.md",
        "its name does not end in `.json`, `.jsonl` or `.ndjson`",
    ));
    assert!(ran.err.contains(&name), "{}", ran.err);
}

/// Encodes a text in units of 2 or 4 bytes.
fn wide(text: &str, encoding: &str) -> Vec<u8> {
    let (mark, size, is_big) = match encoding {
        "UTF-16" => ("\u{feff}", 2, false),
        "UTF-16LE" => ("", 2, false),
        "UTF-16BE" => ("", 2, true),
        "UTF-32" => ("\u{feff}", 4, true),
        "UTF-32LE" => ("", 4, false),
        "UTF-32BE" => ("", 4, true),
        other => panic!("{other}"),
    };
    let marked = format!("{mark}{text}");
    marked
        .encode_utf16()
        .flat_map(|unit| {
            let bytes = u32::from(unit).to_be_bytes();
            let mut bytes = bytes[4 - size..].to_vec();
            if !is_big {
                bytes.reverse();
            }
            bytes
        })
        .collect()
}

#[test]
fn wide_encodings_are_named_with_what_converts_them() {
    for encoding in [
        "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE",
    ] {
        let folder = Folder::new();
        for (name, text) in [
            ("a.json", CLEAN.to_owned()),
            ("b.json", CLEAN.replace("boat", "bo\u{e9}t \u{56f3}\u{ff}")),
            ("c.jsonl", format!("{CLEAN}\r\n{CLEAN}\r\n")),
            ("d.json", OTHER.to_owned()),
        ] {
            folder.write(name, wide(&text, encoding));
        }
        let places = ["a.json#0", "b.json#0", "c.jsonl#0"];
        let found = places.map(|place| format!("{place} json-syntax 1:1"));
        let ran = folder.run(&["check", "--format", "json", "."]);
        assert_eq!(ran.findings(), found, "{encoding}");
        assert_eq!(ran.json()["summary"]["skipped"], 1);
        let first = ran.json()["diagnostics"][0].clone();
        assert_eq!(
            first["message"],
            format!("the text is {encoding}, but JSON must be UTF-8")
        );
        assert_eq!(
            first["help"],
            format!("convert it: `iconv -f {encoding} -t UTF-8 OLD > NEW`")
        );
        let Ran { code, err, .. } = run_in(
            folder.path(),
            &["check", "--lines", "-"],
            &wide(&format!("{CLEAN}\n{CLEAN}\n"), encoding),
        );
        assert_eq!(code, 1, "{err}");
        assert_eq!(err, "checked 1 request in 1 file: 1 error\n");
    }
}
