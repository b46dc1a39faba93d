//! HTTP/1.1 over a TCP stream, down to its bytes: faults need control over everything they break.
//!
//! Requests are parsed more strictly than by most servers; anything that two parsers could understand differently is
//! refused.

mod answer;
mod body;
mod connection;
mod head;
mod script;

pub(crate) use answer::{Answer, Framing, wide};
pub(crate) use connection::{BodyError, Connection};
pub(crate) use head::{Head, Refused};
pub(crate) use script::{End, Script, Step};
