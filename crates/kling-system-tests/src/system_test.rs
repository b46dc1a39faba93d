//! `cargo xtask system-test`: tests that need programs other than the Rust toolchain.

mod answers;
mod benchmark;
mod browser;
mod clock;
mod disk;
mod each;
mod foreign;
mod instructions;
mod keys;
mod locks;
mod memory;
mod moments;
mod network;
mod output;
mod page;
mod patches;
mod power;
mod random;
mod short_run;
mod stage;
mod strace;
mod sweep;
mod terminal;
mod threads;
mod video;
mod workflow;
mod writes;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use xtask::failure::{Failure, Result};
use xtask::process::need;
use xtask::workspace::print_line;

/// A test that needs other programs.
#[derive(Debug)]
pub(crate) struct Test {
    name: &'static str,
    /// The rows of the fault matrix that it tests.
    rows: &'static [&'static str],
    programs: &'static [&'static str],
    /// Runs the test and returns its result in words.
    run: fn(&Path) -> Result<String>,
}

const TESTS: [Test; 27] = [
    Test {
        name: "memory on a large file",
        rows: &[],
        programs: &[],
        run: memory::test,
    },
    Test {
        name: "memory of a short run",
        rows: &[],
        programs: &[],
        run: short_run::test,
    },
    Test {
        name: "instructions a byte",
        rows: &[],
        programs: &["valgrind"],
        run: instructions::test,
    },
    Test {
        name: "videos in ffmpeg and Chromium",
        rows: &[],
        programs: &["ffprobe", "ffmpeg", browser::PROGRAM],
        run: video::test,
    },
    Test {
        name: "the emulator's page in Chromium",
        rows: &[],
        programs: &[browser::PROGRAM],
        run: page::test,
    },
    Test {
        name: "a foreign server",
        rows: &[],
        programs: &["node"],
        run: foreign::test,
    },
    Test {
        name: "the workflow of the README",
        rows: &[],
        programs: &["bash", "git", workflow::LINTER],
        run: workflow::test,
    },
    Test {
        name: "diffs in patch and git",
        rows: &[],
        programs: &["patch", "git"],
        run: patches::test,
    },
    Test {
        name: "no route to the service",
        rows: &["S05"],
        programs: &[strace::PROGRAM],
        run: network::unreachable,
    },
    Test {
        name: "no descriptor or memory for a socket",
        rows: &["S39"],
        programs: &[strace::PROGRAM],
        run: network::exhausted,
    },
    Test {
        name: "memory on endless answers",
        rows: &["S37"],
        programs: &[],
        run: answers::test,
    },
    Test {
        name: "a bar on a terminal",
        rows: &[],
        programs: &[terminal::PROGRAM],
        run: terminal::test,
    },
    Test {
        name: "no room for the video",
        rows: &["D12"],
        programs: &[strace::PROGRAM],
        run: disk::download,
    },
    Test {
        name: "no room for the journal",
        rows: &["L05", "L06"],
        programs: &[strace::PROGRAM],
        run: disk::journal,
    },
    Test {
        name: "one failed write of the journal",
        rows: &[],
        programs: &[strace::PROGRAM],
        run: disk::generate,
    },
    Test {
        name: "a folder that cannot be written",
        rows: &[],
        programs: &[strace::PROGRAM],
        run: disk::folder,
    },
    Test {
        name: "no room for a thread",
        rows: &[],
        programs: &[strace::PROGRAM],
        run: threads::test,
    },
    Test {
        name: "a file system without locks",
        rows: &["L09"],
        programs: &[strace::PROGRAM],
        run: locks::test,
    },
    Test {
        name: "a system without random numbers",
        rows: &[],
        programs: &[strace::PROGRAM],
        run: random::test,
    },
    Test {
        name: "a key in memory",
        rows: &[],
        programs: &[strace::PROGRAM],
        run: keys::test,
    },
    Test {
        name: "an output without a reader",
        rows: &["L12"],
        programs: &[],
        run: output::test,
    },
    Test {
        name: "run again without a reader of the output",
        rows: &["L12"],
        programs: &["bash"],
        run: output::again,
    },
    Test {
        name: "the clock jumps",
        rows: &["L13"],
        programs: &[clock::PROGRAM],
        run: clock::test,
    },
    Test {
        name: "the power fails",
        rows: &["L02"],
        programs: &[strace::PROGRAM],
        run: power::test,
    },
    Test {
        name: "interrupted at system calls",
        rows: &["L11"],
        programs: &[strace::PROGRAM],
        run: sweep::interrupt,
    },
    Test {
        name: "killed at random moments and run again",
        rows: &["L01"],
        programs: &[],
        run: moments::test,
    },
    Test {
        name: "killed at every system call",
        rows: &["L01"],
        programs: &[strace::PROGRAM],
        run: sweep::kill,
    },
];

/// Returns the tests of rows, each with its rows.
pub(crate) fn of_rows() -> impl Iterator<Item = (&'static Test, &'static [&'static str])> {
    let tests = TESTS.iter().filter(|test| !test.rows.is_empty());
    tests.map(|test| (test, test.rows))
}

/// Returns the rows that system tests cover; a row may occur more than once.
pub fn rows() -> impl Iterator<Item = &'static str> {
    TESTS.iter().flat_map(|test| test.rows).copied()
}

/// Returns the programs that the tests of rows need.
pub(crate) fn programs_of_rows() -> Vec<&'static str> {
    let programs: BTreeSet<&str> = of_rows()
        .flat_map(|(test, _)| test.programs)
        .copied()
        .collect();
    programs.into_iter().collect()
}

/// Runs all of them, or those with `part` in their name; measurements use a release build.
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
    tests
        .into_iter()
        .try_for_each(|test| report_outcome(root, test))
}

/// Runs one and reports its outcome.
pub(crate) fn report_outcome(root: &Path, test: &Test) -> Result<()> {
    let began = Instant::now();
    let outcome =
        (test.run)(root).map_err(|failure| Failure::new(format!("{}: {failure}", test.name)))?;
    print_line(format_args!(
        "{}: {outcome} ({:.1} s)",
        test.name,
        began.elapsed().as_secs_f64()
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use xtask::workspace::root;

    #[test]
    fn a_name_that_no_test_has_is_refused_with_those_that_there_are() {
        let failure = run(root(), Some("no such test")).unwrap_err().to_string();
        assert!(
            failure.ends_with("killed at every system call"),
            "{failure}"
        );
    }

    #[test]
    fn the_readme_lists_every_test_with_its_programs() {
        let readme =
            xtask::failure::read(&root().join("crates/kling-system-tests/README.md")).unwrap();
        for test in &TESTS {
            let row = format!("| {} | ", test.name);
            let line = readme.lines().find(|line| line.starts_with(&row));
            let line = line.unwrap_or_else(|| panic!("no row for {}", test.name));
            // ffprobe comes with ffmpeg.
            let programs = test.programs.iter().filter(|name| **name != "ffprobe");
            for program in programs {
                assert!(line.contains(program), "{line}");
            }
        }
    }
}
