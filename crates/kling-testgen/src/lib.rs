#![doc = include_str!("../README.md")]

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// choices fixtures json < holds print texts urls < mention value < make < solve < mutation request < broken odd

mod broken;
mod choices;
mod fixtures;
mod holds;
mod json;
mod make;
mod mention;
mod mutation;
mod odd;
mod print;
mod request;
mod solve;
mod texts;
mod urls;
mod value;

pub use broken::{Broken, broken, broken_by};
pub use fixtures::fixtures;
pub use holds::holds;
pub use json::Json;
pub use mutation::{Mutation, Planted, mutations};
pub use odd::odd;
pub use print::{Layout, Style, plain, print, style};
pub use request::{Request, valid};
pub use urls::{broken_addresses, public_addresses};
