//! The laws that the crate promises, over generated and hand-written texts.

mod common;
mod documents;
mod edits;
mod errors;
mod repairs;
mod strings_and_numbers;
mod verdict;
