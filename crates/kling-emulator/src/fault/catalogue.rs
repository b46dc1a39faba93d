//! Every fault that can happen, with the rows of the requirements that it covers.

use super::action::{
    Action, Canned, Reader, difference, number, pause, retry_after, status, text, without,
};
use super::phase::Phase;
use crate::http::End;

/// One kind of fault.
#[derive(Debug)]
#[non_exhaustive]
pub struct FaultKind {
    /// Its name, written after the phase and a colon.
    pub name: &'static str,
    /// The phases in which it can happen.
    pub phases: &'static [Phase],
    /// What happens, and what the value means.
    pub about: &'static str,
    /// The rows of the fault matrix that it causes.
    pub rows: &'static [&'static str],
    pub(super) read: Reader,
}

/// The phases that are an exchange of a request and an answer.
const EXCHANGE: &[Phase] = &[
    Phase::Submit,
    Phase::Poll,
    Phase::Upload,
    Phase::Download,
    Phase::Balance,
    Phase::Any,
];
/// The exchanges whose request has a body.
const BODY: &[Phase] = &[Phase::Submit, Phase::Upload];
const CONNECT: &[Phase] = &[Phase::Connect];
const SUBMIT: &[Phase] = &[Phase::Submit];
/// The exchanges whose rate the service limits.
const LIMITED: &[Phase] = &[Phase::Submit, Phase::Poll];
const POLL: &[Phase] = &[Phase::Poll];
const UPLOAD: &[Phase] = &[Phase::Upload];
const DOWNLOAD: &[Phase] = &[Phase::Download];
const JOB: &[Phase] = &[Phase::Job];

const fn kind(
    name: &'static str,
    phases: &'static [Phase],
    about: &'static str,
    rows: &'static [&'static str],
    read: Reader,
) -> FaultKind {
    FaultKind {
        name,
        phases,
        about,
        rows,
        read,
    }
}

