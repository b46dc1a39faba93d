//! Errors in rules, placeholders, mistakes, output and billing.

use crate::support::refused;

#[test]
fn a_rule() {
    refused("[rule.end-needs-start]", "[rule.End_Needs]", "?");
    refused("[rule.end-needs-start]", "[rule.wrong-value]", "?");
    refused("blame = [\"images[].kind\"]", "blame = []", "?");
    refused(
        "blame = [\"images[].kind\"]",
        "blame = [\"images\", \"images[].knd\"]",
        "?",
    );
    refused("say = \"an end needs a start\"", "say = \"\"", "?");
    refused("help = \"mark the start\"\n", "", "?");
    refused(
        "help = \"mark the start\"\nsource = \"Page / images\"",
        "help = \"mark the start\"",
        "?",
    );
    refused(
        "help = \"mark the start\"",
        "help = \"mark the start\"\nlevel = \"advice\"",
        "?",
    );
}

#[test]
fn placeholders() {
    refused("field = \"prompt\"\n", "field = \"promt\"\n", "?");
    refused("field = \"prompt\"\n", "field = \"duration\"\n", "?");
    refused("field = \"prompt\"\n", "field = \"images[].url\"\n", "?");
    refused("list = \"images\"", "list = \"pictures\"", "?");
    refused("list = \"images\"", "list = \"duration\"", "?");
    refused("list = \"images\"\n", "", "?");
    refused(
        "[placeholders.kind.image]",
        "[placeholders.kind.Image]",
        "?",
    );
    refused(
        "malformed = { source = \"Page / references\" }",
        "unsupported = { source = \"Page\" }",
        "?",
    );
    refused(
        "malformed = { source = \"Page / references\" }",
        "malformed = { }",
        "?",
    );
    refused("range = {", "ranges = {", "?");
    refused(
        "[placeholders.kind.image]\nlist = \"images\"\nrange = { source = \"Page / references\" }",
        "[placeholders.kind]",
        "?",
    );
}

#[test]
fn a_mistake() {
    refused("means = \"duration\"", "means = \"durations\"", "?");
    refused("at = \"seconds\"", "at = \"prompt\"", "?");
    refused("at = \"seconds\"", "at = \"metadata.seconds\"", "?");
    refused("means = \"duration\"\n", "", "?");
    refused("convert = \"integer\"", "convert = \"number\"", "?");
    refused(
        "convert = \"integer\"",
        "values = [{ from = \"short\", to = 7 }]",
        "?",
    );
    refused(
        "convert = \"integer\"",
        "values = [{ from = \"short\", to = 5 }, { from = \"long\", to = \"10\" }]",
        "?",
    );
    refused(
        "convert = \"integer\"",
        "values = [{ from = \"short\" }]",
        "?",
    );
    refused("say = \"`seconds` is called `duration`\"\n", "", "?");
}

#[test]
fn output_and_billing() {
    refused(
        "seconds = { field = \"duration\" }",
        "seconds = { field = \"prompt\" }",
        "?",
    );
    refused(
        "seconds = { field = \"duration\" }",
        "seconds = { field = \"durtion\" }",
        "?",
    );
    refused(
        "seconds = { field = \"duration\" }",
        "seconds = \"duration\"",
        "?",
    );
    refused("source = \"Page / prices\"", "source = \"\"", "?");
    refused("short-side = 720", "short-side = 721", "?");
    refused("short-side = 720", "short-side = 0", "?");
    refused("name = \"Short\"", "name = \"\"", "?");
    refused(
        "[[billing.tier]]\nname = \"Short\"\nwhen = { const = [\"duration\", 5] }\nshort-side = 720\n",
        "tier = []\n",
        "?",
    );
}
