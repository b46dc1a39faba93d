//! Who may ask: programs of this machine, and the emulator's own page.

use crate::app::App;
use crate::http::{Answer, Head};

/// What is answered to those who may not ask at all.
///
/// A page of another origin may make a browser send requests here, by a name that leads to this machine or without one:
/// the first is told by its `Host`, the others by their `Origin`.
pub(super) fn refusal(app: &App, head: &Head) -> Option<Answer> {
    let forbidden = |message| Some(Answer::error(403, "forbidden", message));
    let (name, port) = head.host.rsplit_once(':').unwrap_or((&head.host, ""));
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
    if !is_port || !matches!(name, "127.0.0.1" | "localhost") {
        return forbidden("this emulator is asked as 127.0.0.1 or localhost, not by another host");
    }
    let own_name = app.url.replace("127.0.0.1", "localhost");
    if let Some(origin) = head.header("origin")
        && origin != app.url
        && origin != own_name
    {
        return forbidden("pages of other origins may not use this emulator");
    }
    if head.method == "OPTIONS" {
        return forbidden("this emulator shares nothing with other origins");
    }
    None
}
