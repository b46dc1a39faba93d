//! Errors in the head and the rows of a contract.

use crate::support::refused;

#[test]
fn text_that_is_not_toml() {
    refused(
        "id = \"sketch\"",
        "id = \"sketch",
        r#"line 1, column 13: invalid basic string; expected `"`"#,
    );
    refused(
        "[field.model]",
        "[field.model",
        "line 6, column 13: unclosed table; expected `]`",
    );
    refused(
        "about = \"Length.\"",
        "about = \"Length.\"\nabout = \"Again.\"",
        "line 28, column 1: duplicate key",
    );
}

#[test]
fn a_misspelt_key() {
    refused(
        "title =",
        "titel =",
        "line 2, column 1: unknown key `titel`; expected one of `id`, `title`, `endpoint`, `about`, `edition`, `field`, `placeholders`, `rule`, `mistake`, `meaning`, `output`, `billing`; did you mean `title`?",
    );
    refused(
        "required = true\nformat",
        "requird = true\nformat",
        "line 15, column 1: unknown key `requird`; expected one of `type`, `required`, `values`, `open`, `format`, `max-characters`, `max-items`, `default`, `examples`, `unit`, `for-editors`, `about`, `source`, `edition`, `inferred`, `grounds`; did you mean `required`?",
    );
    refused(
        "max-items = 3",
        "max_items = 3",
        "line 32, column 1: unknown key `max_items`; expected one of `type`, `required`, `values`, `open`, `format`, `max-characters`, `max-items`, `default`, `examples`, `unit`, `for-editors`, `about`, `source`, `edition`, `inferred`, `grounds`; did you mean `max-items`?",
    );
    refused(
        "[mistake.seconds]",
        "[mistakes.seconds]",
        "line 69, column 2: unknown key `mistakes`; expected one of `id`, `title`, `endpoint`, `about`, `edition`, `field`, `placeholders`, `rule`, `mistake`, `meaning`, `output`, `billing`; did you mean `mistake`?",
    );
    refused(
        "max-characters = {",
        "max-character = {",
        "line 21, column 1: unknown key `max-character`; expected one of `required`, `values`, `format`, `max-characters`, `max-items`, `default`; did you mean `max-characters`?",
    );
    refused(
        "{ upstream =",
        "{ upsteam =",
        "line 21, column 20: unknown key `upsteam`; expected one of `source`, `edition`, `inferred`, `upstream`, `level`, `reason`, `service`; did you mean `upstream`?",
    );
}

#[test]
fn a_missing_key() {
    refused(
        "title = \"Sketch\"\n",
        "",
        "line 1, column 1: missing key `title`",
    );
    refused(
        "about = \"Length.\"\n",
        "",
        "line 23, column 1: missing key `about`",
    );
    refused(
        "type = \"integer\"\n",
        "",
        "line 23, column 1: missing key `type`",
    );
}

#[test]
fn a_value_of_another_toml_type() {
    refused(
        "required = true\nvalues",
        "required = \"yes\"\nvalues",
        r#"line 8, column 12: this is the string "yes"; expected a boolean"#,
    );
    refused(
        "type = \"integer\"",
        "type = \"number\"",
        "line 24, column 8: unknown value `number`; expected one of `string`, `integer`, `boolean`, `array`, `object`",
    );
    refused(
        "type = \"integer\"",
        "type = 5",
        "line 24, column 8: this is the integer `5`; expected a string",
    );
    refused(
        "format = \"non-blank\"",
        "format = \"nonblank\"",
        "line 16, column 10: unknown value `nonblank`; expected one of `non-blank`, `public-url`, `asset-url`, `callback-url`, `ratio`; did you mean `non-blank`?",
    );
    refused(
        "max-items = 3",
        "max-items = -1",
        "line 32, column 13: this is the integer `-1`; expected a whole number, 0 or greater",
    );
    refused(
        "default = 5",
        "default = 5.5",
        "line 26, column 11: this is the floating point `5.5`; expected a string, an integer or a boolean",
    );
    refused(
        "values = [5, 10]",
        "values = [5, [10]]",
        "line 25, column 14: this is a list; expected a string, an integer or a boolean",
    );
    refused(
        "values = [5, 10]",
        "values = 5",
        "line 25, column 10: this is the integer `5`; expected a list",
    );
}

