//! A quick test that spares most prompts a closer look: is there any sign that could open a placeholder?

/// Bytes tested at a time. Fixed, so that the compiler makes vector code of the loops over it.
const BLOCK: usize = 64;
/// Bytes tested at a time in short prompts and at the end of longer ones.
const SMALL_BLOCK: usize = 16;

/// Whether a prompt may hold anything but text, in one pass without allocating.
///
/// `false` proves that [`parts`](crate::parts) yields no part but text, whatever the kinds;
/// `true` says only that one of the signs `<`, `@`, `{` and `[` is there.
///
/// ```
/// assert!(!kling_prompt::may_have_placeholders("A dog runs on a beach"));
/// assert!(kling_prompt::may_have_placeholders("<<<image_1>>> runs on a beach"));
/// ```
pub fn may_have_placeholders(prompt: &str) -> bool {
    let bytes = prompt.as_bytes();
    if let Some(last) = bytes.last_chunk::<BLOCK>() {
        // The last block overlaps the ones before it: cheaper than a loop over what is left.
        any_sign_in_blocks::<BLOCK>(bytes) || any_sign(last)
    } else if let Some(last) = bytes.last_chunk::<SMALL_BLOCK>() {
        any_sign_in_blocks::<SMALL_BLOCK>(bytes) || any_sign(last)
    } else {
        bytes.iter().any(|&byte| is_sign(byte))
    }
}

/// The offset of the first sign at or after `from`.
pub(crate) fn next_sign(prompt: &str, from: usize) -> Option<usize> {
    let mut rest = prompt.as_bytes().get(from..)?;
    while let Some((block, after)) = rest.split_first_chunk::<BLOCK>() {
        if any_sign(block) {
            break;
        }
        rest = after;
    }
    if rest.len() < BLOCK
        && let Some(last) = prompt.as_bytes().last_chunk::<BLOCK>()
        && !any_sign(last)
    {
        // The last block overlaps the ones before it: cheaper than a loop over what is left.
        return None;
    }
    while let Some((block, after)) = rest.split_first_chunk::<SMALL_BLOCK>() {
        if any_sign(block) {
            break;
        }
        rest = after;
    }
    while let Some((word, after)) = rest.split_first_chunk() {
        if let Some(within) = sign_in_word(u64::from_le_bytes(*word)) {
            return Some(prompt.len() - rest.len() + within);
        }
        rest = after;
    }
    let within = rest.iter().position(|&byte| is_sign(byte))?;
    Some(prompt.len() - rest.len() + within)
}

/// Which of eight bytes is the first sign, the lowest byte counted first.
fn sign_in_word(word: u64) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    // Sets the top bit of each byte that is 0; a byte above one that is 0 may be set too, never one below.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    let signs = zeros(word ^ (ONES * 0x3c))
        | zeros(word ^ (ONES * 0x40))
        | zeros((word | (ONES << 5)) ^ (ONES * 0x7b));
    (signs != 0).then(|| signs.trailing_zeros() as usize / 8)
}

fn any_sign_in_blocks<const N: usize>(bytes: &[u8]) -> bool {
    bytes.as_chunks::<N>().0.iter().any(any_sign)
}

fn any_sign<const N: usize>(block: &[u8; N]) -> bool {
    // No early exit and no branch: that is what vector code can be made of.
    block.iter().fold(0, |found, &byte| found | sign(byte)) != 0
}

fn is_sign(byte: u8) -> bool {
    sign(byte) != 0
}

/// 1 for a sign, 0 for any other byte.
fn sign(byte: u8) -> u8 {
    // One bit tells `[` from `{`, so that one comparison sees both.
    u8::from(byte == b'<') | u8::from(byte == b'@') | u8::from(byte | 0x20 == b'{')
}

#[cfg(test)]
mod tests {
    use super::{may_have_placeholders, next_sign};
    use alloc::string::String;

    #[test]
    fn a_sign_is_seen_at_every_place_of_every_length() {
        for length in 0..200 {
            let plain: String = core::iter::repeat_n('x', length).collect();
            assert!(!may_have_placeholders(&plain), "{length}");
            assert_eq!(next_sign(&plain, 0), None, "{length}");
            for place in 0..length {
                for sign in ["<", "@", "{", "["] {
                    let mut prompt = plain.clone();
                    prompt.replace_range(place..=place, sign);
                    assert!(may_have_placeholders(&prompt), "{sign} {place} {length}");
                    assert_eq!(next_sign(&prompt, 0), Some(place));
                    assert_eq!(next_sign(&prompt, place), Some(place));
                    assert_eq!(next_sign(&prompt, place + 1), None);
                }
            }
        }
    }

    #[test]
    fn every_other_byte_is_no_sign() {
        for byte in 0..=0x7f_u8 {
            let prompt: String = core::iter::repeat_n(char::from(byte), 70).collect();
            assert_eq!(
                may_have_placeholders(&prompt),
                b"<@{[".contains(&byte),
                "{byte}"
            );
        }
        assert!(!may_have_placeholders(&"图片，é＠＜".repeat(20)));
    }
}
