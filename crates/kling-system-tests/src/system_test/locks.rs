//! The journal is where files cannot be locked: then nothing is sent, since another process could send it too.

use std::path::Path;

use xtask::failure::{Failure, Result};
use xtask::process::build_kling;

use super::stage::{Services, Stage, ensure};
use super::strace::{injecting, listed, wrapper};

/// The exit code for settings that cannot work.
const SETTINGS: Option<i32> = Some(2);

/// The command that sends a request.
const SUBMIT: [&str; 4] = ["submit", "request.json", "--format", "json"];

/// A locking call, and how file systems refuse it: those without locks, and shared ones whose lock service is not
/// available.
const CASES: [(&str, &str); 4] = [
    ("flock", "ENOLCK"),
    ("flock", "EOPNOTSUPP"),
    ("fcntl", "EOPNOTSUPP"),
    ("fcntl", "EINVAL"),
];

/// Sends a request with each, and then once more with locks.
///
/// # Errors
/// Something was sent, or the reason is not reported to the user.
pub(super) fn test(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    for (call, error) in CASES {
        refused(&kling, &services, &format!("{call} {error}"), |stage| {
            let journal = stage.journal();
            // Of the other files only the marks next to the journal are locked; `fcntl` has other uses too.
            let paths: &[&Path] = if call == "fcntl" { &[&journal] } else { &[] };
            injecting(call, &format!("error={error}"), "1+", paths)
        })?;
    }
    // SQLite takes this error for a lock held by others.
    let first = first_lock(&kling, &services)?;
    refused(&kling, &services, "no lock service", |_| {
        let mut words = injecting("fcntl", "error=ENOLCK", &format!("{first}+"), &[]);
        for word in ["-e", "trace=fcntl,flock", "-e", "inject=flock:error=ENOLCK"] {
            words.push(word.to_owned());
        }
        words
    })?;
    Ok(format!(
        "{} ways to have no locks, nothing sent",
        CASES.len() + 1
    ))
}

/// Sends a request under strace, which must prevent it from being sent, and then once more without.
fn refused(
    kling: &Path,
    services: &Services,
    name: &str,
    words: impl FnOnce(&Stage) -> Vec<String>,
) -> Result<()> {
    let stage = Stage::new(kling)?;
    let service = services.start()?;
    let ran = stage.run(&wrapper(&words(&stage)), service.url(), &SUBMIT)?;
    let details = || format!("{name}: {:?} {} {}", ran.code, ran.out, ran.err);
    ensure(service.posts() == 0, || format!("sent; {}", details()))?;
    ensure(ran.code == SETTINGS, details)?;
    ensure(
        ran.err.contains("cannot be locked") && ran.err.contains("a file system that has locks"),
        details,
    )?;
    let again = stage.run(&[], service.url(), &SUBMIT)?;
    ensure(again.code == Some(0) && service.posts() == 1, || {
        format!("{name}, with locks again: {:?} {}", again.code, again.err)
    })
}

/// Returns which `fcntl` call of its thread is the first to lock the journal.
fn first_lock(kling: &Path, services: &Services) -> Result<usize> {
    let stage = Stage::new(kling)?;
    let service = services.start()?;
    let (_, log) = listed(&stage, service.url(), "fcntl", &[], &SUBMIT)?;
    let calls = || log.lines().filter_map(|line| line.split_once(' '));
    let lock = calls().find(|(_, call)| call.contains("F_SETLK"));
    let (thread, _) = lock.ok_or_else(|| Failure::new("the journal is not locked by `fcntl`"))?;
    let before = calls()
        .filter(|(other, _)| *other == thread)
        .take_while(|(_, call)| !call.contains("F_SETLK"));
    Ok(before.count() + 1)
}
