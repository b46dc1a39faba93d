//! One line per form: what is written in a prompt, and what it is taken for.

use crate::common::found;

/// Checks all parts that are not text, each as source and description.
#[track_caller]
fn check(prompt: &str, expected: &[(&str, &str)]) {
    let found = found(prompt);
    let found: Vec<_> = found
        .iter()
        .map(|(span, description)| (&prompt[span.clone()], description.as_str()))
        .collect();
    assert_eq!(found, expected, "{prompt:?}");
}

/// Checks a prompt that is a single such part.
#[track_caller]
fn whole(prompt: &str, expected: &str) {
    check(prompt, &[(prompt, expected)]);
    let inside = format!("图 {prompt} 走");
    check(&inside, &[(prompt, expected)]);
}

/// Checks a prompt that is only text.
#[track_caller]
fn text(prompt: &str) {
    check(prompt, &[]);
}

#[test]
fn placeholders() {
    whole("<<<image_1>>>", "Placeholder image 1");
    whole("<<<video_2>>>", "Placeholder video 2");
    whole("<<<element_30>>>", "Placeholder element 30");
    whole("<<<image_0>>>", "Placeholder image 0");
    whole("<<<image_4294967294>>>", "Placeholder image 4294967294");
    whole("<<<image_4294967295>>>", "Placeholder image 4294967295");
    whole("<<<image_4294967296>>>", "Placeholder image 4294967295");
    whole(
        "<<<image_99999999999999999999999999>>>",
        "Placeholder image 4294967295",
    );
    check(
        "让<<<image_1>>>中的人走向<<<image_2>>>。",
        &[
            ("<<<image_1>>>", "Placeholder image 1"),
            ("<<<image_2>>>", "Placeholder image 2"),
        ],
    );
    check(
        "<<<image_1>>><<<image_2>>>",
        &[
            ("<<<image_1>>>", "Placeholder image 1"),
            ("<<<image_2>>>", "Placeholder image 2"),
        ],
    );
}

#[test]
fn more_signs_than_three() {
    check(
        "<<<<image_1>>>>",
        &[("<<<image_1>>>", "Placeholder image 1")],
    );
    check(
        "<<<<<<image_1>>>>>>",
        &[("<<<image_1>>>", "Placeholder image 1")],
    );
    check(
        "<<<<<voice_1>>>>",
        &[("<<<voice_1>>>", "WrongKind `voice` 1")],
    );
    check(
        "<<<<image1>>>>",
        &[("<<<image1>>>", "MissingUnderscore image 1")],
    );
}

#[test]
fn wrong_kinds() {
    whole("<<<voice_1>>>", "WrongKind `voice` 1");
    whole("<<<media_007>>>", "WrongKind `media` 7");
    whole("<<<image_list_1>>>", "WrongKind `image_list` 1");
    whole("<<<imagen_1>>>", "WrongKind `imagen` 1");
    whole("<<<Voice_1>>>", "WrongKind `Voice` 1");
    whole("<<<声音_1>>>", "WrongKind `声音` 1");
    whole("<<<img_1>>>", "WrongKind `img` 1 image 1");
    whole("<<<img_01>>>", "WrongKind `img` 1 image 1");
    whole("<<<IMG_1>>>", "WrongKind `IMG` 1 image 1");
    whole("<<<images_2>>>", "WrongKind `images` 2 image 2");
    whole("<<<图片_1>>>", "WrongKind `图片` 1 image 1");
    whole("<<<主体_1>>>", "WrongKind `主体` 1 element 1");
    whole("<<<v_99999999999>>>", "WrongKind `v` 4294967295");
}

