//! The program `kling`.
fn main() {}
