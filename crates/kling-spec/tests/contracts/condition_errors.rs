//! Errors in conditions.

use crate::support::refused;

const WHEN: &str = "when = { contains = [\"images\", { const = [\"kind\", \"end\"] }] }";

#[test]
fn a_condition_has_one_key() {
    refused(
        WHEN,
        "when = { present = \"images\", const = [\"duration\", 5] }",
        "?",
    );
    refused(WHEN, "when = { }", "?");
    refused(
        WHEN,
        "when = { all-of = [{ present = \"images\" }, { }] }",
        "?",
    );
    refused(WHEN, "when = { exists = \"images\" }", "?");
    refused(WHEN, "when = \"images\"", "?");
}

#[test]
fn an_unknown_path() {
    refused(WHEN, "when = { present = \"imagse\" }", "?");
    refused(
        WHEN,
        "when = { not = { any-of = [{ present = \"prompt\" }, { const = [\"length\", 5] }] } }",
        "?",
    );
    refused(
        WHEN,
        "when = { contains = [\"images\", { const = [\"kin\", \"end\"] }] }",
        "?",
    );
    refused(
        WHEN,
        "when = { contains = [\"images\", { present = \"prompt\" }] }",
        "?",
    );
    refused(
        WHEN,
        "when = { max-items = [[\"images\", \"pictures\"], 3] }",
        "?",
    );
    refused(WHEN, "when = { present = \"a..b\" }", "?");
}

#[test]
fn a_value_that_the_field_cannot_have() {
    refused(WHEN, "when = { const = [\"duration\", \"5\"] }", "?");
    refused(WHEN, "when = { const = [\"duration\", 7] }", "?");
    refused(
        WHEN,
        "when = { contains = [\"images\", { const = [\"kind\", \"last\"] }] }",
        "?",
    );
    refused(WHEN, "when = { const = [\"images\", 5] }", "?");
    refused(WHEN, "when = { const = [\"duration\"] }", "?");
}

#[test]
fn a_list_where_one_value_is_needed_and_the_other_way_round() {
    refused(WHEN, "when = { present = \"images[].kind\" }", "?");
    refused(
        WHEN,
        "when = { contains = [\"prompt\", { present = \"images\" }] }",
        "?",
    );
    refused(WHEN, "when = { max-items = [[\"duration\"], 3] }", "?");
    refused(
        WHEN,
        "when = { max-contains = [\"duration\", { present = \"kind\" }, 1] }",
        "?",
    );
}

#[test]
fn an_empty_set_of_conditions_or_lists() {
    refused(WHEN, "when = { any-of = [] }", "?");
    refused(WHEN, "when = { all-of = [] }", "?");
    refused(WHEN, "when = { max-items = [[], 3] }", "?");
}

#[test]
fn conditions_elsewhere_are_placed_as_well() {
    refused(
        "when = { const = [\"duration\", 5] }",
        "when = { const = [\"duration\", 6] }",
        "?",
    );
    refused(
        "seconds = { field = \"duration\" }",
        "seconds = { field = \"duration\", unless = { present = \"video\" } }",
        "?",
    );
    refused(
        "seconds = { field = \"duration\" }",
        "sound = { const = [\"audio\", true] }",
        "?",
    );
}
