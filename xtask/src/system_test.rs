//! `cargo xtask system-test`: what needs other programs than the Rust toolchain.

mod browser;
mod instructions;
mod memory;
mod page;
mod video;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use crate::failure::{Failure, Result};
use crate::process::need;
use crate::workspace::tell;

/// A test that needs other programs.
struct Test {
    name: &'static str,
    programs: &'static [&'static str],
    /// What gives its outcome in words.
    run: fn(&Path) -> Result<String>,
}

const TESTS: [Test; 4] = [
    Test {
        name: "memory on a large file",
        programs: &[],
        run: memory::test,
    },
    Test {
        name: "instructions a byte",
        programs: &["valgrind"],
        run: instructions::test,
    },
    Test {
        name: "videos in ffmpeg and Chromium",
        programs: &["ffprobe", "ffmpeg", browser::PROGRAM],
        run: video::test,
    },
    Test {
        name: "the emulator's page in Chromium",
        programs: &[browser::PROGRAM],
        run: page::test,
    },
];

/// Runs all of them, or those with `part` in their name; what is measured, in release.
///
/// # Errors
/// No test has such a name, a program is missing, which is named, or a test failed.
pub fn run(root: &Path, part: Option<&str>) -> Result<()> {
    let asked = |test: &&Test| part.is_none_or(|part| test.name.contains(part));
    let tests: Vec<&Test> = TESTS.iter().filter(asked).collect();
    if tests.is_empty() {
        let names: Vec<&str> = TESTS.iter().map(|test| test.name).collect();
        return Err(Failure::new(format!(
            "no system test has that in its name; there are: {}",
            names.join(", ")
        )));
    }
    let programs: BTreeSet<&str> = tests
        .iter()
        .flat_map(|test| test.programs)
        .copied()
        .collect();
    need(&programs.into_iter().collect::<Vec<_>>())?;
    for test in tests {
        let began = Instant::now();
        let outcome = (test.run)(root)?;
        tell(format_args!(
            "{}: {outcome} ({:.1} s)",
            test.name,
            began.elapsed().as_secs_f64()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::root;

    #[test]
    fn a_name_that_no_test_has_is_refused_with_those_that_there_are() {
        let failure = run(root(), Some("no such test")).unwrap_err().to_string();
        assert!(
            failure.ends_with("the emulator's page in Chromium"),
            "{failure}"
        );
    }
}
