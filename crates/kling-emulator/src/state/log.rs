//! The requests received, the most recent ones in full.

use std::collections::VecDeque;

use kling_check::Diagnostic;
use kling_json::Span;
use kling_text::shorten;
use serde::Serialize;

use super::layout::Layout;
use crate::check;
use crate::limits;
use crate::limits::Limits;

/// The maximum number of findings that are kept of one request.
const MAX_FINDINGS: usize = 100;

/// A request and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Exchange {
    /// Counted from 1.
    pub sequence: u64,
    /// When it was received, in milliseconds of Unix time by the emulator's clock.
    pub at_ms: u64,
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The status of the answer; `None` if no status line was sent, or not yet.
    pub status: Option<u16>,
    /// Whether the whole request was read.
    pub complete: bool,
    /// The beginning of the body; for binary data only its length.
    pub body: String,
    /// The findings in the body of a submit, up to 100; a very long pointer is cut.
    #[serde(serialize_with = "check::write")]
    pub diagnostics: Vec<Diagnostic>,
    /// The body as the page shows it.
    layout: Layout,
    /// The task that it created or asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The billing spec that was charged for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charged: Option<String>,
    /// The fault that happened to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// The most recent requests.
#[derive(Debug, Default)]
pub(crate) struct Log {
    exchanges: VecDeque<Exchange>,
    count: u64,
}

impl Log {
    /// Records that a request arrived, and returns its number.
    pub(crate) fn begin(&mut self, at_ms: u64, method: &str, path: &str, limits: &Limits) -> u64 {
        /// Limits findings and paths; bodies have a limit of their own.
        const MAX_PATH: usize = 2048;
        self.count += 1;
        while self.exchanges.len() >= limits.logged_requests.max(1) {
            self.exchanges.pop_front();
        }
        self.exchanges.push_back(Exchange {
            sequence: self.count,
            at_ms,
            method: beginning(method.as_bytes(), 32),
            path: beginning(path.as_bytes(), MAX_PATH),
            status: None,
            complete: false,
            body: String::new(),
            diagnostics: Vec::new(),
            layout: Layout::default(),
            task: None,
            charged: None,
            fault: None,
        });
        self.count
    }

    /// Returns the request with this number, if it is still kept.
    pub(crate) fn get(&mut self, sequence: u64) -> Option<&mut Exchange> {
        let behind = self.count.checked_sub(sequence)?;
        let index = self
            .exchanges
            .len()
            .checked_sub(usize::try_from(behind).ok()? + 1)?;
        self.exchanges.get_mut(index)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Exchange> {
        self.exchanges.iter()
    }

    /// Returns the number of all requests received.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }
}

impl Exchange {
    /// Stores the body.
    pub(crate) fn remember(&mut self, body: &[u8], content_type: &str, limits: &Limits) {
        self.complete = true;
        self.body = if content_type.starts_with("multipart/") {
            format!("({} bytes of multipart/form-data)", body.len())
        } else {
            beginning(body, limits.logged_body_bytes)
        };
        self.layout = Layout::of(&self.body, &self.spans());
    }

    /// Stores the findings in the body.
    pub(crate) fn found(&mut self, mut findings: Vec<Diagnostic>) {
        findings.truncate(MAX_FINDINGS);
        for finding in &mut findings {
            finding.pointer = shorten(&finding.pointer, limits::SHOWN_PLACE).into_owned();
        }
        self.diagnostics = findings;
        self.layout = Layout::of(&self.body, &self.spans());
    }

    fn spans(&self) -> Vec<Span> {
        self.diagnostics.iter().map(|found| found.span).collect()
    }
}

/// Returns the text at the beginning of some bytes, cut at a character boundary.
fn beginning(bytes: &[u8], limit: usize) -> String {
    let mut end = bytes.len().min(limit);
    // A byte 10xxxxxx continues a character.
    while end > 0 && bytes.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
        end -= 1;
    }
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_requests_are_remembered() {
        let limits = Limits {
            logged_requests: 2,
            ..Limits::default()
        };
        let mut log = Log::default();
        for number in 1..=3 {
            assert_eq!(log.begin(0, "GET", "/", &limits), number);
        }
        assert!(log.get(1).is_none() && log.get(4).is_none());
        assert_eq!(log.get(2).unwrap().sequence, 2);
        assert_eq!(log.get(3).unwrap().sequence, 3);
        assert_eq!((log.iter().count(), log.count()), (2, 3));
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(beginning("aé".as_bytes(), 2), "a");
        assert_eq!(beginning("aé".as_bytes(), 3), "aé");
        assert_eq!(beginning(b"\xff\xfe", 1), "\u{fffd}");
    }
}
