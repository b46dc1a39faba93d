//! A key in memory: neither a dump nor another program of the same user can have it.

use std::path::Path;

use xtask::failure::{Failure, Result, write};
use xtask::process::build_kling;

use super::stage::{CANARY, Services, Stage, ensure};
use super::strace::listed;

const CALLS: &str = "prctl,prlimit64,openat,connect";

/// What keeps the memory from dumps, and from other programs.
const LOCKS: [&str; 2] = [
    "prlimit64(0, RLIMIT_CORE, {rlim_cur=0, rlim_max=0}",
    "prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE)",
];

/// Sends a request with a key of the environment, and one of a file.
///
/// # Errors
/// The memory is open to others when the key is read from the file, or when a connection is made.
pub(super) fn test(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let service = services.start()?;
    // Not in the folder of the program, in which there must be no key.
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::new(format!("no temporary folder: {error}")))?;
    let file = folder.path().join("the.key");
    write(&file, CANARY)?;
    let file = file.display().to_string();
    let arguments = ["submit", "request.json", "--key-file", &file];
    for (arguments, opens) in [
        (&arguments[..2], "connect("),
        (&arguments[..], file.as_str()),
    ] {
        let stage = Stage::new(&kling)?;
        let (_, log) = listed(&stage, service.url(), CALLS, &[], arguments)?;
        let opened = log
            .find(opens)
            .ok_or_else(|| Failure::new(format!("no {opens} in:\n{log}")))?;
        for lock in LOCKS {
            let is_locked = log.find(lock).is_some_and(|at| at < opened);
            ensure(is_locked, || format!("no {lock} before {opens} in:\n{log}"))?;
        }
    }
    Ok("before a key is read from a file, and before a connection is made".to_owned())
}
