//! The peer as a complete program: reads a `.jsonl` file line by line and prints what `jsonschema` finds, on one
//! thread, as such programs are usually written.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::process::ExitCode;

use kling_bench::peers::JsonSchema;
use serde_json::Value;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            // If this fails too, there is nowhere left to report it.
            let _ = writeln!(io::stderr(), "kling-bench-peer: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> io::Result<ExitCode> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or_else(|| io::Error::other("name a .jsonl file"))?;
    let mut input = BufReader::with_capacity(256 << 10, File::open(path)?);
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let schemas = JsonSchema::new();
    let mut line = String::new();
    let mut clean = true;
    for number in 1_u64.. {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        clean &= check(&schemas, &line, number, &mut out)?;
    }
    out.flush()?;
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// Prints what is wrong in a line. Returns whether nothing is.
fn check(
    schemas: &JsonSchema,
    line: &str,
    number: u64,
    out: &mut impl io::Write,
) -> io::Result<bool> {
    let value: Value = match serde_json::from_str(line) {
        Ok(value) => value,
        Err(error) => {
            writeln!(out, "{number}: {error}")?;
            return Ok(false);
        }
    };
    let Some(validator) = schemas.validator_for(&value) else {
        writeln!(out, "{number}: /model: names no known model")?;
        return Ok(false);
    };
    let mut clean = true;
    for error in validator.iter_errors(&value) {
        writeln!(out, "{number}: {}: {error}", error.instance_path())?;
        clean = false;
    }
    Ok(clean)
}
