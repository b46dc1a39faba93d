//! Faults in the bytes: cut, too slow, too many.

use std::time::Duration;

use bytes::Bytes;

use super::part;
use crate::http::{Answer, End, Framing, Script, Step, wide};

pub(super) fn half_status(right: &Answer) -> Script {
    let mut head = right.head(Framing::Length(wide(right.body.len())), false);
    // Keeps `HTTP/1.1 20`.
    head.truncate(11);
    Script::write(head, End::Close)
}

pub(super) fn half_head(right: &Answer, place: u8) -> Script {
    let mut head = right.head(Framing::Length(wide(right.body.len())), false);
    // Keeps at least the status line, and never the blank line.
    let line = head
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or_default()
        + 1;
    head.truncate(part(head.len(), place).clamp(line, head.len() - 3));
    Script::write(head, End::Close)
}

pub(super) fn cut(right: &Answer, place: u8, end: End) -> Script {
    let mut bytes = right.head(Framing::Length(wide(right.body.len())), false);
    bytes.extend_from_slice(beginning(right, place));
    Script::write(bytes, end)
}

pub(super) fn cut_chunked(right: &Answer, place: u8) -> Script {
    let mut bytes = right.head(Framing::Chunked, false);
    let beginning = beginning(right, place);
    if !beginning.is_empty() {
        bytes.extend_from_slice(format!("{:x}\r\n", beginning.len()).as_bytes());
        bytes.extend_from_slice(beginning);
        bytes.extend_from_slice(b"\r\n");
    }
    Script::write(bytes, End::Close)
}

pub(super) fn cut_unframed(right: &Answer, place: u8) -> Script {
    let mut bytes = right.head(Framing::Nothing, false);
    bytes.extend_from_slice(beginning(right, place));
    Script::write(bytes, End::Close)
}

/// Returns the part of the body before a place, never all of it.
fn beginning(right: &Answer, place: u8) -> &[u8] {
    let most = right.body.len().saturating_sub(1);
    &right.body[..part(right.body.len(), place).min(most)]
}

pub(super) fn wrong_length(right: &Answer, by: i64) -> Script {
    let length = wide(right.body.len()).saturating_add_signed(by);
    let mut bytes = right.head(Framing::Length(length), false);
    bytes.extend_from_slice(&right.body);
    Script::write(bytes, End::Close)
}

pub(super) fn close_idle(right: &Answer, pause: Duration) -> Script {
    Script {
        steps: vec![
            Step::Write(Bytes::from(right.bytes(true))),
            Step::Pause(pause),
        ],
        end: End::Close,
    }
}

pub(super) fn drip(right: &Answer, pause: Duration) -> Script {
    Script {
        steps: vec![Step::Drip(Bytes::from(right.bytes(false)), pause)],
        end: End::Close,
    }
}

pub(super) fn flood(right: &Answer, count: u64, keep_alive: bool) -> Script {
    let hint = b"HTTP/1.1 103 Early Hints\r\nlink: </>; rel=preload\r\n\r\n";
    let end = if keep_alive { End::Stay } else { End::Close };
    Script {
        steps: vec![
            Step::Repeat(Bytes::from_static(hint), count),
            Step::Write(Bytes::from(right.bytes(keep_alive))),
        ],
        end,
    }
}

pub(super) fn long_head(right: &Answer, kilobytes: u64) -> Script {
    let mut head = right.head(Framing::Length(wide(right.body.len())), false);
    // The blank line is added last.
    head.truncate(head.len() - 2);
    let filling = format!("x-filling: {}\r\n", "x".repeat(1024 - 13));
    let mut end = b"\r\n".to_vec();
    end.extend_from_slice(&right.body);
    Script {
        steps: vec![
            Step::Write(Bytes::from(head)),
            Step::Repeat(Bytes::from(filling), kilobytes),
            Step::Write(Bytes::from(end)),
        ],
        end: End::Close,
    }
}

pub(super) fn huge(right: &Answer, megabytes: u64) -> Script {
    const BLOCK: usize = 64 * 1024;
    let head = right.head(Framing::Length(megabytes << 20), false);
    Script {
        steps: vec![
            Step::Write(Bytes::from(head)),
            Step::Repeat(Bytes::from(vec![b' '; BLOCK]), megabytes << 4),
        ],
        end: End::Close,
    }
}

/// The header of a gzip file without a name (RFC 1952).
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// A block of fixed codes (RFC 1951): one zero byte, then copies of 258 bytes from one byte back, without end.
///
/// The block begins with 3 bits and the 8 of the zero byte; a copy is 13 bits (length code 285, distance code 0), so
/// that 8 copies, 2064 bytes, form a pattern of 13 bytes. The file is cut after the last of them.
pub(super) fn gzip_bomb(right: &Answer, kilobytes: u64) -> Script {
    const PERIOD: usize = 13;
    const REPEATS: usize = 80;
    let mut bits = Bits::default();
    bits.number(0b1, 1); // The last block,
    bits.number(0b01, 2); // with fixed codes.
    bits.code(0b0011_0000, 8); // The byte 0.
    for _ in 0..16 {
        bits.code(0b1100_0101, 8); // Length 258,
        bits.code(0b00000, 5); // distance 1.
    }
    // The copies begin inside the second byte, so the 13 bytes after it are one period.
    let (begin, periods) = bits.bytes.split_at(2);
    let block = periods[..PERIOD].repeat(REPEATS);
    let times = kilobytes * 1024 / wide(block.len());
    let length = wide(GZIP_HEADER.len() + begin.len()) + times * wide(block.len());
    let answer = Answer {
        body: Bytes::new(),
        ..right.clone().with("content-encoding", "gzip")
    };
    let mut first = answer.head(Framing::Length(length), false);
    first.extend_from_slice(&GZIP_HEADER);
    first.extend_from_slice(begin);
    Script {
        steps: vec![
            Step::Write(Bytes::from(first)),
            Step::Repeat(Bytes::from(block), times),
        ],
        end: End::Close,
    }
}

