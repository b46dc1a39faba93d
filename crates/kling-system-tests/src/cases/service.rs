//! A loopback server that plays back the answers of a case in order, and repeats the last one.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use kling_emulator::mp4::{self, Video};
use serde_json::{Map, Value};
use xtask::failure::{Failure, Result};

/// The path of submits; for polls it is followed by the id of a task.
const TASKS: &str = "/v1/videos/generations";
/// The beginning of an upload's path.
const UPLOADS: &str = "/v1/uploads";
/// Placeholder for the server's URL in an answer.
const BASE: &str = "@BASE@";
/// A client that sends nothing for this long is gone.
const SILENCE: Duration = Duration::from_secs(30);

/// A running server; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct Service {
    address: SocketAddr,
    played: Arc<Played>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Played {
    /// By path, or `submit`, `poll` and `upload`.
    answers: Map<String, Value>,
    url: String,
    ended: AtomicBool,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    answered: BTreeMap<String, usize>,
    posts: usize,
    part_type: Option<String>,
}

/// The complete video that `<… bytes>` stands for.
pub(super) fn video() -> Vec<u8> {
    mp4::write(&Video {
        seconds: 5,
        width: 128,
        height: 72,
        sound: true,
    })
    .expect("it is within the bounds of what can be made")
}

impl Service {
    /// # Errors
    /// There is no free port.
    pub(super) fn start(answers: Map<String, Value>) -> Result<Self> {
        let started = TcpListener::bind("127.0.0.1:0").and_then(|listener| {
            let address = listener.local_addr()?;
            let played = Arc::new(Played {
                answers,
                url: format!("http://{address}"),
                ended: AtomicBool::new(false),
                seen: Mutex::default(),
            });
            let accepting = Some(thread::spawn({
                let played = Arc::clone(&played);
                move || accept(&listener, &played)
            }));
            Ok(Self {
                address,
                played,
                accepting,
            })
        });
        started.map_err(|error| {
            Failure::new(format!("the server of the case does not start: {error}"))
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.played.url
    }

    /// Returns the number of POST requests that arrived completely.
    pub(super) fn posts(&self) -> usize {
        self.played.seen().posts
    }

    /// Returns the media type of the file part in the last upload.
    pub(super) fn part_type(&self) -> Option<String> {
        self.played.seen().part_type.clone()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.played.ended.store(true, Ordering::Release);
        // Ends the wait for the next connection.
        let woken = TcpStream::connect(self.address).is_ok();
        if let Some(accepting) = self.accepting.take().filter(|_| woken) {
            // The thread returns nothing, and a panic in it has been printed.
            let _ = accepting.join();
        }
    }
}

fn accept(listener: &TcpListener, played: &Arc<Played>) {
    for stream in listener.incoming() {
        if played.ended.load(Ordering::Acquire) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let played = Arc::clone(played);
        // A client may disconnect at any moment.
        thread::spawn(move || played.answer(stream).ok());
    }
}

impl Played {
    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers the single request of a connection.
    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(SILENCE))?;
        let request = Request::read(&mut stream)?;
        let answer = self.next(&request);
        stream.write_all(&self.bytes(answer))?;
        stream.shutdown(Shutdown::Write)
    }

    /// Counts a request, and returns the next answer.
    fn next(&self, request: &Request) -> Option<&Value> {
        let mut seen = self.seen();
        if request.method == "POST" {
            seen.posts += 1;
        }
        let name = match request.path.as_str() {
            path if request.method == "POST" && path.starts_with(UPLOADS) => {
                seen.part_type = part_type(&request.body);
                "upload"
            }
            TASKS if request.method == "POST" => "submit",
            path if path.starts_with(TASKS) => "poll",
            path => path,
        };
        let list = self.answers.get(name)?.as_array()?;
        let answered = seen.answered.entry(name.to_owned()).or_default();
        let answer = list.get(*answered).or(list.last());
        *answered += 1;
        answer
    }

    /// Returns a text of an answer, with the server's URL inserted.
    fn text(&self, text: &str) -> Vec<u8> {
        text.replace(BASE, &self.url).into_bytes()
    }

