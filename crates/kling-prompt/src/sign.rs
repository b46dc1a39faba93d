//! The search for the next byte that could open a placeholder: most prompts have none and need no closer look.

/// Bytes tested at a time. A fixed number, so that the compiler vectorises the loops over them.
const BLOCK: usize = 64;
/// Bytes tested at a time where there is a sign among them, or fewer than [`BLOCK`] are left.
const SMALL_BLOCK: usize = 16;

/// Returns the offset of the first of the signs `<`, `@`, `{` and `[` at or after `from`.
pub(crate) fn next_sign(prompt: &str, from: usize) -> Option<usize> {
    let bytes = prompt.as_bytes();
    let at = behind_plain_blocks::<BLOCK>(bytes, from);
    if bytes.len() - at < BLOCK
        && let Some(last) = bytes.last_chunk::<BLOCK>()
        && !has_sign(last)
    {
        // The last block overlaps the previous ones: cheaper than a loop over the remaining bytes.
        return None;
    }
    let at = behind_plain_blocks::<SMALL_BLOCK>(bytes, at);
    let within = bytes.get(at..)?.iter().position(|&byte| sign(byte) != 0)?;
    Some(at + within)
}

/// Returns where the first block from `from` on begins that has a sign or is incomplete.
fn behind_plain_blocks<const N: usize>(bytes: &[u8], from: usize) -> usize {
    let (blocks, _) = bytes.get(from..).unwrap_or_default().as_chunks::<N>();
    let plain = blocks.iter().take_while(|block| !has_sign(block)).count();
    from + plain * N
}

fn has_sign<const N: usize>(block: &[u8; N]) -> bool {
    // No early exit and no branch, so that the loop can be vectorised.
    block.iter().fold(0, |found, &byte| found | sign(byte)) != 0
}

/// Returns 1 for a sign, 0 for any other byte.
fn sign(byte: u8) -> u8 {
    // `[` and `{` differ in one bit, so one comparison finds both.
    u8::from(byte == b'<') | u8::from(byte == b'@') | u8::from(byte | 0x20 == b'{')
}

#[cfg(test)]
mod tests {
    use super::next_sign;
    use alloc::string::String;

    #[test]
    fn a_sign_is_seen_at_every_place_of_every_length() {
        for length in 0..200 {
            let plain: String = core::iter::repeat_n('x', length).collect();
            assert_eq!(next_sign(&plain, 0), None, "{length}");
            for place in 0..length {
                for sign in ["<", "@", "{", "["] {
                    let mut prompt = plain.clone();
                    prompt.replace_range(place..=place, sign);
                    assert_eq!(next_sign(&prompt, 0), Some(place));
                    assert_eq!(next_sign(&prompt, place), Some(place));
                    assert_eq!(next_sign(&prompt, place + 1), None);
                }
            }
        }
    }

    #[test]
    fn every_other_byte_is_not_a_sign() {
        for byte in 0..=0x7f_u8 {
            let prompt: String = core::iter::repeat_n(char::from(byte), 70).collect();
            let is_sign = b"<@{[".contains(&byte);
            assert_eq!(next_sign(&prompt, 0).is_some(), is_sign, "{byte}");
        }
        assert_eq!(next_sign(&"图片，é＠＜".repeat(20), 0), None);
    }
}
