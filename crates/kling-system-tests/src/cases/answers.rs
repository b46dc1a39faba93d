//! An answer of a service: how the program handles it, with human and with machine-readable output.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use xtask::failure::{Failure, Result};

use super::Judged;
use super::file::{Case, any_of, is_any};
use super::program::{Program, Ran, Sandbox};
use super::service::{self, Service};

/// The request that is sent.
const REQUEST: &[u8] =
    br#"{"model": "kling-v3", "prompt": "a paper boat on a pond", "duration": 5}"#;
/// The task that every case is about.
const TASK: &str = "T";
/// The time limit of the whole command, in seconds: even a task that is never found must come to an end.
const TIMEOUT: &str = "15";
/// The pause between polls, in seconds.
const POLL: &str = "0.1";

/// Runs a case once with human and once with JSON output, and asks for the state that it ends in.
///
/// # Errors
/// The case is not valid, or something cannot be run.
pub(super) fn judge(program: &Program, case: &Case) -> Result<Vec<Judged>> {
    let expect = &case.members["expect"];
    let mut judged = Vec::new();
    for format in ["human", "json"] {
        let end = End::of(program, case, format)?;
        judged.extend(end.judge(expect, format));
    }
    if !expect["state"].is_null() {
        judged.push(state(program, case, &expect["state"])?);
    }
    Ok(judged)
}

/// How a run of a case ended.
#[derive(Debug, Default)]
struct End {
    ran: Ran,
    saved: bool,
    posts: usize,
    part_type: Option<String>,
}

impl End {
    fn of(program: &Program, case: &Case, format: &str) -> Result<Self> {
        let answer = &case.members["answer"];
        let service = Service::start(answer.as_object().cloned().unwrap_or_default())?;
        let sandbox = Sandbox::new()?;
        let common = ["--timeout", TIMEOUT, "--format", format];
        let command = match answer["command"].as_str().unwrap_or_default() {
            "submit" => vec!["submit", "request.json"],
            "generate" => [
                &["generate", "request.json", "-o", "video.mp4"][..],
                &["--first-poll", POLL, "--poll-interval", POLL],
            ]
            .concat(),
            "upload" => vec!["upload", uploaded(&sandbox, &answer["file"])?],
            other => {
                return Err(Failure::new(format!(
                    "`{other}` is not a command of a case"
                )));
            }
        };
        sandbox.write("request.json", REQUEST)?;
        let ran = program.run(&sandbox, service.url(), &[&command[..], &common].concat())?;
        Ok(Self {
            ran,
            saved: sandbox.holds(&service::video()),
            posts: service.posts(),
            part_type: service.part_type(),
        })
    }

    fn judge(&self, expect: &Value, format: &str) -> Vec<Judged> {
        let ending = self.ran.ending();
        let mut judged = Vec::new();
        let mut member = |what: &'static str, is: &Value| {
            let right = &expect[what];
            if !right.is_null() {
                let fault = || format!("{format}: expected {right}, got {is}: {ending}");
                judged.push(Judged::new(what, is_any(right, is), fault));
            }
        };
        let result = self.ran.json();
        member("exit", &json!(self.ran.code));
        if format == "json" {
            member("verdict", &result["verdict"]);
            member("id", &result["id"]);
        }
        member("saved", &json!(self.saved));
        member("sent_type", &json!(self.part_type));
        if let Some(most) = expect["posts_at_most"].as_u64() {
            let held = self.posts as u64 <= most;
            let fault = || format!("{format}: expected at most {most}, got {}", self.posts);
            judged.push(Judged::new("posts_at_most", held, fault));
        }
        let details = self.ran.details();
        let says = |words: &Value| {
            let mut words = any_of(words).iter().filter_map(Value::as_str);
            words.any(|word| details.contains(&word.to_lowercase()))
        };
        for words in expect["says"].as_array().into_iter().flatten() {
            let fault = || format!("{format}: {words} is missing: {ending}");
            judged.push(Judged::new("says", says(words), fault));
        }
        for words in expect["not_says"].as_array().into_iter().flatten() {
            let fault = || format!("{format}: {words} must not be said: {ending}");
            judged.push(Judged::new("not_says", !says(words), fault));
        }
        judged
    }
}

/// Compares the state that `kling status` reports for the last answer about the task.
fn state(program: &Program, case: &Case, right: &Value) -> Result<Judged> {
    let polls = case.members["answer"]["poll"].as_array();
    let last = polls.and_then(|polls| polls.last()).cloned();
    let answers = json!({"poll": [last]}).as_object().cloned();
    let service = Service::start(answers.unwrap_or_default())?;
    let arguments = ["status", TASK, "--format", "json", "--timeout", TIMEOUT];
    let ran = program.run(&Sandbox::new()?, service.url(), &arguments)?;
    let state = &ran.json()["state"];
    Ok(Judged::new("state", is_any(right, state), || {
        format!("expected {right}, got {state}: {}", ran.ending())
    }))
}

/// Writes the file to upload and returns its name.
fn uploaded<'a>(sandbox: &Sandbox, file: &'a Value) -> Result<&'a str> {
    let name = file["name"].as_str();
    let name = name.ok_or_else(|| Failure::new("the file of an upload has no `name`"))?;
    let text = file["base64"].as_str().unwrap_or_default();
    let mut bytes = STANDARD
        .decode(text)
        .map_err(|error| Failure::new(format!("the file of an upload cannot be read: {error}")))?;
    let padded = file["padded_to"]
        .as_u64()
        .and_then(|length| usize::try_from(length).ok());
    bytes.resize(bytes.len().max(padded.unwrap_or_default()), 0);
    sandbox.write(name, &bytes)?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(end: &End, expect: &Value) -> Vec<&'static str> {
        let judged = end.judge(expect, "json").into_iter();
        judged
            .filter(|one| one.fault.is_some())
            .map(|one| one.what)
            .collect()
    }

    #[test]
    fn an_end_is_held_to_all_that_is_expected() {
        let end = End {
            ran: Ran {
                code: Some(3),
                out: br#"{"verdict": "rejected", "message": "Boom \"now\""}"#.to_vec(),
                err: b"error: rejected\n".to_vec(),
            },
            posts: 1,
            ..End::default()
        };
        let right = json!({
            "exit": [3, 4], "verdict": "rejected", "says": ["BOOM \"NOW\"", ["x", "error"]], "not_says": ["charged"],
            "saved": false, "posts_at_most": 1,
        });
        assert_eq!(faults(&end, &right), [""; 0]);
        let wrong = json!({
            "exit": 0, "verdict": "accepted", "id": "T", "says": ["boom", "charged"], "not_says": ["rejected"],
            "saved": true, "posts_at_most": 0, "sent_type": "image/png",
        });
        let all = [
            "exit",
            "verdict",
            "id",
            "saved",
            "sent_type",
            "posts_at_most",
            "says",
            "not_says",
        ];
        assert_eq!(faults(&end, &wrong), all);
    }
}
