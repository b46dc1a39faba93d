//! Making valid JSON from any text, so that a half-typed or slightly wrong request can still be examined.

mod machine;
mod map;
mod number;
mod output;
mod source;
mod string;

pub use map::OffsetMap;

use crate::error::SyntaxError;

/// The maximum number of errors that a [`Repair`] lists: each is a line to read, and garbage must not fill the memory.
const MAX_REPAIR_ERRORS: usize = 100;

/// A text made valid, from [`repair`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Repair {
    /// Valid JSON with at most [`MAX_DEPTH`](crate::MAX_DEPTH) nested containers.
    pub text: String,
    /// What was wrong, in text order, at most 100 errors; empty exactly if nothing was. The first is the one that
    /// [`check`](crate::check) reports.
    pub errors: Vec<SyntaxError>,
    /// The mapping from the repaired text to the source.
    pub map: OffsetMap,
}

/// Makes valid JSON from any text: the text itself if it is valid, otherwise the nearest that a simple parser can find.
///
/// Closes what is open, adds missing commas, colons, quotation marks and values (`null`), removes needless commas,
/// comments and garbage, and reads the quotation marks and literals of other languages. Never fails; takes linear time.
///
/// ```
/// let repair = kling_json::repair("{'prompt': \"a cat\", \"audio\": True, // sound\n \"dur");
/// assert_eq!(repair.text, "{\"prompt\": \"a cat\", \"audio\": true, \n \"dur\": null}");
/// assert_eq!(repair.errors.len(), 4);
///
/// let name = repair.text.find("a cat").unwrap();
/// assert_eq!(repair.map.to_source(name), 12);
/// let null = repair.text.find("null").unwrap();
/// assert!(repair.map.touches_inserted(kling_json::Span::new(null, null + 4)));
/// ```
#[must_use]
pub fn repair(source: &str) -> Repair {
    match crate::check(source) {
        Ok(()) => Repair {
            text: source.to_owned(),
            errors: Vec::new(),
            map: OffsetMap::identity(source.len()),
        },
        Err(first) => machine::run(source, first),
    }
}
