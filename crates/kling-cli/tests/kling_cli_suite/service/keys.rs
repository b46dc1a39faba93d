//! Where the key comes from: files, pipes, the environment; and that it stays in this process.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::service::raw::{Raw, accepted};
use crate::service::stage::{CANARY, Service, Stage, nowhere, ran};
use crate::support::{Ran, program};

/// Texts that do not consist of just a key, and the messages about them. `@` stands for the key.
const WRONG: [(&str, &str); 9] = [
    ("", "it is empty"),
    ("@\nother\n", "several lines"),
    ("TOAPIS_API_KEY=@\n", "write only what follows the `=`"),
    (
        "export TOAPIS_API_KEY='@'\n",
        "write only what follows the `=`",
    ),
    ("\"@\"\n", "quotation marks"),
    ("'@'", "quotation marks"),
    ("Bearer @", "without `Bearer` before it"),
    ("@\u{1b}[31m", "a character that is not allowed in a key"),
    ("@é", "a character that is not allowed in a key"),
];

/// The program without a key in its environment.
fn keyless(stage: &Stage, url: &str, arguments: &[&str]) -> Command {
    let mut command = stage.command(url, arguments);
    command.env_remove("TOAPIS_API_KEY");
    command
}

#[track_caller]
fn refused(ran: &Ran, begins: &str, fault: &str) {
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.starts_with(&format!("error: {begins}: ")) && ran.err.contains(fault),
        "{fault}: {}",
        ran.err
    );
}

#[test]
fn what_is_not_a_key_alone_is_refused_before_anything_is_sent() {
    let stage = Stage::new();
    let server = Raw::start(false, |_| accepted("video_1"));
    let long = "x".repeat(4097);
    for (text, fault) in WRONG
        .into_iter()
        .chain([(long.as_str(), "longer than 4096 bytes")])
    {
        let text = text.replace('@', CANARY);
        stage.folder.write("the.key", &text);
        for command in [&["submit", "request.json"][..], &["emulator"]] {
            let arguments = [command, &["--key-file", "the.key"]].concat();
            let ran = ran(&mut keyless(&stage, &server.url, &arguments));
            refused(&ran, "--key-file the.key", fault);
        }
        if !text.is_empty() && text.len() < 4096 {
            let mut command = stage.command(&server.url, &["submit", "request.json"]);
            let ran = ran(command.env("TOAPIS_API_KEY", &text));
            refused(&ran, "the environment variable `TOAPIS_API_KEY`", fault);
        }
    }
    assert_eq!(server.posts(), 0);
}

#[test]
fn blanks_and_line_ends_around_a_key_do_not_count() {
    let (stage, service) = (Stage::new(), Service::new());
    for text in ["K", "K\n", "K\r\n", " K \n\n", "\u{feff}K\n"] {
        stage.folder.write("the.key", text.replace('K', CANARY));
        let arguments = ["balance", "--key-file", "the.key"];
        let ran = ran(&mut keyless(&stage, service.url(), &arguments));
        assert_eq!(ran.code, 0, "{text:?}: {}", ran.err);
    }
}

#[test]
fn what_looks_like_a_key_is_not_repeated() {
    let (stage, service) = (Stage::new(), Service::new());
    // Both options take a path.
    for command in ["balance", "emulator"] {
        let ran = stage.run(service.url(), &[command, "--key-file", CANARY]);
        refused(&ran, "--key-file", "must be the path of a file");
    }
    let option = format!("--client-id={CANARY}");
    for arguments in [
        &["check", CANARY][..],
        &["balance", CANARY],
        &["submit", CANARY],
        &["submit", "request.json", &option],
        &["status", CANARY],
    ] {
        let ran = stage.run(service.url(), arguments);
        refused(&ran, "an argument looks like a key", "`--key-file`");
        if arguments[0] != "check" {
            let reason = ran.json()["reason"].clone();
            assert!(reason.as_str().unwrap().contains("looks like a key"));
        }
    }
    assert_eq!(service.charges(), 0);
}

