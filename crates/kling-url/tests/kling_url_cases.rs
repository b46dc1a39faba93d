//! One URL per line: its class, and the message about it.

use kling_url::{
    Class, TrustedOrigins, UrlProblem, assess, assess_asset, assess_with, is_plainly_public,
};

fn class_of(result: Result<(), UrlProblem>) -> Option<Class> {
    result.err().map(|problem| problem.class())
}

#[track_caller]
fn check(url: &str, expected: impl Into<Option<Class>>) {
    assert_eq!(class_of(assess(url)), expected.into(), "{url:?}");
}

#[track_caller]
fn check_text(url: &str, what: &str, help: &str) {
    let problem = assess(url).expect_err("a problem");
    assert_eq!((problem.to_string().as_str(), problem.help()), (what, help));
}

#[test]
fn urls_of_media_are_clean() {
    for url in [
        "https://example.com",
        "https://example.com/portrait.jpg",
        "https://cdn.example.net/a/b_c-d.mp4?auto=format&fit=crop&w=1200&q=80#t=1,2",
        "http://files.example.org:8443/u/01J9.jpg",
        "https://my_bucket.s3.us-east-1.amazonaws.com/%E7%8C%AB.jpg?X-Amz-Date=1&sig=a%2Fb",
        "https://EXAMPLE.com/A",
        "https://x1--y.example.com/(a)/!$&'*+,;=:@[1]",
    ] {
        check(url, None);
        assert!(is_plainly_public(url), "{url}");
    }
}

#[test]
fn urls_that_are_public_but_not_plainly_are_clean() {
    for url in [
        "HTTPS://example.com/cat.jpg",
        "https://example.com:443/cat.jpg",
        "https://example.com./cat.jpg",
        "https://example.com:/cat.jpg",
        "https://example.com/猫/кот.jpg?q=é#é",
        "https://bücher.example.com/a.jpg",
        "https://кремль.рф/a.jpg",
        "https://xn--bcher-kva.example.com/a.jpg",
        "https://例え.テスト/a.jpg",
        "https://8.8.8.8/a.jpg",
        "https://[2606:4700::1111]/a.jpg",
        "https://[2606:4700:0:0:0:0:0:1111]/a.jpg",
        "https://example.com/~me/a|b^c.jpg",
        "https://example.com/❤\u{fe0f}/👩\u{200d}🚀.jpg",
    ] {
        check(url, None);
    }
}

#[test]
fn inline_media() {
    for url in [
        "data:image/png;base64,iVBORw0KGgo=",
        "DATA:,",
        " \n data:image/jpeg;base64,/9j/4AAQ",
        "/9j/4AAQSkZJRgABAQAAAQABAAD",
        "iVBORw0KGgoAAAANSUhEUg",
        "R0lGODlhAQABAIAAAAAAAP",
        "UklGRiQAAABXRUJQVlA4",
        "AAAAIGZ0eXBpc29tAAACAGlzb21pc28y",
    ] {
        check(url, Class::InlineMedia);
    }
    check(&"Qk1xAAAA/+".repeat(26), Class::InlineMedia);
}

#[test]
fn local_files() {
    for url in [
        "file:///home/me/cat.jpg",
        "File:cat.jpg",
        "/home/me/cat.jpg",
        "./cat.jpg",
        "../cat",
        "~/cat.jpg",
        "~",
        "..",
        "C:\\cat.jpg",
        "c:/cat.jpg",
        "\\\\server\\share\\cat.jpg",
        ".\\cat.jpg",
        "cat.jpg",
        "clips/cat.MP4",
        "clips\\cat.webp",
        "my cat.png",
        "猫.jpg",
        "/9j/cat.jpg",
    ] {
        check(url, Class::LocalFile);
    }
}

