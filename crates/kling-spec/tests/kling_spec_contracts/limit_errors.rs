//! Contracts that are too large for what is derived from them.

use std::fmt::Write as _;

use kling_spec::Spec;

use crate::support::{CONTRACT, refused};

#[track_caller]
fn refused_with(addition: &str, expected: &str) {
    let text = format!("{CONTRACT}\n{addition}");
    let error = Spec::from_toml(&text).unwrap_err().to_string();
    assert_eq!(error, expected);
}

fn rows(count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).map(row).collect()
}

#[test]
fn too_many_members_and_rows() {
    let scalar =
        |index| format!("[field.extra{index}]\ntype = \"string\"\nabout = \"x\"\nsource = \"x\"\n");
    refused_with(
        &rows(64, scalar),
        "line 6, column 2: an object has 70 members; the limit is 64",
    );
    refused_with(
        &rows(4100, scalar),
        "line 6, column 2: the contract has 4107 rows; the limit is 4096",
    );
}

#[test]
fn too_many_addons() {
    let addon = |index| {
        format!("[[billing.addon]]\nname = \"A{index}\"\nwhen = {{ present = \"prompt\" }}\n")
    };
    refused_with(
        &rows(9, addon),
        "line 78, column 2: the contract has 9 addons; the limit is 8",
    );
}

#[test]
fn a_shared_limit_that_no_schema_can_spell_out() {
    let lists = "[field.sounds]\ntype = \"array\"\nabout = \"x\"\nsource = \"x\"\n\
                 [field.\"sounds[]\"]\ntype = \"string\"\nabout = \"x\"\nsource = \"x\"\n";
    let rule = "[rule.r]\nmust = { max-items = [[\"images\", \"sounds\"], 100000] }\nblame = [\"images\"]\nsay = \"x\"\nhelp = \"x\"\nsource = \"x\"\n";
    refused_with(
        &format!("{lists}{rule}"),
        "line 94, column 45: there are too many ways to split 100000 items over 2 lists: a schema lists each of them; expected at most 1000 ways",
    );
    let fits = format!("{CONTRACT}\n{lists}{}", rule.replace("100000", "900"));
    assert!(Spec::from_toml(&fits).is_ok());
}

#[test]
fn a_long_or_unprintable_text_is_shown_in_part() {
    let long = "x".repeat(10_000);
    let text = CONTRACT.replace("id = \"sketch\"", &format!("id = \"X{long}\""));
    let error = Spec::from_toml(&text).unwrap_err().to_string();
    assert!(error.len() < 600, "{error}");
    refused(
        "id = \"sketch\"",
        "id = \"a\\u001b[31m\\u202e\"",
        "line 1, column 1: `a\\u{1b}[31m\\u{202e}` is not a valid id; expected lower-case letters, digits, `-`, `.` and `_`",
    );
    let mut nested = String::from("{ present = \"prompt\" }");
    for _ in 0..5000 {
        nested = format!("{{ not = {nested} }}");
    }
    let mut text = CONTRACT.to_owned();
    write!(text, "\n[rule.deep]\nmust = {nested}\n").unwrap();
    let error = Spec::from_toml(&text).unwrap_err().to_string();
    assert!(
        error.ends_with(": the values are nested too deeply"),
        "{error}"
    );
}
