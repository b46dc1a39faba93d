//! The editions that come with the crate, as data, and what is wrong with a patch.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::fs;

use kling_spec::{EDITIONS, EMBEDDED, Meaning, SEED, Scalar, Spec};

fn spec(id: &str, edition: &str) -> Spec {
    let contract = EMBEDDED.iter().find(|contract| contract.id == id);
    contract.unwrap().parse_edition(edition).unwrap()
}

#[test]
fn every_edition_of_every_model_can_be_read_and_says_which_it_is() {
    for contract in EMBEDDED {
        for edition in contract.editions() {
            let mut patches = contract.patches().iter();
            let spec = match patches.find(|patch| patch.edition == edition) {
                Some(patch) => Spec::patched(contract.text, patch.text),
                None => Spec::from_toml(contract.text),
            };
            let spec = spec.unwrap_or_else(|errors| panic!("{} {edition}: {errors}", contract.id));
            assert_eq!(spec.edition().unwrap().id, edition, "{}", contract.id);
            assert_eq!(spec.id(), contract.id_in(edition));
        }
    }
}

#[test]
fn every_patch_beside_a_contract_is_embedded() {
    for contract in EMBEDDED {
        let folder = format!("{}/models/{}", env!("CARGO_MANIFEST_DIR"), contract.id);
        let files = fs::read_dir(folder).unwrap().map(|file| {
            let name = file.unwrap().file_name();
            name.to_str()
                .unwrap()
                .strip_suffix(".toml")
                .unwrap()
                .to_owned()
        });
        let embedded = contract
            .patches()
            .iter()
            .map(|patch| patch.edition.to_owned());
        assert_eq!(
            files.collect::<BTreeSet<_>>(),
            embedded.collect(),
            "{}",
            contract.id
        );
        for patch in contract.patches() {
            assert!(
                EDITIONS.contains(&patch.edition),
                "{} is not in the order of editions",
                patch.edition
            );
        }
    }
}

#[test]
fn a_model_without_a_page_takes_the_newest_that_is_not_newer() {
    let held = |id: &str| -> Vec<Option<&str>> {
        let contract = EMBEDDED.iter().find(|contract| contract.id == id).unwrap();
        EDITIONS
            .iter()
            .map(|edition| contract.holding_in(edition))
            .collect()
    };
    let [old, old_zh, newest] = [Some("2026-04"), Some("2026-04-zh"), Some("2026-09-zh")];
    let seed = Some(SEED);
    assert_eq!(held("kling-v3-omni"), [old, old_zh, seed, seed, newest]);
    assert_eq!(
        held("kling-v3"),
        [old, old_zh, seed, Some("2026-06"), newest]
    );
    assert_eq!(held("kling-v3-fast"), [None, None, seed, seed, newest]);
    assert_eq!(EMBEDDED[0].holding_in("2026-05"), None);
}

