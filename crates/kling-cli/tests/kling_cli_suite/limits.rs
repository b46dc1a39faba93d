//! Resources that the machine may refuse: threads, open files, space in a file. Each refusal is an error that says
//! what to do, and never a panic or a signal.

use std::process::{Command, Stdio};

use crate::support::{CLEAN, ERROR, Folder, Ran, program};

/// More bytes than a process has addresses: with a stack of this size no thread can be started.
const STACK: &str = "140737488355328";

fn ran(command: &mut Command) -> Ran {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let ran = Ran {
        code: output.status.code().expect("no signal ended the program"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    ran
}

/// Runs the program with a limit set by the shell.
fn limited(folder: &Folder, limit: &str, script: &str) -> Ran {
    let mut command = program(folder.path());
    let program = command.get_program().to_owned();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit {limit}; exec \"$0\" {script}")]);
    shell.arg(program).current_dir(folder.path());
    for (name, value) in command.arg("check").get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.env("TOAPIS_API_KEY", "sk-canary-7f3a9e");
    shell.env("TOAPIS_BASE_URL", "http://127.0.0.1:1");
    shell.env("TOAPIS_JOURNAL", folder.path().join("journal.sqlite3"));
    ran(&mut shell)
}

/// A folder with enough requests for several threads.
fn requests() -> Folder {
    let folder = Folder::new();
    for number in 0..40 {
        folder.write(&format!("{number}.json"), CLEAN);
    }
    folder
}

#[test]
fn without_threads_requests_are_checked_and_nothing_is_sent() {
    let folder = requests();
    let without = |arguments: &[&str]| {
        let mut command = program(folder.path());
        command
            .args(arguments)
            .env("RUST_MIN_STACK", STACK)
            .env("TOAPIS_API_KEY", "sk-canary-7f3a9e")
            .env("TOAPIS_BASE_URL", "http://127.0.0.1:1")
            .env("TOAPIS_JOURNAL", folder.path().join("journal.sqlite3"));
        ran(&mut command)
    };
    let checked = without(&["check", "."]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    assert!(
        checked.err.contains("checked 40 requests"),
        "{}",
        checked.err
    );
    let mut refused: Vec<(&[&str], i32)> = Vec::new();
    if cfg!(feature = "client") {
        refused.push((&["generate", "0.json"], 8));
        refused.push((&["submit", "0.json"], 8));
        refused.push((&["status", "video_1"], 8));
    }
    if cfg!(feature = "emulator") {
        refused.push((&["emulator"], 2));
    }
    if cfg!(all(feature = "client", feature = "emulator")) {
        refused.push((&["generate", "0.json", "--emulator"], 8));
    }
    if cfg!(feature = "lsp") {
        refused.push((&["lsp"], 2));
    }
    for (arguments, code) in refused {
        let ran = without(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert!(
            ran.err.contains("cannot be started: ") && ran.err.contains("`ulimit -u`"),
            "{arguments:?}: {}",
            ran.err
        );
    }
    assert!(!folder.path().join("journal.sqlite3").exists());
}

#[test]
#[cfg(all(feature = "client", feature = "emulator"))]
fn without_open_files_requests_are_checked_and_nothing_is_sent() {
    let folder = requests();
    // The fourth open file is the one that is read.
    let checked = limited(&folder, "-n 4", "check . --threads 1");
    assert_eq!(checked.code, 0, "{}", checked.err);
    for (script, code) in [
        ("generate 0.json", 8),
        ("generate 0.json --emulator", 8),
        ("status video_1", 8),
        ("emulator", 2),
    ] {
        let ran = limited(&folder, "-n 4", script);
        assert_eq!(ran.code, code, "{script}: {}", ran.err);
        assert!(
            ran.err.contains("sockets cannot be opened: ") && ran.err.contains("`ulimit -n`"),
            "{script}: {}",
            ran.err
        );
    }
    #[cfg(feature = "lsp")]
    assert_eq!(limited(&folder, "-n 4", "lsp").code, 0);
}

#[test]
fn a_file_that_may_not_grow_is_an_error() {
    let folder = Folder::with(&[("wrong.json", ERROR)]);
    let long = format!(
        r#"{{"model": "kling-v3", "prompt": "{}", "duration": "5"}}"#,
        "a paper boat ".repeat(150)
    );
    folder.write("long.json", &long);
    let printed = limited(&folder, "-f 1", "check --format json . > out");
    assert_eq!(printed.code, 2, "{}", printed.err);
    assert!(printed.err.starts_with("error: "), "{}", printed.err);
    let fixed = limited(&folder, "-f 1", "check --fix --unsafe-fixes long.json");
    assert_eq!(fixed.code, 2, "{}", fixed.err);
    let left = std::fs::read_to_string(folder.path().join("long.json")).unwrap();
    assert_eq!(left, long);
}

#[test]
fn a_file_with_two_names_that_cannot_be_rewritten_is_as_it_was() {
    use std::os::unix::fs::MetadataExt as _;
    let prompt = "a paper boat ".repeat(150);
    for members in [
        // The text becomes shorter, and longer.
        r#""duration": "5", "model": "kling-v3""#,
        r#""seconds": 5, "model": "kling-v3""#,
    ] {
        let folder = Folder::new();
        let old = format!(r#"{{{members}, "prompt": "{prompt}"}}"#);
        folder.write("a.json", &old);
        let names = ["a.json", "b.json"].map(|name| folder.path().join(name));
        std::fs::hard_link(&names[0], &names[1]).unwrap();
        let number = std::fs::metadata(&names[0]).unwrap().ino();
        let ran = limited(&folder, "-f 1", "check --fix --unsafe-fixes a.json");
        assert_eq!(ran.code, 2, "{}", ran.err);
        let told = "error: cannot fix `a.json`: ";
        assert!(ran.err.contains(told), "{}", ran.err);
        for name in &names {
            assert_eq!(std::fs::read_to_string(name).unwrap(), old);
            assert_eq!(std::fs::metadata(name).unwrap().ino(), number);
        }
    }
}

/// Each limit is reached at a different point: before anything is sent, during the request, or after it.
#[cfg(all(feature = "client", feature = "emulator"))]
#[test]
fn wherever_open_files_run_out_nothing_is_paid_for_twice() {
    use crate::service::raw::{Raw, accepted};
    use crate::service::stage::{CANARY, Stage, ran as ran_to_its_end};

    let mut outcomes = std::collections::BTreeSet::new();
    for limit in 4..=20 {
        let stage = Stage::new();
        let server = Raw::start(false, |_| accepted("video_1"));
        let script = format!("ulimit -n {limit}; exec \"$0\" submit request.json");
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &script, env!("CARGO_BIN_EXE_kling")])
            .current_dir(stage.folder.path())
            .env("TOAPIS_BASE_URL", &server.url)
            .env("TOAPIS_API_KEY", CANARY)
            .env("TOAPIS_JOURNAL", stage.journal())
            .stdin(Stdio::null());
        let first = ran_to_its_end(&mut shell);
        assert!(!first.err.contains("panicked"), "{limit}: {}", first.err);
        match (first.code, server.posts()) {
            (0, 1) | (2 | 8 | 10, 0) => {}
            (8, 1) => assert!(first.err.contains("video_1"), "{limit}: {}", first.err),
            other => panic!("{limit}: {other:?} {}", first.err),
        }
        outcomes.insert(first.code);
        stage.run(&server.url, &["submit", "request.json"]);
        assert_eq!(server.posts(), 1, "{limit}");
    }
    assert!(outcomes.contains(&0) && outcomes.len() > 2, "{outcomes:?}");
}
