//! What a person sees on a terminal: progress bars that move and leave nothing behind, and no other control
//! characters.

use std::path::Path;

use kling_emulator::{Clock, Emulator};
use xtask::failure::{Failure, Result, write};
use xtask::process::build_kling;

use super::stage::{GENERATE, Services, Stage, ensure};

/// Runs a command on a terminal of its own; in Debian's package `bsdutils`.
pub(super) const PROGRAM: &str = "script";

/// Runs the arguments on a terminal of this size. None of them contains a space, except for the program's path.
const AT_A_TERMINAL: [&str; 3] = [
    "sh",
    "-c",
    r#"KLING="$0"; export KLING; exec script -qec "stty cols 80 rows 24; \"\$KLING\" $*" /dev/null"#,
];
/// As [`AT_A_TERMINAL`], with a request as input, and another after a while.
const SLOW_INPUT: [&str; 3] = [
    "sh",
    "-c",
    r#"KLING="$0"; export KLING; exec script -qec "stty cols 80 rows 24; (cat request.json; echo; sleep 1.3; cat request.json; echo; sleep 0.3) | \"\$KLING\" $*" /dev/null"#,
];
/// A job of a minute takes two seconds.
const SPEED: f64 = 30.0;
/// The sequence that removes a bar.
const CLEAR: &str = "\r\u{1b}[2K";
/// The characters that bars are drawn with.
const DRAWN: [char; 2] = ['█', '░'];

/// Generates a video and checks a slow input, each on a terminal.
///
/// # Errors
/// A bar is missing, does not move or is not removed, or there are control characters other than those of a bar.
pub(super) fn test(root: &Path) -> Result<String> {
    let kling = build_kling(root)?;
    let services = Services::new()?;
    let stage = Stage::new(&kling)?;
    let service = services.start_as(Emulator::builder().clock(Clock::scaled(SPEED)))?;
    let words = [&GENERATE[..8], &["--format", "human"]].concat();
    let ran = stage.run(&AT_A_TERMINAL, service.url(), &words)?;
    let details = |what: &str| format!("generate: {what}; {:?} {:?}", ran.code, ran.out);
    ensure(ran.code == Some(0), || details("another exit code"))?;
    let moves = (1..100)
        .filter(|percent| ran.out.contains(&format!(" {percent} %, in_progress")))
        .count();
    ensure(moves > 1, || details("the bar of the job does not move"))?;
    ensure(ran.out.contains("KiB of "), || {
        details("no bar of the download")
    })?;
    let last = held_to_bars(&ran.out).map_err(|what| Failure::new(details(what)))?;
    ensure(last.starts_with("videos/a.mp4: "), || {
        details("another last line")
    })?;

    let stage = Stage::new(&kling)?;
    write(
        &stage.path("request.json"),
        r#"{"model": "kling-v3", "prompt": ""}"#,
    )?;
    let words = ["check", "--lines", "-", "--format", "summary"];
    let ran = stage.run(&SLOW_INPUT, service.url(), &words)?;
    let details = |what: &str| format!("check: {what}; {:?} {:?}", ran.code, ran.out);
    ensure(ran.code == Some(1), || details("another exit code"))?;
    ensure(ran.out.contains(" B, "), || details("no bar"))?;
    held_to_bars(&ran.out).map_err(|what| Failure::new(details(what)))?;
    Ok(format!(
        "the bar of a job stood at {moves} places, and no bar stays"
    ))
}

/// Returns the last line, if bars have been removed by then and there are no other control characters.
fn held_to_bars(shown: &str) -> std::result::Result<&str, &'static str> {
    let plain = shown.replace(CLEAR, "").replace("\r\n", "\n");
    // A bar is redrawn from the beginning of its line.
    let is_control = |c: char| c.is_control() && c != '\n' && c != '\r';
    if plain.contains(is_control) {
        return Err("a control that no bar has");
    }
    let (_, rest) = shown.rsplit_once(CLEAR).ok_or("no bar is removed")?;
    if rest.contains(DRAWN) {
        return Err("a bar that stays");
    }
    Ok(shown.trim_end().lines().next_back().map_or("", |line| {
        line.rsplit_once(CLEAR).map_or(line, |(_, line)| line)
    }))
}

#[cfg(test)]
mod tests {
    use super::held_to_bars;

    #[test]
    fn what_a_bar_leaves_is_seen() {
        let bar = "██░ 1 %\r\u{1b}[2K";
        assert_eq!(held_to_bars(&format!("a\r\n{bar}{bar}b\r\n")), Ok("b"));
        assert!(held_to_bars(&format!("{bar}██░ 1 %\r\n")).is_err());
        assert!(held_to_bars(&format!("{bar}\u{1b}]0;x\u{7}b\r\n")).is_err());
        assert!(held_to_bars("b\r\n").is_err());
    }
}
