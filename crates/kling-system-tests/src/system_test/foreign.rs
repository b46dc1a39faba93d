//! The client against a third-party server: aimock, a mock of AI services from npm, whose paths and answers are those
//! of other services of the same kind.
//!
//! The differences from the service are documented in the README of `kling-http`.

mod gateway;
mod mock;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use kling_emulator::mp4::{self, Video};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::failure::{Failure, Result};
use xtask::process::build_kling;

use gateway::Gateway;
use mock::Mock;

/// The only key that the mock accepts.
const KEY: &str = "sk-canary-foreign";

/// Starts the mock, and runs the program `kling` against it.
///
/// # Errors
/// An outcome differs from the expected one, or something could not be run.
pub(super) fn test(root: &Path) -> Result<String> {
    let mut stage = Stage {
        kling: build_kling(root)?,
        folder: TempDir::new().map_err(|error| Failure::new(format!("no folder: {error}")))?,
        checks: 0,
    };
    stage.every_answer_has_its_verdict()?;
    stage.a_video_is_made_behind_a_gateway()?;
    Ok(format!("{} outcomes as they should be", stage.checks))
}

/// An answer of the mock to a submit, and the client's expected outcome.
struct Case {
    /// The prompt, by which the mock chooses its answer.
    prompt: &'static str,
    answer: Value,
    /// The exit code, and a text that the result must contain.
    code: i32,
    holds: &'static str,
}

fn cases() -> [Case; 7] {
    let case = |prompt, answer, code, holds| Case {
        prompt,
        answer,
        code,
        holds,
    };
    let video =
        json!({"video": {"id": "v", "status": "completed", "url": "http://127.0.0.1:1/x.mp4"}});
    let error = |status: u16, message: &str| json!({"error": {"message": message, "type": "t"}, "status": status});
    [
        // The id is where no service of this kind is known to put it: the task may have been charged.
        case("a boat", json!({"response": video}), 4, "unknown"),
        case(
            "a limit",
            json!({"response": error(429, "slow down")}),
            3,
            "slow down",
        ),
        case(
            "a debt",
            json!({"response": error(402, "top up")}),
            3,
            "top up",
        ),
        case(
            "a crash",
            json!({"response": error(500, "sorry")}),
            4,
            "sorry",
        ),
        case(
            "a cut",
            json!({"response": video, "chaos": {"disconnectRate": 1}}),
            4,
            "unknown",
        ),
        case(
            "a jumble",
            json!({"response": video, "chaos": {"malformedRate": 1}}),
            4,
            "unknown",
        ),
        case("a stranger", Value::Null, 3, "No fixture matched"),
    ]
}

struct Stage {
    kling: PathBuf,
    folder: TempDir,
    checks: u32,
}

impl Stage {
    /// With the mock unchanged: its submit has the path of the service, and its answers do not.
    fn every_answer_has_its_verdict(&mut self) -> Result<()> {
        let mut fixtures = Vec::new();
        for mut case in cases() {
            if let Some(fixture) = case.answer.as_object_mut() {
                let pattern = json!({"userMessage": case.prompt, "endpoint": "video"});
                fixture.insert("match".to_owned(), pattern);
                fixtures.push(case.answer);
            }
        }
        let mock = Mock::start(self.folder.path(), &fixtures, Some(KEY))?;
        for case in cases() {
            let before = mock.count("POST")?;
            // Each is sent twice: an unknown one must not be sent again, and after a refusal it is a new request.
            for round in 0..2 {
                let output = self.submit(&mock.url, case.prompt, KEY)?;
                let what = format!("{} ({round})", case.prompt);
                self.expect(&what, &output, case.code, case.holds)?;
            }
            let sent = mock.count("POST")? - before;
            let most = if case.code == 4 { 1 } else { 2 };
            self.equal(&format!("{}: submits", case.prompt), sent, most)?;
        }
        let output = self.submit(&mock.url, "a thief", "sk-canary-wrong")?;
        self.expect("a wrong key", &output, 3, "Invalid API key")?;
        let status = self.run(&mock.url, KEY, &["status", "video_1"])?;
        self.expect("a status that it has elsewhere", &status, 5, "")
    }

