#![doc = include_str!("../README.md")]

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// peers random < corpus

pub mod corpus;
pub mod peers;
mod random;
