//! A disk that is full at any moment: a limit on the file size, at which writing fails, is raised slightly each time.

use std::process::{Command, Stdio};

use crate::service::raw::{Raw, accepted};
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
fn l06_wherever_the_disk_is_full_nothing_is_paid_for_twice_and_no_id_is_lost() {
    let mut before_sending = 0;
    let mut after_sending = 0;
    // Each record changes pages of 4 KiB, and keeps copies next to the file until it is complete.
    for limit in (0..=96).step_by(3) {
        let stage = Stage::new();
        // A text of several pages, so that the file grows with each step.
        let long = CLEAN.replace("a pond", &"a pond, and then ".repeat(120));
        stage.folder.write("request.json", long);
        let server = Raw::start(false, |_| accepted("video_1"));
        let first = submit(&stage, &server.url, limit);
        match (first.code, server.posts()) {
            (0, 1) => {}
            (2 | 8, 0) => before_sending += 1,
            (8, 1) => {
                after_sending += 1;
                assert!(
                    first.err.contains("keep the id of its task, video_1"),
                    "{}",
                    first.err
                );
            }
            other => panic!("{limit}: {other:?} {}", first.err),
        }
        let sent = server.posts();
        let second = stage.run(&server.url, &["submit", "request.json"]);
        assert_eq!(server.posts(), 1, "{limit}: {}", second.err);
        // If a sent request was not recorded completely, it is not known to have arrived.
        let expected = if (first.code, sent) == (8, 1) { 4 } else { 0 };
        assert_eq!(second.code, expected, "{limit}: {}", second.err);
    }
    assert!(before_sending > 3, "{before_sending} {after_sending}");
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
