//! URLs that the service calls: which it may call, and what is said of the others.

use kling_url::{Class, assess_callback};

#[track_caller]
fn check_callback(url: &str, expected: impl Into<Option<Class>>) {
    assert_eq!(
        assess_callback(url).err().map(|problem| problem.class()),
        expected.into(),
        "{url:?}"
    );
}

#[test]
fn a_callback_is_an_https_url_of_a_public_host() {
    for url in [
        "https://hooks.example.com",
        "HTTPS://hooks.example.com:8443/done?job=7",
        "https://8.8.8.8/",
    ] {
        check_callback(url, None);
    }
    for url in [
        "",
        "  ",
        "/done",
        "hooks/done.mp4",
        "hooks.example.com/done",
    ] {
        check_callback(url, Class::Relative);
    }
    for url in [
        "http://hooks.example.com",
        "data:,x",
        "file:///done",
        "ftp://hooks.example.com",
    ] {
        check_callback(url, Class::UnsupportedScheme);
    }
    for url in [
        "https://",
        "https://me@hooks.example.com",
        "https://:secret@hooks.example.com",
        "https://hooks.example.com/#done",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:65536/",
    ] {
        check_callback(url, Class::Invalid);
    }
    for url in [
        "https://localhost/",
        "https://10.0.0.1/",
        "https://hooks/",
        "https://[::1]/",
    ] {
        check_callback(url, Class::NotPublic);
    }
    check_callback("https://10-0-0-1.sslip.io/", Class::Suspicious);
}

#[test]
fn no_secret_of_a_callback_is_repeated() {
    let problem = assess_callback("https://me:secret@hooks.example.com/").expect_err("a problem");
    assert!(!format!("{problem} {}", problem.help()).contains("secret"));
    let problem = assess_callback("http://me:secret@hooks.example.com/").expect_err("a problem");
    assert_eq!(problem.to_string(), "the scheme `http:` is not `https:`");
}
