//! The fast path: prompts in which every sign belongs to a placeholder that fits.

use crate::sign::next_sign;

/// The maximum number of kinds that are followed; the item numbers of each are the bits of an integer.
const MOST_KINDS: usize = 8;

/// Returns whether a prompt plainly has no problem with its lists, in one pass without allocating.
///
/// `true` proves that [`each_problem`](crate::each_problem) with the same kinds and counts finds nothing: every sign
/// opens a placeholder that names an item, items are first mentioned in the order of their lists, and none is left out.
/// `false` proves nothing. Each kind comes with the length of its list, `None` if that is unknown.
///
/// Since a placeholder has no backslash, `prompt` may be the content of a JSON string as written, if no ASCII character
/// in it is written as `\uXXXX`.
///
/// ```
/// use kling_prompt::plainly_fits;
///
/// let kinds = [("image", Some(2)), ("video", Some(0))];
/// assert!(plainly_fits("<<<image_1>>> meets <<<image_2>>>", kinds));
/// assert!(!plainly_fits("<<<image_2>>> meets <<<image_1>>>", kinds));
/// ```
pub fn plainly_fits<'k>(
    prompt: &str,
    kinds: impl IntoIterator<Item = (&'k str, Option<usize>)>,
) -> bool {
    let mut names = [("", 0_u32); MOST_KINDS];
    let mut length = 0;
    for (name, count) in kinds {
        let count = count.and_then(|count| u32::try_from(count).ok());
        let (Some(entry), Some(count @ 0..=64)) = (names.get_mut(length), count) else {
            return false;
        };
        *entry = (name, count);
        length += 1;
    }
    let kinds = names.get(..length).unwrap_or_default();
    let mut mentioned = [0_u64; MOST_KINDS];
    let mut at = 0;
    while let Some(sign) = next_sign(prompt, at) {
        let Some((kind, number, end)) = placeholder(prompt.as_bytes(), sign, kinds) else {
            return false;
        };
        // Out of order: a new number after a greater one.
        let bit = 1_u64 << (number - 1);
        let Some(seen) = mentioned.get_mut(kind) else {
            return false;
        };
        if bit <= *seen && *seen & bit == 0 {
            return false;
        }
        *seen |= bit;
        at = end;
    }
    let all = |count: u32| 1_u64.checked_shl(count).map_or(u64::MAX, |bit| bit - 1);
    kinds
        .iter()
        .zip(mentioned)
        .all(|(&(_, count), seen)| seen == all(count))
}

/// Reads the placeholder that the sign at `at` opens, if it names an item: its kind, its number and its end.
fn placeholder(bytes: &[u8], at: usize, kinds: &[(&str, u32)]) -> Option<(usize, u32, usize)> {
    let after = bytes.get(at..)?.strip_prefix(b"<<<")?;
    let (kind, (count, number)) = kinds.iter().enumerate().find_map(|(kind, (name, count))| {
        let number = after.strip_prefix(name.as_bytes())?.strip_prefix(b"_")?;
        Some((kind, (*count, number)))
    })?;
    let (number, close) = match number {
        [one @ b'1'..=b'9', close @ ..] if !close.first()?.is_ascii_digit() => {
            (u32::from(one - b'0'), close)
        }
        [ten @ b'1'..=b'9', one @ b'0'..=b'9', close @ ..] => {
            (u32::from(ten - b'0') * 10 + u32::from(one - b'0'), close)
        }
        _ => return None,
    };
    let rest = close.strip_prefix(b">>>")?;
    // A word begins with a letter, so a kind that does not is not a word.
    let is_word = after.first().is_some_and(u8::is_ascii_alphabetic);
    (is_word && number <= count).then_some((kind, number, bytes.len() - rest.len()))
}
