//! A run for each exit code that the help of a command lists: each code occurs, and its message has the form of all
//! others.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::sync::LazyLock;
use std::thread;

use crate::codes::{CODES, command_of};
use crate::messages::wrong;
use crate::service::journal::leave_intent_to_send;
use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::{FAST, Service, Stage, nowhere, ran};
use crate::support::{CLEAN, ERROR, Ran};

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0;";
/// How these end, tests of their own show: one ends with its editor, the other when it is told to.
const SERVERS: [&str; 2] = ["lsp", "emulator"];

const CLIENT_ID: &str = "order-7";
const NO_TASK: &str = r#"{"error":{"code":"task_not_found"}}"#;
const FAILED: &str = r#"{"id":"video_1","status":"failed","error":{"message":"not this one"}}"#;
const COMPLETED: &str = r#"{"id":"video_1","status":"completed"}"#;

/// A run that has ended.
struct Ended {
    line: String,
    /// The code that it should end with.
    code: i32,
    ran: Ran,
}

/// The runs, for all tests here.
static ENDED: LazyLock<Vec<Ended>> = LazyLock::new(|| {
    let groups: [fn(&mut Runs); 21] = [
        Runs::done_and_refused_here,
        Runs::offline,
        Runs::of_the_account,
        Runs::jobs,
        #[cfg(target_os = "linux")]
        Runs::not_printed,
        |runs| runs.not_reached("submit request.json"),
        |runs| runs.not_reached("generate request.json --timeout 1"),
        |runs| runs.not_reached("status x"),
        |runs| runs.not_reached("download x"),
        |runs| runs.not_reached("upload image.gif"),
        |runs| runs.not_reached("balance"),
        |runs| runs.not_reached("doctor"),
        Runs::rejected,
        Runs::of_unknown_outcome,
        Runs::not_shown,
        Runs::failed,
        Runs::unusable,
        |runs| runs.not_understood("upload image.gif"),
        |runs| runs.not_understood("submit request.json --client-id order-7 --timeout 8"),
        Runs::without_a_video,
        Runs::not_recorded,
    ];
    // Most of the time is spent waiting for the next attempt.
    thread::scope(|scope| {
        let threads = groups.map(|group| {
            scope.spawn(move || {
                let mut runs = Runs(Vec::new());
                group(&mut runs);
                runs.0
            })
        });
        let ended = threads.map(|thread| thread.join().unwrap());
        ended.into_iter().flatten().collect()
    })
});

struct Runs(Vec<Ended>);

impl Runs {
    fn command(stage: &Stage, url: &str, line: &str) -> Command {
        let mut words: Vec<&str> = line.split(' ').collect();
        if ["generate", "wait", "jobs resume"].contains(&command_of(&words).as_str()) {
            words.extend(FAST);
        }
        stage.command(url, &words)
    }

    fn add(&mut self, stage: &Stage, url: &str, line: &str, code: i32) -> &Ran {
        self.ended(line, code, &mut Self::command(stage, url, line))
    }

    fn ended(&mut self, line: &str, code: i32, command: &mut Command) -> &Ran {
        let (line, ran) = (line.to_owned(), ran(command));
        self.0.push(Ended { line, code, ran });
        &self.0.last().unwrap().ran
    }

    fn done_and_refused_here(&mut self) {
        let (stage, service) = (stage(), Service::new());
        let url = service.url();
        let sent = self.add(&stage, url, "submit request.json", 0).json();
        let id = sent["id"].as_str().unwrap();
        self.add(&stage, url, &format!("wait {id}"), 0);
        self.add(&stage, url, &format!("status {id}"), 0);
        self.add(&stage, url, &format!("download {id} -o missing/a.mp4"), 8);
        self.add(&stage, url, &format!("download {id} -o a.mp4"), 0);
        self.add(&stage, url, "generate request.json", 0);
        self.add(&stage, url, "upload image.gif", 0);
        self.add(&stage, url, "upload missing.gif", 8);
        self.add(&stage, url, "check request.json", 0);
        for command in ["check", "submit", "generate"] {
            self.add(&stage, url, &format!("{command} wrong.json"), 1);
            self.add(&stage, url, &format!("{command} missing.json"), 2);
        }
        for command in ["submit", "generate"] {
            let dear = format!("{command} request.json --again --max-cost 1");
            self.add(&stage, url, &dear, 9);
        }
        for command in ["status ..", "wait ..", "download ..", "upload"] {
            self.add(&stage, url, command, 2);
        }
        let elsewhere = "generate request.json --again -o missing/a.mp4";
        self.add(&stage, url, elsewhere, 8);
    }

    fn not_reached(&mut self, line: &str) {
        self.add(&stage(), &nowhere(), line, 10);
    }