#[test]
fn malformed_with_one_reading() {
    whole("<<<image1>>>", "MissingUnderscore image 1");
    whole("<<<图片1>>>", "MissingUnderscore image 1");
    whole("<<<image 1>>>", "Blank image 1");
    whole("<<<image _ 1>>>", "Blank image 1");
    whole("<<< image_1 >>>", "Blank image 1");
    whole("<<<image_1 >>>", "Blank image 1");
    whole("<<<image_1\u{200b}>>>", "Blank image 1");
    whole("<<<\u{3000}image_1>>>", "Blank image 1");
    whole("<<<picture 1>>>", "Blank image 1");
    whole("<<<Image_1>>>", "Case image 1");
    whole("<<<IMAGE_1>>>", "Case image 1");
    whole("<<< Image_1 >>>", "Case image 1");
    whole("<<<image_01>>>", "LeadingZero image 1");
    whole("<<<image_00>>>", "LeadingZero image 0");
    whole("<<<Image_01>>>", "LeadingZero image 1");
    whole("<<<image-1>>>", "OtherSeparator image 1");
    whole("<<<image.1>>>", "OtherSeparator image 1");
    whole("<<<image#1>>>", "OtherSeparator image 1");
    whole("<<<image: 1>>>", "OtherSeparator image 1");
    whole("<<<image__1>>>", "OtherSeparator image 1");
    whole("<<<Image1>>>", "MissingUnderscore image 1");
    whole("<<<image_1>>", "Unclosed image 1");
    whole("<<<image_1>", "Unclosed image 1");
    whole("<<<image_1", "Unclosed image 1");
    whole("<<<image1 >>", "Unclosed image 1");
    check("<<<image_1走路", &[("<<<image_1", "Unclosed image 1")]);
    check(
        "<<<image_1, then <<<image_2>>>",
        &[
            ("<<<image_1", "Unclosed image 1"),
            ("<<<image_2>>>", "Placeholder image 2"),
        ],
    );
    check(
        "<<<image_1<<<image_2>>>",
        &[
            ("<<<image_1", "Unclosed image 1"),
            ("<<<image_2>>>", "Placeholder image 2"),
        ],
    );
    check("<<<image_1\n>>>", &[("<<<image_1", "Unclosed image 1")]);
}

#[test]
fn malformed_without_reading() {
    whole("<<<image>>>", "NoNumber");
    whole("<<<image_>>>", "NoNumber");
    whole("<<<Image >>>", "NoNumber");
    whole("<<<image", "NoNumber");
    whole("<<<image_", "NoNumber");
    check("<<<image of a cat", &[("<<<image", "NoNumber")]);
    check("<<<image\n1>>>", &[("<<<image", "NoNumber")]);
    whole("<<<image_N>>>", "BadNumber");
    whole("<<<image_one>>>", "BadNumber");
    whole("<<<image_１>>>", "BadNumber");
    whole("<<<image_-1>>>", "BadNumber");
    whole("<<<image -1>>>", "BadNumber");
    whole("<<<image_1.5>>>", "BadNumber");
    whole("<<<image_1,2>>>", "BadNumber");
    whole("<<<image_1_2>>>", "BadNumber");
    whole("<<<image_1a>>", "BadNumber");
    check("<<<image_1a walks", &[("<<<image_1a", "BadNumber")]);
    whole("<<<foo>>>", "UnknownWord");
    whole("<<<foo", "UnknownWord");
    whole("<<<foo_1>>", "UnknownWord");
    whole("<<<voice_>>>", "UnknownWord");
    whole("<<<图书馆>>>", "UnknownWord");
    whole("<<<imageless>>>", "UnknownWord");
    check("<<<foo bar>>>", &[("<<<foo", "UnknownWord")]);
    check("<<<foo-bar_1>>>", &[("<<<foo", "UnknownWord")]);
}

#[test]
fn signs_before_no_word_are_text() {
    text("");
    text("A dog runs on a beach");
    text("<<<");
    text("<<<<<<");
    text("<<< 5");
    text("<<<5>>>");
    text("<<<_1>>>");
    text("<<<\"foo\">>>");
    text("<<<>>>");
    text("1 <<< 2, 3 << 2, 4 < 5");
    text("<<< foo >>>");
    text("<<< voice_1 >>>");
    text("<<< image of a cat");
    text("<<< image_1 of a cat");
    text("<<<\nimage_1>>>");
}

#[test]
fn angle_dialects() {
    whole("<<image_1>>", "DoubleAngle image 1");
    whole("<<Image 1>>", "DoubleAngle image 1");
    whole("<<image_1>>>", "DoubleAngle image 1");
    whole("<<image_1>", "DoubleAngle image 1");
    whole("<image_1>", "SingleAngle image 1");
    whole("<IMAGE_1>", "SingleAngle image 1");
    whole("<Picture 1>", "SingleAngle image 1");
    whole("<video 2>", "SingleAngle video 2");
    text("<<object_1>>");
    text("<<image>>");
    text("<<image_1");
    text("<image>");
    text("<b>bold</b>");
    text("</image_1>");
    text("<image_-1>");
    text("a <- image_1 -> b");
}

