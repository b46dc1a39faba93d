//! `kling check --fix`, `--unsafe-fixes` and `--diff`.

use std::fs;
use std::process::Command;

use crate::support::{CLEAN, Folder, run_in};

/// Two slips that can be mended without guessing, and one that cannot.
const SLIPS: &str = r#"{
  "model": "kling-v3",
  "prompt": "a paper boat",
  "duration": "5",
  "aspect_ratio": "16:9",
  "seconds": 5
}
"#;
const LINE: &str = r#"{"model": "Kling-V3", "prompt": "a paper boat", "duration": 5.0}"#;
const LINE_FIXED: &str = r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 5}"#;

#[test]
fn files_are_mended_in_place_and_what_is_left_is_told() {
    let folder = Folder::with(&[
        (
            "a.json",
            "{\"model\": \"kling-v3\",\n \"prompt\": \"x\", \"duration\": \"5\", \"mode\": \"best\"}\n",
        ),
        ("clean.json", CLEAN),
        ("package.json", r#"{"name": "x", "duration": "5"}"#),
        (
            "broken.json",
            r#"{"model": "kling-v3", "prompt": "x", "duration": "5",}"#,
        ),
    ]);
    let before = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let untouched = ["clean.json", "package.json", "broken.json"].map(before);
    let ran = folder.run(&["check", "--fix", "--format", "json", "."]);
    assert_eq!(
        before("a.json"),
        "{\"model\": \"kling-v3\",\n \"prompt\": \"x\", \"duration\": 5, \"mode\": \"best\"}\n"
    );
    assert_eq!(
        ["clean.json", "package.json", "broken.json"].map(before),
        untouched
    );
    assert_eq!(
        ran.findings(),
        [
            "a.json#0 wrong-value 2:40",
            "broken.json#0 wrong-type 1:50",
            "broken.json#0 json-syntax 1:53"
        ]
    );
    assert!(
        ran.err.starts_with("mended 1 finding in 1 file"),
        "{}",
        ran.err
    );
    assert_eq!(ran.code, 1);
    let again = folder.run(&["check", "--fix", "a.json"]);
    assert!(again.err.starts_with("nothing was mended"), "{}", again.err);
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["a.json", "broken.json", "clean.json", "package.json"]
    );
}

#[test]
fn lines_are_mended_line_by_line() {
    let long = format!(
        "{{\"model\": \"kling-v3\", \"prompt\": \"{}\", \"duration\": \"5\"}}",
        "x".repeat(400)
    );
    let text = format!("{LINE}\r\n\nno json\n{long}\n{CLEAN}\n{LINE}");
    let folder = Folder::with(&[("a.jsonl", &text)]);
    let ran = folder.run(&["check", "--fix", "--max-request-size", "300", "a.jsonl"]);
    let fixed = fs::read_to_string(folder.path().join("a.jsonl")).unwrap();
    assert_eq!(
        fixed,
        format!("{LINE_FIXED}\r\n\nno json\n{long}\n{CLEAN}\n{LINE_FIXED}")
    );
    assert!(
        ran.err.starts_with("mended 4 findings in 1 file"),
        "{}",
        ran.err
    );
}

#[test]
fn a_diff_changes_nothing_and_can_be_applied() {
    let folder = Folder::with(&[
        ("a.json", SLIPS),
        ("b.jsonl", &format!("{CLEAN}\n{LINE}\n")),
    ]);
    let ran = folder.run(&["check", "--diff", "--unsafe-fixes", "."]);
    assert_eq!(ran.code, 1);
    for (name, text) in [
        ("a.json", SLIPS.to_owned()),
        ("b.jsonl", format!("{CLEAN}\n{LINE}\n")),
    ] {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), text);
    }
    assert!(
        ran.out.contains("--- a/a.json\n+++ b/a.json\n@@ "),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains(&format!(
            "@@ -1,2 +1,2 @@\n {CLEAN}\n-{LINE}\n+{LINE_FIXED}\n"
        )),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("would be mended"), "{}", ran.err);
    fs::write(folder.path().join("d.patch"), &ran.out).unwrap();
    let patched = Command::new("git")
        .args(["apply", "d.patch"])
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(patched.success(), "{}", ran.out);
    let by_patch = ["a.json", "b.jsonl"].map(|name| fs::read(folder.path().join(name)).unwrap());
    fs::write(folder.path().join("a.json"), SLIPS).unwrap();
    fs::write(folder.path().join("b.jsonl"), format!("{CLEAN}\n{LINE}\n")).unwrap();
    folder.run(&["check", "--unsafe-fixes", "a.json", "b.jsonl"]);
    assert_eq!(
        ["a.json", "b.jsonl"].map(|name| fs::read(folder.path().join(name)).unwrap()),
        by_patch
    );
    let ran = folder.run(&["check", "--diff", "--unsafe-fixes", "a.json", "b.jsonl"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
}

#[test]
fn the_standard_input_is_mended_to_the_standard_output() {
    let folder = Folder::new();
    let ran = run_in(folder.path(), &["check", "--fix", "-"], LINE.as_bytes());
    assert_eq!((ran.code, ran.out.as_str()), (0, LINE_FIXED));
    let lines = format!("{LINE}\nno json\n");
    let ran = run_in(
        folder.path(),
        &["check", "--fix", "--lines", "-"],
        lines.as_bytes(),
    );
    assert_eq!((ran.code, ran.out), (1, format!("{LINE_FIXED}\nno json\n")));
    let ran = run_in(
        folder.path(),
        &["check", "--diff", "--lines", "-"],
        lines.as_bytes(),
    );
    assert_eq!(
        (ran.code, ran.out),
        (
            1,
            format!("--- a/-\n+++ b/-\n@@ -1,2 +1,2 @@\n-{LINE}\n+{LINE_FIXED}\n no json\n")
        )
    );
}

#[test]
fn what_is_allowed_is_not_mended() {
    let folder = Folder::with(&[("a.json", LINE)]);
    let ran = folder.run(&["check", "--fix", "--allow", "number-notation", "a.json"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(
        fs::read_to_string(folder.path().join("a.json"))
            .unwrap()
            .contains("\"kling-v3\"")
    );
    assert!(
        fs::read_to_string(folder.path().join("a.json"))
            .unwrap()
            .contains("5.0")
    );
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = Folder::with(&[("in/a.json", LINE)]);
    let (file, link) = (
        folder.path().join("in/a.json"),
        folder.path().join("link.json"),
    );
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("in/a.json", &link).unwrap();
    assert_eq!(folder.run(&["check", "--fix", "link.json"]).code, 0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap(), LINE_FIXED);
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o640
    );
    let missing = folder.run(&["check", "--fix", "missing.json", "in/a.json"]);
    assert_eq!(missing.code, 2);
    assert!(
        missing.err.contains("cannot read `missing.json`"),
        "{}",
        missing.err
    );
}