    /// Returns the bytes of an answer.
    fn bytes(&self, answer: Option<&Value>) -> Vec<u8> {
        let Some(answer) = answer else {
            return b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                .to_vec();
        };
        if let Some(way) = answer.as_str() {
            return odd(way);
        }
        let (body, kind) = match &answer["body"] {
            Value::String(text) if is_video(text) => (video(), "video/mp4"),
            Value::String(text) => (self.text(text), "application/json"),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => (self.text(&answer["body"].to_string()), "application/json"),
        };
        let mut headers = vec![
            ("content-length", body.len().to_string()),
            ("connection", "close".to_owned()),
        ];
        let given = answer["headers"].as_object();
        for (name, value) in given.into_iter().flatten() {
            headers.push((name, value.as_str().unwrap_or_default().to_owned()));
        }
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            headers.push(("content-type", kind.to_owned()));
        }
        let lines = headers
            .into_iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"));
        let head = format!(
            "HTTP/1.1 {} Played\r\n{}",
            answer["status"],
            lines.collect::<String>()
        );
        [head.as_bytes(), b"\r\n", &body].concat()
    }
}

/// Returns an answer that is described in words: the video, cut off or without its length.
fn odd(way: &str) -> Vec<u8> {
    let video = video();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\nconnection: close\r\n";
    let after = way
        .strip_prefix("connection cut after ")
        .and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok());
    match after {
        Some(bytes) => {
            let length = format!("content-length: {}\r\n\r\n", video.len());
            [
                head.as_bytes(),
                length.as_bytes(),
                &video[..bytes.min(video.len() - 1)],
            ]
            .concat()
        }
        None => [head.as_bytes(), b"\r\n", &video].concat(),
    }
}

fn is_video(body: &str) -> bool {
    let number = body
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix(" bytes>"));
    number.is_some_and(|number| number.parse::<u64>().is_ok())
}

/// What a client sent.
struct Request {
    method: String,
    /// Without a query.
    path: String,
    body: Vec<u8>,
}

impl Request {
    fn read(stream: &mut TcpStream) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            more(stream, &mut bytes)?;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (method, target) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        let length = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.trim().parse().ok())
            .unwrap_or(0);
        let mut body = bytes.split_off(end + 4);
        while body.len() < length {
            more(stream, &mut body)?;
        }
        Ok(Self {
            method: method.to_owned(),
            path: target.split('?').next().unwrap_or_default().to_owned(),
            body,
        })
    }
}

fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut piece = [0; 16 << 10];
    match stream.read(&mut piece)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        length => {
            bytes.extend_from_slice(&piece[..length]);
            Ok(())
        }
    }
}

/// Returns the media type of the first part of a form that has a file name.
fn part_type(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let heads = text.split("\r\n\r\n");
    let head = heads.into_iter().find(|head| head.contains("filename"))?;
    head.split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        .map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ask(service: &Service, request: &str) -> String {
        let mut stream = TcpStream::connect(service.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[test]
    fn answers_come_one_after_the_other_and_the_last_again() {
        let answers = json!({
            "submit": [{"status": 200, "headers": {}, "body": {"url": "@BASE@/v"}}],
            "poll": [{"status": 404, "headers": {}, "body": ""}, {"status": 202, "headers": {"x": "y"}, "body": "b"}],
            "/v": ["connection cut after 10 bytes", "no content-length"],
        });
        let service = Service::start(answers.as_object().unwrap().clone()).unwrap();
        let posted = ask(
            &service,
            "POST /v1/videos/generations HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
        );
        assert!(
            posted.ends_with(&format!("{{\"url\":\"{}/v\"}}", service.url())),
            "{posted}"
        );
        let poll = || ask(&service, "GET /v1/videos/generations/T?x HTTP/1.1\r\n\r\n");
        assert!(poll().starts_with("HTTP/1.1 404 "));
        let second = poll();
        assert!(
            second.contains("\r\nx: y\r\n") && second.ends_with("\r\n\r\nb"),
            "{second}"
        );
        assert_eq!(poll(), second);
        let cut = ask(&service, "GET /v HTTP/1.1\r\n\r\n");
        assert!(
            cut.contains(&format!("content-length: {}\r\n", video().len())),
            "{cut}"
        );
        assert!(!ask(&service, "GET /v HTTP/1.1\r\n\r\n").contains("content-length"));
        assert!(ask(&service, "GET /w HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
        assert_eq!(service.posts(), 1);
    }

    #[test]
    fn the_type_of_an_uploaded_part_is_seen() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b\r\ncontent-disposition: form-data; \
                    name=\"file\"; filename=\"a\"\r\ncontent-type: image/png\r\n\r\nPNG\r\n--b--";
        assert_eq!(part_type(body.as_bytes()).as_deref(), Some("image/png"));
        assert_eq!(part_type(b"nothing"), None);
    }
}