/// The table of features in the reference of the editions.
#[test]
fn an_edition_takes_what_its_page_lists() {
    let takes = |id, edition, value: i64| {
        let spec = spec(id, edition);
        let values = spec
            .field("duration")
            .unwrap()
            .closed_values()
            .unwrap()
            .to_vec();
        values.contains(&Scalar::Integer(value))
    };
    for edition in EDITIONS {
        let is_newest = *edition == "2026-09-zh";
        for seconds in [3, 4, 8, 14] {
            assert_eq!(
                takes("kling-v3", edition, seconds),
                is_newest,
                "{edition} {seconds}"
            );
            assert_eq!(
                takes("kling-v3-omni", edition, seconds),
                is_newest,
                "{edition} {seconds}"
            );
        }
        assert!(takes("kling-v3", edition, 15), "{edition}");
        assert_eq!(takes("kling-v3-omni", edition, 15), is_newest, "{edition}");
    }
    for (id, path, editions) in [
        (
            "kling-v3",
            "image_urls",
            &["2026-04", "2026-04-zh", "seed"][..],
        ),
        (
            "kling-v3",
            "metadata.last_frame_image",
            &["2026-04", "2026-04-zh"],
        ),
        (
            "kling-v3",
            "image_with_roles[].role",
            &["2026-06", "2026-09-zh"],
        ),
        ("kling-v3", "reference_images[]", &["2026-06", "2026-09-zh"]),
        (
            "kling-v3",
            "audio",
            &["2026-04-zh", "seed", "2026-06", "2026-09-zh"],
        ),
        ("kling-v3-omni", "image_urls", &["2026-04", "2026-04-zh"]),
        (
            "kling-v3-omni",
            "metadata.image_list[].type",
            &["seed", "2026-06", "2026-09-zh"],
        ),
        (
            "kling-v3-omni",
            "metadata.element_list",
            &["seed", "2026-06", "2026-09-zh"],
        ),
        (
            "kling-v3-omni",
            "video_list",
            &["2026-04-zh", "seed", "2026-06", "2026-09-zh"],
        ),
        (
            "kling-v3-omni",
            "audio",
            &["2026-04-zh", "seed", "2026-06", "2026-09-zh"],
        ),
        (
            "kling-v3-omni",
            "metadata.client_business_id",
            &["2026-09-zh"],
        ),
    ] {
        for edition in EDITIONS {
            let has = spec(id, edition).field(path).is_some();
            assert_eq!(has, editions.contains(edition), "{id} {path} {edition}");
        }
    }
}

#[test]
fn the_later_id_of_a_model_is_that_of_its_newest_edition() {
    let newest = spec("kling-v3-fast", "2026-09-zh");
    assert_eq!(newest.id(), "kling-3.0-turbo");
    let values = newest.field("model").unwrap().closed_values().unwrap();
    assert_eq!(values, [Scalar::String("kling-3.0-turbo".to_owned())]);
    assert_eq!(spec("kling-v3-fast", "2026-06").id(), "kling-v3-fast");
}

const CONTRACT: &str = r#"id = "m"
title = "M"
endpoint = "POST /"
about = "A model."

[edition]
id = "seed"
about = "the page"
read-from = "page"

[field.model]
type = "string"
required = true
values = ["m"]
about = "The model."
source = "p"

[field.size]
type = "integer"
values = [1, 2]
default = 1
about = "The size."
inferred = "it is needed"

[field.part]
type = "object"
about = "A part."
source = "p"

[field."part.name"]
type = "string"
about = "Its name."
source = "p"

[meaning.length]
to = "size"
also = [{ to = "part.name" }]

[meaning.prompt]
to = "part.name"

[mistake.called]
at = "called"
means = "size"
say = "the size is `size`"

[mistake.label]
at = "part.label"
means = "part.name"
say = "the name is `name`"
"#;

#[track_caller]
fn errors(patch: &str, expected: &[&str]) {
    let edition = "[edition]\nid = \"2\"\nabout = \"another\"\nread-from = \"page\"\n";
    let errors = Spec::patched(CONTRACT, &format!("{edition}{patch}")).unwrap_err();
    let errors: Vec<String> = errors.as_slice().iter().map(ToString::to_string).collect();
    assert_eq!(errors, expected);
}

#[test]
fn a_patch_that_names_a_row_that_is_not_there_fails_to_load() {
    errors(
        "[change.field.siez]\nvalues = [3]\n",
        &["patch, line 5, column 15: the contract does not have `siez`; did you mean `size`?"],
    );
    errors(
        "[remove]\nfield = [\"part\", \"sise\"]\nrule = [\"x\"]\n",
        &[
            "patch, line 6, column 18: the contract does not have `sise`; did you mean `size`?",
            "patch, line 7, column 1: the contract has no rows under `rule`",
        ],
    );
    errors(
        "[add.field.size]\ntype = \"integer\"\n",
        &[
            "patch, line 5, column 12: the contract already has `size`; expected the row under `change`",
        ],
    );
    errors(
        "[chnge.field.size]\nvalues = [3]\n",
        &[
            "patch, line 5, column 2: unknown key `chnge`; expected one of `edition`, `remove`, `change`, `add`",
        ],
    );
}