#[test]
fn other_schemes() {
    for url in [
        "ftp://example.com/a.jpg",
        "s3://bucket/key",
        "gs://bucket/key",
        "blob:https://example.com/1",
        "asset://cat",
        "javascript:alert(1)",
        "httpss://example.com",
        "mailto:me@example.com",
    ] {
        check(url, Class::UnsupportedScheme);
        assert_eq!(
            class_of(assess_asset(url, &TrustedOrigins::default())),
            Some(Class::UnknownScheme),
            "{url}"
        );
    }
}

#[test]
fn no_scheme() {
    for url in [
        "",
        "  ",
        "xxx",
        "xx",
        "...",
        "{{video_1_url}}",
        "${URL}",
        "<char1.png>",
        "shot1_url",
        "example.com",
        "example.com/a.jpg",
        "example.com:8080/a.jpg",
        "localhost:8080/a.jpg",
        "例え.テスト/a.jpg",
        "//example.com/a.jpg",
        "://example.com/a.jpg",
        "ht\ntps://example.com",
    ] {
        check(url, Class::Relative);
    }
}

#[test]
fn assets_take_other_schemes_and_nothing_else() {
    let check = |url, expected| {
        assert_eq!(
            class_of(assess_asset(url, &TrustedOrigins::default())),
            expected,
            "{url}"
        );
    };
    check("https://example.com/a.jpg", None);
    check("asset:cat", Some(Class::UnknownScheme));
    check("localhost:8080/a.jpg", Some(Class::UnknownScheme));
    check("data:,", Some(Class::InlineMedia));
    check("FILE:a", Some(Class::LocalFile));
    check("a:b", Some(Class::LocalFile));
    check("clips/cat.mp4", Some(Class::LocalFile));
    check("xxx", Some(Class::Relative));
    check("http://127.0.0.1/", Some(Class::NotPublic));
}

#[test]
fn urls_that_cannot_be_read() {
    let long_label = format!("https://{}.example.com/", "a".repeat(64));
    let long_name = format!("https://{}example.com/", "abcdefg.".repeat(32));
    for url in [
        "https:",
        "https://",
        "https:///",
        "https://...",
        "https://...视频.mp4",
        "https://a..example.com/",
        "https://.example.com/",
        "https://<host>/a.jpg",
        "https://{bucket}.example.com/a.jpg",
        "https://a b.example.com/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://example.com:port/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://1.2.3.4.5/",
        "https://1.2.3.256/",
        "https://example.1/",
        "https://xn--a.example.com/",
        &long_label,
        &long_name,
    ] {
        check(url, Class::Invalid);
    }
}

#[test]
fn host_names_have_at_most_253_characters_and_labels_63() {
    let host = |length: usize| {
        let mut labels = format!("{}.", "a".repeat(63)).repeat(3);
        labels.push_str(&"b".repeat(length - labels.len() - 4));
        labels + ".com"
    };
    for (length, expected) in [
        (253, None),
        (254, Some(Class::Invalid)),
        (255, Some(Class::Invalid)),
    ] {
        let url = format!("https://{}/a.jpg", host(length));
        check(&url, expected);
        assert_eq!(is_plainly_public(&url), expected.is_none(), "{length}");
    }
    let final_dot = format!("https://{}./a.jpg", host(253));
    check(&final_dot, None);
}

#[test]
fn hosts_that_are_not_public() {
    for url in [
        "http://localhost:8080/a.jpg",
        "http://LOCALHOST./",
        "http://app.localhost/",
        "https://xxx/callback",
        "http://printer.local/",
        "http://db.internal/",
        "http://a.test/",
        "http://a.invalid/",
        "http://a.example/",
        "http://abc.onion/",
        "http://nas.home.arpa/",
        "http://a.alt/",
        "http://nas.lan/",
        "http://localhost.localdomain/",
        "http://ｌｏｃａｌｈｏｓｔ/",
        "http://%6cocalhost/",
        "http://user:password@10.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0/",
        "http://[::]/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://[2002:c0a8:1::1]/",
        "http://[2001:0:4136:e378:8000:63bf:3f57:fefe]/",
        "http://[fd00::1]/",
        "http://[fe80::1]/",
        "http://[2001:db8::1]/",
        "http://[3fff::1]/",
        "http://[ff02::1]/",
        "http://[4000::1]/",
        "http://192.0.2.1/",
        "http://169.254.169.254/latest",
        "http://255.255.255.255/",
        "http:127.0.0.1",
    ] {
        check(url, Class::NotPublic);
        assert!(!is_plainly_public(url), "{url}");
    }
}

