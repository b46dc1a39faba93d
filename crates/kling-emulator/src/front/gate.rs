//! Who may send requests: programs on this machine, and the emulator's own page. Others may fetch what has no effect.

use crate::app::App;
use crate::http::{Answer, Head};

/// Returns the answer to a request that is not allowed.
///
/// A page of another origin may make a browser send requests here, under a name that resolves to this machine or under
/// its address: the former are detected by their `Host`, the latter by their `Origin`, which images and links do not
/// have, or by their `Sec-Fetch-Site`.
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

/// Whether a page of another origin caused the request. Programs do not send the header, and a browser sends `none` if
/// the user entered the URL.
pub(super) fn is_foreign(head: &Head) -> bool {
    head.values("sec-fetch-site")
        .any(|site| !matches!(site, b"same-origin" | b"none"))
}

fn has_foreign_origin(app: &App, head: &Head) -> bool {
    let own_name = app.url.replace("127.0.0.1", "localhost");
    head.values("origin")
        .any(|origin| origin != app.url.as_bytes() && origin != own_name.as_bytes())
}

/// Whether any page may link to it or embed it: the emulator's page, and the files that a client's page shows.
fn is_for_everybody(head: &Head) -> bool {
    matches!(head.method.as_str(), "GET" | "HEAD")
        && (head.path() == "/" || head.path().starts_with("/files/"))
}