#[test]
fn what_does_not_fit_after_the_patch_is_reported_at_its_place_in_the_patch() {
    errors(
        "[change.field.size]\nvalues = [\"3\"]\n",
        &["patch, line 6, column 11: \"3\" is a string, and the field is an integer"],
    );
    errors(
        "[change.meaning.length]\nto = \"sise\"\n",
        &["patch, line 6, column 1: `sise` is not a field of this contract; did you mean `size`?"],
    );
    errors(
        "[add.meaning.lenght]\nto = \"size\"\n",
        &[
            "patch, line 5, column 14: `lenght` is not a meaning; expected one of `model`, `prompt`, `negative-prompt`, `first-frame`, `last-frame`, `reference`, `element`, `video`, `video-use`, `keep-sound`, `length`, `ratio`, `tier`, `sound`, `watermark`, `client-id`; did you mean `length`?",
        ],
    );
    errors(
        "[change.meaning.length]\nto = \"part\"\n",
        &["patch, line 6, column 1: `part` is an object; a meaning is a single value"],
    );
    errors(
        "[change.meaning.prompt]\nwith = { label = \"a\" }\n",
        &["patch, line 6, column 10: `label` is not a field of `part`"],
    );
    errors(
        "[change.meaning.length]\nposition = 1\n",
        &["patch, line 6, column 1: `size` is not an item of a list"],
    );
    errors(
        "[change.meaning.length]\nvalues = [{ is = \"a\", written = 3 }]\n",
        &["patch, line 6, column 23: 3 is not a value of `size`; expected one of 1, 2"],
    );
    errors(
        "x = [\n",
        &["patch, line 5, column 6: unclosed array; expected `]`"],
    );
    errors(
        "[change.field.size]\ntype = 3\n",
        &["patch, line 6, column 8: this is the integer `3`; expected a string"],
    );
}

#[test]
fn what_is_not_in_the_patch_stays_and_a_field_goes_with_what_is_about_it() {
    let patch = r#"
[edition]
id = "2"
about = "another"
read-from = "part-of-page"

[remove]
field = ["part"]

[change.field.size]
values = [1, 2, 3]
source = "q"
"#;
    let before = Spec::from_toml(CONTRACT).unwrap();
    let after = Spec::patched(CONTRACT, patch).unwrap();
    let size = after.field("size").unwrap();
    assert_eq!(size.about, before.field("size").unwrap().about);
    assert_eq!(size.ground.evidence.to_string(), "q");
    assert_eq!(size.closed_values().unwrap().len(), 3);
    assert!(after.field("part").is_none() && after.field("part.name").is_none());
    let own = after.mistakes().iter().filter(|mistake| !mistake.common);
    assert_eq!(
        own.map(|mistake| &*mistake.name).collect::<Vec<_>>(),
        ["called"]
    );
    // The meaning of the field that is gone went with it; the one that all models share never was there.
    let length = &after.meanings()[&Meaning::Length];
    assert!(length.also.is_empty());
    let meanings: Vec<&str> = after
        .meanings()
        .keys()
        .map(|meaning| meaning.name())
        .collect();
    assert_eq!(meanings, ["length", "client-id"]);
}

#[test]
fn what_is_no_longer_required_loses_the_ground_for_that() {
    let contract = format!(
        "{CONTRACT}\n[field.shape]\ntype = \"string\"\nrequired = true\nabout = \"The shape.\"\nsource = \"p\"\ngrounds.required = {{ edition = \"e\" }}\n"
    );
    let patch = "[edition]\nid = \"2\"\nabout = \"another\"\nread-from = \"page\"\n[change.field.shape]\nrequired = false\n";
    let before = Spec::from_toml(&contract).unwrap();
    assert!(before.field("shape").unwrap().required.is_some());
    let after = Spec::patched(&contract, patch).unwrap();
    assert_eq!(after.field("shape").unwrap().required, None);
}
