//! A server that answers each connection with given bytes, and counts the requests.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// A server on this machine. It ends with the test process.
pub(crate) struct Raw {
    pub(crate) url: String,
    /// The requests that were read completely.
    requests: Arc<Mutex<Vec<String>>>,
    /// Receives a message for each request that has been read, before each part of its answer.
    read: Receiver<()>,
    /// Releases the next part of an answer.
    go: Sender<()>,
}

impl Raw {
    /// Answers with what `answer` returns for the text of a request; if `held`, only when [`Raw::go`] is called.
    pub(crate) fn start(
        held: bool,
        answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self::in_parts(1, held, answer)
    }

    /// Answers in this many parts of the same length; if `held`, each only when [`Raw::go`] is called.
    pub(crate) fn in_parts(
        parts: usize,
        held: bool,
        answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (sender, read) = channel();
        let (go, wait) = channel::<()>();
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let Some(request) = request(&mut stream) else {
                    continue;
                };
                seen.lock().unwrap().push(request.clone());
                let mut bytes = Vec::new();
                for part in 0..parts {
                    let _ = sender.send(());
                    if held && wait.recv().is_err() {
                        return;
                    }
                    if part == 0 {
                        bytes = answer(&request);
                    }
                    let at = |part: usize| bytes.len() * part / parts;
                    // An interrupted client no longer reads.
                    let _ = stream.write_all(&bytes[at(part)..at(part + 1)]);
                }
            }
        });
        Self {
            url,
            requests,
            read,
            go,
        }
    }

    /// Waits until a request has been read, or a part of its answer is written and another follows.
    pub(crate) fn wait_for_request(&self) {
        self.read.recv().unwrap();
    }

    /// Releases one answer, or one part of it.
    pub(crate) fn go(&self) {
        self.go.send(()).unwrap();
    }

    pub(crate) fn posts(&self) -> usize {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .filter(|text| text.starts_with("POST "))
            .count()
    }
}

/// Reads a request with its body, if it arrives completely.
fn request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    name.eq_ignore_ascii_case("content-length")
                        .then(|| value.trim().parse().ok())?
                })
                .unwrap_or(0);
            if body.len() >= length {
                return Some(text);
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

/// A complete answer.
pub(crate) fn answer(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The answer with a video.
pub(crate) fn video(video: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        video.len()
    );
    [head.as_bytes(), video].concat()
}

/// Returns the host that a request names.
pub(crate) fn host(request: &str) -> &str {
    let named = request.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("host").then_some(value)
    });
    named.expect("every request has one")
}

/// The answer to a submit that was accepted.
pub(crate) fn accepted(id: &str) -> Vec<u8> {
    answer(
        "200 OK",
        &format!(r#"{{"id":"{id}","object":"generation.task","status":"queued","progress":0}}"#),
    )
}
