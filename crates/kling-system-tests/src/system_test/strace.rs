//! strace: lists the system calls of a program, and makes one of them fail or end the program.

use std::collections::BTreeMap;
use std::path::Path;

use xtask::failure::{Failure, Result, read};

use super::stage::{Ran, Stage};

/// The program, by its name in Debian's package `strace`.
pub(super) const PROGRAM: &str = "strace";

/// System calls that touch files, the network, descriptors or processes, which others can notice.
pub(super) const NOTICED: &str = "%file,%network,%desc,%process";

/// Runs the program undisturbed; returns how it ended, and its system calls of these names, one per line, after the
/// number of its thread. `options` are additional arguments of strace.
///
/// # Errors
/// It fails, or cannot be traced.
pub(super) fn listed(
    stage: &Stage,
    url: &str,
    calls: &str,
    options: &[&str],
    arguments: &[&str],
) -> Result<(Ran, String)> {
    // Not next to the journal: the log contains what is sent, including the key.
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::new(format!("no temporary folder: {error}")))?;
    let log = folder.path().join("log");
    let (place, trace) = (log.display().to_string(), format!("trace={calls}"));
    // Only these calls are intercepted, which is fast.
    let quick = ["--seccomp-bpf", "-o", &place, "-e", &trace];
    let words = words(&[&quick[..], options].concat());
    let ran = stage.run(&wrapper(&words), url, arguments)?;
    if ran.code != Some(0) {
        return Err(Failure::new(format!(
            "undisturbed, and yet it ends with {:?}: {}",
            ran.code, ran.err
        )));
    }
    Ok((ran, read(&log)?))
}

/// Returns the arguments that run a program and do something (`signal=SIGKILL`, `error=ENOSPC`) to its calls of these
/// names, such as `fsync,write`. `when` is which of them in each thread: `3`, `3+`. If there are paths, only calls on
/// them count.
pub(super) fn injecting(calls: &str, what: &str, when: &str, paths: &[&Path]) -> Vec<String> {
    let trace = format!("trace={calls}");
    let inject = format!("inject={calls}:{what}:when={when}");
    let mut list = vec!["-o", "/dev/null", "-e", &trace, "-e", &inject];
    let paths: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    for path in &paths {
        list.extend(["-P", path.as_str()]);
    }
    words(&list)
}

/// Traces all threads, and prints nothing about strace itself.
fn words(more: &[&str]) -> Vec<String> {
    let own = [PROGRAM, "-f", "-qq"];
    own.iter()
        .chain(more)
        .map(|word| (*word).to_owned())
        .collect()
}

/// Returns the arguments as a wrapper for a program.
pub(super) fn wrapper(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// Returns, for each system call in a log, the maximum number that one thread made.
pub(super) fn most_of_each(log: &str) -> BTreeMap<String, u32> {
    let mut counts: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let Some((call, _)) = rest.trim_start().split_once('(') else {
            continue;
        };
        // The end of an interrupted call begins with `<...`, and a signal with `---`.
        let is_call = call
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if is_call {
            *counts.entry((call, thread)).or_default() += 1;
        }
    }
    let mut most = BTreeMap::new();
    for ((call, _), count) in counts {
        let before = most.entry(call.to_owned()).or_default();
        *before = count.max(*before);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_thread() {
        let log = "\
7 openat(AT_FDCWD, \"a(b\", O_RDONLY) = 3
7 read(3,  <unfinished ...>
8 read(4, \"x\", 1) = 1
7 <... read resumed>\"y\", 1) = 1
7 read(3, \"\", 1) = 0
7 --- SIGCHLD {si_signo=SIGCHLD} ---
8 +++ exited with 0 +++
";
        let most: Vec<(String, u32)> = most_of_each(log).into_iter().collect();
        assert_eq!(most, [("openat".to_owned(), 1), ("read".to_owned(), 2)]);
    }

    #[test]
    fn what_is_injected_is_said_in_its_words() {
        let words = injecting("fsync", "error=EIO", "2+", &[Path::new("/a/b")]);
        assert_eq!(
            words[3..],
            [
                "-o",
                "/dev/null",
                "-e",
                "trace=fsync",
                "-e",
                "inject=fsync:error=EIO:when=2+",
                "-P",
                "/a/b"
            ]
        );
    }
}
