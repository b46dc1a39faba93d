#![doc = include_str!("../README.md")]
//!
//! # What the parts are
//!
//! [`parts`] cuts a prompt into pieces that follow one another without gap or overlap:
//!
//! - [`Placeholder`]: exactly `<<<kind_N>>>`, with one of the kinds passed in, spelled as it is there, and a decimal
//!   number without leading zeros. The number may be 0.
//! - [`WrongKind`]: the same shape with another word, as in `<<<voice_1>>>`.
//! - [`Malformed`]: `<<<` and a word, but neither of the two above.
//! - [`Dialect`]: what other programs write, as in `@image_1`, `<<image_1>>` or `{{name}}`.
//! - [`Text`]: everything else.
//!
//! Of more than three opening signs, the last three open a placeholder, and of more than three closing signs, the first
//! three close it: `<<<<image_1>>>>` is a placeholder between two pieces of text.
//!
//! # Settled details
//!
//! - A *word* begins with a letter of any script. `<<<` before anything else is text, except before white space that
//!   surrounds a known kind and is followed by `>` (`<<< image_1 >>>`).
//! - A *blank* is Unicode `White_Space` other than a line break, or a zero-width character: nothing that spans two
//!   lines is a placeholder.
//! - Well-known other words for `image`, `video` and `element` (`img`, `图片`, `主体`, …) also name the kind, if it is in
//!   the list. They are never the word of a [`Placeholder`].
//! - Only ASCII signs are recognised; `＠图1` and `《《《image_1》》》` are text.
#![no_std]

extern crate alloc;

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// cut part sign < plain word < read < parts < check

mod check;
mod cut;
mod part;
mod parts;
mod plain;
mod read;
mod sign;
mod word;

pub use check::{PromptProblem, cross_check, each_problem};
pub use part::{
    Dialect, Form, Malformed, Part, Placeholder, Reason, Reference, Text, WrongKind,
    write_placeholder,
};
pub use parts::{Parts, parts};
pub use plain::plainly_fits;
