//! What the beginning of a text is: an http URL, another scheme, a file, media, or nothing.

use std::borrow::Cow;

use kling_text::quote;

use crate::problem::{Class, UrlProblem};

/// Which schemes a field accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Media,
    Asset,
}

/// Returns `Ok` if `text` begins as an http or https URL, otherwise the problem with what it is instead.
pub(crate) fn check_scheme(text: &str, field: Field) -> Result<(), UrlProblem> {
    let text = trim(text);
    let Some((scheme, rest)) = split_scheme(text) else {
        return Err(without_scheme(text));
    };
    if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") {
        return Ok(());
    }
    Err(if scheme.len() == 1 {
        local_file(text)
    } else if scheme.eq_ignore_ascii_case("data") {
        inline_media("this is a `data:` URL: the media itself, not a URL to fetch it from")
    } else if scheme.eq_ignore_ascii_case("file") {
        local_file(text)
    } else {
        match field {
            Field::Media if is_host_and_port(scheme, rest) => relative(
                format!("{} is a host and a port without a scheme", quote(text)),
                "write `https://` before it",
            ),
            Field::Media => UrlProblem::new(
                Class::UnsupportedScheme,
                format!(
                    "the scheme {} is neither `http:` nor `https:`",
                    quote_scheme(scheme)
                ),
                "put the file where anyone can fetch it over https, and give its URL there",
            ),
            Field::Asset => UrlProblem::new(
                Class::UnknownScheme,
                format!(
                    "the service may not know the scheme {}",
                    quote_scheme(scheme)
                ),
                "use an `https:` URL unless the service gave you this one",
            ),
        }
    })
}

/// Removes leading white space and controls, as the WHATWG URL standard does.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_start_matches(|character| character <= ' ')
}

pub(crate) fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let is_scheme_byte =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    let length = text.bytes().take_while(|byte| is_scheme_byte(byte)).count();
    let (scheme, rest) = text.split_at_checked(length)?;
    let starts_with_letter = scheme
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic());
    rest.strip_prefix(':')
        .filter(|_| starts_with_letter)
        .map(|rest| (scheme, rest))
}

/// `example.com:8080/…` and `localhost:8080` have the form of a scheme, but are never meant as one.
fn is_host_and_port(scheme: &str, rest: &str) -> bool {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let ends = rest
        .as_bytes()
        .get(digits)
        .is_none_or(|byte| matches!(byte, b'/' | b'?' | b'#'));
    (scheme.contains('.') || scheme.eq_ignore_ascii_case("localhost")) && digits > 0 && ends
}

fn without_scheme(text: &str) -> UrlProblem {
    let trimmed = text.trim_end();
    if trimmed.is_empty() {
        relative("the URL is empty", WRITE_A_URL)
    } else if is_placeholder(trimmed) {
        relative(
            format!("{} is a placeholder, not a URL", quote(trimmed)),
            WRITE_A_URL,
        )
    } else if is_base64_media(trimmed) {
        inline_media("this is base64: the media itself, not a URL to fetch it from")
    } else if trimmed.starts_with("//") {
        relative(
            format!("{} has no scheme", quote(trimmed)),
            "write `https:` before it",
        )
    } else if is_path(trimmed) {
        local_file(trimmed)
    } else if starts_with_host(trimmed) {
        relative(
            format!("{} has no scheme", quote(trimmed)),
            format!("write {}", quote(&format!("https://{trimmed}"))),
        )
    } else {
        relative(format!("{} is not a URL", quote(trimmed)), WRITE_A_URL)
    }
}

const WRITE_A_URL: &str = "give a full URL, such as `https://example.com/cat.jpg`";

fn relative(
    message: impl Into<Cow<'static, str>>,
    help: impl Into<Cow<'static, str>>,
) -> UrlProblem {
    UrlProblem::new(Class::Relative, message, help)
}

fn local_file(text: &str) -> UrlProblem {
    UrlProblem::new(
        Class::LocalFile,
        format!(
            "{} is a file on your computer, which the service cannot read",
            quote(text.trim_end())
        ),
        "upload the file and give the URL of the upload",
    )
}

fn inline_media(message: &'static str) -> UrlProblem {
    UrlProblem::new(
        Class::InlineMedia,
        message,
        "upload the file and give the URL of the upload",
    )
}

fn quote_scheme(scheme: &str) -> String {
    quote(&format!("{scheme}:"))
}

/// Returns whether a text is a template mark of a common tool, or consists only of `x`, dots and the like.
fn is_placeholder(text: &str) -> bool {
    text.starts_with("{{")
        || text.starts_with("${")
        || text.starts_with('<')
        || text.starts_with('[')
        || text
            .bytes()
            .all(|byte| matches!(byte, b'x' | b'X' | b'.' | b'*' | b'?' | b'-' | b'_'))
            && !matches!(text, "." | "..")
        || text.chars().all(|character| character == '…')
}

/// How base64 text of JPEG, PNG, GIF, RIFF and Matroska files begins.
const BASE64_BEGINNINGS: [&str; 5] = ["/9j/", "iVBORw0KGgo", "R0lGOD", "UklGR", "GkXfo"];

/// A run of base64 characters longer than in any path or placeholder.
const LONG_RUN: usize = 256;

fn is_base64_media(text: &str) -> bool {
    if has_media_extension(text) {
        return false;
    }
    let bytes = text.as_bytes();
    // An ISO media file (MP4, MOV, HEIC): four bytes of length, then `ftyp`.
    let is_iso_media = bytes.starts_with(b"AAAA") && bytes.get(6..10) == Some(b"Z0eX");
    let is_base64 = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'\r' | b'\n')
    };
    is_iso_media
        || BASE64_BEGINNINGS
            .iter()
            .any(|beginning| text.starts_with(beginning))
        || bytes
            .iter()
            .take(LONG_RUN)
            .filter(|byte| is_base64(byte))
            .count()
            == LONG_RUN
}

fn is_path(text: &str) -> bool {
    let is_separator = |byte: Option<&u8>| byte.is_none_or(|byte| matches!(byte, b'/' | b'\\'));
    let bytes = text.as_bytes();
    match bytes {
        [b'/' | b'\\', ..] => true,
        [b'~' | b'.', rest @ ..] | [b'.', b'.', rest @ ..] if is_separator(rest.first()) => true,
        _ => has_media_extension(text) && !text.contains("://") && !starts_with_host(text),
    }
}

/// Extensions of files that may be given as an image, a video or a sound.
const MEDIA_EXTENSIONS: [&str; 24] = [
    "aac", "avi", "avif", "bmp", "flv", "gif", "heic", "heif", "jfif", "jpeg", "jpg", "m4a", "m4v",
    "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "png", "tiff", "wav", "webm", "webp",
];

fn has_media_extension(text: &str) -> bool {
    text.rsplit_once('.')
        .is_some_and(|(_, extension)| is_media_extension(extension))
}

fn is_media_extension(extension: &str) -> bool {
    MEDIA_EXTENSIONS
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

/// Returns whether the part before the first slash has the form of a host name: labels between dots, the last one of
/// two letters or more and not a media extension.
fn starts_with_host(text: &str) -> bool {
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or(text);
    let Some((above, last)) = host.rsplit_once('.') else {
        return false;
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|character| character.is_alphanumeric() || matches!(character, '-' | '_'))
    };
    above.split('.').all(is_label)
        && last.chars().count() >= 2
        && last.chars().all(char::is_alphabetic)
        && !is_media_extension(last)
}
