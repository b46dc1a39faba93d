//! The laws that the crate promises, over generated and hand-written texts.

mod common;
mod strings_and_numbers;
mod verdict;
