//! The fast path: most media URLs are recognised as public without being parsed.
//!
//! Bytes are inspected sixteen at a time, in loops over arrays that compilers vectorise.

use crate::host::{LABEL_LIMIT, NAME_LIMIT};
use crate::registry::{NAMES, WILDCARD_DNS, special_use_name, wildcard_dns};

/// Returns whether `url` is so plainly public that [`assess`](crate::assess) finds nothing: `true` proves it, `false`
/// proves nothing.
///
/// Neither allocates nor parses; takes time linear in the length of `url`. A plain URL has a lower-case scheme, a host
/// name of ASCII letters, digits, `-` and `_` with a dot in it (not an address, no `xn--`, no user name), perhaps a
/// port from 1 to 65535, and a path, query and fragment of escapes and of ASCII characters that need no escape (except
/// `^`, `|` and `~`).
///
/// ```
/// assert!(kling_url::is_plainly_public("https://cdn.example.com/a%20b/cat.jpg?w=1200&q=80"));
/// assert!(!kling_url::is_plainly_public("https://127.0.0.1/cat.jpg"));
/// assert!(!kling_url::is_plainly_public("https://example.com/猫.jpg")); // public, but not plainly
/// ```
pub fn is_plainly_public(url: &str) -> bool {
    let bytes = url.as_bytes();
    let Some(rest) = bytes
        .strip_prefix(b"https://")
        .or_else(|| bytes.strip_prefix(b"http://"))
    else {
        return false;
    };
    let Some(host) = plain_host(rest) else {
        return false;
    };
    let Some(tail) = rest.get(host.end..) else {
        return false;
    };
    has_plain_characters(tail, bytes) && has_plain_port(tail) && !host.is_special(rest)
}

/// Bytes inspected together: one vector register of any common machine.
const CHUNK: usize = 16;

/// Returns whether `tail` consists only of characters that need no escape, and escapes. It is the end of `url`, and
/// what precedes it is known to be plain.
#[inline]
fn has_plain_characters(tail: &[u8], url: &[u8]) -> bool {
    let (chunks, rest) = tail.as_chunks::<CHUNK>();
    let mut found = Unusual::default();
    for chunk in chunks {
        found.inspect(chunk);
    }
    if !rest.is_empty() {
        // The last chunk may include bytes already inspected: faster than a short one.
        match url.last_chunk() {
            Some(last) => found.inspect(last),
            None => found.inspect(&padded(rest)),
        }
    }
    is_zero(found.odd) && (is_zero(found.percent) || has_plain_escapes(tail))
}

/// What the bytes at each place of the chunks include; zero means nothing.
#[derive(Default)]
struct Unusual {
    /// A byte that no URL may contain unescaped, or that is rare: `^`, `|` and `~` cost no more to find than `<`, `>`
    /// and the backslash, with which they share five bits.
    odd: [u8; CHUNK],
    percent: [u8; CHUNK],
}

impl Unusual {
    #[inline]
    fn inspect(&mut self, chunk: &[u8; CHUNK]) {
        for ((&byte, odd), percent) in chunk.iter().zip(&mut self.odd).zip(&mut self.percent) {
            *odd |= mask(byte.wrapping_sub(b'!') > b'z' - b'!')
                | mask(byte & 0x1d == b'<' & 0x1d)
                | mask(byte == b'"')
                | mask(byte == b'`');
            *percent |= mask(byte == b'%');
        }
    }
}

/// Returns all bits or none, the form in which vector code represents the result of a comparison.
#[inline]
fn mask(condition: bool) -> u8 {
    if condition { 0xff } else { 0 }
}

fn is_zero(bytes: [u8; CHUNK]) -> bool {
    u128::from_ne_bytes(bytes) == 0
}

/// Returns whether each `%` is followed by two hexadecimal digits.
fn has_plain_escapes(bytes: &[u8]) -> bool {
    let from = |offset| bytes.get(offset..).unwrap_or_default().as_chunks::<CHUNK>();
    let ((here, _), (next, _), (after_next, _)) = (from(0), from(1), from(2));
    let mut broken = [0; CHUNK];
    for ((here, next), after_next) in here.iter().zip(next).zip(after_next) {
        for (index, broken) in broken.iter_mut().enumerate() {
            *broken |= mask(here[index] == b'%')
                & !(mask_hexadecimal(next[index]) & mask_hexadecimal(after_next[index]));
        }
    }
    let mut rest = bytes.get(after_next.len() * CHUNK..).unwrap_or_default();
    while let [first, after @ ..] = rest {
        let is_broken = *first == b'%'
            && !matches!(after, [high, low, ..] if mask_hexadecimal(*high) & mask_hexadecimal(*low) != 0);
        if is_broken {
            return false;
        }
        rest = after;
    }
    is_zero(broken)
}

#[inline]
fn mask_hexadecimal(byte: u8) -> u8 {
    mask(byte.wrapping_sub(b'0') < 10) | mask((byte | 0x20).wrapping_sub(b'a') < 6)
}

/// Pads fewer than [`CHUNK`] bytes with slashes, which end a host and are plain.
fn padded(bytes: &[u8]) -> [u8; CHUNK] {
    let mut chunk = [b'/'; CHUNK];
    for (to, &from) in chunk.iter_mut().zip(bytes) {
        *to = from;
    }
    chunk
}

/// A host name at the beginning of a byte sequence, as offsets.
struct PlainHost {
    last_two_labels: usize,
    last_label: usize,
    end: usize,
}

