//! Errors in the head and the rows of a contract.

use crate::support::refused;

#[test]
fn text_that_is_no_toml() {
    refused("id = \"sketch\"", "id = \"sketch", "?");
    refused("[field.model]", "[field.model", "?");
    refused(
        "about = \"Length.\"",
        "about = \"Length.\"\nabout = \"Again.\"",
        "?",
    );
}

#[test]
fn a_misspelt_key() {
    refused("title =", "titel =", "?");
    refused("required = true\nformat", "requird = true\nformat", "?");
    refused("max-items = 3", "max_items = 3", "?");
    refused("[mistake.seconds]", "[mistakes.seconds]", "?");
    refused("max-characters = {", "max-character = {", "?");
    refused("{ upstream =", "{ upsteam =", "?");
}

#[test]
fn a_missing_key() {
    refused("title = \"Sketch\"\n", "", "?");
    refused("about = \"Length.\"\n", "", "?");
    refused("type = \"integer\"\n", "", "?");
}

#[test]
fn a_value_of_another_toml_type() {
    refused("required = true\nvalues", "required = \"yes\"\nvalues", "?");
    refused("type = \"integer\"", "type = \"number\"", "?");
    refused("type = \"integer\"", "type = 5", "?");
    refused("format = \"non-blank\"", "format = \"nonblank\"", "?");
    refused("max-items = 3", "max-items = -1", "?");
    refused("default = 5", "default = 5.5", "?");
    refused("values = [5, 10]", "values = [5, [10]]", "?");
    refused("values = [5, 10]", "values = 5", "?");
}

#[test]
fn a_bad_head() {
    refused("id = \"sketch\"", "id = \"Sketch 2\"", "?");
    refused("id = \"sketch\"", "id = \"\"", "?");
    refused("title = \"Sketch\"", "title = \" \"", "?");
    refused("id = \"sketch\"", "id = \"sketch-2\"", "?");
    refused(
        "[field.model]\ntype = \"string\"\nrequired = true",
        "[field.model]\ntype = \"string\"",
        "?",
    );
    refused("[field.model]", "[field.modell]", "?");
}

#[test]
fn the_ground_of_a_row() {
    refused("source = \"Page / duration\"\n", "", "?");
    refused(
        "source = \"Page / duration\"",
        "source = \"Page\"\nedition = \"Other\"",
        "?",
    );
    refused("source = \"Page / duration\"", "source = \"\"", "?");
    refused(
        "{ upstream = \"prompt length\" }",
        "{ upstream = \"prompt length\", source = \"Page\" }",
        "?",
    );
    refused("{ upstream = \"prompt length\" }", "{ }", "?");
    refused(
        "{ upstream = \"prompt length\" }",
        "{ upstream = \"prompt length\", level = \"error\" }",
        "?",
    );
    refused(
        "{ upstream = \"prompt length\" }",
        "{ upstream = \"prompt length\", level = \"fatal\", reason = \"x\" }",
        "?",
    );
    refused("max-characters = 100\n", "", "?");
    refused(
        "{ upstream = \"prompt length\" }",
        "{ upstream = \"prompt length\", service = \"drops\" }",
        "?",
    );
}

#[test]
fn values_that_do_not_fit() {
    refused("values = [5, 10]", "values = [5, \"10\"]", "?");
    refused("values = [5, 10]", "values = [5, 5]", "?");
    refused("values = [5, 10]", "values = []", "?");
    refused("default = 5", "default = \"5\"", "?");
    refused("default = 5", "default = 7", "?");
    refused("default = 5", "default = 5\nexamples = [\"five\"]", "?");
    refused("max-items = 3", "default = 3", "?");
}

#[test]
fn claims_for_another_type() {
    refused("default = 5", "format = \"ratio\"", "?");
    refused("default = 5", "max-characters = 5", "?");
    refused("default = 5", "max-items = 5", "?");
    refused("default = 5", "open = true", "?");
    refused("values = [5, 10]\ndefault = 5", "open = true", "?");
    refused(
        "[field.\"images[]\"]\ntype = \"object\"",
        "[field.\"images[]\"]\ntype = \"object\"\nrequired = true",
        "?",
    );
}

#[test]
fn rows_that_hang_on_nothing() {
    refused("[field.\"images[]\"]", "[field.\"pictures[]\"]", "?");
    refused("[field.\"images[].url\"]", "[field.\"image[].url\"]", "?");
    refused("[field.\"images[].url\"]", "[field.\"images.url\"]", "?");
    refused("[field.duration]", "[field.\"prompt.duration\"]", "?");
    refused("[field.duration]", "[field.\"prompt[]\"]", "?");
    refused("[field.duration]", "[field.\"a..b\"]", "?");
    refused("[field.duration]", "[field.\"a[1]\"]", "?");
}

#[test]
fn a_list_inside_a_list() {
    refused(
        "[field.\"images[].kind\"]\ntype = \"string\"\nvalues = [\"start\", \"end\"]",
        "[field.\"images[].kind[]\"]\ntype = \"string\"\nabout = \"x\"\nsource = \"x\"\n\n[field.\"images[].kind\"]\ntype = \"array\"",
        "?",
    );
}
