//! The language server: answers an editor while a request is being written.
//!
//! Messages and handshake use `lsp-server`, the types inside the messages `gen-lsp-types`. A separate thread reads, so
//! that waiting changes can be seen: documents are checked only when no message is waiting, and so never in an
//! outdated version.

mod actions;
mod completion;
mod definition;
mod diagnose;
mod document;
mod hover;
mod placeholder;
mod position;
mod question;
mod request;
mod server;
mod transport;

use crossbeam_channel::TryRecvError;
use lsp_server::Connection;

use crate::exit::{Exit, Failure};
use crate::settings::SettingsOf;
use server::Server;

/// Serves the editor on the standard streams until it disconnects.
///
/// `limit`: the maximum number of bytes of a document that a message can contain, however they are escaped.
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

/// Answers until no more messages arrive; succeeds if the editor announced its exit, or never sent anything.
fn converse(settings: SettingsOf, connection: &Connection) -> Exit {
    let mut left = Exit::Clean;
    let (id, params) = loop {
        match connection.initialize_start() {
            Ok(begun) => break begun,
            Err(error) if error.channel_is_disconnected() => return left,
            // `exit`, which is followed by nothing, or an answer to a question that was never sent.
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
