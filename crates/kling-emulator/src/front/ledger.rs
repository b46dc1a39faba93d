//! The ledger as an answer: it is written while it is read, so that it is never in memory as a whole.

use crate::app::App;
use crate::date::Date;
use crate::http::{Answer, Connection, End, Framing, Head, Script};
use crate::state::LedgerWriter;

/// Writes the ledger in its current state, and ends the connection.
pub(super) async fn send(app: &App, connection: &mut Connection, head: &Head) {
    let answer = Answer::new(200, "application/json", "")
        .with("cache-control", "no-store")
        .with("date", Date::of_unix(app.clock.wall_ms() / 1000).imf());
    // Before HTTP/1.1 the end of the connection is the end of the body.
    let framing = if head.is_new {
        Framing::Chunked
    } else {
        Framing::Nothing
    };
    let mut next = Some(answer.head(framing, false));
    let mut writer = LedgerWriter::default();
    while let Some(bytes) = next {
        if connection.write(&bytes).await.is_err() {
            return;
        }
        // The state is not locked while the client reads.
        let piece = writer.piece(&app.state().ledger);
        next = piece.map(|piece| match framing {
            Framing::Chunked => chunk(&piece),
            Framing::Nothing | Framing::Length(_) => piece,
        });
    }
    if framing == Framing::Chunked && connection.write(b"0\r\n\r\n").await.is_err() {
        return;
    }
    connection.play(&Script::silence(End::Close)).await;
}

fn chunk(piece: &[u8]) -> Vec<u8> {
    let mut chunk = format!("{:x}\r\n", piece.len()).into_bytes();
    chunk.extend_from_slice(piece);
    chunk.extend_from_slice(b"\r\n");
    chunk
}
