//! There is no network, or no descriptor or memory for a socket: nothing was sent, and this is reported.

use std::path::Path;

use xtask::failure::Result;
use xtask::process::build_kling;

use super::each::each;
use super::stage::{Service, Services, Stage, ensure};
use super::strace::{injecting, wrapper};

/// The exit code when nothing was sent.
const NOT_REACHED: Option<i32> = Some(10);

/// Checks that a submit sends nothing while its system calls of one name fail, and sends once when they work again.
fn is_not_sent(kling: &Path, services: &Services, call: &str, error: &str) -> Result<()> {
    let stage = Stage::new(kling)?;
    let service = services.start()?;
    let words = injecting(call, &format!("error={error}"), "1+", &[]);
    let submit = ["submit", "request.json", "--format", "json"];
    let ran = stage.run(&wrapper(&words), service.url(), &submit)?;
    ensure(
        ran.code == NOT_REACHED
            && ran.json()["verdict"] == "not-sent"
            && service.emulator.request_count() == 0
            && ran.err.contains("nothing was sent"),
        || format!("{call} {error}: {:?} {} {}", ran.code, ran.out, ran.err),
    )?;
    is_sent_once(&stage, &service)
}

fn is_sent_once(stage: &Stage, service: &Service) -> Result<()> {
    let ran = stage.generate(&[], service.url())?;
    ensure(
        ran.code == Some(0) && service.charged().len() == 1 && service.posts() == 1,
        || format!("afterwards: {:?} {}", ran.code, ran.err),
    )
}

/// There is no route to the service.
///
/// # Errors
/// Something was sent, or sent twice, or it is not reported that nothing was.
pub(super) fn unreachable(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    for error in ["ENETUNREACH", "EHOSTUNREACH", "ENETDOWN"] {
        is_not_sent(&kling, &services, "connect", error)?;
    }
    // The network comes back, and no action is needed.
    let stage = Stage::new(&kling)?;
    let service = services.start()?;
    let words = injecting("connect", "error=ENETUNREACH", "1", &[]);
    let ran = stage.generate(&wrapper(&words), service.url())?;
    ensure(
        ran.code == Some(0)
            && service.posts() == 1
            && ran.err.contains("nothing was charged")
            && stage.states(service.url())? == ["saved"],
        || format!("{:?} {}", ran.code, ran.err),
    )?;
    Ok("3 errors, nothing sent; when the network is back, one submit".to_owned())
}

/// There are no descriptors or no memory for a socket, and at any moment no more descriptors at all.
///
/// # Errors
/// As [`unreachable`]; or the id of a request that was accepted is not reported.
pub(super) fn exhausted(root: &Path) -> Result<String> {
    /// With fewer than 4 the shell cannot start the program; 48 are enough for everything.
    const LIMITS: std::ops::Range<u32> = 4..48;
    let kling = build_kling(root)?;
    let services = Services::new()?;
    for (call, error) in [
        ("socket", "EMFILE"),
        ("socket", "ENFILE"),
        ("socket", "ENOMEM"),
        ("connect", "ENOMEM"),
    ] {
        is_not_sent(&kling, &services, call, error)?;
    }
    let limits: Vec<u32> = LIMITS.collect();
    let sent = each(
        &limits,
        |limit| format!("with {limit} descriptors"),
        |limit| {
            let stage = Stage::new(&kling)?;
            let service = services.start()?;
            let limited = format!("ulimit -n {limit} && exec \"$0\" \"$@\"");
            let submit = ["submit", "request.json", "--format", "json"];
            let ran = stage.run(&["sh", "-c", &limited], service.url(), &submit)?;
            let details = || format!("{:?} {} {}", ran.code, ran.out, ran.err);
            match (ran.code, service.posts()) {
                (Some(0), 1) => Ok(true),
                // An accepted request could not be recorded: its id is reported.
                (Some(8), 1) => {
                    let charged = service.charged();
                    ensure(charged.len() == 1 && ran.err.contains(&charged[0]), details)?;
                    Ok(true)
                }
                (Some(2 | 8 | 10), 0) => {
                    ensure(service.charged().is_empty(), details)?;
                    is_sent_once(&stage, &service)?;
                    Ok(false)
                }
                _ => {
                    ensure(false, details)?;
                    Ok(false)
                }
            }
        },
    )?;
    let count = sent.iter().filter(|sent| **sent).count();
    ensure(count > 0 && count < sent.len(), || {
        format!("{count} of {} limits let it through", sent.len())
    })?;
    Ok(format!(
        "4 errors, nothing sent; {} limits of descriptors, {count} of which let it through, once",
        sent.len()
    ))
}