    /// Behind a gateway that renames its paths, the mock is a service like ours: a task with an id, in an unknown
    /// state, then with a URL.
    fn a_video_is_made_behind_a_gateway(&mut self) -> Result<()> {
        let video = Video {
            seconds: 3,
            width: 320,
            height: 180,
            sound: true,
        };
        let video = mp4::write(&video).map_err(|error| Failure::new(format!("{error}")))?;
        // The mock complains if it has no answers.
        let nothing = json!({"match": {"userMessage": "nothing"}, "response": {"content": ""}});
        let mock = Mock::start(self.folder.path(), &[nothing], None)?;
        let gateway = Gateway::start(&mock.url)?;
        let file = mock.upload(&video)?;
        let url = format!("{}/v1/files/{file}/content", gateway.url());
        let made = |status: &str| json!({"video": {"id": "video_7", "status": status, "url": url}});
        mock.add(&json!({"match": {"userMessage": "a harbour"}, "response": made("processing")}))?;
        mock.add(&json!({"match": {"userMessage": "it is done"}, "response": made("completed")}))?;

        let before = mock.count("POST")?;
        let target = self.folder.path().join("harbour.mp4");
        let output = target.display().to_string();
        let words = [
            "-o",
            &output,
            "--first-poll",
            "0.1",
            "--poll-interval",
            "0.1",
        ];
        let mut generate = self.start(gateway.url(), KEY, "generate", "a harbour", &words)?;
        // The video is completed only after the client has been told that it is being made.
        while mock.count("GET")? == 0 {
            if let Ok(Some(_)) = generate.try_wait() {
                break;
            }
            std::thread::yield_now();
        }
        self.equal("submits of a video", mock.count("POST")? - before, 1)?;
        mock.call("POST", "/v1/videos", br#"{"prompt": "it is done"}"#)?;
        let output = generate
            .wait_with_output()
            .map_err(|error| not_run(&error))?;
        self.expect("a video", &output, 0, "video_7")?;
        let saved = fs::read(&target).map_err(|error| Failure::file(&target, "read", &error))?;
        self.equal("bytes of the video", saved.len(), video.len())?;
        self.equal("the video", saved == video, true)
    }

    fn submit(&self, url: &str, prompt: &str, key: &str) -> Result<Output> {
        let child = self.start(url, key, "submit", prompt, &[])?;
        child.wait_with_output().map_err(|error| not_run(&error))
    }

    /// Starts a command with a request with this prompt.
    fn start(
        &self,
        url: &str,
        key: &str,
        command: &str,
        prompt: &str,
        words: &[&str],
    ) -> Result<Child> {
        let request = self.folder.path().join("request.json");
        let text = json!({"model": "kling-v3", "prompt": prompt}).to_string();
        xtask::failure::write(&request, &text)?;
        let request = request.display().to_string();
        let words = [&[command, &request], words].concat();
        self.command(url, key, &words)
            .spawn()
            .map_err(|error| not_run(&error))
    }

    fn run(&self, url: &str, key: &str, words: &[&str]) -> Result<Output> {
        self.command(url, key, words)
            .output()
            .map_err(|error| not_run(&error))
    }

    fn command(&self, url: &str, key: &str, words: &[&str]) -> Command {
        let mut command = Command::new(&self.kling);
        command
            .args(words)
            .args(["--base-url", url, "--format", "json", "--journal"])
            .arg(self.folder.path().join("journal.db"))
            .env("TOAPIS_API_KEY", key)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Checks the exit code, and that the output contains a text but not the key.
    fn expect(&mut self, what: &str, output: &Output, code: i32, holds: &str) -> Result<()> {
        let [out, talk] =
            [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        self.checks += 1;
        let text = format!("{out}{talk}");
        if output.status.code() == Some(code) && text.contains(holds) && !text.contains("canary") {
            return Ok(());
        }
        Err(Failure::new(format!(
            "{what}: {} instead of exit code {code} with `{holds}` and no key: {text}",
            output.status
        )))
    }

    fn equal<T: Copy + PartialEq + std::fmt::Debug>(
        &mut self,
        what: &str,
        is: T,
        should: T,
    ) -> Result<()> {
        self.checks += 1;
        if is == should {
            return Ok(());
        }
        Err(Failure::new(format!(
            "{what}: {is:?} instead of {should:?}"
        )))
    }
}

fn not_run(error: &std::io::Error) -> Failure {
    Failure::new(format!("`kling` cannot be run: {error}"))
}
