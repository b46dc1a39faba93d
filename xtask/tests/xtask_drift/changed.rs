//! Each kind of difference, in pages of each form.

use crate::support::{differs, page, with};

const FAST: (&str, &str) = ("kling-v3-fast", "seed");
const HTML: (&str, &str) = ("kling-v3", "2026-06");
const SITE: (&str, &str) = ("kling-v3-omni", "2026-09-zh");
const WORDS: (&str, &str) = ("kling-v3", "seed");
const COMPONENTS: (&str, &str) = ("kling-v3", "2026-04");

#[track_caller]
fn check((model, edition): (&str, &str), old: &str, new: &str, expected: &[&str]) -> String {
    let changed = with(&page(model, edition), old, new);
    differs(&changed, model, edition, expected)
}

#[test]
fn other_values() {
    check(
        FAST,
        "3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
        "5–8",
        &[
            "values]: on the page, `duration` has the values 5, 6, 7, 8; the contract has the values 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
        ],
    );
    check(
        HTML,
        "<code>pro</code> - better, 1080P</li>",
        "<code>pro</code> - better, 1080P</li><li><code>max</code> - best</li>",
        &[
            "values]: on the page, `mode` has the values \"std\", \"pro\", \"max\"; the contract has the values \"std\", \"pro\"",
        ],
    );
    check(
        SITE,
        "常用值：`16:9`",
        "可选值：`16:9`",
        &[
            "values]: on the page, `aspect_ratio` has the values \"16:9\", \"9:16\", \"1:1\"; the contract has the common values \"16:9\", \"9:16\", \"1:1\"",
        ],
    );
    check(
        COMPONENTS,
        "`5`, `10`, or `15`",
        "`5` or `15`",
        &[
            "values]: on the page, `duration` has the values 5, 15; the contract has the values 5, 10, 15",
        ],
    );
}

#[test]
fn a_value_that_rules_and_the_bill_name_goes_with_them() {
    let patch = check(
        WORDS,
        "Options: 5, 10, 15",
        "Options: 5, 10",
        &[
            "values]: on the page, `duration` has the values 5, 10; the contract has the values 5, 10, 15",
        ],
    );
    assert!(
        patch.contains("rule = [\"image-to-video-length\"]"),
        "{patch}"
    );
    let patch = check(
        WORDS,
        "\npro - the better one, 1080P",
        "\nmax - the better one",
        &[
            "values]: on the page, `mode` has the values \"std\", \"max\"; the contract has the values \"std\", \"pro\"",
        ],
    );
    assert!(
        patch.contains("name = \"720P\"") && !patch.contains("name = \"1080P\""),
        "{patch}"
    );
}

#[test]
fn values_that_the_page_does_not_name_any_more() {
    let patch = check(
        SITE,
        "帧，例如 `first_frame`、`end_frame`。",
        "帧，例如 `first_frame`。",
        &[
            "values]: on the page, `metadata.image_list[].type` has other values than these; the contract has the values \"first_frame\", \"end_frame\"",
        ],
    );
    assert!(
        patch.contains("edition = \"the edition 2026-09-zh of the page says so\""),
        "{patch}"
    );
}

#[test]
fn another_id_of_the_model() {
    let patch = check(
        HTML,
        "fixed as <code>kling-v3</code>",
        "fixed as <code>kling-v3-1</code>",
        &[
            "values]: on the page, `model` has the values \"kling-v3-1\"; the contract has the values \"kling-v3\"",
        ],
    );
    assert!(patch.contains("id = \"kling-v3-1\""), "{patch}");
}

#[test]
fn another_default_or_none() {
    check(
        FAST,
        "default:\"720p\"",
        "default:\"1080p\"",
        &[
            "default]: on the page, `resolution` has the default \"1080p\"; the contract has \"720p\"",
        ],
    );
    check(
        HTML,
        "<div>default:&quot;5&quot;</div>",
        "<div>default:&quot;10&quot;</div>",
        &["default]: on the page, `duration` has the default 10; the contract has 5"],
    );
    check(
        SITE,
        "`boolean` · 默认值：`false`",
        "`boolean`",
        &["default]: on the page, `audio` has no default; the contract has false"],
    );
    check(
        HTML,
        "<div>reference_images</div><div><span>string[]</span></div></div><p>",
        "<div>reference_images</div><div><span>string[]</span></div></div><p>Up to 3 images. ",
        &[
            "max-items]: on the page, `reference_images` has at most 3 items; the contract has no maximum",
        ],
    );
}

#[test]
fn required_or_not() {
    check(
        COMPONENTS,
        "<ParamField body=\"duration\" type=\"integer\" default=\"5\">",
        "<ParamField body=\"duration\" type=\"integer\" default=\"5\" required>",
        &["required]: the page marks `duration` as required; the contract does not"],
    );
    check(
        SITE,
        "**`url`** — `string` · 必填",
        "**`url`** — `string`",
        &[
            "required]: the page does not mark `metadata.element_list[].url` as required; the contract does",
        ],
    );
    check(
        FAST,
        "prompt\nstring\nrequired\n",
        "prompt\nstring\n",
        &["required]: the page does not mark `prompt` as required; the contract does"],
    );
}

#[test]
fn another_maximum_or_none() {
    check(
        WORDS,
        "Up to 2 images.",
        "Up to 4 images.",
        &["max-items]: on the page, `image_urls` has at most 4 items; the contract has 2"],
    );
    check(
        COMPONENTS,
        "    * Maximum 2 images\n",
        "",
        &[
            "max-items]: on the page, `image_urls` has no maximum number of items; the contract has 2",
        ],
    );
    check(
        SITE,
        "最多 1 段视频",
        "最多 3 段视频",
        &["max-items]: on the page, `video_list` has at most 3 items; the contract has 1"],
    );
}