    /// Commands that ask nobody.
    fn offline(&mut self) {
        let stage = stage();
        let url = nowhere();
        for (line, code) in [
            ("bill request.json", 0),
            ("bill wrong.json", 1),
            ("bill missing.json", 2),
            ("explain duplicate-key", 0),
            ("explain nothing-of-this-name", 2),
            ("models kling-v3", 0),
            ("models kling-v9", 2),
            ("schema kling-v3", 0),
            ("schema kling-v9", 2),
            ("config .", 0),
            ("config missing/nothing", 2),
            ("completions bash", 0),
            ("completions none", 2),
            ("man check", 0),
            ("man nothing", 2),
        ] {
            self.add(&stage, &url, line, code);
        }
    }

    fn of_the_account(&mut self) {
        let stage = stage();
        let service = Service::new();
        let refusing = Raw::start(false, |_| {
            answer("403 Forbidden", r#"{"error":{"message":"not this one"}}"#)
        });
        let html = Raw::start(false, |_| answer("200 OK", "<html>"));
        for command in ["balance", "doctor"] {
            self.add(&stage, service.url(), command, 0);
            self.add(&stage, service.url(), &format!("{command} --nothing"), 2);
            self.add(&stage, &refusing.url, command, 3);
            self.add(&stage, &html.url, command, 7);
        }
    }

    /// Jobs that are listed, shown and resumed, each as far as it comes.
    fn jobs(&mut self) {
        let (stage, service) = (stage(), Service::new());
        let url = service.url();
        assert_eq!(stage.run(url, &["submit", "request.json"]).code, 0);
        for (command, code) in [
            ("jobs", 0),
            ("jobs list", 0),
            ("jobs show 1", 0),
            ("jobs resume 1 -o missing/a.mp4", 8),
            ("jobs resume 1", 0),
            ("jobs --state nothing", 2),
            ("jobs list --state nothing", 2),
            ("jobs show 2", 2),
            ("jobs resume 2", 2),
        ] {
            self.add(&stage, url, command, code);
        }
        for (text, server, code) in [
            (ERROR, unsure(), 1),
            (CLEAN, rejecting(), 3),
            (CLEAN, unsure(), 4),
        ] {
            let stage = Stage::new();
            leave_intent_to_send(&stage, &server.url, text, CLIENT_ID, 0);
            self.add(&stage, &server.url, "jobs resume 1", code);
        }
        for (server, code) in [
            (asked("401 Unauthorized", "{}"), 5),
            (asked("200 OK", FAILED), 6),
            (asked("200 OK", COMPLETED), 7),
        ] {
            let stage = Stage::new();
            assert_eq!(stage.run(&server.url, &["submit", "request.json"]).code, 0);
            self.add(&stage, &server.url, "jobs resume 1", code);
        }
        let stage = Stage::new();
        leave_intent_to_send(&stage, &nowhere(), CLEAN, CLIENT_ID, 0);
        self.add(&stage, &nowhere(), "jobs resume 1", 10);
    }

    /// What nobody can read.
    #[cfg(target_os = "linux")]
    fn not_printed(&mut self) {
        let (stage, service) = (stage(), Service::new());
        let sent = stage.run(service.url(), &["submit", "request.json"]);
        assert_eq!(sent.code, 0, "{}", sent.err);
        for line in ["jobs", "jobs list", "jobs show 1", "balance", "doctor"] {
            let full = fs::OpenOptions::new().write(true).open("/dev/full");
            let mut command = Self::command(&stage, service.url(), line);
            self.ended(line, 8, command.stdout(full.unwrap()));
        }
    }

    fn rejected(&mut self) {
        let (stage, server) = (stage(), rejecting());
        for command in [
            "submit request.json",
            "generate request.json",
            "upload image.gif",
        ] {
            self.add(&stage, &server.url, command, 3);
        }
    }

    fn of_unknown_outcome(&mut self) {
        let (stage, server) = (stage(), unsure());
        let sent = self
            .add(&stage, &server.url, "submit request.json", 4)
            .json();
        let id = sent["client_business_id"].as_str().unwrap();
        self.add(&stage, &server.url, "generate request.json", 4);
        for command in ["status", "wait --timeout 2", "download"] {
            self.add(&stage, &server.url, &format!("{command} {id}"), 4);
        }
    }

    fn not_shown(&mut self) {
        let stage = stage();
        let server = asked("401 Unauthorized", "{}");
        for command in ["status x", "wait x", "download x", "generate request.json"] {
            self.add(&stage, &server.url, command, 5);
        }
    }

    fn failed(&mut self) {
        let stage = stage();
        let server = asked("200 OK", FAILED);
        for command in [
            "generate request.json",
            "status video_1",
            "wait video_1",
            "download video_1",
        ] {
            self.add(&stage, &server.url, command, 6);
        }
    }

    fn unusable(&mut self) {
        let stage = stage();
        // It is not asked again after this answer.
        let server = Raw::start(false, |_| {
            answer(
                "503 Service Unavailable",
                r#"{"error":{"code":"model_not_found","message":"not this one"}}"#,
            )
        });
        for command in ["status x", "download x"] {
            self.add(&stage, &server.url, command, 7);
        }
    }

    fn not_understood(&mut self, line: &str) {
        let server = Raw::start(false, |_| answer("200 OK", "<html>"));
        self.add(&stage(), &server.url, line, 7);
    }

    fn without_a_video(&mut self) {
        let stage = stage();
        let server = asked("200 OK", COMPLETED);
        for command in ["generate request.json", "wait video_1"] {
            self.add(&stage, &server.url, command, 7);
        }
    }

    fn not_recorded(&mut self) {
        for command in ["submit request.json", "status video_1", "wait video_1"] {
            let stage = stage();
            let is_asked = command.ends_with("video_1");
            let journal = stage.journal();
            let server = Raw::start(false, move |request| {
                let is_post = request.starts_with("POST ");
                if is_post != is_asked {
                    fs::write(&journal, "this is not a database").unwrap();
                }
                if is_post {
                    return accepted("video_1");
                }
                answer(
                    "200 OK",
                    r#"{"id":"video_1","status":"completed","url":"https://a.example/v.mp4"}"#,
                )
            });
            if is_asked {
                let sent = stage.run(&server.url, &["submit", "request.json"]);
                assert_eq!(sent.code, 0, "{}", sent.err);
            }
            self.add(&stage, &server.url, command, 8);
        }
    }
}

/// A stage with the files that the commands name.
fn stage() -> Stage {
    let stage = Stage::new();
    stage.folder.write("wrong.json", ERROR);
    stage.folder.write("image.gif", GIF);
    stage
}

/// A server that rejects every request.
fn rejecting() -> Raw {
    Raw::start(false, |request| {
        if request.starts_with("POST ") {
            answer("400 Bad Request", r#"{"error":{"message":"not this one"}}"#)
        } else {
            answer("404 Not Found", NO_TASK)
        }
    })
}

/// A server that answers no request, and knows no task.
fn unsure() -> Raw {
    Raw::start(false, |request| {
        if request.starts_with("POST ") {
            Vec::new()
        } else {
            answer("404 Not Found", NO_TASK)
        }
    })
}

/// A server that accepts each request as `video_1`, and answers every question about a task with this.
fn asked(status: &'static str, body: &'static str) -> Raw {
    Raw::start(false, move |request| {
        if request.starts_with("POST ") {
            accepted("video_1")
        } else {
            answer(status, body)
        }
    })
}

#[test]
fn each_code_that_the_help_lists_occurs() {
    let others: Vec<String> = ENDED
        .iter()
        .filter(|ended| ended.ran.code != ended.code)
        .map(|ended| {
            format!(
                "kling {}: {} instead of {}\n{}",
                ended.line, ended.ran.code, ended.code, ended.ran.err
            )
        })
        .collect();
    assert!(others.is_empty(), "{}", others.join("\n"));
    for (command, listed) in CODES {
        if SERVERS.contains(&command) {
            continue;
        }
        let of_command = |ended: &&Ended| {
            let words: Vec<&str> = ended.line.split(' ').collect();
            command_of(&words) == command
        };
        let seen: BTreeSet<i32> = ENDED
            .iter()
            .filter(of_command)
            .map(|ended| ended.ran.code)
            .collect();
        assert!(listed.iter().eq(&seen), "{command}: {seen:?} of {listed:?}");
    }
}

#[test]
fn every_bad_end_has_a_message_of_the_usual_form() {
    let faults: Vec<String> = ENDED
        .iter()
        .filter(|ended| ended.ran.code > 2 && !is_said_by_the_service(ended))
        // What it finds is what it prints.
        .filter(|ended| ended.line != "doctor" || ended.ran.out.is_empty())
        .filter_map(|ended| {
            let fault = wrong(&ended.ran)?;
            Some(format!("kling {}: {fault}\n{}", ended.line, ended.ran.err))
        })
        .collect();
    assert!(
        faults.is_empty(),
        "{}:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// Whether a run ends with the service's own words: what to do about them, only a reader can know.
fn is_said_by_the_service(ended: &Ended) -> bool {
    let is_result = ended.ran.err.is_empty() && ended.ran.json()["reason"] == "not this one";
    is_result || ended.ran.err.trim_end().ends_with(": not this one")
}
