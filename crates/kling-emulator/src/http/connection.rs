//! A connection: bytes in, bytes out, and time limits for both.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::head::{Head, Refused};
use super::script::{End, Script, Step};
use crate::limits::Limits;

/// How much of a request that is no longer needed is still read: more than any request may have.
const MAX_DRAINED: usize = 16 * 1024 * 1024;

/// The number of bytes read at a time.
const READ_AHEAD: usize = 8 * 1024;

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// It is longer than the limit.
    TooLarge,
    /// Its chunks are malformed.
    Malformed(&'static str),
    /// The client closed the connection, or took too long.
    Gone,
}

/// A stream, and the bytes read from it but not yet used.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    pub(super) buffer: BytesMut,
    pub(super) limits: Limits,
    is_fresh: bool,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, limits: Limits) -> Self {
        // Otherwise small answers wait for the acknowledgement of earlier ones; if the socket refuses, it works
        // anyway.
        let _ = stream.set_nodelay(true);
        Self {
            stream,
            buffer: BytesMut::with_capacity(4096),
            limits,
            is_fresh: true,
        }
    }

    /// Reads the head of the next request; `None` if the client closed the connection or took too long.
    pub(crate) async fn head(&mut self) -> Result<Option<Head>, Refused> {
        if self.buffer.is_empty() {
            let patience = if self.is_fresh {
                self.limits.head_timeout
            } else {
                self.limits.idle_timeout
            };
            match timeout(patience, self.more()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Ok(None),
            }
        }
        self.is_fresh = false;
        let patience = self.limits.head_timeout;
        match timeout(patience, self.rest_of_head()).await {
            Ok(head) => head,
            Err(_) => Ok(None),
        }
    }

    async fn rest_of_head(&mut self) -> Result<Option<Head>, Refused> {
        loop {
            if let Some((head, length)) = Head::parse(&self.buffer)? {
                let _ = self.buffer.split_to(length);
                return Ok(Some(head));
            }
            if self.buffer.len() > self.limits.head_bytes {
                return Err(Refused {
                    status: 431,
                    reason: "the headers are too long",
                });
            }
            if self.more().await.is_err() {
                return Ok(None);
            }
        }
    }

    /// Waits for more bytes.
    pub(super) async fn more(&mut self) -> Result<(), BodyError> {
        self.buffer.reserve(READ_AHEAD);
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) | Err(_) => Err(BodyError::Gone),
            Ok(_) => Ok(()),
        }
    }

    /// Writes an answer. Returns whether another request may follow.
    pub(crate) async fn play(&mut self, script: &Script) -> bool {
        for step in &script.steps {
            if self.step(step).await.is_err() {
                return false;
            }
        }
        match script.end {
            End::Stay => return true,
            End::Close => self.close().await,
            End::Reset => {
                // The kernel sends RST when the stream is dropped.
                let _ = self.stream.set_zero_linger();
            }
            End::Hang => {
                let _ = timeout(self.limits.hang, self.gone()).await;
            }
        }
        false
    }

    async fn step(&mut self, step: &Step) -> io::Result<()> {
        match step {
            Step::Write(bytes) => self.write(bytes).await,
            Step::Pause(pause) => {
                sleep(*pause).await;
                Ok(())
            }
            Step::Repeat(bytes, times) => {
                for _ in 0..*times {
                    self.write(bytes).await?;
                }
                Ok(())
            }
            Step::Drip(bytes, pause) => {
                for byte in bytes {
                    self.write(&[*byte]).await?;
                    // Even the shortest sleep takes a whole tick of the timer.
                    if !pause.is_zero() {
                        sleep(*pause).await;
                    }
                }
                Ok(())
            }
        }
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match timeout(self.limits.write_timeout, self.stream.write_all(bytes)).await {
            Ok(written) => written,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// Closes the sending side, and waits briefly for the client to do the same: a stream that is dropped with unread
    /// bytes is reset, and the answer may be lost with it.
    async fn close(&mut self) {
        const PATIENCE: Duration = Duration::from_secs(1);
        if self.stream.shutdown().await.is_ok() {
            let _ = timeout(PATIENCE, self.drain(MAX_DRAINED)).await;
        }
    }

    /// Reads until the client closes the connection, or has sent `limit` bytes.
    async fn drain(&mut self, limit: usize) {
        let mut dropped = [0; 4096];
        let mut left = limit;
        while let Ok(read @ 1..) = self.stream.read(&mut dropped).await
            && left > read
        {
            left -= read;
        }
    }

    /// Waits until the client closes the connection.
    pub(crate) async fn gone(&mut self) {
        self.drain(usize::MAX).await;
    }

    /// Waits until the client closes the connection or the pause has passed; returns whether it closed.
    pub(crate) async fn gone_within(&mut self, pause: Duration) -> bool {
        timeout(pause, self.gone()).await.is_ok()
    }
}
