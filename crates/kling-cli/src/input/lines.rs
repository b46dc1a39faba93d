//! Reads a file with one request per line, in blocks of whole lines.

use std::io::{self, ErrorKind, Read};
use std::sync::Arc;

use memchr::{memchr, memchr_iter, memrchr};

use kling_json::wide_encoding;

use super::mention::Mention;
use super::request::FileName;

/// The number of bytes of a block, unless a line is longer.
pub(crate) const BLOCK: usize = 256 << 10;

/// A file that is read block by block. Memory use is that of the longest line within the limit.
pub(crate) struct LineReader {
    pub(crate) file: Arc<FileName>,
    pub(crate) found: bool,
    reader: Box<dyn Read + Send>,
    limit: usize,
    /// The beginning of an unfinished line.
    carry: Vec<u8>,
    offsets: Offsets,
    ended: bool,
}

/// How much of a file has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Offsets {
    /// Bytes.
    pub(crate) offset: u64,
    /// Lines.
    pub(crate) lines: u64,
    /// Lines that are not blank.
    pub(crate) requests: u64,
}

/// The next chunk of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// Whole lines, which take this many bytes of the buffer.
    Block {
        /// What precedes them.
        offsets: Offsets,
        /// Their length in bytes.
        length: usize,
    },
    /// A line over the limit, which was skipped.
    TooLarge {
        /// What precedes it.
        offsets: Offsets,
        /// Its length, including the line break.
        length: u64,
        /// Whether it contains the name of a member that only requests have.
        mentions: bool,
    },
}

impl LineReader {
    /// Makes a reader of lines of up to `limit` bytes.
    pub(crate) fn new(
        file: Arc<FileName>,
        found: bool,
        reader: Box<dyn Read + Send>,
        limit: usize,
    ) -> Self {
        Self {
            file,
            found,
            reader,
            limit,
            carry: Vec::new(),
            offsets: Offsets::default(),
            ended: false,
        }
    }

