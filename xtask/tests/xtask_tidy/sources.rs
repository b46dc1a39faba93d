//! Rules for every source file.

use std::path::PathBuf;

use crate::files::{none, text, with_extension};

const MAX_LINES: usize = 500;

/// What must not be left over. Written in two parts, since this file is searched too.
const LEFT_OVER: [&str; 7] = [
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("dbg", "!("),
    concat!("#[", "ignore"),
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("HA", "CK"),
];

#[test]
fn a_source_file_has_at_most_500_lines() {
    let long = with_extension("rs").into_iter().filter_map(|path| {
        let lines = text(&path)?.lines().count();
        (lines > MAX_LINES).then(|| format!("{}: {lines} lines; split it by idea", path.display()))
    });
    none(&long.collect::<Vec<_>>());
}

#[test]
fn a_source_file_says_first_what_it_is_for() {
    let silent = with_extension("rs").into_iter().filter_map(|path| {
        let text = text(&path)?;
        let says = text.starts_with("//!") || text.starts_with("#![doc");
        (!says).then(|| {
            format!(
                "{}: begin with `//!` and what the file is for",
                path.display()
            )
        })
    });
    none(&silent.collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_over() {
    let mut faults = Vec::new();
    for extension in ["rs", "toml", "md"] {
        for path in with_extension(extension) {
            let text = text(&path).unwrap_or_default();
            for (number, line) in text.lines().enumerate() {
                if let Some(found) = LEFT_OVER.iter().find(|word| line.contains(**word)) {
                    faults.push(format!(
                        "{}:{}: `{found}` is left over",
                        path.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn the_checker_knows_no_model_by_name() {
    let mut faults = Vec::new();
    let checker = |path: &PathBuf| path.starts_with("crates/kling-check/src");
    for path in with_extension("rs").into_iter().filter(checker) {
        let text = text(&path).unwrap();
        for (number, line) in text.lines().enumerate().take(tests_begin(&text)) {
            let code = !line.trim_start().starts_with("//");
            let named = |id: &str| line.contains(&format!("\"{id}\""));
            if code
                && kling_spec::EMBEDDED
                    .iter()
                    .any(|contract| named(contract.id))
            {
                let place = format!("{}:{}", path.display(), number + 1);
                faults.push(format!(
                    "{place}: a model by name; its contract tells what is special"
                ));
            }
        }
    }
    none(&faults);
}

/// Returns the number of lines before a file's tests: 0 if it has only tests, `usize::MAX` if it has none.
fn tests_begin(text: &str) -> usize {
    match text.lines().position(|line| line == "#[cfg(test)]") {
        Some(line) => line,
        None if text.contains("#[test]") => 0,
        None => usize::MAX,
    }
}
