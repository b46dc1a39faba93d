//! Rewriting, one line per case.

use kling_prompt::{renumber, replace, write_mark};

#[track_caller]
fn check(prompt: &str, expected: &str) {
    let kinds = ["image", "video"];
    assert_eq!(
        renumber(prompt, &kinds, |kind, n| if kind == 0 { n * 10 } else { n }),
        expected
    );
}

#[test]
fn renumbering() {
    check("", "");
    check("<<<image_1>>>", "<<<image_10>>>");
    check("<<<<image_1>>>>", "<<<<image_10>>>>");
    check(
        "图<<<image_1>>>走<<<video_1>>>",
        "图<<<image_10>>>走<<<video_1>>>",
    );
    check(
        "<<<image1>>> @image_1 <<<voice_1>>>",
        "<<<image1>>> @image_1 <<<voice_1>>>",
    );
    // The number is written only if it changes, so one that does not fit is kept as written.
    check("<<<video_99999999999>>>", "<<<video_99999999999>>>");
}

#[test]
fn replacing() {
    let replace = |span| replace("让@图1走", span, "image", 1);
    assert_eq!(replace(3..8).as_deref(), Some("让<<<image_1>>>走"));
    assert_eq!(replace(0..0).as_deref(), Some("<<<image_1>>>让@图1走"));
    assert_eq!(replace(11..11).as_deref(), Some("让@图1走<<<image_1>>>"));
    assert_eq!(replace(1..3), None);
    assert_eq!(replace(3..5), None);
    assert_eq!(replace(3..99), None);
    #[expect(clippy::reversed_empty_ranges, reason = "a span that no prompt has")]
    let reversed = replace(8..3);
    assert_eq!(reversed, None);
}

#[test]
fn writing() {
    assert_eq!(write_mark("image", 1), "<<<image_1>>>");
    assert_eq!(write_mark("element", u32::MAX), "<<<element_4294967295>>>");
}