/// All kinds of faults, in the order in which they occur in an exchange.
#[rustfmt::skip] // A table: one kind has two lines.
pub static CATALOGUE: &[FaultKind] = &[
    kind("refuse", CONNECT, "at once, the port is closed for VALUE ms (1000)", &["S03", "P01"],
        |value| pause(value, 1000).map(Action::Refuse)),
    kind("close", CONNECT, "the next connection is closed before anything is read", &["S10"],
        |value| without(value, Action::AtAccept(End::Close))),
    kind("reset", CONNECT, "the next connection is reset before anything is read", &["S11"],
        |value| without(value, Action::AtAccept(End::Reset))),
    kind("hang", CONNECT, "the next connection is accepted and never read", &["S04", "S08", "S14"],
        |value| without(value, Action::AtAccept(End::Hang))),
    kind("pass", EXCHANGE, "nothing: one request passes, and the next fault applies to the one after it", &["P08"],
        |value| without(value, Action::Pass)),
    kind("close-before-read", EXCHANGE, "closed after the headers were read, before the body", &["S10"],
        |value| without(value, Action::BeforeRead(End::Close))),
    kind("reset-before-read", EXCHANGE, "reset after the headers were read, before the body", &["S11", "U01"],
        |value| without(value, Action::BeforeRead(End::Reset))),
    kind("hang-before-read", EXCHANGE, "silence after the headers were read, before the body", &["S14", "P09"],
        |value| without(value, Action::BeforeRead(End::Hang))),
    kind("close-mid-read", BODY, "closed after half of the body was read", &["S10", "U01"],
        |value| without(value, Action::MidRead(End::Close))),
    kind("reset-mid-read", BODY, "reset after half of the body was read", &["S11", "U01"],
        |value| without(value, Action::MidRead(End::Reset))),
    kind("hang-mid-read", BODY, "silence after half of the body was read", &["S14"],
        |value| without(value, Action::MidRead(End::Hang))),
    kind("early", BODY, "status VALUE (413) before the body was read; nothing is charged", &["S38"],
        |value| status(value, 413).map(Action::Early)),
    kind("close-after-read", EXCHANGE, "everything was read and done, a submit charged; closed without an answer", &["S12", "P01"],
        |value| without(value, Action::AfterRead(End::Close))),
    kind("reset-after-read", EXCHANGE, "everything was read and done, a submit charged; reset without an answer", &["S13", "P01", "U01"],
        |value| without(value, Action::AfterRead(End::Reset))),
    kind("hang-after-read", EXCHANGE, "everything was read and done, a submit charged; then silence", &["S14", "P01", "P09"],
        |value| without(value, Action::AfterRead(End::Hang))),
    kind("half-status", EXCHANGE, "the answer ends inside its first line", &["S16"],
        |value| without(value, Action::HalfStatus)),
    kind("half-head", EXCHANGE, "the answer ends inside its headers", &["S16"],
        |value| without(value, Action::HalfHead)),
    kind("cut", EXCHANGE, "closed at PLACE of the body, whose length was declared", &["S17", "D01"],
        |value| without(value, Action::Cut(End::Close))),
    kind("reset-at", EXCHANGE, "reset at PLACE of the body, whose length was declared", &["S17", "D01"],
        |value| without(value, Action::Cut(End::Reset))),
    kind("hang-at", EXCHANGE, "silence from PLACE of the body on, whose length was declared", &["S14", "D10"],
        |value| without(value, Action::Cut(End::Hang))),
    kind("cut-chunked", EXCHANGE, "closed after a chunk that ends at PLACE and is not the last", &["S18"],
        |value| without(value, Action::CutChunked)),
    kind("cut-unframed", EXCHANGE, "closed at PLACE of a body whose length was not declared", &["S19", "D02"],
        |value| without(value, Action::CutUnframed)),
    kind("wrong-length", EXCHANGE, "the declared length differs by VALUE (+10)", &["S17", "D08"],
        |value| difference(value, 10).map(Action::WrongLength)),
    kind("close-idle", EXCHANGE, "the right answer, and the connection closed VALUE ms (20) later without announcing it", &["S15"],
        |value| pause(value, 20).map(Action::CloseIdle)),
    kind("drip", EXCHANGE, "one byte every VALUE ms (1000)", &["S36", "P09", "D10"],
        |value| pause(value, 1000).map(Action::Drip)),
    kind("flood", EXCHANGE, "VALUE (1000) informational answers before the real one", &["S35"],
        |value| number(value, 1000, 10_000_000).map(Action::Informational)),
    kind("long-head", EXCHANGE, "VALUE KiB (100) of headers", &["S35"],
        |value| number(value, 100, 1 << 20).map(Action::LongHead)),
    kind("huge", EXCHANGE, "a body of VALUE MiB (1024)", &["S37", "D11"],
        |value| number(value, 1024, 1 << 20).map(Action::Huge)),
    kind("gzip-bomb", EXCHANGE, "VALUE KiB (1024) of gzip that unpack to about 160 times as much", &["S37"],
        |value| number(value, 1024, 1 << 20).map(Action::GzipBomb)),
    kind("gzip", EXCHANGE, "the right answer, compressed although not requested", &["D08"],
        |value| without(value, Action::Gzip)),
    kind("status", EXCHANGE, "an error with status VALUE (500); a submit with 5xx is charged, one with less is not",
        &["S26", "S27", "S28", "S29", "P01", "P03", "P08", "U01", "D06"],
        |value| status(value, 500).map(Action::Status)),
    kind("status-with-body", EXCHANGE, "status VALUE (429) with the right body; a submit is charged", &["S25"],
        |value| status(value, 429).map(Action::StatusWithBody)),
    kind("rate-limit", EXCHANGE,
        "429 with Retry-After VALUE (30), or one of date, rfc850, asctime, past, far, negative, overflow, junk, none; for submit and poll with X-RateLimit headers",
        &["S23", "S24", "P02"],
        |value| Ok(Action::RateLimit(retry_after(value, "30")))),
    kind("rate-limit-last", LIMITED,
        "the right answer, as the last one within the limit: X-RateLimit-Remaining 0, and X-RateLimit-Reset in VALUE s (1)", &["P02"],
        |value| number(value, 1, 86_400).map(Action::LastInLimit)),
    kind("rate-limit-unavailable", SUBMIT,
        "503 with the code rate_limit_unavailable and Retry-After VALUE (5), or a word as for rate-limit; nothing is charged", &["S27"],
        |value| Ok(Action::RateLimiterDown(retry_after(value, "5")))),
    kind("redirect", EXCHANGE, "status VALUE (307) to the same host; nothing is charged", &["S30"],
        |value| status(value, 307).map(Action::Redirect)),
    kind("redirect-to", EXCHANGE, "307 to the URL VALUE (http://127.0.0.1:9/); nothing is charged", &["S31", "S32", "P12", "D09"],
        |value| text(value, "http://127.0.0.1:9/").map(Action::RedirectTo)),
    kind("redirect-loop", EXCHANGE, "307 to a URL that redirects to itself", &["D09"],
        |value| without(value, Action::RedirectLoop)),
    kind("html", EXCHANGE, "200 with an HTML page; a submit is charged", &["S20", "P01", "D07"],
        |value| without(value, Action::Canned(Canned::Html))),
    kind("xml", EXCHANGE, "200 with an XML error; a submit is charged", &["D07"],
        |value| without(value, Action::Canned(Canned::Xml))),
    kind("text", EXCHANGE, "200 with plain text; a submit is charged", &["S20"],
        |value| without(value, Action::Canned(Canned::Text))),
    kind("empty", EXCHANGE, "200 without a body; a submit is charged", &["S20", "D08"],
        |value| without(value, Action::Canned(Canned::Empty))),
    kind("byte-order-mark", EXCHANGE, "the right answer after a byte order mark; a submit is charged", &["S20"],
        |value| without(value, Action::Canned(Canned::ByteOrderMark))),
    kind("broken-json", EXCHANGE, "half of the right answer as if it were complete; a submit is charged", &["S20", "P01"],
        |value| without(value, Action::Canned(Canned::BrokenJson))),
    kind("error-object", EXCHANGE, "200 with an error object; nothing is charged", &["S21"],
        |value| without(value, Action::Canned(Canned::ErrorObject))),
    kind("error-text", EXCHANGE, "200 with an error that is a string; nothing is charged", &["S21"],
        |value| without(value, Action::Canned(Canned::ErrorText))),
    kind("content-type", EXCHANGE, "the right body with the content type VALUE (text/html)", &["D07"],
        |value| Ok(Action::ContentType(value.unwrap_or("text/html").to_owned()))),
    kind("id-in", SUBMIT, "the task's id under VALUE (task_id), such as data.id", &["S22"],
        |value| text(value, "task_id").map(Action::IdIn)),
    kind("no-id", SUBMIT, "an answer without the task's id; it is charged", &["S20"],
        |value| without(value, Action::NoId)),
    kind("hostile-id", SUBMIT, "the task's id is not a file name and needs escaping", &["D14"],
        |value| without(value, Action::HostileId)),
    kind("word", POLL, "the status word VALUE (processing), which may also be a number or null", &["P05"],
        |value| text(value, "processing").map(Action::Word)),
    kind("regress", POLL, "the status is queued again, whatever it was", &["P04"],
        |value| without(value, Action::Regress)),
    kind("no-url", POLL, "completed, but without a URL", &["P06"],
        |value| without(value, Action::NoUrl)),
    kind("expired-url", POLL, "the URL of the video has expired; the next answer has a good one", &["D06"],
        |value| without(value, Action::ExpiredUrl)),
    kind("url-in", POLL, "the URL under VALUE (url), such as metadata.url", &["P06"],
        |value| text(value, "url").map(Action::UrlIn)),
    kind("billing", POLL, "the bill is VALUE (none), such as pending, settled or refunded; none leaves it out", &[],
        |value| text(value, "none").map(Action::Billing)),
    kind("other-id", POLL, "an answer about another task", &["P07"],
        |value| without(value, Action::OtherId)),
    kind("url", &[Phase::Poll, Phase::Upload], "the URL VALUE (http://10.0.0.1/x) instead of the right one", &["U04", "D09", "D14"],
        |value| text(value, "http://10.0.0.1/x").map(Action::Url)),
    kind("success-false", UPLOAD, "200 with success: false; nothing is kept", &["U02"],
        |value| without(value, Action::SuccessFalse)),
    kind("expired", DOWNLOAD, "the URL is treated as expired: status VALUE (403)", &["D06"],
        |value| status(value, 403).map(Action::Expired)),
    kind("ignore-range", DOWNLOAD, "the whole video with 200, whatever range was requested", &["D03"],
        |value| without(value, Action::IgnoreRange)),
    kind("wrong-range", DOWNLOAD, "a range other than the requested one", &["D04"],
        |value| without(value, Action::WrongRange)),
    kind("wrong-total", DOWNLOAD, "the requested range of a video of another length", &["D04"],
        |value| without(value, Action::WrongTotal)),
    kind("wrong-etag", DOWNLOAD, "the ETag of another video", &["D04"],
        |value| without(value, Action::WrongEtag)),
    kind("not-satisfiable", DOWNLOAD, "416, whatever range was requested", &["D05"],
        |value| without(value, Action::NotSatisfiable)),
    kind("fail", JOB, "the next task fails with the code VALUE (generation_failed)", &[],
        |value| Ok(Action::Fail(value.unwrap_or("generation_failed").to_owned()))),
    kind("stall", JOB, "the next task never ends", &["P10"],
        |value| without(value, Action::Stall)),
    kind("slow", JOB, "the next task takes VALUE (10) times as long", &["P10"],
        |value| {
            let times = number(value, 10, 1_000_000)?;
            Ok(Action::Slow(u32::try_from(times).unwrap_or(u32::MAX)))
        }),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn a_name_means_one_thing_in_a_phase() {
        let mut seen = BTreeSet::new();
        for kind in CATALOGUE {
            for phase in kind.phases {
                assert!(
                    seen.insert((kind.name, *phase)),
                    "{} for {phase}",
                    kind.name
                );
            }
        }
    }

    #[test]
    fn every_row_that_a_server_can_cause_has_a_fault() {
        let rows: BTreeSet<&str> = CATALOGUE
            .iter()
            .flat_map(|kind| kind.rows)
            .copied()
            .collect();
        let submit = (10..=32).chain(35..=38).map(|row| format!("S{row:02}"));
        let poll = (1..=10).chain([12]).map(|row| format!("P{row:02}"));
        let upload = [1, 2, 4].map(|row| format!("U{row:02}"));
        let download = (1..=11).map(|row| format!("D{row:02}"));
        for row in submit.chain(poll).chain(upload).chain(download) {
            assert!(rows.contains(row.as_str()), "{row}");
        }
    }

    /// Formats a word for Markdown: names and URLs in backticks.
    fn marked(word: &str) -> String {
        let name = word.trim_matches(|c| "(),;".contains(c));
        let is_name = name.contains('_') || name.contains("://") || name == "ETag";
        if is_name {
            word.replace(name, &format!("`{name}`"))
        } else {
            word.to_owned()
        }
    }

    #[test]
    fn the_readme_lists_every_kind() {
        let mut table =
            String::from("| name | phases | what happens | rows |\n|---|---|---|---|\n");
        for kind in CATALOGUE {
            let phases = if kind.phases == EXCHANGE {
                "all except connect and job".to_owned()
            } else {
                let names: Vec<&str> = kind.phases.iter().map(|phase| phase.name()).collect();
                names.join(", ")
            };
            let words: Vec<String> = kind.about.split(' ').map(marked).collect();
            let (name, about, rows) = (kind.name, words.join(" "), kind.rows.join(" "));
            writeln!(table, "| `{name}` | {phases} | {about} | {rows} |").unwrap();
        }
        let readme = include_str!("../../README.md");
        assert!(
            readme.contains(&table),
            "README.md needs this table:\n{table}"
        );
    }
}
