//! HTTP/1.1 over a TCP stream, down to its bytes: what a fault has to break has to be held in hand.
//!
//! Requests are read more strictly than most servers do; whatever two readers could understand differently is refused.

mod answer;
mod body;
mod connection;
mod head;
mod script;

pub(crate) use answer::{Answer, Framing, wide};
pub(crate) use body::BodyError;
pub(crate) use connection::Connection;
pub(crate) use head::{Head, Refused};
pub(crate) use script::{End, Script, Step};
