//! A system with no room for another thread: nothing is sent, or everything is done by the threads that there are.

use std::path::Path;

use xtask::failure::{Failure, Result};
use xtask::process::build_kling;

use super::each::each;
use super::stage::{GENERATE, Services, Stage, ensure};
use super::strace::{injecting, listed, most_of_each, wrapper};

const CALL: &str = "clone3";

/// How many threads are tried at the start.
const TRIED: u32 = 6;

/// How many are needed at least, which are started right after as many were tried.
const NEEDED: u32 = 3;

/// Makes the start of each thread fail, once and from then on, and runs the program again.
///
/// # Errors
/// The program panics, something was sent without the threads for it, a thread is started once something was sent, or
/// the second run does not end with the one video.
pub(super) fn test(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let all = {
        let stage = Stage::new(&kling)?;
        let service = services.start()?;
        let calls = format!("{CALL},sendto,write,writev");
        let (_, log) = listed(&stage, service.url(), &calls, &[], &GENERATE)?;
        let (before, after) = log
            .split_once("POST /v1/videos/")
            .ok_or_else(|| Failure::new("no request is sent"))?;
        ensure(before.contains(CALL) && !after.contains(CALL), || {
            "a thread is started once the request was sent".to_owned()
        })?;
        most_of_each(&log).get(CALL).copied().unwrap_or_default()
    };
    let points: Vec<(u32, &str)> = (1..=all)
        .filter(|number| !(TRIED + 1..=TRIED + NEEDED).contains(number))
        .flat_map(|number| [(number, ""), (number, "+")])
        .collect();
    each(
        &points,
        |(number, more)| format!("without thread {number}{more}"),
        |(number, more)| {
            let stage = Stage::new(&kling)?;
            let service = services.start()?;
            let words = injecting(CALL, "error=EAGAIN", &format!("{number}{more}"), &[]);
            let first = stage.generate(&wrapper(&words), service.url())?;
            let expected = if *number <= TRIED {
                (Some(8), 0)
            } else {
                (Some(0), 1)
            };
            ensure((first.code, service.posts()) == expected, || {
                format!("{:?} {}", first.code, first.err)
            })?;
            let again = stage.generate(&[], service.url())?;
            ensure(
                again.code == Some(0)
                    && service.charged().len() == 1
                    && stage.videos()? == ["a.mp4"],
                || format!("again: {:?} {}", again.code, again.err),
            )
        },
    )?;
    Ok(format!("{} of {all} threads, twice each", points.len() / 2))
}