#[test]
fn a_file_that_others_can_read_is_warned_about() {
    use std::os::unix::fs::PermissionsExt as _;
    let (stage, service) = (Stage::new(), Service::new());
    stage.folder.write("the.key", CANARY);
    for (mode, warns) in [(0o600, false), (0o640, true), (0o604, true)] {
        let path = stage.folder.path().join("the.key");
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        let arguments = ["balance", "--key-file", "the.key"];
        let ran = ran(&mut keyless(&stage, service.url(), &arguments));
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_eq!(
            ran.err.contains("`chmod 600`"),
            warns,
            "{mode:o}: {}",
            ran.err
        );
        assert_eq!(
            ran.err.matches("warning").count(),
            usize::from(warns),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_pipe_gives_a_key_and_nothing_endless_is_read() {
    let (stage, service) = (Stage::new(), Service::new());
    let piped = |write: &str| {
        let script = format!("{write} | \"$0\" balance --key-file /dev/stdin");
        let mut command = Command::new("sh");
        command
            .args(["-c", &script, env!("CARGO_BIN_EXE_kling")])
            .current_dir(stage.folder.path())
            .env("TOAPIS_BASE_URL", service.url())
            .env_remove("TOAPIS_API_KEY");
        ran(&mut command)
    };
    let given = piped(&format!("echo {CANARY}"));
    assert_eq!((given.code, given.err.as_str()), (0, ""), "{}", given.err);
    // It is not read to its end, which never comes.
    let endless = piped("yes 2>/dev/null");
    refused(&endless, "--key-file /dev/stdin", "longer than 4096 bytes");
    for path in ["/dev/zero", "/proc/self/environ", "."] {
        if !cfg!(target_os = "linux") && path.starts_with("/proc") {
            continue;
        }
        let arguments = ["balance", "--key-file", path];
        let ran = ran(&mut keyless(&stage, service.url(), &arguments));
        refused(&ran, &format!("--key-file {path}"), "not a regular file");
    }
}

#[test]
fn a_pipe_that_nobody_writes_to_is_waited_for_for_10_s() {
    let (stage, url) = (Stage::new(), nowhere());
    let pipe = stage.folder.path().join("the.key");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let began = Instant::now();
    let waited = ran(&mut keyless(
        &stage,
        &url,
        &["balance", "--key-file", "the.key"],
    ));
    let limit = Duration::from_secs(10);
    refused(
        &waited,
        "--key-file the.key",
        "it is a pipe that did not end within 10 s",
    );
    assert!(began.elapsed() >= limit, "{:?}", began.elapsed());
}

/// Returns the kernel's data about a waiting process: the limits of a core dump, soft and hard.
#[cfg(target_os = "linux")]
fn limits_of_dumps(pid: u32) -> Vec<String> {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let words = line.unwrap().split_whitespace().skip(4).take(2);
    words.map(str::to_owned).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn while_a_key_is_in_memory_there_are_no_core_dumps() {
    let stage = Stage::new();
    stage.folder.write("the.key", CANARY);
    for by_file in [false, true] {
        let server = Raw::start(true, |_| accepted("video_1"));
        let arguments = ["submit", "request.json", "--again", "--key-file", "the.key"];
        let mut command = if by_file {
            keyless(&stage, &server.url, &arguments)
        } else {
            stage.command(&server.url, &arguments[..3])
        };
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        server.wait_for_request();
        assert_eq!(limits_of_dumps(child.id()), ["0", "0"]);
        server.go();
        child.wait().unwrap();
    }
    // An emulator reports when it has started, and has a key only if it is given one.
    let own = limits_of_dumps(std::process::id());
    for (arguments, expected) in [
        (&["emulator"][..], own),
        (
            &["emulator", "--key-file", "the.key"],
            vec!["0".to_owned(), "0".to_owned()],
        ),
    ] {
        let mut child = program(stage.folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let found = limits_of_dumps(child.id());
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(found, expected, "{arguments:?}");
    }
}
