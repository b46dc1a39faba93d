//! A large file of requests is checked with little memory, and its findings are in line order.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use xtask::failure::{Failure, Result};
use xtask::process::build;

/// The length of the file; the bound on memory does not depend on it.
const FILE_BYTES: u64 = 300 << 20;
/// The maximum memory that two threads may use, in KiB.
const MAX_KIB: u64 = 16 << 10;
/// The longest line, in bytes: the bound on memory is for lines up to this length.
const LONG_LINE: usize = 64 << 10;
/// One line in this many has that length.
const LONG_EVERY: u64 = 97;
/// One line in this many has a fault, so that the order can be checked.
const FAULTY_EVERY: u64 = 31;
/// The interval between memory measurements. The system keeps the peak, so only the very end can be missed.
const INTERVAL: Duration = Duration::from_millis(10);

/// Builds the program, creates the file, and checks it.
///
/// # Errors
/// More memory was used, a finding is missing or out of order, or something could not be run.
pub(super) fn test(root: &Path) -> Result<String> {
    let program = build(root, &["--release", "-p", "kling-cli"], "kling")?;
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::new(format!("no temporary folder: {error}")))?;
    let path = folder.path().join("requests.jsonl");
    let lines = make(&path).map_err(|error| Failure::file(&path, "written", &error))?;
    let mut child = Command::new(&program)
        .args(["check", "--threads", "2", "--format", "jsonl"])
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| Failure::file(&program, "started", &error))?;
    let outcome = watch(&mut child, lines);
    // Nothing is left running if the measurement fails.
    let _ = child.kill();
    let _ = child.wait();
    let peak = outcome?;
    if peak > MAX_KIB {
        return Err(Failure::new(format!(
            "`kling check` took {peak} KiB for a file of {} MiB; the bound is {MAX_KIB} KiB",
            FILE_BYTES >> 20
        )));
    }
    Ok(format!(
        "{peak} KiB for {} MiB in {lines} lines; the bound is {MAX_KIB} KiB",
        FILE_BYTES >> 20
    ))
}

/// Writes the requests and returns their number.
fn make(path: &Path) -> io::Result<u64> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut written = 0;
    let mut lines = 0;
    let mut line = String::new();
    while written < FILE_BYTES {
        request(&mut line, lines);
        file.write_all(line.as_bytes())?;
        written += line.len() as u64;
        lines += 1;
    }
    file.flush()?;
    Ok(lines)
}

fn request(line: &mut String, number: u64) {
    let seconds = if is_faulty(number) { 7 } else { 10 };
    let words = usize::try_from(number % 23).unwrap_or_default() + 1;
    line.clear();
    line.push_str(r#"{"model": "kling-v3", "duration": "#);
    line.push_str(&seconds.to_string());
    line.push_str(r#", "metadata": {"negative_prompt": ""#);
    if number.is_multiple_of(LONG_EVERY) {
        let rest = LONG_LINE.saturating_sub(line.len() + 400);
        line.push_str(&"blur ".repeat(rest / "blur ".len()));
    }
    line.push_str(r#""}, "prompt": ""#);
    line.push_str(&"a boat, ".repeat(words));
    line.push_str("at dawn\"}\n");
}

const fn is_faulty(number: u64) -> bool {
    number.is_multiple_of(FAULTY_EVERY)
}

/// Reads the findings to their end while measuring the memory; returns the peak in KiB.
fn watch(child: &mut Child, lines: u64) -> Result<u64> {
    let findings = child.stdout.take().map(BufReader::new);
    let findings = findings.ok_or_else(|| Failure::new("the findings cannot be read"))?;
    let expected = (0..lines).filter(|number| is_faulty(*number));
    let (outcome, peak) = peak_while(child.id(), || in_order(findings, expected));
    outcome.and(peak)
}

/// Runs `work` while measuring the memory of a process; returns its result, and the peak in KiB.
pub(super) fn peak_while<T>(id: u32, work: impl FnOnce() -> T) -> (T, Result<u64>) {
    let done = AtomicBool::new(false);
    let (outcome, peak) = thread::scope(|scope| {
        let peak = scope.spawn(|| {
            let mut peak = 0;
            while !done.load(Ordering::Relaxed) {
                peak = peak.max(peak_of(id).unwrap_or_default());
                thread::sleep(INTERVAL);
            }
            peak
        });
        let outcome = work();
        done.store(true, Ordering::Relaxed);
        (outcome, peak.join())
    });
    let peak = peak.ok().filter(|peak| *peak > 0);
    let unseen = || Failure::new("the memory of the program cannot be seen in /proc");
    (outcome, peak.ok_or_else(unseen))
}

/// Fails unless the findings are those of the expected requests, in order.
fn in_order(findings: impl io::BufRead, mut expected: impl Iterator<Item = u64>) -> Result<()> {
    for finding in findings.lines() {
        let finding = finding
            .map_err(|error| Failure::new(format!("the findings cannot be read: {error}")))?;
        let request = serde_json::from_str::<serde_json::Value>(&finding).ok();
        let request = request.and_then(|finding| finding["request"].as_u64());
        let next = expected.next();
        if request.is_none() || request != next {
            let next = next.map_or("nothing more".to_owned(), |next| format!("request {next}"));
            let shown: String = finding.chars().take(200).collect();
            return Err(Failure::new(format!(
                "expected a finding of {next}, not {shown}"
            )));
        }
    }
    match expected.next() {
        None => Ok(()),
        Some(missing) => Err(Failure::new(format!("no finding of request {missing}"))),
    }
}

/// Returns the peak memory of a process, in KiB; `None` once it has ended.
fn peak_of(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kling_check::Checker;

    #[test]
    fn the_requests_are_as_they_are_meant_to_be() {
        let checker = Checker::embedded();
        let mut line = String::new();
        for number in 0..200 {
            request(&mut line, number);
            assert!(line.len() <= LONG_LINE, "{number}");
            let document = kling_json::Document::read(line.trim_end());
            let report = checker.check(&document);
            let rules = report.findings().iter().map(|found| found.rule().id());
            let rules: Vec<&str> = rules.collect();
            let expected: &[&str] = if is_faulty(number) {
                &["wrong-value"]
            } else {
                &[]
            };
            assert_eq!(rules, expected, "{number}");
        }
    }

    #[test]
    fn a_finding_out_of_order_is_seen() {
        let lines = |requests: &[u64]| -> Vec<u8> {
            requests
                .iter()
                .flat_map(|request| format!("{{\"request\": {request}}}\n").into_bytes())
                .collect()
        };
        let details = |requests: &[u64]| in_order(&lines(requests)[..], [0, 31, 62].into_iter());
        assert_eq!(details(&[0, 31, 62]), Ok(()));
        assert!(details(&[0, 62, 31]).is_err());
        assert_eq!(
            details(&[0, 31]).unwrap_err().to_string(),
            "no finding of request 62"
        );
        assert!(details(&[0, 31, 62, 93]).is_err());
        assert!(in_order(&b"no JSON\n"[..], std::iter::empty()).is_err());
    }

    #[test]
    fn a_process_has_a_peak_as_long_as_it_runs() {
        assert!(peak_of(std::process::id()).is_some_and(|kib| kib > 500));
        assert_eq!(peak_of(u32::MAX), None);
    }
}
