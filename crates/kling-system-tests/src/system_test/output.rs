//! The program's output is not read, or cannot be written: what was paid for is not lost.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::process::Stdio;

use xtask::failure::{Failure, Result};
use xtask::process::build_kling;

use super::stage::{GENERATE, Service, Services, Stage, ensure};

/// Runs commands whose output cannot be written.
///
/// # Errors
/// One panics, ends as if successful, or pays again.
pub(super) fn test(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let submit: &[&str] = &["submit", "request.json"];
    let ways = [submit, &GENERATE];
    let mut count = 0;
    for arguments in ways {
        for is_closed in [false, true] {
            for with_errors in [false, true] {
                let (stage, service) = (Stage::new(&kling)?, services.start()?);
                unwritable(&stage, &service, arguments, is_closed, with_errors)?;
                count += 1;
            }
        }
    }
    Ok(format!("{count} runs, none well, none paid for twice"))
}

/// How a shell redirects the program's outputs; the first leaves them alone and passes a pipe without a reader.
const REDIRECTED: [&str; 7] = [
    "",
    "> /dev/full",
    ">&-",
    "2>&-",
    "2> /dev/full",
    "> /dev/full 2>&1",
    ">&- 2>&- <&-",
];

/// Runs the same command three times with unwritable outputs, and once with writable ones.
///
/// # Errors
/// One panics or pays again, or the last one fails.
pub(super) fn again(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let submit: &[&str] = &["submit", "request.json"];
    for arguments in [submit, &GENERATE] {
        for redirected in REDIRECTED {
            let (stage, service) = (Stage::new(&kling)?, services.start()?);
            let url = service.url();
            let script = format!("exec \"$0\" \"$@\" {redirected}");
            let mut codes = Vec::new();
            for _ in 0..3 {
                let mut command = stage.command(&["bash", "-c", &script], url, arguments);
                if redirected.is_empty() {
                    command.stdout(nowhere(true)?);
                }
                command.stderr(Stdio::piped());
                let output = command.output().map_err(|error| {
                    Failure::new(format!("the program cannot be started: {error}"))
                })?;
                codes.push(stage.ran(&output)?.code);
            }
            let last = stage.run(&[], url, arguments)?;
            let charged = service.charged().len();
            ensure(
                charged == 1 && service.repeated() == 0 && last.code == Some(0),
                || {
                    format!(
                        "{} {redirected}: {charged} charges; {codes:?}, then {:?}: {}",
                        arguments[0], last.code, last.err
                    )
                },
            )?;
        }
    }
    Ok(format!(
        "{} ways, four runs each, one charge each",
        2 * REDIRECTED.len()
    ))
}

fn unwritable(
    stage: &Stage,
    service: &Service,
    arguments: &[&str],
    is_closed: bool,
    with_errors: bool,
) -> Result<()> {
    let url = service.url();
    let mut command = stage.command(&[], url, arguments);
    command.stdout(nowhere(is_closed)?);
    command.stderr(if with_errors {
        nowhere(is_closed)?
    } else {
        Stdio::piped()
    });
    let output = command
        .output()
        .map_err(|error| Failure::new(format!("the program cannot be started: {error}")))?;
    let ran = stage.ran(&output)?;
    let details = |what: &str| {
        format!(
            "{} to {}: {what}; {:?} {}",
            arguments[0],
            if is_closed {
                "a closed pipe"
            } else {
                "a full device"
            },
            ran.code,
            ran.err
        )
    };
    // Without an exit code the program was ended by a signal, over which it had no control.
    ensure(ran.code.is_some_and(|code| code != 0), || {
        details("another end than a fault")
    })?;
    let charged = service.charged();
    ensure(charged.len() <= 1, || details("more than one charge"))?;
    if let (false, Some(id)) = (with_errors, charged.first()) {
        ensure(ran.err.contains(id), || details("the id is not told"))?;
    }
    let jobs = stage.jobs(url)?;
    ensure(jobs.len() == 1, || details("not one job"))?;
    // A result that could not be printed is printed again, and not paid for again.
    let number = jobs[0]["job"].to_string();
    let resume = ["jobs", "resume", &number];
    // With the target and the pace of `generate`.
    let again = stage.run(&[], url, &[&resume[..], &GENERATE[2..]].concat())?;
    ensure(
        again.code == Some(0)
            && service.charged().len() == 1
            && stage.videos()? == ["a.mp4"]
            && stage.states(url)? == ["saved"],
        || details(&format!("resumed: {:?} {}", again.code, again.err)),
    )
}

/// Returns an output that cannot be written.
fn nowhere(is_closed: bool) -> Result<Stdio> {
    let no = |error: io::Error| Failure::new(format!("no output that takes nothing: {error}"));
    if is_closed {
        let (_, writer) = io::pipe().map_err(no)?;
        return Ok(writer.into());
    }
    let full = OpenOptions::new().write(true).open("/dev/full");
    Ok(full.map_err(no)?.into())
}
