//! Just enough HTTP/2 to read a request and to break it off, frame by frame.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::server::Conn;

const PREFACE: usize = 24;
const SETTINGS: u8 = 4;
const RST_STREAM: u8 = 3;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const REFUSED_STREAM: u32 = 7;

/// How requests end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Break {
    /// Each is refused after it was read.
    Refused,
    /// The connection is closed afterwards, and claims that nothing was read.
    GoAway,
}

/// Reads requests to their end, counts them, charges once for each, and breaks them off.
pub(crate) async fn serve(mut conn: Conn, how: Break) {
    let mut preface = [0; PREFACE];
    if conn.stream.read_exact(&mut preface).await.is_err() {
        return;
    }
    let _ = conn.stream.write_all(&frame(SETTINGS, 0, 0, &[])).await;
    loop {
        let mut head = [0; 9];
        if conn.stream.read_exact(&mut head).await.is_err() {
            return;
        }
        let [l0, l1, l2, kind, flags, s0, s1, s2, s3] = head;
        let mut body = vec![0; u32::from_be_bytes([0, l0, l1, l2]) as usize];
        if conn.stream.read_exact(&mut body).await.is_err() {
            return;
        }
        let stream = u32::from_be_bytes([s0, s1, s2, s3]);
        if kind == SETTINGS && flags & ACK == 0 {
            let _ = conn.stream.write_all(&frame(SETTINGS, ACK, 0, &[])).await;
        }
        // A HEADERS or DATA frame that ends a request.
        if matches!(kind, 0 | 1) && flags & END_STREAM != 0 {
            conn.ledger.count_post();
            conn.ledger.charge();
            let answer = match how {
                Break::Refused => frame(RST_STREAM, 0, stream, &REFUSED_STREAM.to_be_bytes()),
                Break::GoAway => frame(GOAWAY, 0, 0, &[0; 8]),
            };
            let _ = conn.stream.write_all(&answer).await;
            let _ = conn.stream.flush().await;
        }
    }
}

/// Speaks HTTP/2 to any client, even to one that sent an HTTP/1.1 request.
pub(crate) async fn speak_h2_anyway(mut conn: Conn, how: Break) {
    let Some(_) = conn.read().await else { return };
    conn.ledger.charge();
    let mut answer = frame(SETTINGS, 0, 0, &[]);
    answer.extend(match how {
        Break::Refused => frame(RST_STREAM, 0, 1, &REFUSED_STREAM.to_be_bytes()),
        Break::GoAway => frame(GOAWAY, 0, 0, &[0; 8]),
    });
    conn.send_last(&answer).await;
}

fn frame(kind: u8, flags: u8, stream: u32, body: &[u8]) -> Vec<u8> {
    let [_, l0, l1, l2] = u32::try_from(body.len()).unwrap().to_be_bytes();
    let mut frame = vec![l0, l1, l2, kind, flags];
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(body);
    frame
}
