//! Reads messages, with a limit on their length, and writes them, each in a thread of its own.

use std::io::{self, BufRead, ErrorKind, Read};
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::bounded;
use lsp_server::{Connection, Message, Notification};

/// The maximum number of bytes before the body of a message.
const MAX_HEADER: u64 = 8 << 10;

/// The maximum number of bytes that one byte of a document takes in a message: `\u0000`.
const MAX_ESCAPE: u64 = 6;

/// Allowance for the parts of a message other than the document's text.
const ENVELOPE: u64 = 1 << 20;

/// Messages that are read in advance. When there are this many, the editor has to wait.
const QUEUE: usize = 64;

/// The method of the notification that replaces an unusable message; its parameter is the reason. It is not part of
/// the protocol: an editor that sends it only loses its own documents.
pub(super) const UNUSABLE: &str = "$/kling/unusable";

/// The threads behind a connection.
pub(super) struct Threads {
    reader: JoinHandle<io::Result<()>>,
    writer: JoinHandle<()>,
}

impl Threads {
    /// Waits until everything is written, once nothing more is read; returns whether the input had only messages.
    pub(super) fn join(self) -> bool {
        // A panic of the thread has been reported by then.
        let _ = self.writer.join();
        let read = self.reader.join();
        !matches!(read, Ok(Err(error)) if error.kind() == ErrorKind::InvalidData)
    }
}

/// Makes a connection over the standard streams. Its receiver is disconnected at the end of the input, after `exit`,
/// and where the input is not a message, since the next one could not be found either.
///
/// A message contains at most `limit` bytes of a document, however they are escaped.
pub(super) fn stdio(limit: usize) -> io::Result<(Connection, Threads)> {
    let longest = (limit as u64)
        .saturating_mul(MAX_ESCAPE)
        .saturating_add(ENVELOPE);
    let (incoming, receiver) = bounded(QUEUE);
    let (sender, outgoing) = bounded::<Message>(0);
    let reader = Builder::new().name("lsp-reader".to_owned());
    let reader = reader.spawn(move || {
        let mut input = io::stdin().lock();
        while let Some(message) = read(&mut input, longest)? {
            let is_last = matches!(&message, Message::Notification(it) if it.method == "exit");
            if incoming.send(message).is_err() || is_last {
                break;
            }
        }
        Ok(())
    })?;
    let writer = Builder::new().name("lsp-writer".to_owned());
    let writer = writer.spawn(move || {
        let mut output = io::stdout().lock();
        let mut is_open = true;
        // Messages must be received even if the output is closed: `Connection` relies on that.
        for message in outgoing {
            is_open = is_open && message.write(&mut output).is_ok();
        }
    })?;
    Ok((Connection { sender, receiver }, Threads { reader, writer }))
}

/// Reads the next message of at most `longest` bytes; `None` at the end of the input.
fn read(input: &mut impl BufRead, longest: u64) -> io::Result<Option<Message>> {
    let Some(length) = content_length(input)? else {
        return Ok(None);
    };
    let mut content = input.by_ref().take(length);
    if length > longest {
        let read = io::copy(&mut content, &mut io::sink())?;
        let reported = format!("a message of {length} bytes is too long and was not read");
        return Ok((read == length).then(|| unusable(reported)));
    }
    // The buffer grows with what arrives, not with the announced length.
    let mut body = Vec::new();
    let read = content.read_to_end(&mut body)?;
    let message = || {
        serde_json::from_slice(&body)
            .unwrap_or_else(|_| unusable("a message is not JSON-RPC".to_owned()))
    };
    Ok((read as u64 == length).then(message))
}

fn unusable(reported: String) -> Message {
    Notification::new(UNUSABLE.to_owned(), reported).into()
}

/// Reads the header of a message; `None` at the end of the input.
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
            let last = match read(&mut input, 100) {
                Ok(Some(Message::Notification(found))) => {
                    let message = found.params.as_str().map(str::to_owned);
                    all.push(message.unwrap_or(found.method));
                    continue;
                }
                Ok(Some(other)) => panic!("{other:?}"),
                Ok(None) => "end".to_owned(),
                Err(error) => error.kind().to_string(),
            };
            all.push(last);
            return all;
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
                "a message is not JSON-RPC",
                "a message is not JSON-RPC",
                "a message of 101 bytes is too long and was not read",
                "a message is not JSON-RPC",
                "exit",
                "end"
            ]
        );
    }

    #[test]
    fn an_input_that_is_cut_ends() {
        let whole = framed(r#"{"jsonrpc":"2.0","method":"exit"}"#);
        for cut in 0..whole.len() {
            assert_eq!(read_all(&whole.as_bytes()[..cut]), ["end"], "{cut} bytes");
        }
    }

    #[test]
    fn after_what_is_not_a_message_nothing_can_be_read() {
        assert_eq!(read_all(b"\r\n{}"), ["invalid data"]);
        assert_eq!(read_all(b"Content-Length: -1\r\n\r\n"), ["invalid data"]);
        let endless = "x".repeat(9 << 10);
        assert_eq!(read_all(endless.as_bytes()), ["invalid data"]);
    }
}
