//! A journal that refuses what is to be recorded about a request that was sent.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{FAST, Stage};

fn journal(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}

/// Lets a journal refuse events of this kind.
fn refuse(path: &Path, event: &str) {
    let trigger = format!(
        "CREATE TRIGGER refused BEFORE INSERT ON events WHEN NEW.event = '{event}' \
         BEGIN SELECT RAISE(ABORT, 'refused'); END"
    );
    journal(path).execute_batch(&trigger).unwrap();
}

fn allow(path: &Path) {
    journal(path).execute_batch("DROP TRIGGER refused").unwrap();
}

fn count(path: &Path, from: &str) -> u32 {
    journal(path)
        .query_row(&format!("SELECT count(*) FROM {from}"), [], |row| {
            row.get(0)
        })
        .unwrap()
}

#[test]
fn a_job_whose_outcome_is_not_recorded_stays_claimed() {
    let stage = Stage::new();
    let path = stage.journal();
    let server = Raw::start(false, move |_| {
        refuse(&path, "accepted");
        accepted("video_1")
    });
    let ran = stage.run(&server.url, &["submit", "request.json"]);
    assert_eq!(ran.code, 8, "{}", ran.err);
    assert_eq!(count(&stage.journal(), "claims"), 1);
    allow(&stage.journal());
    // The process that held it is gone, so nobody knows what it left unrecorded.
    let again = stage.run(&server.url, &["submit", "request.json"]);
    assert_eq!((again.code, server.posts()), (4, 1), "{}", again.err);
    assert_eq!(count(&stage.journal(), "claims"), 0);
}

/// Returns the command that an error advises to continue with, without the name of the program.
#[track_caller]
fn advised(message: &str) -> Vec<&str> {
    let (_, rest) = message
        .split_once("keep this id, `kling ")
        .expect("the id has to be kept");
    let (command, _) = rest
        .split_once("` continues without the journal")
        .expect("it can be continued");
    command.split(' ').collect()
}

#[test]
fn an_id_that_a_look_up_finds_is_reported_and_recorded_with_the_next_answer() {
    let stage = Stage::new();
    let path = stage.journal();
    let questions = AtomicUsize::new(0);
    let recorded = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&recorded);
    let server = Raw::start(false, move |request| {
        if request.starts_with("POST ") {
            return b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"id\":\"video_7\",".to_vec();
        }
        let settled = count(&path, "events WHERE event = 'settled'");
        seen.lock().unwrap().push(settled);
        let word = match questions.fetch_add(1, Ordering::Relaxed) {
            0 => {
                refuse(&path, "settled");
                "queued"
            }
            1 => {
                allow(&path);
                "in_progress"
            }
            _ => "failed",
        };
        answer(
            "200 OK",
            &format!(r#"{{"id":"video_7","status":"{word}"}}"#),
        )
    });
    let generate = [&["generate", "request.json"], &FAST[..]].concat();
    let ran = stage.run(&server.url, &generate);
    assert_eq!(ran.code, 6, "{}", ran.err);
    let message = "the service accepted the request as the task video_7, which is paid for";
    assert!(ran.err.contains(message), "{}", ran.err);
    assert_eq!(advised(&ran.err), ["wait", "video_7"]);
    // The task is still running when its id is recorded.
    assert_eq!(*recorded.lock().unwrap(), [0, 0, 1], "{}", ran.err);
    assert_eq!(stage.states(), ["failed"]);
}

#[test]
fn the_command_that_continues_without_the_journal_needs_none() {
    let stage = Stage::new();
    let path = stage.journal();
    let server = Raw::start(false, move |request| {
        if request.starts_with("POST ") {
            std::fs::write(&path, "this is no database").unwrap();
            accepted("video_7")
        } else {
            let url = "https://a.example/v.mp4";
            answer(
                "200 OK",
                &format!(r#"{{"id":"video_7","status":"completed","url":"{url}"}}"#),
            )
        }
    });
    let ran = stage.run(&server.url, &["submit", "request.json"]);
    assert_eq!(ran.code, 8, "{}", ran.err);
    let waited = stage.run(&server.url, &advised(&ran.err));
    assert_eq!(
        (waited.code, waited.json()["state"].as_str()),
        (0, Some("completed")),
        "{}",
        waited.err
    );
    assert!(
        waited.err.contains("not recorded in the journal"),
        "{}",
        waited.err
    );
}
