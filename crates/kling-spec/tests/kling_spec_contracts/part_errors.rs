//! Errors in rules, placeholders, mistakes, output and billing.

use crate::support::refused;

#[test]
fn a_rule() {
    refused(
        "[rule.end-needs-start]",
        "[rule.End_Needs]",
        "line 61, column 7: the rule id `End_Needs` is not in kebab-case",
    );
    refused(
        "[rule.end-needs-start]",
        "[rule.wrong-value]",
        "line 61, column 7: `wrong-value` is already the id of a common rule",
    );
    refused(
        "blame = [\"images[].kind\"]",
        "blame = []",
        "line 64, column 1: `blame` does not name a field",
    );
    refused(
        "blame = [\"images[].kind\"]",
        "blame = [\"images\", \"images[].knd\"]",
        "line 64, column 20: `images[].knd` is not a field of this contract; did you mean `images[].kind`?",
    );
    refused(
        "say = \"an end needs a start\"",
        "say = \"\"",
        "line 65, column 1: `say` is blank",
    );
    refused(
        "help = \"mark the start\"\n",
        "",
        "line 61, column 1: missing key `help`",
    );
    refused(
        "help = \"mark the start\"\nsource = \"Page / images\"",
        "help = \"mark the start\"",
        "line 61, column 7: a claim needs exactly one ground; expected one of `source`, `edition`, `inferred`, `upstream`",
    );
    refused(
        "help = \"mark the start\"",
        "help = \"mark the start\"\nlevel = \"note\"",
        "line 67, column 1: a `level` needs a `reason`",
    );
}

#[test]
fn placeholders() {
    refused(
        "field = \"prompt\"\n",
        "field = \"promt\"\n",
        "line 54, column 1: `promt` is not a field of this contract; did you mean `prompt`?",
    );
    refused(
        "field = \"prompt\"\n",
        "field = \"duration\"\n",
        "line 54, column 1: `duration` is not a single string, so it cannot have placeholders",
    );
    refused(
        "field = \"prompt\"\n",
        "field = \"images[].url\"\n",
        "line 54, column 1: `images[].url` is not a single string, so it cannot have placeholders",
    );
    refused(
        "list = \"images\"",
        "list = \"pictures\"",
        "line 58, column 1: `pictures` is not a field of this contract",
    );
    refused(
        "list = \"images\"",
        "list = \"duration\"",
        "line 58, column 1: `duration` is an integer; it must be a list",
    );
    refused(
        "list = \"images\"\n",
        "",
        "line 57, column 20: a kind must name its `list`, unless the model does not support placeholders (`unsupported`)",
    );
    refused(
        "[placeholders.kind.image]",
        "[placeholders.kind.Image]",
        "line 57, column 20: the kind `Image` must consist of lower-case letters",
    );
    refused(
        "malformed = { source = \"Page / references\" }",
        "unsupported = { source = \"Page\" }",
        "line 57, column 20: a kind must name its `list`, unless the model does not support placeholders (`unsupported`)",
    );
    refused(
        "malformed = { source = \"Page / references\" }",
        "malformed = { }",
        "line 55, column 1: a claim needs exactly one ground; expected one of `source`, `edition`, `inferred`, `upstream`",
    );
    refused(
        "range = {",
        "ranges = {",
        "line 59, column 1: unknown key `ranges`; expected one of `list`, `range`, `order`, `unused`; did you mean `range`?",
    );
    refused(
        "[placeholders.kind.image]\nlist = \"images\"\nrange = { source = \"Page / references\" }",
        "[placeholders.kind]",
        "line 57, column 15: the placeholders have no kinds",
    );
}

#[test]
fn a_mistake() {
    refused(
        "means = \"duration\"",
        "means = \"durations\"",
        "line 71, column 1: `durations` is not a field of this contract; did you mean `duration`?",
    );
    refused(
        "at = \"seconds\"",
        "at = \"prompt\"",
        "line 69, column 10: `prompt` is a field of this contract, so it cannot mean another one",
    );
    refused(
        "at = \"seconds\"",
        "at = \"metadata.seconds\"",
        "line 70, column 1: `metadata.seconds` is in `metadata`, which is not a field of this contract",
    );
    refused(
        "means = \"duration\"\n",
        "",
        "line 69, column 10: `values` and `convert` need a `means`, or a field at `at`",
    );
    refused(
        "convert = \"integer\"",
        "convert = \"number\"",
        "line 72, column 11: unknown value `number`; expected one of `integer`, `list`, `objects`, `by-hand`",
    );
    refused(
        "convert = \"integer\"",
        "values = [{ from = \"short\", to = 7 }]",
        "line 72, column 29: 7 is not a value of `duration`; expected one of 5, 10",
    );
    refused(
        "convert = \"integer\"",
        "values = [{ from = \"short\", to = 5 }, { from = \"long\", to = \"10\" }]",
        r#"line 72, column 56: "10" is a string, and `duration` is an integer"#,
    );
    refused(
        "convert = \"integer\"",
        "values = [{ from = \"short\" }]",
        "line 72, column 11: missing key `to`",
    );
    refused(
        "say = \"`seconds` is called `duration`\"\n",
        "",
        "line 69, column 1: missing key `say`",
    );
}

#[test]
fn output_and_billing() {
    refused(
        "seconds = { field = \"duration\" }",
        "seconds = { field = \"prompt\" }",
        "line 76, column 13: `prompt` is a string; it must be an integer outside lists",
    );
    refused(
        "seconds = { field = \"duration\" }",
        "seconds = { field = \"durtion\" }",
        "line 76, column 13: `durtion` is not a field of this contract; did you mean `duration`?",
    );
    refused(
        "seconds = { field = \"duration\" }",
        "seconds = \"duration\"",
        r#"line 76, column 11: this is the string "duration"; expected a table with `field`"#,
    );
    refused(
        "source = \"Page / prices\"",
        "source = \"\"",
        "line 79, column 1: `source` is blank",
    );
    refused(
        "short-side = 720",
        "short-side = 721",
        "line 83, column 1: `short-side` must be an even number of pixels above 0",
    );
    refused(
        "short-side = 720",
        "short-side = 0",
        "line 83, column 1: `short-side` must be an even number of pixels above 0",
    );
    refused(
        "name = \"Short\"",
        "name = \"\"",
        "line 81, column 1: `name` is blank",
    );
    refused(
        "[[billing.tier]]\nname = \"Short\"\nwhen = { const = [\"duration\", 5] }\nshort-side = 720\n",
        "tier = []\n",
        "line 78, column 2: the bill has no tiers",
    );
}