#[test]
fn another_type() {
    check(
        FAST,
        "watermark\nboolean\ndefault:\"false\"",
        "watermark\nstring\ndefault:\"none\"",
        &[
            "type]: on the page, `watermark` is a string; the contract has a boolean",
            "default]: on the page, `watermark` has the default \"none\"; the contract has false",
        ],
    );
    check(
        HTML,
        "<div>reference_images</div><div><span>string[]</span></div>",
        "<div>reference_images</div><div><span>object[]</span></div>",
        &[
            "type]: on the page, `reference_images` is a list of type object; the contract has a list",
        ],
    );
}

#[test]
fn a_field_that_is_gone_goes_with_its_rules() {
    let patch = check(
        FAST,
        "aspect_ratio\nstring\ndefault:\"16:9\"\nHow wide the film is, if it is made from text.Supported values:\n  • 16:9\n  • 9:16\n  • 1:1\n",
        "",
        &["field-gone]: the page does not have the field `aspect_ratio`"],
    );
    assert!(
        patch.contains("rule = [\"aspect-ratio-with-image\"]"),
        "{patch}"
    );
    assert!(
        patch.contains("[add.output.seconds]") && !patch.contains("output.ratio"),
        "{patch}"
    );

    let html = page(HTML.0, HTML.1);
    let start = html
        .find("<div class=\"field\"><div><div>image_with_roles")
        .unwrap();
    let end = html.find("<div class=\"field\"><div><div>audio").unwrap();
    let gone = format!("{}{}", &html[..start], &html[end..]);
    let patch = differs(
        &gone,
        HTML.0,
        HTML.1,
        &["field-gone]: the page does not have the field `image_with_roles`"],
    );
    assert!(!patch.contains("repeated-frame"), "{patch}");
}

#[test]
fn what_is_in_a_list_can_be_gone_alone() {
    let patch = check(
        SITE,
        "**`role`** — `string`\n\n角色。\n",
        "",
        &["field-gone]: the page does not have the field `metadata.element_list[].role`"],
    );
    assert!(
        patch.contains("field = [\"metadata.element_list[].role\"]"),
        "{patch}"
    );
}

#[test]
fn a_field_that_is_new() {
    check(
        FAST,
        "watermark\nboolean\n",
        "seed\ninteger\nA number from 1.\nwatermark\nboolean\n",
        &["field-new]: the contract does not have the field `seed`, an integer"],
    );
    let patch = check(
        HTML,
        "<div class=\"field\"><div><div>audio</div>",
        "<div class=\"field\"><div><div>camera</div><div><span>string</span></div><div>required</div><div>default:&quot;still&quot;</div></div><p>How it moves. Options: still, pan</p></div><div class=\"field\"><div><div>audio</div>",
        &["field-new]: the contract does not have the field `camera`, a string"],
    );
    assert!(patch.contains("values = [\"still\", \"pan\"]"), "{patch}");
    check(
        COMPONENTS,
        "  </Expandable>\n</ParamField>\n\n## Feature",
        "  </Expandable>\n</ParamField>\n\n<ParamField body=\"shots\" type=\"object[]\">\n  Up to 6 shots\n\n  <ParamField body=\"seconds\" type=\"integer\" required>\n  </ParamField>\n</ParamField>\n\n## Feature",
        &[
            "field-new]: the contract does not have the field `shots`, a list",
            "field-new]: the contract does not have the field `shots[].seconds`, an integer",
        ],
    );
}

#[test]
fn a_new_field_that_was_a_mistake_before_is_none_any_more() {
    let patch = check(
        COMPONENTS,
        "<ParamField body=\"metadata\" type=\"object\">",
        "<ParamField body=\"reference_images\" type=\"string[]\">\n  Images\n</ParamField>\n\n<ParamField body=\"metadata\" type=\"object\">",
        &["field-new]: the contract does not have the field `reference_images`, a list"],
    );
    assert!(patch.contains("\"reference-images\""), "{patch}");
}

#[test]
fn a_place_that_is_gone() {
    let patch = check(
        WORDS,
        "Billing Mapping\n",
        "",
        &["place-gone]: the page does not have `Billing Mapping`, the source of `billing`"],
    );
    assert!(patch.contains("table = [\"billing\"]"), "{patch}");
    let patch = check(
        ("kling-v3-omni", "2026-04"),
        "## Image Reference Syntax",
        "## Placeholders",
        &[
            "place-gone]: the page does not have `Image Reference Syntax`, the source of `placeholders.malformed`, `placeholders.wrong-kind`, `placeholders.kind.image.range`",
        ],
    );
    assert!(
        patch.contains("says so under `Image Reference Syntax`"),
        "{patch}"
    );
    // The claims rest on what is left of their places.
    let fast = page(FAST.0, FAST.1);
    let start = fast.find("Request Parameters").unwrap();
    let patch = differs(
        &fast[start..],
        FAST.0,
        FAST.1,
        &[
            "place-gone]: the page does not have `Introduction`, the source of `field.reference_images[]`, `field.resolution`, `field.duration`, `field.aspect_ratio`, `field.watermark`, `rule.aspect-ratio-with-image`, `billing`",
        ],
    );
    assert!(
        patch.contains("source = \"Request Parameters / resolution\""),
        "{patch}"
    );
}
