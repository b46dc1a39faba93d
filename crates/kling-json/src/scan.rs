//! Searches over bytes in steps of 16: the end of plain string content, and the end of whitespace.

use std::ops::Range;

use wide::u8x16;

/// Bytes looked at in one step.
const STEP: usize = 16;

/// What the first bytes of a string's content hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Near {
    /// The first `"`, `\` or control byte, after its offset.
    Stop(usize, u8),
    /// None of them up to this offset.
    Plain(usize),
}

/// Examines the 16 bytes at `from`, or none if fewer are left.
#[inline]
pub(crate) fn near_stop(bytes: &[u8], from: usize) -> Near {
    let Some(chunk) = bytes
        .get(from..)
        .and_then(|rest| rest.first_chunk::<STEP>())
    else {
        return Near::Plain(from);
    };
    let stops = stop_lanes(chunk).to_bitmask();
    let lane = stops.trailing_zeros() as usize;
    match chunk.get(lane) {
        Some(byte) => Near::Stop(from + lane, *byte),
        None => Near::Plain(from + STEP),
    }
}

/// Returns the offset of the first `"`, `\` or control byte at or after `from`, or the length of `bytes`.
pub(crate) fn string_stop(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let (pairs, _) = rest.as_chunks::<{ 2 * STEP }>();
    let mut at = from;
    for pair in pairs {
        let (Some(low), Some(high)) = (pair.first_chunk(), pair.last_chunk()) else {
            break;
        };
        let (low, high) = (stop_lanes(low), stop_lanes(high));
        if (low | high).to_bitmask() != 0 {
            let stops = low.to_bitmask() | (high.to_bitmask() << STEP);
            return at + stops.trailing_zeros() as usize;
        }
        at += 2 * STEP;
    }
    if let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<STEP>()) {
        let stops = stop_lanes(chunk).to_bitmask();
        if stops != 0 {
            return at + stops.trailing_zeros() as usize;
        }
        at += STEP;
    }
    string_stop_tail(bytes, at)
}

/// Returns lanes of all ones where `chunk` has a `"`, a `\` or a control byte.
#[inline]
fn stop_lanes(chunk: &[u8; STEP]) -> u8x16 {
    let bytes = u8x16::new(*chunk);
    // Flipping bit 1 swaps `"` (0x22) with the space (0x20) and permutes the control bytes among themselves,
    // so that one unsigned comparison finds both.
    let flipped = bytes ^ u8x16::splat(0x02);
    let quote_or_control = same(flipped.min(u8x16::splat(0x20)), flipped);
    quote_or_control | same(bytes, u8x16::splat(b'\\'))
}

#[inline]
fn same(left: u8x16, right: u8x16) -> u8x16 {
    left.simd_eq(right)
}

/// Searches where fewer than 16 bytes are left.
#[inline(never)]
fn string_stop_tail(bytes: &[u8], from: usize) -> usize {
    let left = bytes.len().saturating_sub(from);
    if let Some(chunk) = bytes.last_chunk::<STEP>() {
        // One step overlaps bytes that were read before; the lanes already seen are shifted out.
        let stops = stop_lanes(chunk).to_bitmask() >> (STEP - left.min(STEP));
        return if stops == 0 {
            bytes.len()
        } else {
            from + stops.trailing_zeros() as usize
        };
    }
    bytes
        .iter()
        .skip(from)
        .position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\')
        .map_or(bytes.len(), |length| from + length)
}

/// Skips JSON whitespace from `at` on and returns the next byte; at the end 0, which begins no token.
#[inline]
pub(crate) fn token(bytes: &[u8], at: &mut usize) -> u8 {
    let next = bytes.get(*at).copied().unwrap_or_default();
    if next > b' ' {
        return next;
    }
    // A single space, as after a comma or a colon, is not worth a call.
    if next == b' '
        && let Some(&second) = bytes.get(*at + 1)
        && second > b' '
    {
        *at += 1;
        return second;
    }
    *at = whitespace_end(bytes, *at);
    bytes.get(*at).copied().unwrap_or_default()
}

