//! Writing placeholders, and putting them into a prompt without touching the rest.

use crate::part::Part;
use crate::parts::parts;
use alloc::format;
use alloc::string::String;
use core::ops::Range;

/// Returns a placeholder in the form that the service reads.
///
/// ```
/// assert_eq!(kling_prompt::write_mark("image", 2), "<<<image_2>>>");
/// ```
pub fn write_mark(kind: &str, number: u32) -> String {
    format!("<<<{kind}_{number}>>>")
}

/// Replaces the number of every [`Mark`](crate::Mark) with what `new_number` returns for its kind, an index into
/// `kinds`, and its number.
///
/// Everything else stays byte for byte the same, and so does a mark whose number stays.
///
/// ```
/// let swapped = kling_prompt::renumber("<<<image_1>>> and <<<image_2>>>", &["image"], |_, n| 3 - n);
/// assert_eq!(swapped, "<<<image_2>>> and <<<image_1>>>");
/// ```
pub fn renumber(
    prompt: &str,
    kinds: &[&str],
    mut new_number: impl FnMut(usize, u32) -> u32,
) -> String {
    let mut result = String::with_capacity(prompt.len());
    for part in parts(prompt, kinds) {
        if let Part::Mark(mark) = &part
            && let number = new_number(mark.kind, mark.number)
            && number != mark.number
            && let Some(kind) = kinds.get(mark.kind)
        {
            result.push_str(&write_mark(kind, number));
        } else {
            result.push_str(prompt.get(part.span()).unwrap_or_default());
        }
    }
    result
}

/// Returns the prompt with the placeholder for item `number` of `kind` in place of `span`.
///
/// `None` if the span does not fit this prompt: out of bounds, reversed, or inside a character.
///
/// ```
/// let mended = kling_prompt::replace("Let @image1 wave", 4..11, "image", 1);
/// assert_eq!(mended.as_deref(), Some("Let <<<image_1>>> wave"));
/// ```
pub fn replace(prompt: &str, span: Range<usize>, kind: &str, number: u32) -> Option<String> {
    prompt.get(span.clone())?;
    let (before, after) = (prompt.get(..span.start)?, prompt.get(span.end..)?);
    Some(format!("{before}<<<{kind}_{number}>>>{after}"))
}
