//! `kling emulator`, and `kling generate --emulator`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use crate::service::stage::{CANARY, FAST, Stage, ran};
use crate::support::{fixtures, program, run};

/// An emulator in a process, which ends when the value is dropped.
struct Emulator {
    child: Child,
    url: String,
}

impl Emulator {
    fn start(stage: &Stage, arguments: &[&str]) -> Self {
        let mut child = program(stage.folder.path())
            .args(["emulator", "--port", "0", "--speed", "10000"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let object: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(object["version"], 1);
        let url = object["url"].as_str().unwrap().to_owned();
        Self { child, url }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_request_becomes_a_video_without_key_and_network() {
    let stage = Stage::new();
    let fixture = fixtures().join("kling-v3/examples/pro-with-sound.json");
    let mut command = program(stage.folder.path());
    command
        .args([
            "generate",
            fixture.to_str().unwrap(),
            "--emulator",
            "-o",
            "a.mp4",
        ])
        .env("TOAPIS_JOURNAL", stage.journal())
        .stdin(Stdio::null());
    let done = ran(&mut command);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(done.json()["seconds"], 10.0);
    let bytes = std::fs::read(stage.folder.path().join("a.mp4")).unwrap();
    assert_eq!(&bytes[4..8], b"ftyp");
    // It costs nothing, so it is not in the journal.
    assert!(!stage.journal().exists());
}

#[test]
fn what_ends_with_the_process_is_not_to_be_resumed() {
    let stage = Stage::new();
    let mut command = program(stage.folder.path());
    command
        .args([
            "generate",
            "request.json",
            "--emulator",
            "--timeout",
            "3",
            "--first-poll",
            "60",
        ])
        .stdin(Stdio::null());
    let done = ran(&mut command);
    assert_eq!(done.code, 5, "{}", done.err);
    assert!(
        !done.err.contains("resume") && done.err.contains("nothing is charged"),
        "{}",
        done.err
    );
}

#[test]
fn its_address_is_its_first_line() {
    let stage = Stage::new();
    let emulator = Emulator::start(&stage, &[]);
    let made = stage.run(
        &emulator.url,
        &[&["generate", "request.json", "-o", "a.mp4"], &FAST[..]].concat(),
    );
    assert_eq!(made.code, 0, "{}", made.err);
}

#[test]
fn its_ids_are_repeated_with_a_seed_alone() {
    let first = |arguments: &[&str]| {
        let stage = Stage::new();
        let emulator = Emulator::start(&stage, arguments);
        let sent = stage.run(&emulator.url, &["submit", "request.json"]);
        assert_eq!(sent.code, 0, "{}", sent.err);
        sent.json()["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(first(&["--seed", "1"]), first(&["--seed", "1"]));
    assert_ne!(first(&["--seed", "1"]), first(&["--seed", "2"]));
    assert_ne!(first(&[]), first(&[]));
}

#[test]
fn its_options_reach_it() {
    let stage = Stage::new();
    stage.folder.write("the.key", format!("{CANARY}\n"));
    stage
        .folder
        .write("faults.toml", "faults = [\"balance:status=503\"]");
    let arguments = [
        "--key-file",
        "the.key",
        "--fault-file",
        "faults.toml",
        "--fault",
        "submit:status=422",
        "--strict",
    ];
    let emulator = Emulator::start(&stage, &arguments);
    let mut command = stage.command(&emulator.url, &["balance"]);
    assert_eq!(ran(command.env("TOAPIS_API_KEY", "another")).code, 3);
    let rejected = stage.run(&emulator.url, &["submit", "request.json"]);
    assert_eq!(
        (rejected.code, &rejected.json()["http_status"]),
        (3, &422.into())
    );
    let misnamed = r#"{"model": "kling-v3", "prompt": "a boat", "seconds": 10}"#;
    stage.folder.write("misnamed.json", misnamed);
    let refused = stage.run(&emulator.url, &["submit", "misnamed.json", "--no-check"]);
    assert_eq!(refused.code, 3, "{}", refused.err);
}

#[test]
fn an_unknown_option_is_reported() {
    for (arguments, message) in [
        (
            &["emulator", "--fault", "submit:lunch"][..],
            "--list-faults",
        ),
        (&["emulator", "--speed", "0"], "--speed"),
        (&["emulator", "--key-file", "missing"], "missing"),
        (&["emulator", "--fault-file", "missing"], "missing"),
        (
            &[
                "generate",
                "a.json",
                "--emulator",
                "--base-url",
                "http://127.0.0.1",
            ],
            "--base-url",
        ),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.out);
        assert!(ran.err.contains(message), "{arguments:?}: {}", ran.err);
    }
    let listed = run(&["emulator", "--list-faults"]).out;
    assert!(
        listed
            .lines()
            .any(|line| line.starts_with("reset-after-read ")),
        "{listed}"
    );
}

/// Starts an emulator with some options, waits for a line with its URL, and stops it; returns its exit code and
/// everything it printed.
#[cfg(unix)]
fn printed(stage: &Stage, arguments: &[&str], signal: rustix::process::Signal) -> (i32, String) {
    use rustix::process::{Pid, kill_process};

    let mut child = program(stage.folder.path())
        .args(["emulator", "--port", "0"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("http://127.0.0.1:") {
        assert_ne!(lines.read_line(&mut text).unwrap(), 0, "{text}");
    }
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
    std::io::Read::read_to_string(&mut lines, &mut text).unwrap();
    let code = child.wait().unwrap().code();
    (code.expect("no signal ended it"), text)
}

#[cfg(unix)]
#[test]
fn it_ends_with_what_it_was_asked_for() {
    use rustix::process::Signal;

    let stage = Stage::new();
    for signal in [Signal::INT, Signal::TERM] {
        for arguments in [&[][..], &["--format", "json"]] {
            let (code, text) = printed(&stage, arguments, signal);
            assert_eq!((code, text.lines().count()), (0, 2), "{text}");
            let objects: Vec<serde_json::Value> = text
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            let url = objects[0]["url"].as_str().unwrap();
            assert_eq!(objects[0], serde_json::json!({"version": 1, "url": url}));
            assert_eq!(
                objects[1],
                serde_json::json!({
                    "version": 1, "url": url, "requests": 0, "charges": 0, "seconds": 0,
                    "double_charges": 0, "repeated_requests": 0,
                })
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn it_prints_for_people_on_request() {
    use rustix::process::Signal;

    let stage = Stage::new();
    stage.folder.write("the.key", format!("{CANARY}\n"));
    let arguments = ["--format", "human", "--speed", "60", "--seed", "1"];
    let (code, text) = printed(&stage, &arguments, Signal::TERM);
    assert_eq!(code, 0);
    let url = text
        .split_whitespace()
        .find_map(|word| word.strip_prefix("TOAPIS_BASE_URL="))
        .unwrap();
    let text = text.replace(url, "URL");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("service--emulator", text);
    });
    let with_key = [&arguments[..], &["--key-file", "the.key"]].concat();
    let (_, text) = printed(&stage, &with_key, Signal::TERM);
    assert!(
        text.contains("the one in the.key") && !text.contains(CANARY),
        "{text}"
    );
}

#[test]
fn its_faults_are_listed_for_programs() {
    let listed = run(&["emulator", "--list-faults", "--format", "json"]).out;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["version"], 1);
    let faults = listed["faults"].as_array().unwrap();
    assert_eq!(faults.len(), kling_emulator::CATALOGUE.len());
    assert_eq!(
        (&faults[0]["name"], &faults[0]["phases"]),
        (&"refuse".into(), &serde_json::json!(["connect"]))
    );
    assert_eq!(listed["form"], FORM);
}

/// How a fault is written.
const FORM: &str = "PHASE:NAME[=VALUE][@PLACE%][*TIMES][?CHANCE%]";

#[test]
fn the_form_of_a_fault_is_where_faults_are_listed_and_asked_for() {
    for arguments in [
        &["emulator", "--help"][..],
        &["emulator", "-h"],
        &["emulator", "--list-faults"],
        &["man", "emulator"],
    ] {
        let message = run(arguments).out.replace('\\', "");
        for part in [FORM, "*forever", "any (all but connect and job)"] {
            assert!(message.contains(part), "{arguments:?} {part}: {message}");
        }
    }
    assert!(
        "poll:rate-limit=5@10%*forever?50%"
            .parse::<kling_emulator::Fault>()
            .is_ok()
    );
}

#[cfg(unix)]
#[test]
fn faults_are_listed_at_the_start() {
    use rustix::process::Signal;

    let stage = Stage::new();
    stage
        .folder
        .write("faults.toml", "faults = [\"balance:status=503\"]");
    let arguments = [
        "--strict",
        "--fault-file",
        "faults.toml",
        "--fault",
        "submit:reset-after-read,poll:status=503*3",
    ];
    let (_, text) = printed(
        &stage,
        &[&arguments[..], &["--format", "human"]].concat(),
        Signal::TERM,
    );
    for line in [
        "  faults   balance:status=503, submit:reset-after-read, poll:status=503*3",
        "  strict   every request with an error is refused",
    ] {
        assert!(
            text.lines().any(|message| message == line),
            "{line}: {text}"
        );
    }
    let (_, text) = printed(&stage, &arguments, Signal::TERM);
    let started: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&started["strict"], &started["faults"]),
        (
            &true.into(),
            &serde_json::json!([
                "balance:status=503",
                "submit:reset-after-read",
                "poll:status=503*3"
            ])
        )
    );
    let many = "submit:cut,".repeat(20);
    let many = ["--fault", many.trim_end_matches(','), "--format", "human"];
    let (_, text) = printed(&stage, &many, Signal::TERM);
    assert!(text.contains("submit:cut and 10 more"), "{text}");
}
