#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// character plain quote sanitise shorten

mod character;
mod plain;
mod quote;
mod sanitise;
mod shorten;

pub use character::is_plain;
pub use plain::{plain, plain_lines};
pub use quote::{name, quote, quote_string};
pub use sanitise::{sanitise, without_secrets};
pub use shorten::{shorten, shorten_bytes};
