//! The table of faults: what happens, and what must hold then. Each crate keeps its rows next to its tests.

use std::path::Path;

use xtask::failure::{Failure, Result, read};

/// The files with rows, and the first letters of the rows in them.
pub const FILES: [(&str, &str); 3] = [
    (
        "crates/kling-http/tests/kling_http_faults/matrix.toml",
        "SPUD",
    ),
    ("crates/kling-journal/tests/faults.toml", "L"),
    ("crates/kling-emulator/tests/faults.toml", "E"),
];

/// A fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// A letter for what is affected, and a number.
    pub id: String,
    /// What happens.
    pub fault: String,
    /// What must hold then: the correct verdicts of a submit, or a sentence; empty if the names of the tests say it.
    pub holds: String,
    /// The maximum number of charges for one task.
    pub max_charges: u32,
}

/// Returns all rows, in the order of the files.
///
/// # Errors
/// A file cannot be read, or contains something that is not a row.
pub fn rows(root: &Path) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (file, letters) in FILES {
        let text = read(&root.join(file))?;
        let of_file =
            parse(&text, letters).map_err(|what| Failure::new(format!("{file}: {what}")))?;
        rows.extend(of_file);
    }
    Ok(rows)
}

fn parse(text: &str, letters: &str) -> std::result::Result<Vec<Row>, String> {
    let table: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut rows = Vec::new();
    for (id, row) in table {
        let known = row_of(&format!("{}_", id.to_ascii_lowercase()));
        if known.as_ref() != Some(&id) || !id.starts_with(|letter| letters.contains(letter)) {
            return Err(format!("`{id}` is not a row of this file"));
        }
        let text = |key: &str| row.get(key).and_then(toml::Value::as_str);
        let verdicts: Vec<&str> = row
            .get("verdict")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .collect();
        let charges = row.get("max-charges").and_then(toml::Value::as_integer);
        let (Some(fault), Some(max_charges)) = (
            text("fault"),
            charges.and_then(|charges| u32::try_from(charges).ok()),
        ) else {
            return Err(format!("`{id}` needs `fault` and `max-charges`"));
        };
        rows.push(Row {
            fault: fault.to_owned(),
            holds: text("holds").map_or_else(|| verdicts.join(" or "), str::to_owned),
            max_charges,
            id,
        });
    }
    Ok(rows)
}

/// Returns the row that a test belongs to: its name begins with the row's id, as in `s12_read_then_closed`.
pub fn row_of(test: &str) -> Option<String> {
    let name = test.rsplit("::").next()?.as_bytes();
    let &[letter, tens, ones, b'_', ..] = name else {
        return None;
    };
    let is_row = b"spudle".contains(&letter) && tens.is_ascii_digit() && ones.is_ascii_digit();
    is_row.then(|| {
        [letter.to_ascii_uppercase(), tens, ones]
            .map(char::from)
            .iter()
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_of_the_row_that_its_name_begins_with() {
        assert_eq!(
            row_of("poll::rows::p03_not_known_yet").as_deref(),
            Some("P03")
        );
        assert_eq!(row_of("s12_").as_deref(), Some("S12"));
        for name in ["s1_x", "x12_y", "s12", "faults::s123_x", "durable::each"] {
            assert_eq!(row_of(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_not_a_row_is_refused() {
        let row = |id: &str, rest: &str| format!("[{id}]\nfault = \"x\"\n{rest}");
        let good = parse(
            &row(
                "S12",
                "max-charges = 1\nverdict = [\"unknown\", \"accepted\"]",
            ),
            "SP",
        );
        assert_eq!(good.unwrap()[0].holds, "unknown or accepted");
        for bad in [
            row("S1", "max-charges = 1"),
            row("L12", "max-charges = 1"),
            row("S12", "max-charges = -1"),
            row("S12", ""),
            "S12 = 1".to_owned(),
        ] {
            assert!(parse(&bad, "SP").is_err(), "{bad}");
        }
    }
}