    /// Reads the next lines into `buffer`; `None` at the end.
    ///
    /// A buffer keeps its length from block to block, so that it is cleared only once.
    pub(crate) fn next(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<Chunk>> {
        if self.ended && self.carry.is_empty() {
            return Ok(None);
        }
        let needed = BLOCK.max(self.carry.len());
        if buffer.len() < needed {
            buffer.resize(needed, 0);
        }
        let mut filled = self.carry.len();
        buffer[..filled].copy_from_slice(&self.carry);
        self.carry.clear();
        self.carry.shrink_to(BLOCK);
        // Lines may be left over from the block in which an oversized line ended.
        let mut line_end = memrchr(b'\n', &buffer[..filled]);
        while !self.ended {
            if filled == buffer.len() {
                if line_end.is_some() {
                    break;
                }
                if filled > self.longest() {
                    return self.skip_rest(buffer).map(Some);
                }
                buffer.resize(
                    filled
                        .saturating_mul(2)
                        .min(self.longest().saturating_add(1)),
                    0,
                );
            }
            let length = self.read(&mut buffer[filled..])?;
            if length == 0 {
                self.ended = true;
                break;
            }
            if let Some(at) = memrchr(b'\n', &buffer[filled..filled + length]) {
                line_end = Some(filled + at);
            }
            filled += length;
            // A short read means that no more is available now: slow input is checked as it arrives.
            if filled < buffer.len() && line_end.is_some() {
                break;
            }
        }
        let mut length = line_end.filter(|_| !self.ended).map_or(filled, |at| at + 1);
        if self.offsets == Offsets::default() && wide_encoding(&buffer[..filled]).is_some() {
            // The bytes of line breaks mean something else here: the first line represents the whole file.
            self.ended = true;
            length = memchr(b'\n', &buffer[..filled]).map_or(filled, |at| at + 1);
            filled = length;
        }
        self.carry.extend_from_slice(&buffer[length..filled]);
        if length == 0 {
            return Ok(None);
        }
        let offsets = self.offsets;
        self.advance(&buffer[..length]);
        Ok(Some(Chunk::Block { offsets, length }))
    }

    /// Requests that have been read, or that were too large to be read.
    pub(crate) const fn requests(&self) -> u64 {
        self.offsets.requests
    }

    /// A line at the limit may be followed by `\r`.
    const fn longest(&self) -> usize {
        self.limit.saturating_add(1)
    }

    fn advance(&mut self, block: &[u8]) {
        self.offsets.offset += block.len() as u64;
        let mut start = 0;
        for end in memchr_iter(b'\n', block) {
            self.offsets.lines += 1;
            self.offsets.requests += u64::from(!is_blank(&block[start..end]));
            start = end + 1;
        }
        if start < block.len() {
            self.offsets.lines += 1;
            self.offsets.requests += u64::from(!is_blank(&block[start..]));
        }
    }

    /// Skips to the end of a line that begins with the whole buffer.
    fn skip_rest(&mut self, buffer: &mut [u8]) -> io::Result<Chunk> {
        let offsets = self.offsets;
        let mut mention = Mention::default();
        mention.feed(buffer);
        let mut length = buffer.len() as u64;
        loop {
            let read = self.read(buffer)?;
            let piece = &buffer[..read];
            if read == 0 {
                self.ended = true;
                break;
            }
            let end = memchr(b'\n', piece);
            mention.feed(&piece[..end.unwrap_or(read)]);
            if let Some(end) = end {
                length += end as u64 + 1;
                self.carry.extend_from_slice(&piece[end + 1..]);
                break;
            }
            length += read as u64;
        }
        self.offsets.offset += length;
        self.offsets.lines += 1;
        self.offsets.requests += 1;
        Ok(Chunk::TooLarge {
            offsets,
            length,
            mentions: mention.found(),
        })
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.reader.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

/// Whether a line is not a request: it has nothing but JSON white space.
pub(crate) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a few bytes at a time, like a slow pipe.
    struct Slow(io::Cursor<Vec<u8>>, usize);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }

    /// Returns all lines with what precedes them; an oversized line as `None`.
    fn lines(text: &[u8], limit: usize, speed: usize) -> Vec<(Offsets, Option<Vec<u8>>)> {
        let reader = Slow(io::Cursor::new(text.to_owned()), speed);
        let mut reader =
            LineReader::new(Arc::new(FileName::stdin()), false, Box::new(reader), limit);
        let mut buffer = Vec::new();
        let mut lines = Vec::new();
        while let Some(piece) = reader.next(&mut buffer).unwrap() {
            match piece {
                Chunk::TooLarge { offsets, .. } => lines.push((offsets, None)),
                Chunk::Block {
                    mut offsets,
                    length,
                } => {
                    for line in buffer[..length].split_inclusive(|byte| *byte == b'\n') {
                        lines.push((offsets, Some(line.to_owned())));
                        offsets.offset += line.len() as u64;
                        offsets.lines += 1;
                        offsets.requests +=
                            u64::from(!is_blank(line.strip_suffix(b"\n").unwrap_or(line)));
                    }
                }
            }
        }
        lines
    }

    #[test]
    fn lines_and_their_places_do_not_depend_on_how_the_text_arrives() {
        let mut text = Vec::new();
        for length in [0, 1, 3, 100, 70_000, 0, 300_000, 2, 600_000, 5] {
            text.extend(std::iter::repeat_n(b'x', length));
            text.extend_from_slice(b"\r\n");
        }
        text.extend_from_slice(b"  \nlast");
        let whole = lines(&text, 400_000, usize::MAX);
        assert_eq!(whole.len(), 12);
        assert_eq!(whole[8].1, None);
        assert_eq!(
            whole[9].0,
            Offsets {
                offset: 970_124,
                lines: 9,
                requests: 7
            }
        );
        assert_eq!(
            whole[11],
            (
                Offsets {
                    offset: 970_134,
                    lines: 11,
                    requests: 8
                },
                Some(b"last".to_vec())
            )
        );
        for speed in [1 << 10, 4097, 65_536] {
            assert_eq!(
                lines(&text, 400_000, speed),
                whole,
                "{speed} bytes at a time"
            );
        }
    }

    #[test]
    fn an_empty_text_has_no_lines() {
        assert_eq!(lines(b"", 10, 1), []);
        assert_eq!(lines(b"\n\n", 10, 1).len(), 2);
    }
}
