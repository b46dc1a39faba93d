//! The language server: what an editor asks while a request is written.
//!
//! Messages and handshake are those of `lsp-server`, the types inside the messages those of `gen-lsp-types`.
//! One thread reads, so that changes pile up where they can be seen: documents are checked only when nothing more
//! waits, and so never in a version that is already gone.

mod actions;
mod completion;
mod definition;
mod diagnose;
mod document;
mod hover;
mod placeholder;
mod position;
mod request;
mod server;
mod transport;

use crossbeam_channel::TryRecvError;
use lsp_server::Connection;

use crate::exit::{Exit, Failure};
use crate::settings::SettingsOf;
use server::Server;

/// Answers the editor at the other end of the standard streams until it leaves.
///
/// `limit`: the most bytes of a document that a message can hold, however they are escaped.
pub(crate) fn serve(settings: SettingsOf, limit: usize) -> Result<Exit, Failure> {
    let (connection, threads) = transport::stdio(limit)
        .map_err(|error| Failure::new(&format!("a thread cannot be started: {error}; allow more processes with `ulimit -u`, or end some")))?;
    let exit = converse(settings, &connection);
    drop(connection);
    if threads.join() {
        Ok(exit)
    } else {
        Err(Failure::new(
            "the standard input holds no messages of the Language Server Protocol; \
             `kling lsp` is started by an editor",
        ))
    }
}

/// Answers until no more messages come; well if the editor said so before, or never said anything.
fn converse(settings: SettingsOf, connection: &Connection) -> Exit {
    let mut left = Exit::Clean;
    let (id, params) = loop {
        match connection.initialize_start() {
            Ok(begun) => break begun,
            Err(error) if error.channel_is_disconnected() => return left,
            // `exit`, after which nothing comes, or an answer to what was never asked.
            Err(_) => left = Exit::Errors,
        }
    };
    let mut server = Server::new(settings, &connection.sender, id, &params);
    loop {
        let message = match connection.receiver.try_recv() {
            Err(TryRecvError::Empty) if server.publish_one() => continue,
            Err(TryRecvError::Empty) => connection.receiver.recv().ok(),
            received => received.ok(),
        };
        match message {
            Some(message) => server.take(message),
            None => return server.left(),
        }
    }
}
