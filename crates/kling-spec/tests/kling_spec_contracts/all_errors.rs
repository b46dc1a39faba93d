//! A contract with several faults: all are reported at once, and none twice.

use kling_spec::Spec;

use crate::support::CONTRACT;

/// Makes each replacement, and compares all errors in full.
#[track_caller]
fn refused(replacements: &[(&str, &str)], expected: &[&str]) {
    let text = replacements
        .iter()
        .fold(CONTRACT.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from:?} is not in the contract");
            text.replacen(from, to, 1)
        });
    let errors = Spec::from_toml(&text).unwrap_err();
    let messages: Vec<String> = errors.as_slice().iter().map(ToString::to_string).collect();
    assert_eq!(messages, expected);
}

#[test]
fn a_wrong_table_of_each_sort_hides_no_other() {
    refused(
        &[
            ("title = \"Sketch\"", "title = 5"),
            ("format = \"non-blank\"", "format = \"nonblank\""),
            ("values = [5, 10]", "values = [5, \"10\"]"),
            ("blame = [\"images[].kind\"]", "blame = [\"imags\"]"),
            ("convert = \"integer\"", "convert = \"number\""),
            ("malformed = {", "malformd = {"),
            ("list = \"images\"", "list = \"pictures\""),
            ("seconds = { field", "seconds = { feld"),
            ("source = \"Page / prices\"", "source = \"\""),
            ("short-side = 720", "short-side = 721"),
        ],
        &[
            "line 2, column 9: this is the integer `5`; expected a string",
            "line 16, column 10: unknown value `nonblank`; expected one of `non-blank`, `public-url`, `asset-url`, `callback-url`, `ratio`; did you mean `non-blank`?",
            "line 25, column 14: \"10\" is a string, and the field is an integer",
            "line 55, column 1: unknown key `malformd`; expected one of `field`, `malformed`, `wrong-kind`, `dialect`, `unsupported`, `kind`; did you mean `malformed`?",
            "line 58, column 1: `pictures` is not a field of this contract",
            "line 64, column 10: `imags` is not a field of this contract; did you mean `images`?",
            "line 72, column 11: unknown value `number`; expected one of `integer`, `list`, `objects`, `by-hand`",
            "line 76, column 13: unknown key `feld`; expected `field` or `unless`; did you mean `field`?",
            "line 79, column 1: `source` is blank",
            "line 83, column 1: `short-side` must be an even number of pixels above 0",
        ],
    );
}

#[test]
fn only_the_first_error_of_a_table_is_reported() {
    refused(
        &[
            ("type = \"integer\"", "type = \"number\""),
            ("about = \"Length.\"", "abut = \"Length.\""),
        ],
        &[
            "line 24, column 8: unknown value `number`; expected one of `string`, `integer`, `boolean`, `array`, `object`",
        ],
    );
}

#[test]
fn what_names_a_wrong_row_is_not_blamed_for_it() {
    refused(
        &[("type = \"integer\"", "type = \"number\"")],
        &[
            "line 24, column 8: unknown value `number`; expected one of `string`, `integer`, `boolean`, `array`, `object`",
        ],
    );
    refused(
        &[("max-items = 3", "max-items = -1")],
        &["line 32, column 13: this is the integer `-1`; expected a whole number, 0 or greater"],
    );
}

#[test]
fn rows_of_lists_are_tables_too() {
    let tier = "short-side = 720";
    let more = "short-side = 720\n[[billing.tier]]\nname = \"Long\"\nwhen = { present = \"x\" }\nshort-side = 1\n\
                [[billing.addon]]\nname = 5\nwhen = { present = \"prompt\" }\n\
                [[billing.addon]]\nname = \"A\"\nwhen = { present = \"promt\" }\n";
    refused(
        &[(tier, more), ("name = \"Short\"", "nam = \"Short\"")],
        &[
            "line 81, column 1: unknown key `nam`; expected one of `name`, `when`, `short-side`; did you mean `name`?",
            "line 87, column 1: `short-side` must be an even number of pixels above 0",
            "line 89, column 8: this is the integer `5`; expected a string",
            "line 93, column 10: `promt` is not a field of this contract; did you mean `prompt`?",
        ],
    );
}

#[test]
fn only_the_first_error_of_a_text_that_is_not_toml_is_reported() {
    refused(
        &[
            ("values = [\"sketch\"]", "values = [\"sketch\""),
            ("type = \"integer\"", "type = \"number\""),
        ],
        &["line 10, column 1: missing comma between array elements; expected `,`"],
    );
}

#[test]
fn a_table_of_another_type_is_reported_once() {
    refused(
        &[
            ("[output]\nseconds = { field = \"duration\" }\n", ""),
            (
                "about = \"Draws a sketch.\"",
                "about = \"Draws a sketch.\"\noutput = []\nmistake = 5",
            ),
            (
                "[mistake.seconds]\nat = \"seconds\"\nmeans = \"duration\"\nconvert = \"integer\"\nsay = \"`seconds` is called `duration`\"\n",
                "",
            ),
        ],
        &[
            "line 5, column 10: a list of length 0; expected a table that describes the video",
            "line 6, column 11: this is the integer `5`; expected a table",
        ],
    );
}

#[test]
fn whatever_line_is_missing_every_fault_has_its_place_in_the_order_of_the_text() {
    let lines: Vec<&str> = CONTRACT.lines().collect();
    let mut refused = 0;
    for missing in 0..lines.len() {
        let text = [&lines[..missing], &lines[missing + 1..]]
            .concat()
            .join("\n");
        let Err(errors) = Spec::from_toml(&text) else {
            continue;
        };
        refused += 1;
        let places: Vec<(usize, usize)> = errors
            .as_slice()
            .iter()
            .map(|error| (error.line(), error.column()))
            .collect();
        assert!(!places.is_empty() && places.is_sorted(), "{errors}");
        assert!(
            places
                .iter()
                .all(|(line, column)| (1..lines.len()).contains(line) && *column >= 1),
            "{errors}"
        );
    }
    assert!(refused > lines.len() / 2, "{refused} of {}", lines.len());
}
