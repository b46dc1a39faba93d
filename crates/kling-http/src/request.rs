//! Typed requests: a struct for each model, made from its contract, that reads and writes JSON.
//!
//! The structs are written by `cargo xtask codegen`: `models.rs` and what it names.
//!
//! A struct has a builder, and what the model requires cannot be left out. Names, nesting, types and
//! closed values are those of the model's JSON Schema; what goes beyond single fields (lengths,
//! addresses, placeholders, rules over several fields) is the checker's to judge.
//!
//! ```
//! use kling_http::request::KlingV3;
//! use kling_http::request::kling_v3::{AspectRatio, Duration, Mode};
//!
//! let request = KlingV3::builder()
//!     .prompt("A paper boat drifts down a rainy street")
//!     .mode(Mode::Pro)
//!     .duration(Duration::Seconds10)
//!     .aspect_ratio(AspectRatio::Ratio9x16)
//!     .build();
//! assert_eq!(
//!     request.to_json(),
//!     r#"{"model":"kling-v3","prompt":"A paper boat drifts down a rainy street","mode":"pro","duration":10,"aspect_ratio":"9:16"}"#
//! );
//! ```
//!
//! Without the prompt it does not compile:
//!
//! ```compile_fail,E0277
//! let request = kling_http::request::KlingV3::builder().build();
//! ```
//!
//! # Reading
//!
//! [`Request`] reads a request to any of the models, each struct one to its own. Nothing is dropped or
//! changed in silence: an unknown or repeated member, `null`, a list where an object belongs, a
//! number such as `5.0` for an integer, and a value that is not among closed ones are errors. Only
//! `$schema`, which names a file's schema to editors and is not part of a request, is passed over.
//!
//! ```
//! use kling_http::request::Request;
//!
//! let text = r#"{"model": "kling-v3", "prompt": "a paper boat", "seconds": 10}"#;
//! let error = serde_json::from_str::<Request>(text).unwrap_err();
//! assert!(error.to_string().starts_with(r#"unknown member "seconds", expected one of `model`"#));
//! ```
//!
//! # Writing
//!
//! Members stand in the order of the contract, `model` first. What is absent is not written, never
//! as `null`; an empty list is written as it is.

use std::fmt;

use serde::Serialize;
use serde::de::{Error, Expected, Unexpected};

#[macro_use]
mod by_model;
#[macro_use]
mod object;
#[macro_use]
mod values;

mod models;
mod unique_keys;

pub use models::*;

/// A value that is not among the closed ones of its member; tells those.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownValue(&'static [&'static str]);

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not among the values: expected ")?;
        Expected::fmt(self, f)
    }
}

impl std::error::Error for UnknownValue {}

impl Expected for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.0.len() > 1 { "one of " } else { "" };
        write!(f, "{more}`{}`", self.0.join("`, `"))
    }
}

/// The most bytes of a foreign text that an error repeats.
const MAX_SHOWN: usize = 64;

/// The beginning of a text, for an error.
fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_SHOWN)]
}

/// The error of a text that is not among the closed ones.
fn unknown_text<E: Error>(text: &str, known: UnknownValue) -> E {
    E::invalid_value(Unexpected::Str(shortened(text)), &known)
}

/// The error of a member that the object does not have.
fn unknown_member<E: Error>(name: &str, known: &'static [&'static str]) -> E {
    let name = shortened(name);
    let known = UnknownValue(known);
    E::custom(format_args!(
        "unknown member {name:?}, expected {}",
        &known as &dyn Expected
    ))
}

/// The text of a request.
fn to_json(request: &impl Serialize) -> String {
    serde_json::to_string(request)
        .expect("objects with text keys, lists, texts, integers and booleans always become text")
}

/// A list of texts from whatever becomes texts.
fn texts(list: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    list.into_iter().map(Into::into).collect()
}
