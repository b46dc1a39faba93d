//! What a browser would silently repair in a URL and other programs might not.

use std::borrow::Cow;

use kling_text::is_plain;
use kling_text::quote;
use url::{Host, Url, quirks};

use crate::problem::{Class, UrlProblem};

/// Checks for oddities in how `text` spells `url`, the URL that it is parsed as.
pub(crate) fn check_text(text: &str, url: &Url) -> Result<(), UrlProblem> {
    if !url.username().is_empty() || url.password().is_some() {
        return suspicious(
            "the URL has a user name or password before its host, which many programs refuse or remove",
            "give a URL without a user name or password",
        );
    }
    let is_blank = |character: char| character <= ' ';
    if text.starts_with(is_blank) || text.ends_with(is_blank) {
        return suspicious(
            "the URL has white space before or after it",
            "remove the white space",
        );
    }
    check_characters(text)?;
    let after_scheme = text.split_once(':').map_or("", |(_, rest)| rest);
    let Some(rest) = after_scheme
        .strip_prefix("//")
        .filter(|rest| !rest.starts_with('/'))
    else {
        return suspicious(
            format!(
                "the scheme is not followed by exactly two slashes; browsers read {}",
                quote(&origin_of(url))
            ),
            "write two slashes after the scheme",
        );
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    if authority.contains('@') {
        return suspicious(
            "the URL has an `@` before its host",
            "remove everything up to the `@`",
        );
    }
    check_host_text(authority, url)
}

/// Checks for characters that a URL must escape, and for invisible ones.
fn check_characters(text: &str) -> Result<(), UrlProblem> {
    let mut previous = '\0';
    for (offset, character) in text.char_indices() {
        let joins = is_joiner(character) && !previous.is_ascii();
        previous = character;
        if character == '\\' {
            return suspicious(
                "the URL has a backslash, which some programs read as a slash",
                "write `/` instead",
            );
        }
        if matches!(character, ' ' | '"' | '<' | '>' | '`' | '{' | '}')
            || (is_hidden(character) && !joins)
        {
            return suspicious(
                format!(
                    "the URL contains {}, which is not allowed in a URL",
                    kling_text::name(character)
                ),
                match character {
                    '<' | '>' | '{' | '}' => {
                        "if it is a placeholder, replace it; otherwise percent-encode the character"
                    }
                    _ => "remove the character or percent-encode it",
                },
            );
        }
        if character == '%' && !is_escape(text.as_bytes().get(offset + 1..offset + 3)) {
            return suspicious(
                "the URL has a `%` that is not followed by two hexadecimal digits",
                "write `%25` for a percent sign",
            );
        }
    }
    Ok(())
}

/// Returns whether a character is invisible, looks like a space, or has a different meaning in each program.
fn is_hidden(character: char) -> bool {
    !is_plain(character)
        || character.is_whitespace()
        || matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Returns whether a character is a joiner or a variation selector, which some scripts and emoji need.
fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
}

fn is_escape(digits: Option<&[u8]>) -> bool {
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// Checks that the host means what it shows. ASCII case, the default port and ordinary letters of other scripts do not
/// count: every client treats them alike.
fn check_host_text(authority: &str, url: &Url) -> Result<(), UrlProblem> {
    let written = authority.split(':').next().unwrap_or(authority);
    let is_same = match url.host() {
        None | Some(Host::Ipv6(_)) => true,
        Some(Host::Ipv4(address)) => written == address.to_string(),
        Some(Host::Domain(name)) => {
            !written.contains('%')
                && (written.is_ascii() || is_unmapped(written, &quirks::domain_to_unicode(name)))
        }
    };
    if is_same {
        return Ok(());
    }
    let read = url.host_str().unwrap_or_default();
    suspicious(
        format!(
            "the host {} is an unusual way to write {}",
            quote(written),
            quote(read)
        ),
        format!("write {}", quote(read)),
    )
}

fn is_unmapped(written: &str, unicode: &str) -> bool {
    let same_label = |(written, unicode): (&str, &str)| written.is_ascii() || written == unicode;
    written.split('.').count() == unicode.split('.').count()
        && written.split('.').zip(unicode.split('.')).all(same_label)
}

fn origin_of(url: &Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}

fn suspicious(
    message: impl Into<Cow<'static, str>>,
    help: impl Into<Cow<'static, str>>,
) -> Result<(), UrlProblem> {
    Err(UrlProblem::new(Class::Suspicious, message, help))
}
