//! Reads the body of a request, in one piece and within a limit.

use bytes::Bytes;
use tokio::time::timeout;

use super::answer::wide;
use super::connection::{BodyError, Connection};
use super::head::{Framing, Head};

/// The longest line before a chunk, including its extensions.
const MAX_CHUNK_LINE: usize = 1024;

/// The maximum number of bytes of trailer fields after the last chunk.
const MAX_TRAILER: usize = 8 * 1024;

impl Connection {
    /// Reads the whole body of a request.
    pub(crate) async fn body(&mut self, head: &Head, limit: usize) -> Result<Bytes, BodyError> {
        let too_large = matches!(head.framing, Framing::Length(length) if length > wide(limit));
        if head.expects_continue && !too_large && self.buffer.is_empty() {
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                .await
                .map_err(|_| BodyError::Gone)?;
        }
        let patience = self.limits.body_timeout;
        match timeout(patience, self.body_within(head.framing, limit)).await {
            Ok(body) => body.map(Bytes::from),
            Err(_) => Err(BodyError::Gone),
        }
    }

    /// Reads and discards about half of the body.
    pub(crate) async fn half_of_body(&mut self, head: &Head) -> Result<(), BodyError> {
        let patience = self.limits.body_timeout;
        match timeout(patience, self.half_a_body(head.framing)).await {
            Ok(read) => read,
            Err(_) => Err(BodyError::Gone),
        }
    }

    /// Reads the whole body.
    async fn body_within(&mut self, framing: Framing, limit: usize) -> Result<Vec<u8>, BodyError> {
        match framing {
            Framing::Length(length) => {
                let length = usize::try_from(length)
                    .ok()
                    .filter(|length| *length <= limit)
                    .ok_or(BodyError::TooLarge)?;
                self.exactly(length).await
            }
            Framing::Chunked => self.chunks(limit).await,
        }
    }

    /// Reads about half of the body, or the beginning of a chunked one.
    async fn half_a_body(&mut self, framing: Framing) -> Result<(), BodyError> {
        let half = match framing {
            Framing::Length(length) => usize::try_from(length / 2).unwrap_or(usize::MAX),
            Framing::Chunked => 1,
        };
        // The body may be larger than the buffer, so what is read is discarded.
        let mut left = half;
        while left > 0 {
            if self.buffer.is_empty() {
                self.more().await?;
            }
            let read = left.min(self.buffer.len());
            let _ = self.buffer.split_to(read);
            left -= read;
        }
        Ok(())
    }

    async fn chunks(&mut self, limit: usize) -> Result<Vec<u8>, BodyError> {
        let mut body = Vec::new();
        loop {
            let line = self.line(MAX_CHUNK_LINE).await?;
            let size = chunk_size(&line)?;
            if size == 0 {
                break;
            }
            let size = usize::try_from(size)
                .ok()
                .filter(|size| *size <= limit - body.len())
                .ok_or(BodyError::TooLarge)?;
            body.extend_from_slice(&self.exactly(size).await?);
            if self.exactly(2).await? != *b"\r\n" {
                return Err(BodyError::Malformed("a chunk is longer than it says"));
            }
        }
        let mut left = MAX_TRAILER;
        loop {
            let line = self.line(left).await?;
            if line.is_empty() {
                return Ok(body);
            }
            left = left.saturating_sub(line.len() + 2);
        }
    }

    async fn exactly(&mut self, length: usize) -> Result<Vec<u8>, BodyError> {
        let mut read = Vec::with_capacity(length.min(64 * 1024));
        while read.len() < length {
            if self.buffer.is_empty() {
                self.more().await?;
            }
            let next = self.buffer.len().min(length - read.len());
            read.extend_from_slice(&self.buffer.split_to(next));
        }
        Ok(read)
    }

    /// Reads up to the next CR LF, and returns the line without it.
    async fn line(&mut self, limit: usize) -> Result<Vec<u8>, BodyError> {
        loop {
            let searched = &self.buffer[..self.buffer.len().min(limit + 1)];
            if let Some(end) = searched.iter().position(|byte| *byte == b'\n') {
                let mut line = self.buffer.split_to(end + 1).to_vec();
                line.pop();
                return if line.pop() == Some(b'\r') {
                    Ok(line)
                } else {
                    Err(BodyError::Malformed("a line of a chunk ends without CR"))
                };
            }
            if self.buffer.len() > limit {
                return Err(BodyError::Malformed("a line of a chunk is too long"));
            }
            self.more().await?;
        }
    }
}

/// Parses the size of a chunk; extensions after it are ignored.
fn chunk_size(line: &[u8]) -> Result<u64, BodyError> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
    let digits = digits.trim_ascii_end();
    let hexadecimal = (1..=15).contains(&digits.len()) && digits.iter().all(u8::is_ascii_hexdigit);
    std::str::from_utf8(digits)
        .ok()
        .filter(|_| hexadecimal)
        .and_then(|digits| u64::from_str_radix(digits, 16).ok())
        .ok_or(BodyError::Malformed("the size of a chunk is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_chunks() {
        assert_eq!(chunk_size(b"1aF"), Ok(0x1af));
        assert_eq!(chunk_size(b"0"), Ok(0));
        assert_eq!(chunk_size(b"5 ;name=value"), Ok(5));
        for line in [
            "",
            "-1",
            "+1",
            "0x5",
            " 5",
            "5 5",
            "g",
            "ffffffffffffffff",
            ";a",
        ] {
            assert!(chunk_size(line.as_bytes()).is_err(), "{line}");
        }
    }
}