/// Returns the answer as gzip, in stored blocks.
pub(super) fn gzip(mut right: Answer) -> Answer {
    const BLOCK: usize = 0xffff;
    let mut packed = GZIP_HEADER.to_vec();
    let blocks = right.body.chunks(BLOCK);
    let last = blocks.len().saturating_sub(1);
    if right.body.is_empty() {
        packed.extend_from_slice(&[1, 0, 0, 0xff, 0xff]);
    }
    for (index, block) in blocks.enumerate() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        packed.push(u8::from(index == last));
        packed.extend_from_slice(&length.to_le_bytes());
        packed.extend_from_slice(&(!length).to_le_bytes());
        packed.extend_from_slice(block);
    }
    let length = u32::try_from(right.body.len()).unwrap_or_default();
    packed.extend_from_slice(&crc32(&right.body).to_le_bytes());
    packed.extend_from_slice(&length.to_le_bytes());
    right.body = Bytes::from(packed);
    right.with("content-encoding", "gzip")
}

/// The gzip checksum, bit by bit, which is fast enough for small videos.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            let carry = crc & 1;
            (crc >> 1) ^ (0xedb8_8320 * carry)
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// Bits in deflate order: the first is the lowest of the first byte.
#[derive(Debug, Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    /// Writes a number, lowest bit first.
    fn number(&mut self, number: u32, count: u32) {
        for index in 0..count {
            self.bit(number >> index & 1 == 1);
        }
    }

    /// Writes a code, highest bit first.
    fn code(&mut self, code: u32, count: u32) {
        for index in (0..count).rev() {
            self.bit(code >> index & 1 == 1);
        }
    }

    fn bit(&mut self, is_set: bool) {
        if self.used.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(is_set) << (self.used % 8);
        }
        self.used += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Answer {
        Answer::json(200, &serde_json::json!({"id": "video_1"}))
    }

    fn written(script: &Script) -> Vec<u8> {
        let mut written = Vec::new();
        for step in &script.steps {
            match step {
                Step::Write(bytes) | Step::Drip(bytes, _) => written.extend_from_slice(bytes),
                Step::Pause(_) => {}
                Step::Repeat(bytes, times) => {
                    (0..*times).for_each(|_| written.extend_from_slice(bytes));
                }
            }
        }
        written
    }

    fn text(script: &Script) -> String {
        String::from_utf8(written(script)).unwrap()
    }

    #[test]
    fn an_answer_is_cut_where_it_is_asked_to_be() {
        assert_eq!(text(&half_status(&answer())), "HTTP/1.1 20");
        for place in 0..=100 {
            let head = text(&half_head(&answer(), place));
            assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && !head.contains("\r\n\r\n"));
            let body = text(&cut(&answer(), place, End::Close));
            let body = body.split_once("\r\n\r\n").unwrap().1;
            assert!(body.len() < answer().body.len());
        }
        let chunked = text(&cut_chunked(&answer(), 50));
        assert!(chunked.contains("transfer-encoding: chunked") && !chunked.ends_with("0\r\n\r\n"));
        assert!(!text(&cut_unframed(&answer(), 50)).contains("content-length"));
        let short = answer().body.len() - 3;
        assert!(
            text(&wrong_length(&answer(), -3)).contains(&format!("content-length: {short}\r\n"))
        );
    }

    #[test]
    fn too_much_is_as_much_as_was_asked_for() {
        let head = text(&long_head(&answer(), 100));
        let long = head.split_once("\r\n\r\n").unwrap().0.len();
        assert!((102_400..103_000).contains(&long), "{long}");
        let body = written(&huge(&answer(), 2));
        let body = body
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .map(|end| body.len() - end - 4);
        assert_eq!(body, Some(2 << 20));
        assert_eq!(
            text(&flood(&answer(), 7, false)).matches(" 103 ").count(),
            7
        );
    }

    #[test]
    fn the_check_sum_is_the_published_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn the_bomb_declares_its_length_and_repeats_its_copies() {
        let bytes = written(&gzip_bomb(&answer(), 64));
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap()
            + 4;
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n", bytes.len() - end)));
        let packed = &bytes[end..];
        assert_eq!(packed[..10], GZIP_HEADER);
        // The bytes after the first period must equal those written bit by bit.
        let mut bits = Bits::default();
        bits.number(0b011, 3);
        bits.code(0b0011_0000, 8);
        for _ in 0..800 {
            bits.code(0b1_1000_1010_0000, 13);
        }
        assert_eq!(packed[10..1000], bits.bytes[..990]);
    }
}
