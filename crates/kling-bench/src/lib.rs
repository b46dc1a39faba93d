#![doc = include_str!("../README.md")]

pub mod corpus;
pub mod peers;
mod random;
