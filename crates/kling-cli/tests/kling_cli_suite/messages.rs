//! The form of error messages: `error: what is wrong: why; what to do`, with nothing said twice.
//!
//! A message is one line. It begins in lower case, with a quoted name, with an option or with a place
//! (`kling.toml:1:5: …`), and does not end with a full stop. What to do follows a semicolon, or, if the command line
//! cannot be read, the word `give`, the possible values, or how the command is used; then the last line names `--help`.
//! A command that goes on follows alone in the next line.

use std::collections::BTreeSet;
use std::fs;

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{CANARY, Stage, ran};
use crate::specs::CONTRACT;
use crate::support::{ERROR, Ran};

/// The last line of what is told about a command line that cannot be read.
const USAGE: &str = "For more information, try '--help'.";

/// Commands of requests, checked and otherwise.
const OFFLINE: &[&str] = &[
    "nosuch",
    "--color nosuch models",
    "check --nosuch",
    "check --threads 0 request.json",
    "check --threads many request.json",
    "check --max-request-size 0 request.json",
    "check --max-request-size 5XB request.json",
    "check --format nosuch request.json",
    "check --deny nosuch request.json",
    "check --warn wrong-valu request.json",
    "check --allow warnings,nosuch request.json",
    "check --model kling-v4 request.json",
    "check missing.json",
    "check file.txt/request.json",
    "check --fix missing.json",
    "check --fix missing.json lost.json wrong.json",
    "check --diff missing.json",
    "check --fix - missing.json",
    "check --fix file.txt/request.json",
    "check --diff file.txt/request.json",
    "check --require-requests folder",
    "check --files-from missing.txt",
    "check --files-from folder",
    "check --files-from odd.json",
    "bill --format nosuch request.json",
    "bill --model nosuch request.json",
    "bill missing.json",
    "explain nosuch",
    "explain wrong-valu",
    "models nosuch",
    "models kling-v33",
    "schema",
    "schema nosuch",
    "schema kling-v3 --all folder",
    "schema --all request.json",
    "config --nosuch",
    "completions",
    "completions nosuch",
    "man nosuch",
    "man jobs nosuch",
    "man check --all folder",
    "man --all request.json",
    "lsp --nosuch",
    "emulator --port many",
    "emulator --port 65536",
    "emulator --speed fast",
    "emulator --speed 0",
    "emulator --seed x",
    "emulator --fault nosuch",
    "emulator --fault submit:nosuch",
    "emulator --fault nosuch:cut",
    "emulator --fault submit:cut@500%",
    "emulator --fault submit:status=9000",
    "emulator --fault submit:cut*x",
    "emulator --fault-file missing.toml",
    "emulator --fault-file folder",
    "emulator --fault-file odd.json",
    "emulator --fault-file syntax.toml",
    "emulator --fault-file faults.toml",
    "emulator --fault-file faults.jsonl",
    "emulator --key-file missing.key",
    "emulator --format nosuch",
];

/// Options for a contract, after each command that has them.
const CONTRACTS: &[&str] = &[
    "--spec missing.toml",
    "--spec folder",
    "--spec odd.json",
    "--spec syntax.toml",
    "--spec empty.toml",
    "--spec faults.toml",
    "--spec slips.toml",
];

/// Options for settings, after each command that has them.
const SETTINGS: &[&str] = &[
    "--config missing.toml",
    "--config folder",
    "--config odd.json",
    "--config syntax.toml",
    "--config twice.toml",
    "--config faults.toml",
    "--config rules.toml",
    "--config mistyped.toml",
    "--config model.toml",
    "--config prices.toml",
    "--config price.toml",
    "--config request.json",
    "--config spec.toml --no-config",
];

/// Options for the service, after each command that talks to it.
const SERVICE: &[&str] = &[
    "--nosuch",
    "--timeout 0",
    "--timeout soon",
    "--format nosuch",
    "--base-url nonsense",
    "--base-url ftp://service.example",
    "--base-url http://service.example",
    "--base-url https://user:word@service.example",
    "--base-url https://service.example/?q=1",
    "--key-file missing.key",
    "--key-file folder",
    "--key-file empty.key",
    "--key-file two.key",
    "--key-file odd.json",
];