#[test]
fn suspicious_urls() {
    for url in [
        "http://127.0.0.1.nip.io/",
        "http://app.10.0.0.1.nip.io/",
        "http://10-0-0-1.sslip.io/",
        "http://app-7f000001.nip.io/",
        "http://--1.sslip.io/",
        "http://traefik.me/",
        "http://localtest.me/",
        "http://a.b.LVH.me./",
        "https://pаypal.com/",
        "https://xn--pypal-4ve.com/",
        " https://example.com/",
        "https://example.com/a.jpg\n",
        "https://example.com/a\tb.jpg",
        "https://example.com/a b.jpg",
        "https://example.com\\a.jpg",
        "https:/example.com/a.jpg",
        "https:example.com/a.jpg",
        "https:////example.com/a.jpg",
        "https://ｅxample.com/",
        "https://example。com/",
        "https://BÜCHER.example.com/",
        "https://ex%61mple.com/",
        "https://134744072/",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://@example.com/",
        "https://example.com/{id}.jpg",
        "https://example.com/<id>.jpg",
        "https://example.com/100%.jpg",
        "https://example.com/a\u{200b}.jpg",
        "https://example.com/a\u{200d}.jpg",
        "https://\u{ad}example.com/",
        "https://❤\u{fe0f}.example.com/",
        "https://example.com/\u{202e}gpj.a",
    ] {
        check(url, Class::Suspicious);
        assert!(!is_plainly_public(url), "{url}");
    }
}

/// What the standard for international host names (UTS 46) requires beyond the encoding: composed letters, joiners only
/// where a script needs them, no label that reads in both directions.
#[test]
fn international_host_names_are_read_by_the_standard() {
    for (url, expected) in [
        ("https://faß.example.com/", None),
        ("https://क्\u{200c}ष.example.com/", None),
        ("https://نامه\u{200c}ای.example.com/", None),
        ("https://שלום.example.com/", None),
        ("https://한국.example.com/", None),
        (
            "https://bu\u{308}cher.example.com/",
            Some(Class::Suspicious),
        ),
        ("https://ab\u{200c}cd.example.com/", Some(Class::Invalid)),
        ("https://שלוםa.example.com/", Some(Class::Invalid)),
        ("https://\u{308}a.example.com/", Some(Class::Invalid)),
        ("https://xn--bu-fsdcher.example.com/", Some(Class::Invalid)),
        ("https://xn--example.example.com/", Some(Class::Invalid)),
        ("https://a\u{378}.example.com/", Some(Class::Invalid)),
    ] {
        check(url, expected);
    }
}

#[test]
fn wildcard_domains_may_lead_to_public_addresses() {
    for url in [
        "http://8.8.8.8.nip.io/",
        "http://nip.io/",
        "http://8-8-8-8.traefik.me/",
        "http://notlvh.me/",
    ] {
        check(url, None);
    }
}

#[test]
fn trusted_origins_are_clean() {
    let mut trusted = TrustedOrigins::default();
    assert!(trusted.is_empty());
    trusted.insert("http://127.0.0.1:4000").expect("an origin");
    assert!(trusted.insert("127.0.0.1:4000").is_err());
    assert!(trusted.insert("ftp://127.0.0.1").is_err());
    assert_eq!(
        class_of(assess_with("http://127.0.0.1:4000/a b", &trusted)),
        None
    );
    assert_eq!(class_of(assess_with("http://127.1:4000/a", &trusted)), None);
    assert_eq!(
        class_of(assess_with("https://127.0.0.1:4000/a", &trusted)),
        Some(Class::NotPublic)
    );
    assert_eq!(
        class_of(assess_with("http://127.0.0.1/a", &trusted)),
        Some(Class::NotPublic)
    );
    assert_eq!(
        class_of(assess_asset("http://127.0.0.1:4000/a", &trusted)),
        None
    );
}

