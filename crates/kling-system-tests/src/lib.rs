//! The commands `cargo xtask system-test`, `cases` and `faults`: the program `kling` and the emulator among other
//! programs.

// Layers, each above those that it may import from; a test in xtask holds the modules to this.
// cases system_test < faults

pub mod cases;
pub mod faults;
pub mod system_test;
