#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// decimal encoding pointer scan span < error lines < diagnose edit escape utf8 < number text < string < document < canonical < layout repair

mod canonical;
mod decimal;
mod diagnose;
mod document;
mod edit;
mod encoding;
mod error;
mod escape;
mod layout;
mod lines;
mod number;
mod pointer;
mod repair;
mod scan;
mod span;
mod string;
mod text;
mod utf8;

pub use canonical::{CanonicalError, canonical, quoted};
pub use document::{Buffer, Children, Document, Kind, Node, NodeId, check};
pub use edit::{Edit, EditError, apply};
pub use encoding::{Encoding, wide_encoding};
pub use error::{Expected, ForeignLiteral, Inside, MAX_DEPTH, SyntaxError, SyntaxErrorKind};
pub use layout::{
    append_items, insert_member, remove_member, rename_key, replace_value, truncate_items,
    without_member,
};
pub use lines::{LineWalker, Position};
pub use number::Number;
pub use pointer::unescape_token;
pub use repair::{OffsetMap, Repair, repair};
pub use span::Span;
pub use text::{OffsetWalker, Text};
pub use utf8::validate_utf8;