#[test]
fn messages_say_what_is_wrong_and_what_to_do() {
    let publish = "put the file where anyone can fetch it over https, and give its URL there";
    check_text(
        "s3://bucket/key",
        "the scheme `s3:` is neither `http:` nor `https:`",
        publish,
    );
    check_text(
        "example.com:80/a",
        "`example.com:80/a` is a host and a port without a scheme",
        "write `https://` before it",
    );
    check_text(
        "//example.com/a",
        "`//example.com/a` has no scheme",
        "write `https:` before it",
    );
    check_text(
        "{{url}}",
        "`{{url}}` is a placeholder, not a URL",
        "give a full URL, such as `https://example.com/cat.jpg`",
    );
    check_text(
        "cat.jpg",
        "`cat.jpg` is a file on your computer, which the service cannot read",
        "upload the file and give the URL of the upload",
    );
    check_text(
        "http://[::ffff:10.1.2.3]/",
        "the host `[::ffff:10.1.2.3]` embeds an address in 10.0.0.0/8 (Private-Use, RFC 1918)",
        publish,
    );
    check_text(
        "http://a.local/",
        "the host `a.local` is not public: `local` is reserved for the local link (RFC 6762)",
        publish,
    );
    check_text(
        "https://10-0-0-1.sslip.io/",
        "the host `10-0-0-1.sslip.io` looks public, but names below `sslip.io` resolve to 10.0.0.1",
        publish,
    );
    check_text(
        "https://pаypal.com/",
        "the host name label `pаypal` mixes Latin and Cyrillic letters, which look alike",
        "check the host name; in ASCII it is `xn--pypal-4ve.com`",
    );
    check_text(
        "https://134744072/",
        "the host `134744072` is an unusual way to write `8.8.8.8`",
        "write `8.8.8.8`",
    );
    check_text(
        "https://example.com/a b",
        "the URL contains a space, which is not allowed in a URL",
        "remove the character or percent-encode it",
    );
}

#[test]
fn secrets_are_not_repeated() {
    for url in [
        "https://user:secret@example.com/",
        "http://user:secret@10.0.0.1/?key=secret",
        "http://a b/?secret",
    ] {
        let problem = assess(url).expect_err("a problem");
        assert!(
            !format!("{problem} {}", problem.help()).contains("secret"),
            "{url}"
        );
    }
}

#[test]
fn a_megabyte_is_fine() {
    let megabyte = 1 << 20;
    check(
        &format!("https://example.com/{}", "a".repeat(megabyte)),
        None,
    );
    check(
        &format!("https://example.com/{}", "%41".repeat(megabyte / 3)),
        None,
    );
    check(
        &format!("https://example.com/{}", "é/../".repeat(megabyte / 6)),
        None,
    );
    check(
        &format!("https://{}.com/", "a".repeat(megabyte)),
        Class::Invalid,
    );
    check(
        &format!("https://{}com/", "a.".repeat(megabyte / 2)),
        Class::Invalid,
    );
    assert!(assess(&format!("https://{}.com/", "é".repeat(megabyte / 2))).is_err());
    check(
        &format!("https://{}", "1.".repeat(megabyte / 2)),
        Class::Invalid,
    );
    check(&"a".repeat(megabyte), Class::InlineMedia);
    check(
        &format!("{}:", "a.".repeat(megabyte / 2)),
        Class::UnsupportedScheme,
    );
    check(&" ".repeat(megabyte), Class::Relative);
}
