//! The crate from outside, as its users see it.

mod check;
mod common;
mod dense;
mod forms;
mod large;
mod laws;
mod naive;
