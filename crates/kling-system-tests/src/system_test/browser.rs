//! Headless Chromium, driven by its debugging protocol over two pipes: no port, no driver, and it ends when the pipes
//! close.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::failure::{Failure, Result};

/// The program, by its name in Debian's package `chromium`.
pub(super) const PROGRAM: &str = "chromium";
/// How long an answer of the browser may take; a slow machine needs several seconds for the first.
const PATIENCE: Duration = Duration::from_mins(1);
/// Moves the ends of the pipes to the descriptors that the browser uses, then becomes the browser.
const START: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#;
/// It runs as root in CI, and must not fetch anything on its own.
const ARGUMENTS: [&str; 14] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-pipe",
    "--window-size=1280,900",
];

/// A browser with one page.
#[derive(Debug)]
pub(super) struct Browser {
    child: Child,
    commands: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// The session with the page, once there is one.
    session: Option<String>,
    last: u64,
    /// Events that arrived while something else was waited for.
    events: VecDeque<Value>,
    /// The folder for its data, until it ends.
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser with a new profile and an empty page.
    ///
    /// # Errors
    /// It cannot be started or does not answer.
    pub(super) fn start() -> Result<Self> {
        let profile = tempfile::tempdir()
            .map_err(|error| Failure::new(format!("no temporary folder: {error}")))?;
        let mut child = Command::new("sh")
            .args(["-c", START, PROGRAM])
            .args(ARGUMENTS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Failure::new(format!("`{PROGRAM}` cannot be started: {error}")))?;
        let (sender, messages) = channel();
        let commands = child.stdin.take();
        if let Some(output) = child.stdout.take() {
            thread::spawn(move || {
                for message in BufReader::new(output)
                    .split(0)
                    .map_while(std::result::Result::ok)
                {
                    let message = serde_json::from_slice(&message).unwrap_or_default();
                    if sender.send(message).is_err() {
                        break;
                    }
                }
            });
        }
        let mut browser = Self {
            child,
            commands,
            messages,
            session: None,
            last: 0,
            events: VecDeque::new(),
            _profile: profile,
        };
        browser.attach()?;
        Ok(browser)
    }

