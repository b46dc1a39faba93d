//! Decisions on media and the placeholders that name them, each as a request with its findings.

use kling_check::Checker;
use kling_url::TrustedOrigins;

use crate::support::{check, check_by, images, omni, v3};

/// Returns a request of kling-v3 with one image.
fn image(address: &str) -> String {
    v3(&format!(r#""image_urls": ["{address}"]"#))
}
#[test]
fn media_are_at_public_addresses() {
    for address in [
        "https://example.com/a.png",
        "HTTP://EXAMPLE.com",
        "https://8.8.8.8/a",
        "https://xn--bcher-kva.example.org/a",
        "https:\\/\\/example.com\\/a.png",
    ] {
        check(&image(address), &[]);
    }
    for (rule, addresses) in [
        (
            "error inline-media",
            &["data:image/png;base64,iVBORw0KGgo=", "DATA:,x"][..],
        ),
        (
            "error unsupported-scheme",
            &[
                "ftp://example.com/a.png",
                "s3://bucket/a.png",
                "asset://cat",
            ],
        ),
        (
            "error local-file",
            &["/home/me/a.png", "C:/a.png", "file:///a.png", "a.png"],
        ),
        (
            "error relative-url",
            &["", "example.com/a.png", "//example.com/a.png"],
        ),
        (
            "error private-host",
            &[
                "http://localhost/a",
                "http://127.0.0.1/a",
                "http://10.1.2.3/a",
                "http://2130706433/a",
                "http://0x7f000001/a",
                "http://0177.0.0.1/a",
                "http://[::ffff:192.168.0.1]/a",
                "http://169.254.169.254/a",
                "http://127.0.0.1./a",
                "http://intranet/a",
                "http://a.localhost/a",
                "http://a.local/a",
                "http://a.internal/a",
                "http://a.test/a",
                "http://a.invalid/a",
                "http://a.example/a",
            ],
        ),
        (
            "warning suspicious-host",
            &[
                "https://10-0-0-1.sslip.io/a",
                "https://ex\u{430}mple.com/a",
                "https://example.com/a b.png",
            ],
        ),
    ] {
        for address in addresses {
            check(&image(address), &[&format!("{rule} /image_urls/0")]);
        }
    }
}

#[test]
fn media_of_a_trusted_origin_are_clean() {
    let mut trusted = TrustedOrigins::default();
    trusted.insert("http://127.0.0.1:8080").unwrap();
    let checker = Checker::embedded().trust(trusted);
    check_by(&checker, &image("http://127.0.0.1:8080/a.png"), &[]);
    check_by(
        &checker,
        &image("http://127.0.0.1:8081/a.png"),
        &["error private-host /image_urls/0"],
    );
}

#[test]
fn an_element_takes_other_schemes_and_any_type_and_role() {
    let element = |address: &str| {
        omni(
            "<<<element_1>>>",
            &format!(
                r#""metadata": {{"element_list": [{{"url": "{address}", "type": "voice", "role": ""}}]}}"#
            ),
        )
    };
    check(&element("https://example.com/a.png"), &[]);
    check(
        &element("asset://cat"),
        &["warning unknown-scheme /metadata/element_list/0/url"],
    );
    check(
        &element("data:,x"),
        &["error inline-media /metadata/element_list/0/url"],
    );
    check(
        &element("file:///a.png"),
        &["error local-file /metadata/element_list/0/url"],
    );
    check(
        &element("./a.png"),
        &["error local-file /metadata/element_list/0/url"],
    );
}

#[test]
fn placeholders_name_items_in_the_order_of_their_list() {
    check(&images("<<<image_1>>> <<<image_2>>> <<<image_1>>>", 2), &[]);
    check(
        &images("<<<image_1>>>, 1 < 2, <<< here >>> and <<<5>>>", 1),
        &[],
    );
    let unused = "warning placeholder-unused /metadata/image_list/0";
    for (prompt, expected) in [
        (
            "<<<image_1>>> <<<image_2>>>",
            &["error placeholder-range /prompt"][..],
        ),
        (
            "<<<image_0>>>",
            &["error placeholder-range /prompt", unused],
        ),
        ("<<<image_01>>>", &["error placeholder-malformed /prompt"]),
        ("<<<Image_1>>>", &["error placeholder-malformed /prompt"]),
        ("<<< image_1 >>>", &["error placeholder-malformed /prompt"]),
        ("<<<image1>>>", &["error placeholder-malformed /prompt"]),
        (
            "<<<zebra_1>>> <<<image_1>>>",
            &["error placeholder-wrong-kind /prompt"],
        ),
        (
            "<<<video_1>>> <<<image_1>>>",
            &["error placeholder-range /prompt"],
        ),
        ("@image_1", &["warning placeholder-dialect /prompt"]),
        ("<<image_1>>", &["warning placeholder-dialect /prompt"]),
        ("{{image_1}}", &["warning placeholder-dialect /prompt"]),
        ("a boat", &[unused]),
    ] {
        check(&images(prompt, 1), expected);
    }
    check(
        &images("<<<image_2>>> <<<image_1>>>", 2),
        &["error placeholder-order /prompt"],
    );
    // A gap does not break the order, but the item in it is not mentioned.
    check(
        &images("<<<image_1>>> <<<image_3>>>", 3),
        &["warning placeholder-unused /metadata/image_list/1"],
    );
    check(
        r#"{"model": "kling-v3", "prompt": "<<<image_1>>>"}"#,
        &["warning placeholder-unsupported /prompt"],
    );
}

#[test]
fn an_empty_list_is_one_that_is_not_given() {
    check(
        &omni("x", r#""audio": true, "video_list": []"#),
        &["warning empty-list /video_list"],
    );
    check(
        &v3(r#""duration": 15, "image_urls": []"#),
        &["warning empty-list /image_urls"],
    );
    check(
        &omni(
            "<<<video_1>>>",
            r#""audio": false, "video_list": [{"video_url": "https://example.com/a.mp4"}]"#,
        ),
        &[],
    );
}

#[test]
fn frames_are_one_of_each_kind_in_any_order() {
    let frames = |types: &[&str]| {
        let item = |kind: &&str| {
            format!(r#"{{"image_url": "https://example.com/a.png", "type": "{kind}"}}"#)
        };
        let items: Vec<String> = types.iter().map(item).collect();
        let marks: Vec<String> = (1..=types.len())
            .map(|number| format!("<<<image_{number}>>>"))
            .collect();
        omni(
            &marks.concat(),
            &format!(r#""metadata": {{"image_list": [{}]}}"#, items.join(",")),
        )
    };
    check(&frames(&["end_frame", "first_frame"]), &[]);
    check(
        &frames(&["first_frame", "first_frame"]),
        &["warning repeated-frame /metadata/image_list/1/type"],
    );
    check(
        &frames(&["end_frame"]),
        &["error end-frame-needs-first-frame /metadata/image_list/0/type"],
    );
}