/// Commands that talk to the service or read the journal.
const ONLINE: &[&str] = &[
    "generate",
    "generate missing.json",
    "generate folder",
    "generate odd.json",
    "generate request.json --allow nosuch",
    "generate request.json --client-id a/b",
    "generate request.json --client-id a --no-client-id",
    "generate own.json --client-id b",
    "generate request.json --max-cost x",
    "generate request.json --poll-interval 0.001",
    "generate request.json --output folder",
    "generate request.json --output request.json",
    "generate request.json --output journal.sqlite3",
    "generate request.json --output a.mp4 --output-dir folder",
    "generate request.json --name {nosuch}",
    "generate request.json --name a/b",
    "generate request.json --overwrite --keep-both",
    "generate request.json --max-bytes 0",
    "generate request.json --emulator --base-url http://127.0.0.1:1",
    "submit",
    "submit missing.json",
    "submit folder",
    "submit own.json --client-id b",
    "submit used.json",
    "status",
    "status ..",
    "wait",
    "wait ..",
    "wait x --poll-interval many",
    "download",
    "download ..",
    "download x --output folder",
    "download x --name {nosuch}",
    "upload",
    "jobs nosuch",
    "jobs --since soon",
    "jobs --state gone",
    "jobs --limit many",
    "jobs --service a^b",
    "jobs --service a^b --journal missing.sqlite3",
    "jobs list --since 2026-13-01",
    "jobs show",
    "jobs show 2",
    "jobs show nosuch",
    "jobs show 1 --journal missing.sqlite3",
    "jobs resume",
    "jobs resume 2",
    "jobs resume 1 --journal missing.sqlite3",
    "jobs resume 1 --output folder",
];

/// Commands that take the options of the service.
const OF_SERVICE: &[&str] = &[
    "generate request.json",
    "submit request.json",
    "status x",
    "wait x",
    "download x",
    "upload image.gif",
    "jobs resume 1",
    "balance",
];

/// Commands that read contracts.
const OF_CONTRACTS: &[&str] = &[
    "check request.json",
    "bill request.json",
    "explain",
    "models",
    "schema any",
    "submit request.json",
];

/// Commands that read settings.
const OF_SETTINGS: &[&str] = &[
    "check request.json",
    "bill request.json",
    "config",
    "generate request.json",
];

/// Commands that need the journal.
const OF_JOURNAL: &[&str] = &[
    "generate request.json",
    "submit request.json",
    "jobs",
    "jobs show 1",
    "jobs resume 1",
];

/// Journals that cannot be used.
const JOURNALS: &[&str] = &[
    "--journal folder",
    "--journal request.json",
    "--journal request.json/journal.sqlite3",
];

/// A folder with what the commands name, a service, and a journal with one job that was sent there.
fn stage() -> (Stage, Raw) {
    let stage = Stage::new();
    let with_id = r#"{"model": "kling-v3", "prompt": "a boat", "client_business_id": "order-7"}"#;
    for (name, text) in [
        ("sent.json", with_id),
        ("used.json", &with_id.replace("boat", "train")),
        ("own.json", &with_id.replace("order-7", "order-8")),
        ("wrong.json", ERROR),
        ("image.gif", "GIF89a\u{1}\0\u{1}\0\0\0\0;"),
        ("syntax.toml", "id = \"a\nb = ]"),
        ("twice.toml", "deny = []\ndeny = []"),
        ("empty.toml", ""),
        ("spec.toml", CONTRACT),
        (
            "slips.toml",
            &CONTRACT
                .replace("required", "requierd")
                .replace("integer", "intger"),
        ),
        (
            "faults.toml",
            "faults = [\"submit:nosuch\"]\nalow = []\nid = 5",
        ),
        ("faults.jsonl", "\"submit:nosuch\"\n"),
        ("rules.toml", "deny = [\"nosuch\"]"),
        ("mistyped.toml", "deny = \"wrong-value\""),
        ("model.toml", "model = \"nosuch\""),
        (
            "prices.toml",
            "[prices]\n[prices.kling-v3]\n\"720P\" = { per-second = 0.05 }",
        ),
        (
            "price.toml",
            "[prices]\ncurrency = \"EUR\"\n[prices.kling-v3]\n\"720P\" = { per-minute = -1 }",
        ),
        ("empty.key", ""),
        ("two.key", "a\nb\n"),
        ("file.txt", "no folder"),
        ("folder/notes.txt", "no request"),
    ] {
        stage.folder.write(name, text);
    }
    stage.folder.write(
        "odd.json",
        b"{\"model\": \"kling-v3\", \"prompt\": \"\xff\"}",
    );
    let server = Raw::start(false, |request| {
        if request.starts_with("POST ") {
            accepted("video_1")
        } else {
            answer("404 Not Found", "{}")
        }
    });
    let sent = stage.run(&server.url, &["submit", "sent.json", "--no-check"]);
    assert_eq!(sent.code, 0, "{}", sent.err);
    (stage, server)
}

