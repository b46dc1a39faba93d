//! The output of `kling check --diff`, applied by the programs that it is for.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;
use xtask::failure::{Failure, Result, write};
use xtask::process::build_kling;

use super::stage::ensure;

/// A request with two findings that can be fixed, each on its own line.
const WRONG: &str = "{\n  \"model\": \"Kling-V3\",\n  \"prompt\": \"a boat\",\n  \"mode\": \"std\",\n  \"audio\": false,\n  \"aspect_ratio\": \"16:9\",\n  \"image_urls\": [],\n  \"metadata\": {},\n  \"duration\": \"5\"\n}";
/// The same request on one line.
const LINE: &str = r#"{"model": "Kling-V3", "prompt": "a boat", "duration": "5"}"#;
/// A line without a finding.
const RIGHT: &str = r#"{"model": "kling-v3", "prompt": "a paper boat on a pond"}"#;

/// Lets both programs fix files of every form, and compares the results with the program's own fixes.
///
/// # Errors
/// A program does not accept a diff, or produces something else from it.
pub(super) fn test(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let right = |count: usize| format!("{RIGHT}\n").repeat(count);
    let files = [
        ("a.json", format!("{WRONG}\n")),
        ("in/no end.json", WRONG.to_owned()),
        ("in/windows.json", WRONG.replace('\n', "\r\n")),
        ("line.json", LINE.to_owned()),
        ("caf\u{e9} \"quoted\".json", format!("{WRONG}\n")),
        ("middle.jsonl", right(9) + LINE + "\n" + &right(9)),
        (
            "many.jsonl",
            format!("{LINE}\n{}{LINE}\n{}{LINE}", right(7), right(3)),
        ),
        ("windows.jsonl", format!("{RIGHT}\r\n{LINE}\r\n\r\n{RIGHT}")),
    ];
    let make = || -> Result<TempDir> {
        let folder = TempDir::new()
            .map_err(|error| Failure::new(format!("a folder cannot be made: {error}")))?;
        fs::create_dir(folder.path().join("in"))
            .map_err(|error| Failure::new(format!("a folder cannot be made: {error}")))?;
        for (name, text) in &files {
            write(&folder.path().join(name), text)?;
        }
        Ok(folder)
    };
    let fixed = make()?;
    let diffed = run(&kling, fixed.path(), &["check", "--diff", "."])?;
    let (code, diff) = diffed;
    ensure(code == Some(1), || format!("the diff: exit {code:?}"))?;
    run(&kling, fixed.path(), &["check", "--fix", "."])?;
    for words in [
        &["patch", "-p1", "--binary", "-i", "the.diff"][..],
        &["git", "apply", "the.diff"],
    ] {
        let patched = make()?;
        write(&patched.path().join("the.diff"), &diff)?;
        let (code, details) = run(Path::new(words[0]), patched.path(), &words[1..])?;
        ensure(code == Some(0), || format!("{words:?}: {details}\n{diff}"))?;
        for (name, text) in &files {
            let [own, theirs] = [&fixed, &patched]
                .map(|folder| fs::read_to_string(folder.path().join(name)).unwrap_or_default());
            ensure(own == theirs && own != *text, || {
                format!("{words:?}: {name}: {theirs:?} instead of {own:?}")
            })?;
        }
    }
    Ok(format!("{} files, each fixed by both", files.len()))
}

fn run(program: &Path, folder: &Path, words: &[&str]) -> Result<(Option<i32>, String)> {
    let output = Command::new(program)
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("{}: {error}", program.display())))?;
    Ok((
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
    ))
}