/// Reads the host name at the beginning of `rest`.
#[inline]
fn plain_host(rest: &[u8]) -> Option<PlainHost> {
    let mut host = PlainHost {
        last_two_labels: 0,
        last_label: 0,
        end: 0,
    };
    let mut base = 0;
    while base <= NAME_LIMIT {
        let chunk = rest.get(base..)?;
        let others = match chunk.first_chunk() {
            Some(chunk) => other_than_label(chunk),
            None => other_than_label(&padded(chunk)),
        };
        for (half, mut others) in halves(others).into_iter().enumerate() {
            while others != 0 {
                host.end = base + half * CHUNK / 2 + others.trailing_zeros() as usize / 8;
                let label = rest.get(host.last_label..host.end)?;
                if label.is_empty() || label.len() > LABEL_LIMIT || starts_encoded(label) {
                    return None;
                }
                match rest.get(host.end).unwrap_or(&b'/') {
                    b'.' => {
                        host.last_two_labels = host.last_label;
                        host.last_label = host.end + 1;
                    }
                    b'/' | b'?' | b'#' | b':' => {
                        // A last label that begins with a letter is not a number, so the host is not an address.
                        let is_name = host.last_label > 0
                            && host.end <= NAME_LIMIT
                            && label.first().is_some_and(u8::is_ascii_alphabetic);
                        return is_name.then_some(host);
                    }
                    _ => return None,
                }
                others &= others - 1;
            }
        }
        base += CHUNK;
    }
    None
}

/// Sets the highest bit of each byte of `chunk` that cannot be in a label of a host name.
#[inline]
fn other_than_label(chunk: &[u8; CHUNK]) -> [u8; CHUNK] {
    let mut other = [0; CHUNK];
    for (&byte, other) in chunk.iter().zip(&mut other) {
        let is_label = mask((byte | 0x20).wrapping_sub(b'a') < 26)
            | mask(byte.wrapping_sub(b'0') < 10)
            | mask(byte == b'-')
            | mask(byte == b'_');
        *other = !is_label & 0x80;
    }
    other
}

/// Returns both halves of `chunk` as numbers whose lowest bits are the first bytes.
#[inline]
fn halves(chunk: [u8; CHUNK]) -> [u64; 2] {
    let (halves, _) = chunk.as_chunks();
    [0, 1].map(|index| {
        halves
            .get(index)
            .map_or(0, |half| u64::from_le_bytes(*half))
    })
}

/// Returns whether a label is, or may be, the encoded form of an international one.
fn starts_encoded(label: &[u8]) -> bool {
    matches!(label, [b'x' | b'X', b'n' | b'N', b'-', b'-', ..])
}

/// Returns whether `tail` begins without a port, or with one from 1 to 65535 without leading zeros.
#[inline]
fn has_plain_port(tail: &[u8]) -> bool {
    match tail {
        [b':', after_colon @ ..] => starts_with_port(after_colon),
        _ => true,
    }
}

fn starts_with_port(after_colon: &[u8]) -> bool {
    let length = after_colon
        .iter()
        .take(6)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (digits, after_port) = after_colon.split_at(length);
    let port = digits
        .iter()
        .fold(0_u32, |port, &digit| port * 10 + u32::from(digit - b'0'));
    digits.first().is_some_and(|&digit| digit != b'0')
        && port <= 65_535
        && after_port
            .first()
            .is_none_or(|byte| matches!(byte, b'/' | b'?' | b'#'))
}

impl PlainHost {
    /// Returns whether the name may be in a table, decided first by a filter that nearly all names pass, then exactly.
    #[inline]
    fn is_special(&self, rest: &[u8]) -> bool {
        let may_be_listed = |start: usize| {
            rest.get(start..self.end)
                .is_some_and(|name| FILTER.contains(name))
        };
        (may_be_listed(self.last_label) || may_be_listed(self.last_two_labels))
            && rest.get(..self.end).is_none_or(is_listed)
    }
}

fn is_listed(host: &[u8]) -> bool {
    let Ok(host) = str::from_utf8(host) else {
        return true;
    };
    special_use_name(host).is_some_and(|entry| !entry.public) || wildcard_dns(host).is_some()
}

/// The listed names as two hashes: of the length and the first two letters, and of the length and the last two. A name
/// that lacks one of its bits is not listed. Letters count modulo 32, which makes upper and lower case equal.
struct Filter {
    heads: [u32; 32],
    tails: [u32; 32],
}

/// Built from the tables, so that a new entry needs no change here.
const FILTER: Filter = {
    let mut filter = Filter {
        heads: [0; 32],
        tails: [0; 32],
    };
    let mut index = 0;
    while index < NAMES.len() {
        if !NAMES[index].public {
            filter.insert(NAMES[index].name.as_bytes());
        }
        index += 1;
    }
    index = 0;
    while index < WILDCARD_DNS.len() {
        filter.insert(WILDCARD_DNS[index].domain.as_bytes());
        index += 1;
    }
    filter
};

impl Filter {
    const fn insert(&mut self, name: &[u8]) {
        let length = name.len();
        let (word, bit) = Self::place(length, name[0], name[1]);
        self.heads[word] |= bit;
        let (word, bit) = Self::place(length, name[length - 1], name[length - 2]);
        self.tails[word] |= bit;
    }

    fn contains(&self, name: &[u8]) -> bool {
        let [first, second, ..] = *name else {
            return false;
        };
        let (word, bit) = Self::place(name.len(), first, second);
        if self.heads[word] & bit == 0 {
            return false;
        }
        let [.., before_last, last] = *name else {
            return false;
        };
        let (word, bit) = Self::place(name.len(), last, before_last);
        self.tails[word] & bit != 0
    }

    const fn place(length: usize, first: u8, second: u8) -> (usize, u32) {
        let word = (length + second as usize) % 32;
        (word, 1 << (first % 32))
    }
}
