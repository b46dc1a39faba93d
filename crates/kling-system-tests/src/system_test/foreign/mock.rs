//! The mock: starts it, adds its answers, and reads what it has received.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use xtask::failure::{self, Failure, Result};

/// The program of the npm package `@copilotkit/aimock` that reads its answers from a file.
pub(super) const PROGRAM: &str = "llmock";
/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running mock. It ends when this is dropped.
pub(super) struct Mock {
    child: Child,
    pub(super) url: String,
    key: Option<String>,
}

impl Mock {
    /// Starts it on a free port with these answers; if a key is given, it accepts no other.
    pub(super) fn start(folder: &Path, fixtures: &[Value], key: Option<&str>) -> Result<Self> {
        let file = folder.join("fixtures.json");
        failure::write(&file, &json!({"fixtures": fixtures}).to_string())?;
        let mut command = Command::new(PROGRAM);
        command
            .args(["--port", "0", "--log-level", "info", "--fixtures"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        if let Some(key) = key {
            command.env("AIMOCK_API_KEYS", key);
        }
        let child = command.spawn().map_err(|error| {
            Failure::new(format!(
                "missing: {PROGRAM} ({error}); `.ci/run` installs what is needed"
            ))
        })?;
        let mut mock = Self {
            child,
            url: String::new(),
            key: key.map(str::to_owned),
        };
        let mut lines = BufReader::new(mock.child.stdout.take().ok_or_else(broken)?).lines();
        let address = lines
            .by_ref()
            .map_while(std::result::Result::ok)
            .find_map(|line| {
                let (_, url) = line.split_once("listening on ")?;
                Some(url.trim().to_owned())
            });
        mock.url = address.ok_or_else(|| {
            Failure::new(format!(
                "{PROGRAM} does not listen; it needs Node.js 20.15 or newer"
            ))
        })?;
        // It keeps printing, and must not find the pipe full or closed.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(mock)
    }

    /// Adds an answer.
    pub(super) fn add(&self, fixture: &Value) -> Result<()> {
        let body = json!({"fixtures": [fixture]}).to_string();
        let added = self.call("POST", "/__aimock/fixtures", body.as_bytes())?;
        if added["added"] == 1 {
            return Ok(());
        }
        Err(Failure::new(format!(
            "{PROGRAM} has not taken an answer: {added}"
        )))
    }

    /// Uploads a file for it to serve, and returns its id.
    pub(super) fn upload(&self, bytes: &[u8]) -> Result<String> {
        let head = "--edge\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nuser_data\r\n--edge\r\n\
                    Content-Disposition: form-data; name=\"file\"; filename=\"a.mp4\"\r\n\
                    Content-Type: video/mp4\r\n\r\n";
        let body = [head.as_bytes(), bytes, b"\r\n--edge--\r\n"].concat();
        let file = self.exchange(
            "POST",
            "/v1/files",
            "multipart/form-data; boundary=edge",
            &body,
        )?;
        file["id"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| Failure::new(format!("{PROGRAM} has not taken a file: {file}")))
    }

    /// Returns the number of requests for videos with this method that it has received.
    pub(super) fn count(&self, method: &str) -> Result<usize> {
        let path = format!("/__aimock/journal?path=/v1/videos&method={method}");
        let seen = self.call("GET", &path, b"")?;
        seen.as_array()
            .map(Vec::len)
            .ok_or_else(|| Failure::new(format!("{PROGRAM} does not tell its requests: {seen}")))
    }

    /// Sends a request with JSON, and returns the JSON of the answer.
    pub(super) fn call(&self, method: &str, path: &str, body: &[u8]) -> Result<Value> {
        self.exchange(method, path, "application/json", body)
    }

    /// Uses HTTP/1.0, whose answers end with the connection and have no other framing.
    fn exchange(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Result<Value> {
        let failed = |error| Failure::new(format!("{PROGRAM}: {method} {path}: {error}"));
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).map_err(failed)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        let key = self.key.as_deref().unwrap_or("none");
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream
            .write_all(&[head.as_bytes(), body].concat())
            .map_err(failed)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(failed)?;
        let (_, body) = answer.split_once("\r\n\r\n").ok_or_else(broken)?;
        serde_json::from_str(body)
            .map_err(|error| Failure::new(format!("{PROGRAM}: {method} {path}: {error}: {answer}")))
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // It may have ended already, and if it cannot be waited for, there is nothing else to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn broken() -> Failure {
    Failure::new(format!("{PROGRAM}: its answer breaks off"))
}
