//! URLs: public ones, and ones with a known fault.

use kling_spec::CommonRule;

use crate::choices::Choices;

/// Returns public URLs of many shapes.
pub const fn public_addresses() -> &'static [&'static str] {
    &[
        "https://example.com/cat.png",
        "https://cdn.example.com/a/b/cat.jpg?w=1200&q=80",
        "http://media.example.net:8080/clip.mp4",
        "https://example.org",
        "https://example.org/",
        "https://img-1.example.com/%E7%8C%AB.webp#top",
        "https://files.toapis.com/upload/abc_123.jpg",
        "HTTPS://EXAMPLE.com/cat.PNG",
        "https://8.8.8.8/cat.png",
        "http://93.184.215.14:8443/clip.mov",
        "https://[2606:4700:4700::1111]/cat.png",
        "https://xn--bcher-kva.example.com/cat.png",
        "https://example.com/a.png?signature=aB%2Fc%3D&expires=1768380224",
        "https://example.com/users/@me/cat.png",
    ]
}

/// Returns URLs with a fault, each with the rule that it breaks; the last column is whether a field that accepts URLs
/// of other schemes has the same fault.
pub const fn broken_addresses() -> &'static [(CommonRule, &'static str, bool)] {
    &[
        (CommonRule::LocalFile, "/home/me/cat.png", true),
        (CommonRule::LocalFile, "./cat.png", true),
        (CommonRule::LocalFile, "..\\cat.png", true),
        (CommonRule::LocalFile, "C:\\Users\\me\\cat.png", true),
        (CommonRule::LocalFile, "c:/cat.png", true),
        (CommonRule::LocalFile, "file:///home/me/cat.png", true),
        (CommonRule::LocalFile, "cat.png", true),
        (
            CommonRule::InlineMedia,
            "data:image/png;base64,iVBORw0KGgo=",
            true,
        ),
        (CommonRule::InlineMedia, "DATA:,x", true),
        (
            CommonRule::InlineMedia,
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
            true,
        ),
        (
            CommonRule::UnsupportedScheme,
            "ftp://example.com/cat.png",
            false,
        ),
        (CommonRule::UnsupportedScheme, "s3://bucket/cat.png", false),
        (
            CommonRule::UnsupportedScheme,
            "blob:https://example.com/5",
            false,
        ),
        (CommonRule::UnsupportedScheme, "asset://cat", false),
        (CommonRule::RelativeUrl, "", true),
        (CommonRule::RelativeUrl, "example.com/cat.png", true),
        (CommonRule::RelativeUrl, "//example.com/cat.png", true),
        (CommonRule::RelativeUrl, "YOUR_URL", true),
        (CommonRule::InvalidUrl, "https://", true),
        (CommonRule::InvalidUrl, "https://[::1", true),
        (CommonRule::InvalidUrl, "https://exa mple.com/cat.png", true),
        (
            CommonRule::InvalidUrl,
            "https://example.com:99999/cat.png",
            true,
        ),
        (CommonRule::PrivateHost, "http://localhost/cat.png", true),
        (CommonRule::PrivateHost, "https://127.0.0.1/cat.png", true),
        (CommonRule::PrivateHost, "http://2130706433/cat.png", true),
        (CommonRule::PrivateHost, "http://0x7f.1/cat.png", true),
        (
            CommonRule::PrivateHost,
            "https://10.0.0.1:8080/cat.png",
            true,
        ),
        (
            CommonRule::PrivateHost,
            "https://192.168.0.1./cat.png",
            true,
        ),
        (
            CommonRule::PrivateHost,
            "http://169.254.169.254/latest",
            true,
        ),
        (CommonRule::PrivateHost, "http://[::1]/cat.png", true),
        (
            CommonRule::PrivateHost,
            "http://[::ffff:10.0.0.1]/cat.png",
            true,
        ),
        (
            CommonRule::PrivateHost,
            "https://printer.local/cat.png",
            true,
        ),
        (
            CommonRule::PrivateHost,
            "https://files.internal/cat.png",
            true,
        ),
        (CommonRule::PrivateHost, "http://intranet/cat.png", true),
        (
            CommonRule::SuspiciousHost,
            "https://10-0-0-1.sslip.io/cat.png",
            true,
        ),
        (
            CommonRule::SuspiciousHost,
            "https://ex\u{430}mple.com/cat.png",
            true,
        ),
        (
            CommonRule::SuspiciousHost,
            "https://example.com/my cat.png",
            true,
        ),
    ]
}

/// Callback URLs with a fault, each with the rule that it breaks, and whether a schema can say so.
pub(crate) const BROKEN_CALLBACKS: &[(CommonRule, &str, bool)] = &[
    (
        CommonRule::UnsupportedScheme,
        "http://hooks.example.com/done",
        true,
    ),
    (
        CommonRule::UnsupportedScheme,
        "ftp://hooks.example.com/done",
        true,
    ),
    (CommonRule::RelativeUrl, "", true),
    (CommonRule::RelativeUrl, "/hooks/done", true),
    (CommonRule::RelativeUrl, "hooks.example.com/done", true),
    (CommonRule::InvalidUrl, "https://", false),
    (
        CommonRule::InvalidUrl,
        "https://me:secret@hooks.example.com/done",
        false,
    ),
    (
        CommonRule::InvalidUrl,
        "https://hooks.example.com/done#end",
        false,
    ),
    (
        CommonRule::InvalidUrl,
        "https://hooks.example.com:0/done",
        false,
    ),
    (CommonRule::PrivateHost, "https://localhost/done", false),
    (CommonRule::PrivateHost, "https://192.168.0.7:8443/", false),
    (CommonRule::PrivateHost, "https://[fe80::1]/done", false),
];

/// Returns a URL that a service may call.
pub(crate) fn callback(choices: &mut Choices) -> String {
    let host = ["hooks.example.com", "example.org:8443", "8.8.4.4"][choices.below(3)];
    let end = ["", "/", "/done", "/done?job=7&x=%20"][choices.below(4)];
    format!("https://{host}{end}")
}

/// URLs with other schemes, for fields that accept them: whether they work is not known.
pub(crate) const UNKNOWN_SCHEMES: &[&str] = &[
    "asset://cat",
    "oss://bucket/cat.png",
    "kling+asset:5",
    "ftp://example.com/cat.png",
];

/// Returns a public URL.
pub(crate) fn address(choices: &mut Choices) -> String {
    let known = public_addresses();
    if choices.chance(70) {
        let host = [
            "example.com",
            "cdn.example.net",
            "a-b.example.org",
            "8.8.4.4",
        ][choices.below(4)];
        let scheme = ["https", "http"][choices.below(2)];
        let number = choices.below(1000);
        let end = [".png", ".jpg", ".mp4", "", "/", "?x=1&y=%20", ".webp#a"][choices.below(7)];
        return format!("{scheme}://{host}/media/{number}{end}");
    }
    known[choices.below(known.len())].to_owned()
}
