//! A system without random numbers: nothing is sent, and this is reported instead of a panic.

use std::path::Path;

use xtask::failure::Result;
use xtask::process::build_kling;

use super::stage::{Services, Stage, ensure};
use super::strace::{injecting, wrapper};

/// Commands that use no random numbers themselves, and some that do.
const COMMANDS: [&[&str]; 3] = [
    &["check", "request.json"],
    &["submit", "request.json"],
    &["emulator"],
];

/// Runs the commands where `getrandom` fails.
///
/// # Errors
/// Something was sent, or the reason is not reported to the user.
pub(super) fn test(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let service = services.start()?;
    for arguments in COMMANDS {
        let stage = Stage::new(&kling)?;
        let words = injecting("getrandom", "error=EIO", "1+", &[]);
        let ran = stage.run(&wrapper(&words), service.url(), arguments)?;
        let details = || format!("{arguments:?}: {:?} {}", ran.code, ran.err);
        ensure(ran.code == Some(2), details)?;
        ensure(ran.err.contains("does not provide random numbers"), details)?;
    }
    ensure(service.posts() == 0, || "sent".to_owned())?;
    Ok(format!("{} commands", COMMANDS.len()))
}
