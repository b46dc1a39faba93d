//! Who may ask: programs of this machine, and the emulator's own page. Others may fetch what has no effect.

use crate::app::App;
use crate::http::{Answer, Head};

/// What is answered to those who may not ask at all.
///
/// A page of another origin may make a browser send requests here, by a name that leads to this machine or without one:
/// the first is told by its `Host`, the others by their `Origin`, which an image or a link does not have, or by their
/// `Sec-Fetch-Site`.
pub(super) fn refusal(app: &App, head: &Head) -> Option<Answer> {
    let forbidden = |message| Some(Answer::error(403, "forbidden", message));
    let (name, port) = head.host.rsplit_once(':').unwrap_or((&head.host, ""));
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
    if !is_port || !matches!(name, "127.0.0.1" | "localhost") {
        return forbidden(
            "this emulator answers only as 127.0.0.1 or localhost, not under another host name",
        );
    }
    if has_foreign_origin(app, head) || is_foreign(head) && !is_for_everybody(head) {
        return forbidden("pages of other origins are not allowed to use this emulator");
    }
    if head.method == "OPTIONS" {
        return forbidden("this emulator shares nothing with other origins");
    }
    None
}

/// Whether a page of another origin makes a browser ask. Programs, and browsers told by their user, say nothing or `none`.
pub(super) fn is_foreign(head: &Head) -> bool {
    head.values("sec-fetch-site")
        .any(|site| !matches!(site, b"same-origin" | b"none"))
}

fn has_foreign_origin(app: &App, head: &Head) -> bool {
    let own_name = app.url.replace("127.0.0.1", "localhost");
    head.values("origin")
        .any(|origin| origin != app.url.as_bytes() && origin != own_name.as_bytes())
}

/// What a link or an image of any page may lead to: the emulator's page, and the files that a page of a client shows.
fn is_for_everybody(head: &Head) -> bool {
    matches!(head.method.as_str(), "GET" | "HEAD")
        && (head.path() == "/" || head.path().starts_with("/files/"))
}