    fn attach(&mut self) -> Result<()> {
        let target = self.call("Target.createTarget", &json!({"url": "about:blank"}))?;
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let session = self.call("Target.attachToTarget", &target)?;
        self.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            self.call(&format!("{domain}.enable"), &json!({}))?;
        }
        Ok(())
    }

    /// Calls a method of the protocol and returns its result.
    ///
    /// # Errors
    /// The browser refuses, has ended, or does not answer for a minute.
    pub(super) fn call(&mut self, method: &str, parameters: &Value) -> Result<Value> {
        self.last += 1;
        let mut command = json!({"id": self.last, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        let ended = || Failure::new(format!("the browser has ended before `{method}`"));
        let pipe = self.commands.as_mut().ok_or_else(ended)?;
        pipe.write_all(&bytes).map_err(|_| ended())?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let message = self.receive(deadline, method)?;
            if message["id"] != self.last {
                self.events.push_back(message);
            } else if message["error"].is_null() {
                return Ok(message["result"].clone());
            } else {
                let error = &message["error"];
                return Err(Failure::new(format!("`{method}` is refused: {error}")));
            }
        }
    }

    fn receive(&self, deadline: Instant, what: &str) -> Result<Value> {
        let left = deadline.saturating_duration_since(Instant::now());
        self.messages.recv_timeout(left).map_err(|error| {
            let why = match error {
                RecvTimeoutError::Timeout => format!("does not answer in {PATIENCE:?}"),
                RecvTimeoutError::Disconnected => "has ended".to_owned(),
            };
            Failure::new(format!("the browser {why}: {what}"))
        })
    }

    /// Opens a URL and waits until everything is loaded.
    ///
    /// # Errors
    /// The page does not exist, or does not load.
    pub(super) fn open(&mut self, url: &str) -> Result<()> {
        self.events
            .retain(|event| event["method"] != "Page.loadEventFired");
        let answer = self.call("Page.navigate", &json!({"url": url}))?;
        if let Some(error) = answer["errorText"].as_str() {
            return Err(Failure::new(format!("{url} does not open: {error}")));
        }
        let deadline = Instant::now() + PATIENCE;
        let loaded = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events.iter().any(loaded) {
            let event = self.receive(deadline, url)?;
            self.events.push_back(event);
        }
        Ok(())
    }

    /// Returns the value of an expression in the page; for a promise, its result.
    ///
    /// # Errors
    /// It throws, or its promise is not resolved within a minute.
    pub(super) fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let result = self.call(
            "Runtime.evaluate",
            &json!({
                "expression": expression,
                "awaitPromise": true,
                "returnByValue": true,
                "userGesture": true,
            }),
        )?;
        let thrown = &result["exceptionDetails"];
        if thrown.is_null() {
            return Ok(result["result"]["value"].clone());
        }
        let description = &thrown["exception"]["description"];
        let description = description
            .as_str()
            .map_or_else(|| thrown.to_string(), str::to_owned);
        Err(Failure::new(format!("`{expression}` throws {description}")))
    }

    /// Presses and releases a key; `text` is what it types, if anything.
    ///
    /// # Errors
    /// The browser has ended.
    pub(super) fn press(&mut self, key: &str, code: u32, text: &str) -> Result<()> {
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({
                "type": kind,
                "key": key,
                "code": key,
                "windowsVirtualKeyCode": code,
            });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", &event)?;
        }
        Ok(())
    }

    /// Returns what the page and the browser have complained about since the last call: errors and warnings on the
    /// console, uncaught exceptions, policy violations, and failed loads.
    ///
    /// # Errors
    /// The browser has ended.
    pub(super) fn complaints(&mut self) -> Result<Vec<String>> {
        // Earlier events have arrived by the time of this answer.
        self.evaluate("0")?;
        let events = self.events.drain(..);
        Ok(events.filter_map(|event| complaint(&event)).collect())
    }
}

/// Returns what an event complains about, if it does.
fn complaint(event: &Value) -> Option<String> {
    let parameters = &event["params"];
    let bad = |level: &Value| level == "error" || level == "warning";
    let what = match event["method"].as_str()? {
        "Runtime.exceptionThrown" => &parameters["exceptionDetails"],
        "Runtime.consoleAPICalled" if bad(&parameters["type"]) => &parameters["args"],
        "Log.entryAdded" if bad(&parameters["entry"]["level"]) => &parameters["entry"]["text"],
        _ => return None,
    };
    Some(what.to_string())
}

/// The browser ends with its pipes; waits for it so that its folder can be removed.
impl Drop for Browser {
    fn drop(&mut self) {
        // A browser that does not close properly is killed.
        let closed =
            self.session.take().is_some() && self.call("Browser.close", &json!({})).is_ok();
        drop(self.commands.take());
        if !closed {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_distinguished_from_other_events() {
        let event = |method: &str, params: Value| json!({"method": method, "params": params});
        let entry = |level: &str| json!({"entry": {"level": level, "text": "no"}});
        assert_eq!(complaint(&event("Page.loadEventFired", json!({}))), None);
        assert_eq!(complaint(&event("Log.entryAdded", entry("info"))), None);
        let details = complaint(&event("Log.entryAdded", entry("error")));
        assert_eq!(details.as_deref(), Some("\"no\""));
        let console = |kind: &str| {
            complaint(&event(
                "Runtime.consoleAPICalled",
                json!({"type": kind, "args": [1]}),
            ))
        };
        assert_eq!(console("log"), None);
        assert_eq!(console("warning").as_deref(), Some("[1]"));
        let thrown = json!({"exceptionDetails": {"text": "Uncaught"}});
        assert!(complaint(&event("Runtime.exceptionThrown", thrown)).is_some());
    }
}
