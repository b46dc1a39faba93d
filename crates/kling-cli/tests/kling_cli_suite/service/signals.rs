//! Ctrl-C and similar signals: while a request is in transit, and while waiting.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr, Stdio};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::service::raw::{Raw, accepted};
use crate::service::stage::{FAST, Service, Stage};

/// A running program, whose messages are read as they arrive.
pub(crate) struct Running {
    child: Child,
    message: BufReader<ChildStderr>,
}

impl Running {
    pub(crate) fn start(stage: &Stage, url: &str, arguments: &[&str]) -> Self {
        let mut child = stage
            .command(url, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let message = BufReader::new(child.stderr.take().unwrap());
        Self { child, message }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Stops it, as Ctrl-Z does, until it is sent [`Signal::CONT`].
    pub(crate) fn stop(&self) {
        self.signal(Signal::STOP);
        let (_, status) = waitpid(Some(self.pid()), WaitOptions::UNTRACED)
            .unwrap()
            .expect("it is waited for");
        assert!(status.stopped(), "{status:?}");
    }

    /// Reads messages until one contains this text.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(
                self.message.read_line(&mut line).unwrap(),
                0,
                "not told: {all}"
            );
            if line.contains(text) {
                return;
            }
            all.push_str(&line);
        }
    }

    /// Returns the exit code, and the rest of the messages.
    pub(crate) fn end(mut self) -> (i32, String) {
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut self.message, &mut rest).unwrap();
        let code = self
            .child
            .wait()
            .unwrap()
            .code()
            .expect("no signal ended it");
        (code, rest)
    }
}

#[test]
fn l11_the_first_one_waits_for_the_answer_to_a_request() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        if signal == Signal::HUP && ignores_hangups() {
            continue;
        }
        let stage = Stage::new();
        let server = Raw::start(true, |_| accepted("video_1"));
        let mut running = Running::start(&stage, &server.url, &["generate", "request.json"]);
        server.wait_for_request();
        running.signal(signal);
        running.wait_for("waiting for the answer");
        server.go();
        let (code, message) = running.end();
        assert_eq!(code, 5, "{message}");
        assert!(message.contains("accepted as video_1"), "{message}");
        assert_eq!(message.lines().last().unwrap(), "  kling jobs resume 1");
        assert_eq!(
            (server.posts(), stage.states()),
            (1, vec!["accepted".to_owned()])
        );
    }
}

#[test]
fn l11_the_second_one_leaves_and_the_job_is_unknown() {
    let stage = Stage::new();
    let server = Raw::start(true, |_| accepted("video_1"));
    let mut running = Running::start(&stage, &server.url, &["submit", "request.json"]);
    server.wait_for_request();
    running.signal(Signal::INT);
    running.wait_for("waiting for the answer");
    running.signal(Signal::INT);
    let (code, message) = running.end();
    assert_eq!(code, 4, "{message}");
    assert!(message.contains("kling jobs"), "{message}");
    assert_eq!(
        (server.posts(), stage.states()),
        (1, vec!["unknown".to_owned()])
    );
    assert!(stage.files().is_empty(), "{:?}", stage.files());
}

/// Whether this process, and so each that it starts, ignores the loss of its terminal, as under `nohup`.
fn ignores_hangups() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    ignored.is_some_and(|set| set & 1 == 1)
}

#[test]
fn l11_while_waiting_it_says_how_to_continue() {
    let (stage, service) = (Stage::new(), Service::still());
    let arguments = [&["generate", "request.json", "-o", "a.mp4"], &FAST[..]].concat();
    let mut running = Running::start(&stage, service.url(), &arguments);
    running.wait_for("accepted as");
    // The terminal is closed.
    running.signal(Signal::HUP);
    if ignores_hangups() {
        // Then the program continues without a terminal until it is asked to stop.
        running.signal(Signal::TERM);
    }
    let (code, message) = running.end();
    assert_eq!(code, 5, "{message}");
    let command = message.lines().last().unwrap().trim().to_owned();
    assert_eq!(command, "kling jobs resume --output a.mp4 1");
    service
        .emulator()
        .advance(std::time::Duration::from_mins(10));
    let resumed: Vec<&str> = command.split(' ').skip(1).chain(FAST).collect();
    let ran = stage.run(service.url(), &resumed);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        (stage.files(), service.charges()),
        (vec!["a.mp4".to_owned()], 1)
    );
}

#[test]
fn the_id_of_a_request_is_printed_before_its_answer() {
    let stage = Stage::new();
    let server = Raw::start(true, |_| accepted("video_1"));
    let mut running = Running::start(&stage, &server.url, &["submit", "request.json"]);
    running.wait_for("client_business_id: kling-");
    server.wait_for_request();
    server.go();
    assert_eq!(running.end().0, 0);
}

#[test]
fn l01_a_video_whose_saving_was_not_reported_is_reported_and_not_paid_for_again() {
    let (stage, service) = (Stage::new(), Service::new());
    let arguments = [&["generate", "request.json", "-o", "a.mp4"], &FAST[..]].concat();
    // Its result goes into a full pipe, so that it blocks between saving and reporting.
    let (reader, mut writer) = std::io::pipe().unwrap();
    let fill = writer.try_clone().unwrap();
    rustix::io::ioctl_fionbio(&fill, true).unwrap();
    while std::io::Write::write(&mut writer, &[0; 4096]).is_ok() {}
    rustix::io::ioctl_fionbio(&fill, false).unwrap();
    let mut child = stage
        .command(service.url(), &arguments)
        .stdout(fill)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !stage.folder.path().join("a.mp4").exists() || stage.states() != ["saved"] {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    drop(reader);
    let again = stage.run(service.url(), &arguments);
    assert_eq!((again.code, service.charges()), (0, 1), "{}", again.err);
    assert!(
        again.json()["file"].as_str().unwrap().ends_with("a.mp4"),
        "{}",
        again.out
    );
    assert_eq!(stage.files(), ["a.mp4"]);
}
