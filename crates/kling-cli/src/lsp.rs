//! The language server: what an editor asks while a request is written.
//!
//! `lsp-server` has the messages; what stands in them is in `protocol`, since only a small part of the protocol is
//! used. One thread reads, so that changes pile up where they can be seen: documents are checked only when nothing
//! more waits, and so never in a version that is already gone.

mod actions;
mod completion;
mod definition;
mod diagnose;
mod document;
mod hover;
mod placeholder;
mod position;
mod protocol;
mod request;
mod server;
mod transport;

use std::io;
use std::sync::mpsc::TryRecvError;

use crate::exit::{Exit, Failure};
use crate::settings::SettingsOf;
use server::{Next, Server};
use transport::Incoming;

/// Answers the editor at the other end of the standard streams until it leaves.
///
/// `limit`: the most bytes of a document that a message can hold, however they are escaped.
pub(crate) fn serve(settings: SettingsOf, limit: usize) -> Result<Exit, Failure> {
    let incoming = transport::listen(limit)
        .map_err(|error| Failure::new(&format!("a thread cannot be started: {error}; allow more processes with `ulimit -u`, or end some")))?;
    let mut server = Server::new(settings, io::stdout());
    loop {
        let next = match incoming.try_recv() {
            Ok(next) => next,
            Err(TryRecvError::Empty) => match server.publish_one() {
                Ok(true) => continue,
                Ok(false) => incoming.recv().unwrap_or(Incoming::End),
                Err(_) => Incoming::End,
            },
            Err(TryRecvError::Disconnected) => Incoming::End,
        };
        match server.take(next) {
            Ok(Next::GoOn) => {}
            Ok(Next::Leave(exit)) => return Ok(exit),
            Ok(Next::Fail(told)) => return Err(Failure::new(&told)),
            // Nobody reads the answers any more.
            Err(_) => return Ok(server.left()),
        }
    }
}
