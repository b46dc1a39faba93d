//! `cargo xtask system-test`: what needs other programs than the Rust toolchain.

mod instructions;
mod memory;

use std::path::Path;
use std::time::Instant;

use crate::failure::Result;
use crate::process::need;
use crate::workspace::tell;

/// The programs that the tests here run.
const PROGRAMS: [&str; 1] = ["valgrind"];

/// A test: what it is called, and what gives its outcome in words.
type Test = (&'static str, fn(&Path) -> Result<String>);

/// Runs all of them, in release.
///
/// # Errors
/// A program is missing, which is named, or a test failed.
pub fn run(root: &Path) -> Result<()> {
    need(&PROGRAMS)?;
    let tests: [Test; 2] = [
        ("memory on a large file", memory::test),
        ("instructions a byte", instructions::test),
    ];
    for (name, test) in tests {
        let began = Instant::now();
        let outcome = test(root)?;
        tell(format_args!(
            "{name}: {outcome} ({:.1} s)",
            began.elapsed().as_secs_f64()
        ));
    }
    Ok(())
}
