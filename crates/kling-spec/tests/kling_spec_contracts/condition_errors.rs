//! Errors in conditions.

use crate::support::refused;

const WHEN: &str = "when = { contains = [\"images\", { const = [\"kind\", \"end\"] }] }";

#[test]
fn a_condition_has_one_key() {
    refused(
        WHEN,
        "when = { present = \"images\", const = [\"duration\", 5] }",
        "line 62, column 8: a condition needs exactly one key; expected one of `present`, `const`, `max-items`, `contains`, `max-contains`, `not`, `all-of`, `any-of`",
    );
    refused(
        WHEN,
        "when = { }",
        "line 62, column 8: a condition needs exactly one key; expected one of `present`, `const`, `max-items`, `contains`, `max-contains`, `not`, `all-of`, `any-of`",
    );
    refused(
        WHEN,
        "when = { all-of = [{ present = \"images\" }, { }] }",
        "line 62, column 44: a condition needs exactly one key; expected one of `present`, `const`, `max-items`, `contains`, `max-contains`, `not`, `all-of`, `any-of`",
    );
    refused(
        WHEN,
        "when = { exists = \"images\" }",
        "line 62, column 10: unknown condition `exists`; expected one of `present`, `const`, `max-items`, `contains`, `max-contains`, `not`, `all-of`, `any-of`",
    );
    refused(
        WHEN,
        "when = \"images\"",
        "line 62, column 8: unknown condition `images`; expected one of `present`, `const`, `max-items`, `contains`, `max-contains`, `not`, `all-of`, `any-of`",
    );
    refused(
        WHEN,
        "when = \"present\"",
        "line 62, column 8: this is a string; expected a table with one condition",
    );
    refused(
        WHEN,
        "when = 5",
        "line 62, column 8: this is not a table; expected a table with one condition",
    );
    refused(
        WHEN,
        "when = { contains = \"images\" }",
        "line 62, column 21: this is not a list",
    );
    refused(
        WHEN,
        "when = { not = [] }",
        "line 62, column 16: this is not a table; expected a table with one condition",
    );
}

#[test]
fn an_unknown_path() {
    refused(
        WHEN,
        "when = { present = \"imagse\" }",
        "line 62, column 10: `imagse` is not a field of this contract; did you mean `images`?",
    );
    refused(
        WHEN,
        "when = { not = { any-of = [{ present = \"prompt\" }, { const = [\"length\", 5] }] } }",
        "line 62, column 63: `length` is not a field of this contract",
    );
    refused(
        WHEN,
        "when = { contains = [\"images\", { const = [\"kin\", \"end\"] }] }",
        "line 62, column 43: `kin` is not a field of `images[]`; did you mean `kind`?",
    );
    refused(
        WHEN,
        "when = { contains = [\"images\", { present = \"prompt\" }] }",
        "line 62, column 34: `prompt` is not a field of `images[]`",
    );
    refused(
        WHEN,
        "when = { max-items = [[\"images\", \"pictures\"], 3] }",
        "line 62, column 34: `pictures` is not a field of this contract",
    );
    refused(
        WHEN,
        "when = { present = \"a..b\" }",
        "line 62, column 20: the path `a..b` has an empty name",
    );
}

#[test]
fn a_value_that_the_field_cannot_have() {
    refused(
        WHEN,
        "when = { const = [\"duration\", \"5\"] }",
        r#"line 62, column 31: "5" is a string, and `duration` is an integer"#,
    );
    refused(
        WHEN,
        "when = { const = [\"duration\", 7] }",
        "line 62, column 31: 7 is not a value of `duration`; expected one of 5, 10",
    );
    refused(
        WHEN,
        "when = { contains = [\"images\", { const = [\"kind\", \"last\"] }] }",
        r#"line 62, column 51: "last" is not a value of `images[].kind`; expected one of "start", "end""#,
    );
    refused(
        WHEN,
        "when = { const = [\"images\", 5] }",
        "line 62, column 29: 5 is an integer, and `images` is a list",
    );
    refused(
        WHEN,
        "when = { const = [\"duration\"] }",
        "line 62, column 18: this list has the wrong length; expected a list of 2 elements",
    );
    refused(
        WHEN,
        "when = { const = [\"duration\", 5, 10] }",
        "line 62, column 18: this list has the wrong length; expected a list of 2 elements",
    );
}

#[test]
fn a_list_where_one_value_is_needed_and_the_other_way_round() {
    refused(
        WHEN,
        "when = { present = \"images[].kind\" }",
        "line 62, column 10: `images[].kind` looks into a list; use `contains` or `max-contains` on the list",
    );
    refused(
        WHEN,
        "when = { contains = [\"prompt\", { present = \"images\" }] }",
        "line 62, column 22: `prompt` is a string; it must be a list",
    );
    refused(
        WHEN,
        "when = { max-items = [[\"duration\"], 3] }",
        "line 62, column 24: `duration` is an integer; it must be a list",
    );
    refused(
        WHEN,
        "when = { max-contains = [\"duration\", { present = \"kind\" }, 1] }",
        "line 62, column 26: `duration` is an integer; it must be a list",
    );
}

#[test]
fn an_empty_set_of_conditions_or_lists() {
    refused(
        WHEN,
        "when = { any-of = [] }",
        "line 62, column 10: the list of conditions is empty",
    );
    refused(
        WHEN,
        "when = { all-of = [] }",
        "line 62, column 10: the list of conditions is empty",
    );
    refused(
        WHEN,
        "when = { max-items = [[], 3] }",
        "line 62, column 10: `max-items` does not name a list",
    );
    refused(
        WHEN,
        "when = { max-items = [[\"images\", \"images\"], 3] }",
        "line 62, column 34: `images` is listed twice",
    );
}

#[test]
fn conditions_elsewhere_are_placed_as_well() {
    refused(
        "when = { const = [\"duration\", 5] }",
        "when = { const = [\"duration\", 6] }",
        "line 82, column 31: 6 is not a value of `duration`; expected one of 5, 10",
    );
    refused(
        "seconds = { field = \"duration\" }",
        "seconds = { field = \"duration\", unless = { present = \"video\" } }",
        "line 76, column 44: `video` is not a field of this contract",
    );
    refused(
        "seconds = { field = \"duration\" }",
        "sound = { const = [\"audio\", true] }",
        "line 76, column 20: `audio` is not a field of this contract",
    );
}