#[test]
fn a_bad_head() {
    refused(
        "id = \"sketch\"",
        "id = \"Sketch 2\"",
        "line 1, column 1: `Sketch 2` is not a valid id; expected lower-case letters, digits, `-`, `.` and `_`",
    );
    refused(
        "id = \"sketch\"",
        "id = \"\"",
        "line 1, column 1: `` is not a valid id; expected lower-case letters, digits, `-`, `.` and `_`",
    );
    refused(
        "title = \"Sketch\"",
        "title = \" \"",
        "line 2, column 1: `title` is blank",
    );
    refused(
        "id = \"sketch\"",
        "id = \"sketch-2\"",
        r#"line 6, column 8: `model` does not name this model; expected `required = true` and `values = ["sketch-2"]`"#,
    );
    refused(
        "[field.model]\ntype = \"string\"\nrequired = true",
        "[field.model]\ntype = \"string\"",
        r#"line 6, column 8: `model` does not name this model; expected `required = true` and `values = ["sketch"]`"#,
    );
    refused(
        "[field.model]",
        "[field.modell]",
        "line 6, column 2: the row `[field.model]` is missing",
    );
}

#[test]
fn the_ground_of_a_row() {
    refused(
        "source = \"Page / duration\"\n",
        "",
        "line 23, column 8: a claim needs exactly one ground; expected one of `source`, `edition`, `inferred`, `upstream`",
    );
    refused(
        "source = \"Page / duration\"",
        "source = \"Page\"\nedition = \"Other\"",
        "line 23, column 8: a claim needs exactly one ground; expected one of `source`, `edition`, `inferred`, `upstream`",
    );
    refused(
        "source = \"Page / duration\"",
        "source = \"\"",
        "line 28, column 1: `source` is blank",
    );
    refused(
        "{ upstream = \"prompt length\" }",
        "{ upstream = \"prompt length\", source = \"Page\" }",
        "line 21, column 1: a claim needs exactly one ground; expected one of `source`, `edition`, `inferred`, `upstream`",
    );
    refused(
        "{ upstream = \"prompt length\" }",
        "{ }",
        "line 21, column 1: a claim needs exactly one ground; expected one of `source`, `edition`, `inferred`, `upstream`",
    );
    refused(
        "{ upstream = \"prompt length\" }",
        "{ upstream = \"prompt length\", level = \"error\" }",
        "line 21, column 48: a `level` needs a `reason`",
    );
    refused(
        "{ upstream = \"prompt length\" }",
        "{ upstream = \"prompt length\", level = \"fatal\", reason = \"x\" }",
        "line 21, column 56: unknown value `fatal`; expected one of `error`, `warning`, `note`",
    );
    refused(
        "max-characters = 100\n",
        "",
        "line 20, column 1: the ground of `max-characters` has no claim: the row has no `max-characters`",
    );
    refused(
        "{ upstream = \"prompt length\" }",
        "{ upstream = \"prompt length\", service = \"drops\" }",
        "line 21, column 58: unknown value `drops`; expected one of `refuses`, `ignores`, `unknown`",
    );
}

