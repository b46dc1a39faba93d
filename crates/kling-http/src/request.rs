//! Typed requests: a struct with a builder for each model, which writes the JSON text that is sent.
//!
//! The structs are generated from the contracts by `cargo xtask codegen`. Members that the model requires cannot be
//! left out, and a member that takes only certain values is an enum. Nothing else is checked, and nothing is read:
//! lengths, URLs, placeholders and rules across several members are left to `kling-check`, which takes the text.
//!
//! ```
//! use kling_http::Body;
//! use kling_http::request::KlingV3;
//! use kling_http::request::kling_v3::{Duration, Mode};
//!
//! let request = KlingV3::builder()
//!     .prompt("A paper boat drifts down a rainy street")
//!     .mode(Mode::Pro)
//!     .duration(Duration::Seconds10)
//!     .aspect_ratio("9:16")
//!     .build();
//! assert_eq!(
//!     request.to_json(),
//!     r#"{"model":"kling-v3","prompt":"A paper boat drifts down a rainy street","mode":"pro","duration":10,"aspect_ratio":"9:16"}"#
//! );
//! let body = Body::from_request(&request)?; // for `Client::submit`
//! # assert_eq!(body.text(), request.to_json());
//! # Ok::<(), kling_http::Error>(())
//! ```
//!
//! Without the prompt it does not compile:
//!
//! ```compile_fail,E0277
//! let request = kling_http::request::KlingV3::builder().build();
//! ```
//!
//! Members are written in the order of the contract, `model` first. Absent members are not written, not even as
//! `null`; an empty list is written as such.

use serde::Serialize;

mod models;

pub use models::*;

/// Returns the text of a request.
fn to_json(request: &impl Serialize) -> String {
    serde_json::to_string(request)
        .expect("objects with text keys, lists, texts, integers and booleans always become text")
}

/// Converts a list of anything that converts to texts.
fn texts(list: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    list.into_iter().map(Into::into).collect()
}