/// Returns what is wrong with the messages of a run; `None` if nothing is.
pub(crate) fn wrong(ran: &Ran) -> Option<String> {
    let lines: Vec<&str> = ran.err.lines().collect();
    let is_usage = lines.last() == Some(&USAGE);
    let mut told = BTreeSet::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(message) = line.strip_prefix("error: ") else {
            continue;
        };
        if !told.insert(message) {
            return Some("told twice".to_owned());
        }
        if message.starts_with(char::is_uppercase) || message.ends_with(['.', '!']) {
            return Some("begins or ends like a sentence".to_owned());
        }
        let next = lines.get(at + 1).copied().unwrap_or_default();
        let is_command = message.ends_with(':') && next.starts_with("  kling ");
        let says_what_to_do = if message.starts_with("invalid value ") {
            message.contains(" give ") || next.starts_with("  [possible values: ")
        } else {
            message.contains("; ")
        };
        if !(says_what_to_do || is_command || is_usage && !message.starts_with("invalid value ")) {
            return Some("does not say what to do".to_owned());
        }
        let clauses = message
            .split(['(', ')', ';', ':'])
            .flat_map(|part| part.split(". "));
        let mut said = BTreeSet::new();
        // A single word may be a name.
        let twice = clauses
            .map(str::trim)
            .find(|clause| clause.contains(' ') && !said.insert(*clause));
        if let Some(clause) = twice {
            return Some(format!("says twice: {clause}"));
        }
    }
    told.is_empty().then(|| "no message".to_owned())
}

#[test]
fn every_error_says_what_is_wrong_and_what_to_do_in_one_form() {
    let (stage, server) = stage();
    let mut faults = Vec::new();
    let mut number = 0;
    let mut check = |line: &str, key: Option<&str>, url: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let mut command = stage.command(url, &words);
        match key {
            Some(key) => command.env("TOAPIS_API_KEY", key),
            None => command.env_remove("TOAPIS_API_KEY"),
        };
        let ran = ran(&mut command);
        number += 1;
        let code = (ran.code != 2).then(|| format!("exit code {}", ran.code));
        if let Some(fault) = code.or_else(|| wrong(&ran)) {
            faults.push(format!("kling {line}: {fault}\n{}", ran.err));
        }
    };
    let mut usual = |line: &str| check(line, Some(CANARY), &server.url);
    OFFLINE.iter().chain(ONLINE).for_each(|line| usual(line));
    for (commands, options) in [
        (OF_CONTRACTS, CONTRACTS),
        (OF_SETTINGS, SETTINGS),
        (OF_SERVICE, SERVICE),
        (OF_JOURNAL, JOURNALS),
    ] {
        for command in commands {
            for option in options {
                usual(&format!("{command} {option}"));
            }
        }
    }
    for command in OF_SERVICE {
        check(command, Some("two words"), &server.url);
        // A job knows its service, which needs no key on this machine.
        if *command != "jobs resume 1" {
            check(command, None, "https://service.example");
            check(command, Some(CANARY), "nonsense");
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {number}:\n{}",
        faults.len(),
        faults.join("\n")
    );
    // None of them sent or saved anything.
    assert_eq!((server.posts(), stage.states().len()), (1, 1));
    assert!(!fs::exists(stage.folder.path().join("a.mp4")).unwrap());
}
