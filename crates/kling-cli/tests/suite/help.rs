//! The help texts: each command has examples, and each example runs.

use std::fs;

use crate::support::{CLEAN, Folder, run};

const COMMANDS: [&str; 8] = [
    "check",
    "lsp",
    "explain",
    "models",
    "schema",
    "bill",
    "completions",
    "man",
];

/// The lines of a help text's examples.
fn examples(help: &str) -> Vec<&str> {
    let (_, examples) = help
        .split_once("\nExamples:\n")
        .expect("each help text has examples");
    examples
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
}

/// A folder with all files that an example names.
fn folder() -> Folder {
    Folder::with(&[
        ("request.json", CLEAN),
        ("batch.jsonl", CLEAN),
        ("prompts.txt", CLEAN),
        ("requests/a.json", CLEAN),
    ])
}

/// Runs a command line that begins with the name of the program.
#[track_caller]
fn run_example(folder: &Folder, example: &str) {
    let mut words = example.split_whitespace();
    assert_eq!(words.next(), Some("kling"), "{example}");
    let ran = folder.run(&words.collect::<Vec<_>>());
    assert_eq!(ran.code, 0, "{example}: {}{}", ran.out, ran.err);
}

#[test]
fn every_example_runs() {
    let folder = folder();
    for command in std::iter::once(None).chain(COMMANDS.map(Some)) {
        let arguments: Vec<&str> = command.into_iter().chain(["--help"]).collect();
        let help = run(&arguments);
        assert_eq!(help.code, 0, "{command:?}");
        let examples = examples(&help.out);
        assert!(!examples.is_empty());
        for example in examples {
            run_example(&folder, example);
        }
    }
    assert_eq!(
        fs::read_dir(folder.path().join("man")).unwrap().count(),
        COMMANDS.len() + 1
    );
}

#[test]
fn every_example_of_the_readme_runs() {
    let readme = include_str!("../../README.md");
    let examples: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("$ "))
        .collect();
    assert_eq!(examples.len(), 7);
    let folder = folder();
    for example in examples {
        // The standard input of the run is empty, which is no request but a file without lines.
        run_example(&folder, example);
    }
}

#[test]
fn every_command_is_known_here() {
    let help = run(&["--help"]).out;
    let (_, list) = help.split_once("\nCommands:\n").unwrap();
    let (list, _) = list.split_once("\n\n").unwrap();
    let names: Vec<&str> = list
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(names, [&COMMANDS[..], &["help"]].concat());
}