#[test]
fn at_dialects() {
    whole("@image_1", "At image 1");
    whole("@Image1", "At image 1");
    whole("@Image 1", "At image 1");
    whole("@image-1", "At image 1");
    whole("@img2", "At image 2");
    whole("@Video1", "At video 1");
    whole("@Element1", "At element 1");
    whole("@图1", "At image 1");
    whole("@图片12", "At image 12");
    whole("@参考图1", "At image 1");
    whole("@视频1", "At video 1");
    whole("@元素1", "At element 1");
    whole("@主体1", "At element 1");
    whole("@subject_1", "At element 1");
    check(
        "让@图1走向@图2。",
        &[("@图1", "At image 1"), ("@图2", "At image 2")],
    );
    check(
        "@图1@图2",
        &[("@图1", "At image 1"), ("@图2", "At image 2")],
    );
    check(
        "(@Image1, @Image2.)",
        &[("@Image1", "At image 1"), ("@Image2", "At image 2")],
    );
    check("@image_1's hat", &[("@image_1", "At image 1")]);
    check("@image_1. Then", &[("@image_1", "At image 1")]);
    check("@@image_1", &[("@image_1", "At image 1")]);
    text("a@image1.com");
    text("a.@image1");
    text("a_@image1");
    text("a-@image1");
    text("@image1.com");
    text("@image1st");
    text("@image_1_final");
    text("@image");
    text("@image  1");
    text("@image.1");
    text("@someone @media @font-face");
    text("@图书馆1");
    text("mail me @ image 1");
    text("@image\n1");
}

#[test]
fn brace_and_bracket_dialects() {
    whole("{{image_1}}", "DoubleBraces image 1");
    whole("{{ Image 1 }}", "DoubleBraces image 1");
    whole("{{图1}}", "DoubleBraces image 1");
    whole("{{rendered_prompt}}", "DoubleBraces");
    whole("{{video_1_url}}", "DoubleBraces");
    whole("{{ items[0] | upper }}", "DoubleBraces");
    whole("{image_1}", "SingleBraces image 1");
    whole("[image_1]", "Brackets image 1");
    whole("[Image 1]", "Brackets image 1");
    whole("[图1]", "Brackets image 1");
    check("{{{image_1}}}", &[("{{image_1}}", "DoubleBraces image 1")]);
    check("${image_1}", &[("{image_1}", "SingleBraces image 1")]);
    check("[[image_1]]", &[("[image_1]", "Brackets image 1")]);
    check(
        "{{<<<image_1>>>}}",
        &[("<<<image_1>>>", "Placeholder image 1")],
    );
    check("{{@image_1}}", &[("@image_1", "At image 1")]);
    check("<<<@image_1>>>", &[("@image_1", "At image 1")]);
    check("<<<{{x}}>>>", &[("{{x}}", "DoubleBraces")]);
    check("{{a {{b}}", &[("{{b}}", "DoubleBraces")]);
    text("{{}}");
    text("{{  }}");
    text("{{a}");
    text("{{a\nb}}");
    text("{name}");
    text("{ \"image\": 1 }");
    text("[0-3s] [Shot 1] [image]");
    text("image_1 and image 1");
}

#[test]
fn kinds_are_what_was_passed_in() {
    use kling_prompt::{Part, parts};
    let first = |prompt: &'static str, kinds: &[&str]| parts(prompt, kinds).next();
    assert!(matches!(
        first("<<<image_1>>>", &[]),
        Some(Part::WrongKind(wrong)) if wrong.word == "image" && wrong.meaning.is_none()
    ));
    assert!(matches!(first("@图1", &["video"]), Some(Part::Text(_))));
    assert!(matches!(
        first("<<<end_frame_2>>>", &["", "end", "end_frame"]),
        Some(Part::Placeholder(placeholder)) if placeholder.kind == 2 && placeholder.number == 2
    ));
    assert!(matches!(
        first("<<<img_2>>>", &["image", "img"]),
        Some(Part::Placeholder(placeholder)) if placeholder.kind == 1
    ));
    assert!(matches!(
        first("<<<image_2>>>", &["IMAGE", "image", "image"]),
        Some(Part::Placeholder(placeholder)) if placeholder.kind == 1
    ));
}
