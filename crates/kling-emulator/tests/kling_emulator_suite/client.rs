//! A client of raw bytes: it sends what a test wrote, and reports how a connection ended.

use std::fmt::Write as _;
use std::time::Duration;

use kling_emulator::{Builder, Clock, Emulator, Fault};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Long enough for a busy machine; only a failing test waits this long.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) const SUBMIT: &str = "/v1/videos/generations";

/// A request without a finding.
pub(crate) const BODY: &str = r#"{"model": "kling-v3", "prompt": "a paper boat"}"#;

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Closed,
    Reset,
}

/// Everything that was received.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) bytes: Vec<u8>,
    pub(crate) ending: Ending,
}

/// The parts of an answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case, in the order received.
    pub(crate) headers: Vec<(String, String)>,
    /// What followed the headers, whatever its declared length.
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Returns the final answer, after any informational ones.
    pub(crate) fn answer(&self) -> Answer {
        let mut rest = self.bytes.as_slice();
        loop {
            let end = find(rest, b"\r\n\r\n").expect("a whole head");
            let head = std::str::from_utf8(&rest[..end]).unwrap();
            rest = &rest[end + 4..];
            let (line, headers) = head.split_once("\r\n").unwrap_or((head, ""));
            let status: u16 = line.split(' ').nth(1).unwrap().parse().unwrap();
            if status < 200 {
                continue;
            }
            let headers = headers.split("\r\n").filter(|line| !line.is_empty());
            let headers = headers.map(|line| {
                let (name, value) = line.split_once(": ").unwrap();
                (name.to_ascii_lowercase(), value.to_owned())
            });
            return Answer {
                status,
                headers: headers.collect(),
                body: rest.to_vec(),
            };
        }
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        let is_chunked = self.header("transfer-encoding") == Some("chunked");
        let whole = is_chunked.then(|| chunks(&self.body).concat());
        serde_json::from_slice(whole.as_deref().unwrap_or(&self.body)).unwrap()
    }

    pub(crate) fn declared_length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }
}

/// Returns the chunks of a body up to the empty one, with which it has to end.
pub(crate) fn chunks(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut chunks = Vec::new();
    loop {
        let end = find(bytes, b"\r\n").expect("the length of a chunk");
        let length = std::str::from_utf8(&bytes[..end]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        let (chunk, rest) = bytes[end + 2..].split_at(length);
        assert!(rest.starts_with(b"\r\n"));
        if length == 0 {
            assert_eq!(rest, b"\r\n");
            return chunks;
        }
        chunks.push(chunk);
        bytes = &rest[2..];
    }
}

pub(crate) fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes
        .windows(pattern.len())
        .position(|window| window == pattern)
}

/// An emulator whose clock does not run.
pub(crate) fn manual() -> Builder {
    Emulator::builder().clock(Clock::manual()).seed(1)
}

pub(crate) async fn connect(emulator: &Emulator) -> TcpStream {
    TcpStream::connect(emulator.address()).await.unwrap()
}

/// Sends these bytes and reads until the connection ends.
pub(crate) async fn raw(emulator: &Emulator, bytes: &[u8]) -> Received {
    let mut stream = connect(emulator).await;
    // The emulator may have ended the connection already; what it sent before is still read.
    let _ = stream.write_all(bytes).await;
    rest(&mut stream).await
}

/// Reads until the connection ends.
pub(crate) async fn rest(stream: &mut TcpStream) -> Received {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = timeout(PATIENCE, stream.read(&mut buffer));
        match read.await.expect("the emulator ends the connection") {
            Ok(0) => {
                return Received {
                    bytes,
                    ending: Ending::Closed,
                };
            }
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            Err(_) => {
                return Received {
                    bytes,
                    ending: Ending::Reset,
                };
            }
        }
    }
}

/// Returns the bytes of a request that ends its connection.
pub(crate) fn request(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let mut head =
        format!("{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    if !body.is_empty() {
        write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) async fn send(
    emulator: &Emulator,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    raw(emulator, &request(method, target, headers, body))
        .await
        .answer()
}

pub(crate) async fn get(emulator: &Emulator, target: &str) -> Answer {
    send(emulator, "GET", target, &[], b"").await
}

pub(crate) async fn post(emulator: &Emulator, target: &str, body: &str) -> Answer {
    let json = [("Content-Type", "application/json")];
    send(emulator, "POST", target, &json, body.as_bytes()).await
}

/// Submits [`BODY`] and returns its id.
pub(crate) async fn submitted(emulator: &Emulator) -> String {
    let answer = post(emulator, SUBMIT, BODY).await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    answer.json()["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn status(emulator: &Emulator, id: &str) -> Value {
    let answer = get(emulator, &format!("{SUBMIT}/{id}")).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

/// Returns the target of the video of a completed job.
pub(crate) async fn completed(emulator: &Emulator) -> String {
    let id = submitted(emulator).await;
    emulator.advance(Duration::from_mins(10));
    target(emulator, &status(emulator, &id).await)
}

/// Returns the path and query of the URL of a completed job.
pub(crate) fn target(emulator: &Emulator, status: &Value) -> String {
    let url = status["result"]["data"][0]["url"].as_str().unwrap();
    url.strip_prefix(emulator.url()).unwrap().to_owned()
}

pub(crate) fn fault(text: &str) -> Fault {
    text.parse().unwrap()
}

/// Returns the number of charges.
pub(crate) fn charges(emulator: &Emulator) -> usize {
    emulator.ledger().charges().len()
}
