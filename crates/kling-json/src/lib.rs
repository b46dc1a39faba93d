#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod canonical;
mod cursor;
mod decimal;
mod diagnose;
mod edit;
mod encoding;
mod error;
mod escape;
mod exponent;
mod layout;
mod lines;
mod number;
mod pointer;
mod repair;
mod scan;
mod skip;
mod span;
mod tape;
mod text;
mod token;
mod utf8;

pub use canonical::{CANONICAL_PREFIX, CanonicalError, canonical, quoted};
pub use cursor::{Cursor, DEFAULT_MAX_DEPTH, Kind};
pub use decimal::Decimal;
pub use edit::{Edit, EditError, apply};
pub use encoding::{Encoding, wide_encoding};
pub use error::{Expected, ForeignLiteral, Inside, SyntaxError, SyntaxErrorKind};
pub use layout::{
    append_items, insert_item, insert_member, remove_item, remove_member, rename_key,
    replace_value, truncate_items, without_member,
};
pub use lines::{LineWalker, Position};
pub use number::Number;
pub use pointer::{escape_token, unescape_token};
pub use repair::{MAX_REPAIR_ERRORS, OffsetMap, Repair, repair};
pub use span::Span;
pub use tape::{Children, Node, Tape};
pub use text::{OffsetWalker, Text, word};
pub use token::Token;
pub use utf8::validate_utf8;

/// Whether `text` is one JSON value, with at most [`DEFAULT_MAX_DEPTH`] containers inside one another.
///
/// # Errors
/// The first place at which it is not.
pub fn check(text: &str) -> Result<(), SyntaxError> {
    let mut cursor = Cursor::new(text);
    cursor.skip()?;
    cursor.finish()
}
