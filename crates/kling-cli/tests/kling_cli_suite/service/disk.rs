//! A disk that is full at any moment: a limit on the file size, at which writing fails, is raised slightly each time.

use std::process::{Command, Stdio};

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{CANARY, Stage, ran};
use crate::support::{CLEAN, Ran};

/// Runs `kling submit` with a limit on the file size, in the shell's unit of 512 or 1024 bytes. Beyond the limit
/// writing fails, and the signal for it does not end the program.
fn submit(stage: &Stage, url: &str, limit: u32) -> Ran {
    let script = format!("ulimit -f {limit}; exec \"$0\" submit request.json");
    let mut command = Command::new("sh");
    command
        .args(["-c", &script, env!("CARGO_BIN_EXE_kling")])
        .current_dir(stage.folder.path())
        .env("TOAPIS_BASE_URL", url)
        .env("TOAPIS_API_KEY", CANARY)
        .env("TOAPIS_JOURNAL", stage.journal())
        .stdin(Stdio::null());
    ran(&mut command)
}

#[test]
fn l06_wherever_the_disk_is_full_nothing_is_paid_for_twice() {
    let mut before_sending = 0;
    for limit in (0..=96).step_by(3) {
        let stage = Stage::new();
        let server = Raw::start(false, |_| accepted("video_1"));
        let first = submit(&stage, &server.url, limit);
        match (first.code, server.posts()) {
            (0, 1) => {}
            (2 | 8, 0) => before_sending += 1,
            other => panic!("{limit}: {other:?} {}", first.err),
        }
        let second = stage.run(&server.url, &["submit", "request.json"]);
        assert_eq!(
            (second.code, server.posts()),
            (0, 1),
            "{limit}: {}",
            second.err
        );
    }
    assert!(before_sending > 3, "{before_sending}");
}

/// Runs `kling submit` while no file can become longer than this many bytes.
#[cfg(target_os = "linux")]
fn submit_within(stage: &Stage, url: &str, bytes: u64) -> Ran {
    use std::io::Write as _;

    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    let mut child = Command::new("sh")
        .args(["-c", "read _; exec \"$0\" submit request.json"])
        .arg(env!("CARGO_BIN_EXE_kling"))
        .current_dir(stage.folder.path())
        .env("TOAPIS_BASE_URL", url)
        .env("TOAPIS_API_KEY", CANARY)
        .env("TOAPIS_JOURNAL", stage.journal())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let limit = Rlimit {
        current: Some(bytes),
        maximum: None,
    };
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
    prlimit(pid, Resource::Fsize, limit).unwrap();
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().expect("no signal ended the program"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn l06_a_journal_that_cannot_grow_loses_no_id_and_pays_for_nothing_twice() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let stage = Stage::new();
    let count = AtomicUsize::new(0);
    let server = Raw::start(false, move |request| {
        if !request.starts_with("POST ") {
            return answer("404 Not Found", r#"{"error":{"code":"task_not_found"}}"#);
        }
        let id = count.fetch_add(1, Ordering::Relaxed) + 1;
        accepted(&format!("video_{id}"))
    });
    assert_eq!(stage.run(&server.url, &["submit", "request.json"]).code, 0);
    let (mut before_sending, mut after_sending) = (0, 0);
    let mut number = 0;
    // The pages of the file are full at another moment of each job.
    while before_sending < 2 || after_sending < 2 {
        number += 1;
        assert!(number < 200, "{before_sending} {after_sending}");
        let request = CLEAN.replace("boat", &format!("boat {number}"));
        stage.folder.write("request.json", request);
        let posts = server.posts();
        let size = std::fs::metadata(stage.journal()).unwrap().len();
        let first = submit_within(&stage, &server.url, size);
        let sent = server.posts() - posts;
        match (first.code, sent) {
            (0, 1) => continue,
            (8, 0) => before_sending += 1,
            (8, 1) => {
                after_sending += 1;
                let id = format!("video_{}", posts + 1);
                let message = format!(
                    "the service accepted the request as the task {id}, which is paid for: keep this id, `kling wait {id}`"
                );
                assert!(first.err.contains(&message), "{}", first.err);
                assert_eq!(first.json()["id"], id, "{}", first.out);
            }
            other => panic!("{number}: {other:?} {}", first.err),
        }
        let second = stage.run(&server.url, &["submit", "request.json"]);
        // If a sent request was not recorded completely, it is not known to have arrived.
        let code = if sent == 1 { 4 } else { 0 };
        assert_eq!(
            (second.code, server.posts()),
            (code, posts + 1),
            "{number}: {}",
            second.err
        );
    }
}

#[test]
fn l05_a_disk_that_is_full_from_the_beginning_keeps_the_request_from_being_sent() {
    for limit in [0, 1, 4, 8] {
        let stage = Stage::new();
        let server = Raw::start(false, |_| accepted("video_1"));
        let ran = submit(&stage, &server.url, limit);
        assert!(
            matches!(ran.code, 2 | 8),
            "{limit}: {} {}",
            ran.code,
            ran.err
        );
        assert_eq!(
            (ran.json().get("id"), server.posts()),
            (None, 0),
            "{limit}: {}",
            ran.err
        );
    }
}
