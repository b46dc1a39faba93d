//! A request as a user wrote it: what the check finds in it, and the result of each kind of fix.

use std::fs;

use serde_json::Value;
use xtask::failure::{Failure, Result};

use super::Judged;
use super::file::{Case, same};
use super::program::{Program, Sandbox, texts};

/// These cases contact no service: no server listens at this URL.
const NO_SERVICE: &str = "http://127.0.0.1:9";
/// The file with the request.
const FILE: &str = "request.json";

/// Checks a request and fixes a copy of it in each way.
///
/// # Errors
/// The case is not valid, or something cannot be run.
pub(super) fn judge(program: &Program, case: &Case) -> Result<Vec<Judged>> {
    let text = case.text("text")?;
    let mut judged = findings(program, case, text)?;
    for (member, option) in [("safe", "--fix"), ("after", "--unsafe-fixes")] {
        let fixed = fixed(program, text, option)?;
        let right = &case.members[member];
        if !right.is_null() {
            let value = serde_json::from_str::<Value>(&fixed).ok();
            let held = value.is_some_and(|value| same(right, &value));
            judged.push(Judged::new(member, held, || {
                format!("expected {right}, got {fixed}")
            }));
        }
        let mut read = fixed.clone();
        texts(&serde_json::from_str(&fixed).unwrap_or_default(), &mut read);
        for kept in case.members["never"].as_array().into_iter().flatten() {
            let kept = kept.as_str().unwrap_or_default();
            let fault = || format!("{option}: {kept:?} was removed from {fixed}");
            judged.push(Judged::new("never", read.contains(kept), fault));
        }
    }
    Ok(judged)
}

/// Compares the findings of the check.
fn findings(program: &Program, case: &Case, text: &str) -> Result<Vec<Judged>> {
    let sandbox = Sandbox::new()?;
    sandbox.write(FILE, text.as_bytes())?;
    let ran = program.run(&sandbox, NO_SERVICE, &["check", "--format", "json", FILE])?;
    let result = ran.json();
    let found: Vec<(&str, &str, &str)> = result["diagnostics"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            let member = |name: &str| one[name].as_str().unwrap_or_default();
            (member("level"), member("rule"), member("pointer"))
        })
        .collect();
    let has = |level: &str| found.iter().any(|(found, ..)| *found == level);
    let worst = if has("error") {
        "error"
    } else if has("warning") {
        "warn"
    } else {
        "ok"
    };
    let expect = case.text("expect")?;
    let code = Some(i32::from(expect == "error"));
    let mut judged = vec![Judged::new(
        "expect",
        worst == expect && ran.code == code,
        || {
            format!(
                "expected {expect}, got {worst} with exit {:?}: {found:?} {}",
                ran.code,
                ran.ending()
            )
        },
    )];
    for pointer in case.members["at"].as_array().into_iter().flatten() {
        let pointer = pointer.as_str().unwrap_or_default();
        let held = found.iter().any(|(.., at)| *at == pointer);
        judged.push(Judged::new("at", held, || {
            format!("nothing at {pointer:?}: {found:?}")
        }));
    }
    if case.members["one"] == true {
        let counts = |level: &str| expect == "ok" || level != "note";
        let held = found.iter().filter(|(level, ..)| counts(level)).count() == 1;
        judged.push(Judged::new("one", held, || {
            format!("expected one finding, got {found:?}")
        }));
    }
    Ok(judged)
}

/// Returns the text after a kind of fix.
fn fixed(program: &Program, text: &str, option: &str) -> Result<String> {
    let sandbox = Sandbox::new()?;
    let path = sandbox.write(FILE, text.as_bytes())?;
    program.run(&sandbox, NO_SERVICE, &["check", option, FILE])?;
    let bytes = fs::read(&path).map_err(|error| Failure::file(&path, "read", &error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
