//! Reading messages, with a limit on their length, and handing them on.

use std::io::{self, BufRead, ErrorKind, Read};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use lsp_server::Message;

/// The most bytes before the body of a message.
const MAX_HEADER: u64 = 8 << 10;

/// The most bytes that one byte of a document takes in a message: `\u0000`.
const MAX_ESCAPE: u64 = 6;

/// What a message has besides the text of a document.
const ENVELOPE: u64 = 1 << 20;

/// Messages that are read before the first of them is looked at. An editor waits while there are as many.
const QUEUE: usize = 64;

/// What came from the editor.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A message.
    Message(Message),
    /// A message of so many bytes, which was passed over.
    TooLong(u64),
    /// A message that is none of JSON-RPC.
    Malformed,
    /// No message begins where one should, so that none can be found any more.
    Broken,
    /// Nothing more comes.
    End,
}

/// Reads messages from the standard input in a thread of its own.
///
/// A message holds at most `limit` bytes of a document, however they are escaped.
pub(super) fn listen(limit: usize) -> io::Result<Receiver<Incoming>> {
    let longest = (limit as u64)
        .saturating_mul(MAX_ESCAPE)
        .saturating_add(ENVELOPE);
    let (sender, receiver) = sync_channel(QUEUE);
    thread::Builder::new()
        .name("lsp-reader".to_owned())
        .spawn(move || {
            let mut input = io::stdin().lock();
            loop {
                let incoming = read(&mut input, longest);
                let is_last = matches!(incoming, Incoming::Broken | Incoming::End);
                if sender.send(incoming).is_err() || is_last {
                    return;
                }
            }
        })?;
    Ok(receiver)
}

/// Reads the next message of at most `longest` bytes.
fn read(input: &mut impl BufRead, longest: u64) -> Incoming {
    let length = match content_length(input) {
        Ok(Some(length)) => length,
        Err(error) if error.kind() == ErrorKind::InvalidData => return Incoming::Broken,
        Ok(None) | Err(_) => return Incoming::End,
    };
    let mut content = input.by_ref().take(length);
    if length > longest {
        return match io::copy(&mut content, &mut io::sink()) {
            Ok(read) if read == length => Incoming::TooLong(length),
            Ok(_) | Err(_) => Incoming::End,
        };
    }
    // The buffer grows with what comes, not with what was announced.
    let mut body = Vec::new();
    match content.read_to_end(&mut body) {
        Ok(read) if read as u64 == length => {
            serde_json::from_slice(&body).map_or(Incoming::Malformed, Incoming::Message)
        }
        Ok(_) | Err(_) => Incoming::End,
    }
}

/// Reads the header of a message; `None` where the input ends.
fn content_length(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut header = input.by_ref().take(MAX_HEADER);
    let mut length = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        header.read_until(b'\n', &mut line)?;
        let Some(end) = line.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
            return if header.limit() == 0 {
                Err(ErrorKind::InvalidData.into())
            } else {
                Ok(None)
            };
        };
        line.truncate(end);
        if line.is_empty() {
            break;
        }
        let field = str::from_utf8(&line).unwrap_or_default();
        if let Some((name, value)) = field.split_once(':')
            && name.trim().eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
    match length {
        Some(length) => Ok(Some(length)),
        None => Err(ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(mut input: &[u8]) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            let incoming = read(&mut input, 100);
            let is_last = matches!(incoming, Incoming::Broken | Incoming::End);
            all.push(match incoming {
                Incoming::Message(Message::Notification(found)) => found.method,
                Incoming::Message(_)
                | Incoming::TooLong(_)
                | Incoming::Malformed
                | Incoming::Broken
                | Incoming::End => format!("{incoming:?}"),
            });
            if is_last {
                return all;
            }
        }
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn what_is_wrong_with_one_message_spoils_no_other() {
        let exit = framed(r#"{"jsonrpc":"2.0","method":"exit"}"#);
        let input = [
            exit.as_str(),
            &framed("{"),
            &framed("\u{e9}"),
            &framed(&"x".repeat(101)),
            "content-type: a: b\r\nCONTENT-LENGTH:2\r\n\r\n[]",
            &exit,
        ]
        .concat();
        assert_eq!(
            read_all(input.as_bytes()),
            [
                "exit",
                "Malformed",
                "Malformed",
                "TooLong(101)",
                "Malformed",
                "exit",
                "End"
            ]
        );
    }

    #[test]
    fn an_input_that_is_cut_ends() {
        let whole = framed(r#"{"jsonrpc":"2.0","method":"exit"}"#);
        for cut in 0..whole.len() {
            assert_eq!(read_all(&whole.as_bytes()[..cut]), ["End"], "{cut} bytes");
        }
    }

    #[test]
    fn what_is_no_message_cannot_be_read_on() {
        assert_eq!(read_all(b"\r\n{}"), ["Broken"]);
        assert_eq!(read_all(b"Content-Length: -1\r\n\r\n"), ["Broken"]);
        let endless = "x".repeat(9 << 10);
        assert_eq!(read_all(endless.as_bytes()), ["Broken"]);
    }
}