#[test]
fn values_that_do_not_fit() {
    refused(
        "values = [5, 10]",
        "values = [5, \"10\"]",
        r#"line 25, column 14: "10" is a string, and the field is an integer"#,
    );
    refused(
        "values = [5, 10]",
        "values = [5, 5]",
        "line 25, column 14: 5 is listed twice",
    );
    refused(
        "values = [5, 10]",
        "values = []",
        "line 25, column 1: `values` is empty",
    );
    refused(
        "default = 5",
        "default = \"5\"",
        r#"line 26, column 1: "5" is a string, and the field is an integer"#,
    );
    refused(
        "default = 5",
        "default = 7",
        "line 26, column 1: the default 7 is not one of `values`; expected one of 5, 10",
    );
    refused(
        "default = 5",
        "default = 5\nexamples = [\"five\"]",
        r#"line 27, column 13: "five" is a string, and the field is an integer"#,
    );
    refused(
        "max-items = 3",
        "default = 3",
        "line 32, column 1: 3 is an integer, and the field is a list",
    );
}

#[test]
fn claims_for_another_type() {
    refused(
        "default = 5",
        "format = \"ratio\"",
        "line 26, column 1: `format` is for strings, and this field is an integer",
    );
    refused(
        "default = 5",
        "max-characters = 5",
        "line 26, column 1: `max-characters` is for strings, and this field is an integer",
    );
    refused(
        "default = 5",
        "max-items = 5",
        "line 26, column 1: `max-items` is for lists, and this field is an integer",
    );
    refused(
        "values = [5, 10]\ndefault = 5",
        "open = true",
        "line 25, column 1: `open` says that other values may work, but there are no `values`",
    );
    refused(
        "[field.\"images[]\"]\ntype = \"object\"",
        "[field.\"images[]\"]\ntype = \"object\"\nrequired = true",
        "line 38, column 1: an item cannot be required; only a field can",
    );
    refused(
        "[field.\"images[]\"]\ntype = \"object\"",
        "[field.\"images[]\"]\ntype = \"object\"\nfor-editors = true",
        "line 38, column 1: only a top-level field of the request can be for editors",
    );
}

/// Renames the row of `duration`, which three places still name.
#[track_caller]
fn refused_without_duration(row: &str, first: &str) {
    let mut expected = vec![first.to_owned()];
    for place in [
        "line 71, column 1",
        "line 76, column 13",
        "line 82, column 19",
    ] {
        expected.push(format!(
            "{place}: `duration` is not a field of this contract"
        ));
    }
    refused("[field.duration]", row, &expected.join("\n"));
}

#[test]
fn rows_that_hang_on_nothing() {
    refused(
        "[field.\"images[]\"]",
        "[field.\"pictures[]\"]",
        "line 30, column 8: the list `images` has no row `images[]` for its items\n\
         line 36, column 8: `pictures[]` is in `pictures`, which has no row",
    );
    refused(
        "[field.\"images[].url\"]",
        "[field.\"image[].url\"]",
        "line 41, column 8: `image[].url` is in `image[]`, which has no row",
    );
    refused(
        "[field.\"images[].url\"]",
        "[field.\"images.url\"]",
        "line 41, column 8: `images.url` needs `images` to be an object, but it is a list",
    );
    refused_without_duration(
        "[field.\"prompt.duration\"]",
        "line 23, column 8: `prompt.duration` needs `prompt` to be an object, but it is a string",
    );
    refused_without_duration(
        "[field.\"prompt[]\"]",
        "line 23, column 8: `prompt[]` needs `prompt` to be a list, but it is a string",
    );
    refused_without_duration(
        "[field.\"a..b\"]",
        "line 23, column 8: the path `a..b` has an empty name",
    );
    refused_without_duration(
        "[field.\"a[1]\"]",
        "line 23, column 8: the path `a[1]` has a bracket that is not a `[]` at the end of a name",
    );
}

#[test]
fn a_list_inside_a_list() {
    refused(
        "[field.\"images[].kind\"]\ntype = \"string\"\nvalues = [\"start\", \"end\"]",
        "[field.\"images[].kind[]\"]\ntype = \"string\"\nabout = \"x\"\nsource = \"x\"\n\n[field.\"images[].kind\"]\ntype = \"array\"",
        "line 52, column 8: `images[].kind` is a list inside a list, which contracts do not support\n\
         line 66, column 51: \"end\" is a string, and `images[].kind` is a list",
    );
}
