//! The help texts: each command has examples, and each example works.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::codes::CODES;
use crate::service::stage::{FAST, Service, Stage};
use crate::support::{CLEAN, run};

const COMMANDS: [&str; 19] = [
    "check",
    "lsp",
    "explain",
    "models",
    "schema",
    "bill",
    "config",
    "generate",
    "submit",
    "status",
    "wait",
    "download",
    "upload",
    "jobs",
    "balance",
    "doctor",
    "emulator",
    "completions",
    "man",
];

/// Returns the lines of a help text's examples.
fn examples(help: &str) -> Vec<&str> {
    let (_, examples) = help
        .split_once("\nExamples:\n")
        .expect("each help text has examples");
    // The meaning of the exit codes may follow.
    let (examples, _) = examples.split_once("\n\n").unwrap_or((examples, ""));
    examples
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
}

/// What all examples need: the files and the task that they name, and a service.
struct ExampleSetup {
    stage: Stage,
    service: Service,
}

impl ExampleSetup {
    fn new() -> Self {
        let stage = Stage::new();
        for (name, text) in [
            ("batch.jsonl", CLEAN),
            ("prompts.txt", CLEAN),
            ("changed.txt", "request.json\nREADME.md\n"),
            ("README.md", "no request"),
            ("requests/a.json", CLEAN),
        ] {
            stage.folder.write(name, text);
        }
        stage
            .folder
            .write("first.png", b"\x89PNG\r\n\x1a\nand so on");
        stage
            .folder
            .write("walk.mp4", b"\0\0\0\x18ftypisom\0\0\0\0and so on");
        let named = CLEAN.replace('}', r#", "client_business_id": "order-7"}"#);
        stage.folder.write("order.json", named);
        let service = Service::new();
        let ran = stage.run(service.url(), &["submit", "order.json"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        Self { stage, service }
    }

    /// Runs a command line that begins with the name of the program.
    #[track_caller]
    fn run(&self, example: &str) {
        // What another program does with the output is not tested.
        let (own, _) = example.split_once(" | ").unwrap_or((example, ""));
        let mut words: Vec<&str> = own.split_whitespace().collect();
        assert_eq!(words.remove(0), "kling", "{example}");
        // The only other change to an example is how long a video takes.
        if ["generate", "wait"].contains(&words[0]) || words.starts_with(&["jobs", "resume"]) {
            words.extend(FAST);
        }
        if words.starts_with(&["emulator", "--port"]) {
            return self.serve(&words);
        }
        // The output for another program may be binary.
        let mut command = self.stage.command(self.service.url(), &words);
        let ran = command.output().unwrap();
        let message = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(0), "{example}: {message}");
    }

    /// Runs an example that does not end until it is stopped.
    #[track_caller]
    fn serve(&self, words: &[&str]) {
        let mut child = self
            .stage
            .command(self.service.url(), words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let read = BufReader::new(child.stdout.take().unwrap()).read_line(&mut line);
        child.kill().unwrap();
        child.wait().unwrap();
        read.unwrap();
        assert!(
            line.starts_with("{\"version\":1,\"url\":\"http://127.0.0.1:"),
            "{line}"
        );
    }
}

#[test]
fn every_example_runs() {
    let setup = ExampleSetup::new();
    for command in std::iter::once(None).chain(COMMANDS.map(Some)) {
        let arguments: Vec<&str> = command.into_iter().chain(["--help"]).collect();
        let help = run(&arguments);
        assert_eq!(help.code, 0, "{command:?}");
        let examples = examples(&help.out);
        assert!(!examples.is_empty());
        for example in examples {
            setup.run(example);
        }
    }
    let pages = setup.stage.folder.path().join("man");
    // The program has a page, and so has each command of `kling jobs`.
    assert_eq!(fs::read_dir(pages).unwrap().count(), COMMANDS.len() + 4);
}

#[test]
fn every_example_of_the_readme_runs() {
    let readme = include_str!("../../README.md");
    let examples: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("$ "))
        .collect();
    assert_eq!(examples.len(), 13);
    let setup = ExampleSetup::new();
    for example in examples {
        // The standard input of the run is empty, which is not a request but a file without lines.
        setup.run(example);
    }
}

/// Returns the codes that the end of a help text names.
fn named(codes: &str) -> Vec<i32> {
    let meanings = codes.split(',').map(str::trim_start);
    meanings
        .filter_map(|meaning| meaning.split_whitespace().next()?.parse().ok())
        .collect()
}

#[test]
fn every_help_ends_with_the_exit_codes_of_the_command() {
    let commands: Vec<&str> = CODES.iter().map(|(command, _)| *command).collect();
    assert!(COMMANDS.iter().all(|command| commands.contains(command)));
    for (command, expected) in CODES {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = run(&arguments).out;
        let (_, codes) = help.split_once("\nExit codes: ").expect(command);
        assert!(codes.trim_end().ends_with('.'), "{command}: {codes}");
        assert!(!codes.contains("\n\n"), "{command}: {codes}");
        assert_eq!(named(codes), expected, "{command}: {codes}");
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
