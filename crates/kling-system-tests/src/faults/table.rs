//! The result of each fault, as a table for people.

use std::fmt::Write as _;

use super::{Outcome, Unhardened};

/// Formats the rows, the totals, and how the unhardened client fares.
pub(super) fn table(outcomes: &[Outcome], unhardened: &Unhardened) -> String {
    let mut lines = vec![["row", "survived", "charges", "tried by", "fault"].map(str::to_owned)];
    lines.extend(outcomes.iter().map(line));
    let widths: Vec<usize> = (0..4)
        .map(|column| {
            let cells = lines.iter().map(|line| line[column].chars().count());
            cells.max().unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for line in &lines {
        for (cell, width) in line.iter().zip(&widths) {
            push(&mut text, format_args!("{cell:width$}  "));
        }
        push(&mut text, format_args!("{}\n", line[4]));
    }
    let tried = outcomes.iter().filter(|outcome| outcome.was_tried());
    let survived = outcomes.iter().filter(|outcome| outcome.survived());
    push(
        &mut text,
        format_args!(
            "\n{} rows: {} tried, {} survived",
            outcomes.len(),
            tried.count(),
            survived.count()
        ),
    );
    let only = |is_asked: fn(&&Outcome) -> bool| {
        let ids: Vec<&str> = outcomes
            .iter()
            .filter(is_asked)
            .map(|outcome| outcome.row.id.as_str())
            .collect();
        ids.join(" ")
    };
    let by_system = only(|outcome| outcome.system_tests.tried() + outcome.left_out > 0);
    push(
        &mut text,
        format_args!("\nrows with system tests: {by_system}"),
    );
    let left_out = only(|outcome| outcome.left_out > 0);
    if !left_out.is_empty() {
        push(
            &mut text,
            format_args!("; they were left out, `cargo xtask system-test` runs them"),
        );
    }
    let what = if unhardened.fails() {
        "does not survive"
    } else {
        "was to fail, and did not in all of"
    };
    push(
        &mut text,
        format_args!(
            "\na client with the HTTP library's defaults {what} {} rows that are run over it too: {}\n",
            unhardened.rows.len(),
            unhardened.rows.join(" ")
        ),
    );
    text
}

fn line(outcome: &Outcome) -> [String; 5] {
    let survived = if outcome.survived() {
        "yes"
    } else if outcome.was_tried() {
        "NO"
    } else {
        "-"
    };
    let mut by = Vec::new();
    for (count, what) in [
        (outcome.tests.tried(), "test"),
        (
            outcome.system_tests.tried() + outcome.left_out,
            "system test",
        ),
    ] {
        match count {
            0 => {}
            1 => by.push(format!("1 {what}")),
            count => by.push(format!("{count} {what}s")),
        }
    }
    if by.is_empty() {
        by.push("nothing".to_owned());
    }
    let row = &outcome.row;
    let fault = if row.holds.is_empty() {
        row.fault.clone()
    } else {
        format!("{}: {}", row.fault, row.holds)
    };
    [
        row.id.clone(),
        survived.to_owned(),
        format!("≤ {}", row.max_charges),
        by.join(", "),
        fault,
    ]
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = text.write_fmt(line);
}

#[cfg(test)]
mod tests {
    use super::super::{Row, Tally};
    use super::*;

    #[test]
    fn the_table_shows_each_row_and_the_totals() {
        let outcome = |id: &str, passed, failed, left_out| Outcome {
            row: Row {
                id: id.to_owned(),
                fault: "the disk is full".to_owned(),
                holds: "nothing is sent".to_owned(),
                max_charges: 0,
            },
            tests: Tally { passed, failed },
            system_tests: Tally::default(),
            left_out,
        };
        let unhardened = Unhardened {
            rows: vec!["S30".to_owned(), "S31".to_owned()],
            tests: Tally {
                passed: 1,
                failed: 0,
            },
        };
        let outcomes = [
            outcome("S01", 2, 0, 0),
            outcome("S02", 1, 1, 0),
            outcome("L05", 0, 0, 1),
            outcome("L06", 0, 0, 0),
        ];
        let expected = "\
row  survived  charges  tried by       fault
S01  yes       ≤ 0      2 tests        the disk is full: nothing is sent
S02  NO        ≤ 0      2 tests        the disk is full: nothing is sent
L05  -         ≤ 0      1 system test  the disk is full: nothing is sent
L06  -         ≤ 0      nothing        the disk is full: nothing is sent

4 rows: 2 tried, 1 survived
rows with system tests: L05; they were left out, `cargo xtask system-test` runs them
a client with the HTTP library's defaults does not survive 2 rows that are run over it too: S30 S31
";
        assert_eq!(table(&outcomes, &unhardened), expected);
    }
}