/// Returns the offset of the first byte at or after `from` that is not JSON whitespace, or the length of `bytes`.
#[inline(never)]
pub(crate) fn whitespace_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<STEP>()) {
        let chunk = u8x16::new(*chunk);
        let blank = same(chunk, u8x16::splat(b' '))
            | same(chunk, u8x16::splat(b'\n'))
            | same(chunk, u8x16::splat(b'\r'))
            | same(chunk, u8x16::splat(b'\t'));
        let length = (!blank.to_bitmask()).trailing_zeros() as usize;
        if length < STEP {
            return at + length;
        }
        at += STEP;
    }
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Returns how many characters begin in `range` if no line ends in it, otherwise where the first line in it ends,
/// counted from the beginning of the range. The range lies in the text and cuts no character.
pub(crate) fn characters_of_line(text: &str, range: Range<usize>) -> Result<usize, usize> {
    let read = text.as_bytes().get(..range.end).unwrap_or_default();
    let bytes = read.get(range.start..).unwrap_or_default();
    let (steps, rest) = bytes.as_chunks::<STEP>();
    let mut ends = u8x16::splat(0);
    let mut continuing = 0;
    // Lanes count to 255 at most.
    for block in steps.chunks(255) {
        let mut lanes = u8x16::splat(0);
        for step in block {
            let step = u8x16::new(*step);
            ends |= same(step, u8x16::splat(b'\n'));
            // A lane of all ones is -1.
            lanes -= continuing_lanes(step);
        }
        let counted = lanes.to_array();
        continuing += counted.into_iter().map(usize::from).sum::<usize>();
    }
    let mut has_end = ends.to_bitmask() != 0;
    if let (1.., Some(last)) = (rest.len(), read.last_chunk::<STEP>()) {
        // One step overlaps bytes that were read before; their lanes are shifted out.
        let seen = STEP - rest.len();
        let last = u8x16::new(*last);
        has_end |= same(last, u8x16::splat(b'\n')).to_bitmask() >> seen != 0;
        continuing += (continuing_lanes(last).to_bitmask() >> seen).count_ones() as usize;
    } else {
        has_end |= rest.contains(&b'\n');
        continuing += rest.iter().filter(|&&byte| byte & 0xc0 == 0x80).count();
    }
    if has_end {
        return Err(memchr::memchr(b'\n', bytes).unwrap_or_default());
    }
    Ok(bytes.len() - continuing)
}

/// Returns lanes of all ones where a byte is not the first of its character: its first two bits are 10.
#[inline]
fn continuing_lanes(step: u8x16) -> u8x16 {
    same(step & u8x16::splat(0xc0), u8x16::splat(0x80))
}

#[cfg(test)]
mod tests {
    use super::{Near, characters_of_line, near_stop, string_stop, token, whitespace_end};

    #[test]
    fn characters_are_counted_up_to_the_line_end() {
        for length in (0..70).chain([255 * 16 - 1, 255 * 16 + 3, 9000]) {
            for character in ['a', 'é', '日', '\u{1F600}', '\u{7f}', '\u{80}'] {
                let text = character.to_string().repeat(length);
                for before in ["", "é", "\n", "0123456789abcde\n", "\nöäü0123456789 日本"] {
                    let from = before.len();
                    let count = |text: &str, behind: &str| {
                        let whole = format!("{before}{text}{behind}");
                        characters_of_line(&whole, from..from + text.len())
                    };
                    for behind in ["", "\n", "é and a longer one\n"] {
                        assert_eq!(count(&text, behind), Ok(length), "{before:?}");
                    }
                    for more in ["", &text, "a"] {
                        for end in ["\n", ""] {
                            let ended = format!("{text}\n{more}{end}");
                            assert_eq!(count(&ended, ""), Err(text.len()), "{before:?}");
                        }
                    }
                }
            }
        }
    }

    fn slow_stop(bytes: &[u8], from: usize) -> usize {
        (from..bytes.len())
            .find(|&at| bytes[at] < 0x20 || matches!(bytes[at], b'"' | b'\\'))
            .unwrap_or(bytes.len())
    }

    #[test]
    fn every_byte_at_every_place_is_found() {
        for length in [1, 15, 16, 17, 31, 32, 33, 48, 63, 64, 90] {
            for byte in 0..=255_u8 {
                for place in 0..length {
                    let mut bytes = vec![b'x'; length];
                    bytes[place] = byte;
                    for from in [0, place.saturating_sub(3), place, length] {
                        let stop = slow_stop(&bytes, from);
                        assert_eq!(string_stop(&bytes, from), stop);
                        let near = match from + 16 {
                            end if end > length => Near::Plain(from),
                            end if stop < end => Near::Stop(stop, bytes[stop]),
                            end => Near::Plain(end),
                        };
                        assert_eq!(near_stop(&bytes, from), near);
                    }
                }
            }
        }
    }

    #[test]
    fn whitespace_is_the_four_bytes_of_the_standard() {
        for length in [1, 2, 15, 16, 17, 40] {
            for byte in 0..=255_u8 {
                for place in 0..length {
                    let mut bytes = vec![b' '; length];
                    bytes[place] = byte;
                    let white = matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
                    let expected = if white { length } else { place };
                    assert_eq!(whitespace_end(&bytes, 0), expected);
                    let mut at = 0;
                    let next = token(&bytes, &mut at);
                    assert_eq!(at, expected);
                    assert_eq!(next, bytes.get(expected).copied().unwrap_or_default());
                }
            }
        }
        assert_eq!(whitespace_end(b"", 0), 0);
    }
}
