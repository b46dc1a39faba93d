//! Endless answers: the program reads only as much as it may use, and needs no more memory for it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use xtask::failure::{Failure, Result};
use xtask::process::build_kling;

use super::memory::peak_while;
use super::stage::{Stage, ensure};

/// The maximum memory that the program may use, in KiB.
const MAX_KIB: u64 = 64 << 10;
/// The length of the answers, actual or declared.
const ANSWER_BYTES: u64 = 1 << 30;
/// How much of an answer may be in the system's buffers, or be read at once, before it is known to be too long.
const MAX_SENT: u64 = 32 << 20;
/// The number of bytes sent at a time, with a pause at the beginning, so that the memory can be measured.
const PIECE: usize = 64 << 10;
const SLOW_PIECES: u64 = 16;
const PAUSE: Duration = Duration::from_millis(20);
/// The exit code of an unknown outcome.
const UNKNOWN: Option<i32> = Some(4);

/// An answer: a line of its head, and what is sent repeatedly after it.
struct Case {
    name: &'static str,
    head: String,
    piece: Vec<u8>,
}

/// Sends a request whose answer does not end, in each way.
///
/// # Errors
/// Too much was read, too much memory was used, or the request was sent twice.
pub(super) fn test(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let text = vec![b' '; PIECE];
    let chunk = [format!("{PIECE:x}\r\n").as_bytes(), &text, b"\r\n"].concat();
    let length = format!("content-length: {ANSWER_BYTES}");
    let cases = [
        Case {
            name: "a length of 1 GiB",
            head: length.clone(),
            piece: text.clone(),
        },
        Case {
            name: "chunks",
            head: "transfer-encoding: chunked".to_owned(),
            piece: chunk,
        },
        Case {
            name: "until the end of the connection",
            head: "connection: close".to_owned(),
            piece: text,
        },
        Case {
            // If it is not unpacked, it is not a bomb: the client does not ask for compressed answers.
            name: "said to be compressed",
            head: format!("content-encoding: gzip\r\n{length}"),
            piece: vec![0x1f; PIECE],
        },
    ];
    let mut most = 0;
    for case in &cases {
        most = most.max(one(case, &kling)?);
    }
    Ok(format!(
        "{} kinds of answer, {most} KiB at most; the bound is {MAX_KIB} KiB",
        cases.len()
    ))
}

fn one(case: &Case, kling: &Path) -> Result<u64> {
    let no = |error: std::io::Error| Failure::new(format!("{}: {error}", case.name));
    let stage = Stage::new(kling)?;
    let listener = TcpListener::bind("127.0.0.1:0").map_err(no)?;
    let url = format!("http://{}", listener.local_addr().map_err(no)?);
    let child = stage
        .command(&[], &url, &["submit", "request.json", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(no)?;
    let id = child.id();
    thread::scope(|scope| {
        let served = scope.spawn(|| serve(&listener, case));
        let (output, peak) = peak_while(id, || child.wait_with_output());
        let ran = stage.ran(&output.map_err(no)?)?;
        // A second submit would be the next in the queue.
        listener.set_nonblocking(true).map_err(no)?;
        let sent = served
            .join()
            .map_err(|_| Failure::new(format!("{}: the server ends", case.name)))?
            .map_err(no)?;
        let peak = peak?;
        let details = || {
            format!(
                "{}: {:?} after {sent} bytes and {peak} KiB; {} {}",
                case.name, ran.code, ran.out, ran.err
            )
        };
        ensure(ran.code == UNKNOWN, details)?;
        ensure(ran.json()["verdict"] == "unknown", details)?;
        ensure(peak < MAX_KIB && sent < MAX_SENT, details)?;
        ensure(listener.accept().is_err(), || {
            format!("sent again; {}", details())
        })?;
        Ok(peak)
    })
}

/// Answers one request until the client stops reading; returns how many bytes were accepted.
fn serve(listener: &TcpListener, case: &Case) -> std::io::Result<u64> {
    let (mut stream, _) = listener.accept()?;
    read_request(&mut stream)?;
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{}\r\n\r\n",
        case.head
    );
    stream.write_all(head.as_bytes())?;
    let mut sent = 0;
    let mut pieces = 0;
    while sent < ANSWER_BYTES {
        // An error means that the client has read enough.
        if stream.write_all(&case.piece).is_err() {
            break;
        }
        sent += case.piece.len() as u64;
        pieces += 1;
        if pieces < SLOW_PIECES {
            thread::sleep(PAUSE);
        }
    }
    Ok(sent)
}

/// Reads a request with its body, which is the only text in it that ends with a brace.
fn read_request(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while !request.ends_with(b"}") {
        let length = stream.read(&mut piece)?;
        if length == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        request.extend_from_slice(&piece[..length]);
    }
    Ok(())
}
