//! An open document: its text as the editor has it, and the requests in it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use gen_lsp_types::{Range, TextDocumentItem, VersionedTextDocumentIdentifier};
use kling_json::Span;
use memchr::memchr;
use serde::Deserialize;
use url::Url;

use super::position::{Encoding, Lines};
use super::request::Readable;
use crate::settings::Settings;

/// How many times the limit a text may grow to before it is dropped: it may become shorter again.
const KEPT: usize = 4;

/// The maximum number of parsed requests of a document that are kept: a file of lines can have any number.
const MOST_READ: usize = 64;

/// The parameters of `textDocument/didChange`. Those of `gen_lsp_types` interpret a change whose range is not
/// understood as one of the whole document, whose text would be lost.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DidChange {
    pub(super) text_document: VersionedTextDocumentIdentifier,
    pub(super) content_changes: Vec<ContentChange>,
}

/// One change; each applies to the result of those before it.
#[derive(Debug, Deserialize)]
pub(super) struct ContentChange {
    /// What is replaced; `None` is the whole document.
    range: Option<Range>,
    text: String,
}

/// An open document.
#[derive(Debug)]
pub(super) struct Document {
    /// The version from the editor.
    pub(super) version: i32,
    /// Whether each line is a request.
    is_lines: bool,
    content: Content,
    /// The requests of this text that were parsed, by their position.
    readables: RefCell<BTreeMap<usize, Rc<Readable>>>,
    /// The settings for its requests.
    pub(super) settings: Arc<Settings>,
}

/// What is known of a document's text.
#[derive(Debug)]
pub(super) enum Content {
    /// All of it.
    Text(String),
    /// It is longer than the maximum that is kept.
    TooLarge,
    /// Nothing: a change was too long to be read.
    Unknown,
}

impl Document {
    pub(super) fn open(item: TextDocumentItem, settings: Arc<Settings>) -> Self {
        let is_lines = is_lines(item.uri.as_ref(), item.language_id.as_str());
        let mut document = Self {
            version: item.version,
            is_lines,
            content: Content::Text(item.text),
            readables: RefCell::default(),
            settings,
        };
        document.drop_too_large();
        document
    }

    pub(super) const fn content(&self) -> &Content {
        &self.content
    }

    /// Applies the editor's changes.
    pub(super) fn change(&mut self, version: i32, changes: Vec<ContentChange>, encoding: Encoding) {
        self.version = version;
        self.readables.get_mut().clear();
        for change in changes {
            match (change.range, &mut self.content) {
                (None, content) => *content = Content::Text(change.text),
                (Some(range), Content::Text(text)) => {
                    let lines = Lines::new(text, encoding);
                    let (one, other) = (lines.offset(range.start), lines.offset(range.end));
                    text.replace_range(one.min(other)..one.max(other), &change.text);
                }
                (Some(_), Content::TooLarge | Content::Unknown) => {}
            }
            self.drop_too_large();
        }
    }

    /// Marks the text as no longer the editor's.
    pub(super) fn lose(&mut self) {
        self.readables.get_mut().clear();
        self.content = Content::Unknown;
    }

    fn drop_too_large(&mut self) {
        let limit = self.settings.limit;
        if let Content::Text(text) = &self.content
            && text.len() > limit.saturating_mul(KEPT)
        {
            self.content = Content::TooLarge;
        }
    }

    /// Returns a request in the text of this document, parsed once for each version of the text.
    pub(super) fn readable(&self, text: &str, request: Span) -> Rc<Readable> {
        let mut known = self.readables.borrow_mut();
        if known.len() >= MOST_READ && !known.contains_key(&request.start) {
            known.clear();
        }
        let read = || Rc::new(Readable::new(request.of(text)));
        Rc::clone(known.entry(request.start).or_insert_with(read))
    }

    /// Returns the spans of the requests in the text of this document.
    pub(super) fn requests<'t>(&self, text: &'t str) -> impl Iterator<Item = Span> + use<'t> {
        let is_lines = self.is_lines;
        let mut start = 0;
        std::iter::from_fn(move || {
            if start > text.len() || start == text.len() && start > 0 {
                return None;
            }
            let rest = &text.as_bytes()[start..];
            let length = memchr(b'\n', rest).filter(|_| is_lines);
            let end = start + length.unwrap_or(rest.len());
            let span = Span::new(start, end);
            start = end + 1;
            Some(span)
        })
    }

    /// Returns the request that contains a byte of the text.
    pub(super) fn request_at(&self, text: &str, offset: usize) -> Span {
        if !self.is_lines {
            return Span::new(0, text.len());
        }
        let before = text.get(..offset).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let length = memchr(b'\n', &text.as_bytes()[start..]);
        Span::new(start, length.map_or(text.len(), |length| start + length))
    }
}

/// The file of a document; `None` if it has none.
pub(super) fn path(uri: &str) -> Option<PathBuf> {
    Url::parse(uri).ok()?.to_file_path().ok()
}

/// Whether each line is a request, according to the extension or to the editor's language id.
fn is_lines(uri: &str, language: &str) -> bool {
    const NAMES: [&str; 2] = ["jsonl", "ndjson"];
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    NAMES
        .iter()
        .any(|name| extension.eq_ignore_ascii_case(name) || language.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use gen_lsp_types::{LanguageKind, Position};

    use super::*;
    use crate::cli::Configured;
    use crate::settings::{Flags, SettingsOf};

    fn document(uri: &str, text: &str) -> Document {
        let item = TextDocumentItem {
            uri: uri.into(),
            language_id: LanguageKind::JSON,
            version: 1,
            text: text.to_owned(),
        };
        let flags = Flags {
            max_request_size: NonZeroUsize::new(10),
            ..Flags::default()
        };
        let configured = Configured {
            no_config: true,
            ..Configured::default()
        };
        let settings = SettingsOf::new(flags, &configured).of(None).unwrap();
        Document::open(item, settings)
    }

    #[test]
    fn the_file_of_a_document() {
        let path = |uri| path(uri).map(|path| path.to_string_lossy().into_owned());
        assert_eq!(path("untitled:a.json"), None);
        assert_eq!(path("file://host.example/%41"), None);
        if cfg!(unix) {
            assert_eq!(path("file:///a%20b/c.json").as_deref(), Some("/a b/c.json"));
        }
    }

    #[test]
    fn requests_are_lines_only_in_files_of_lines() {
        let spans = |uri, text| -> Vec<Span> { document(uri, text).requests(text).collect() };
        assert_eq!(spans("a.json", "a\nb"), [Span::new(0, 3)]);
        assert_eq!(
            spans("a.JSONL?x=1.json", "a\r\n\nb\n"),
            [Span::new(0, 2), Span::new(3, 3), Span::new(4, 5)]
        );
        assert_eq!(spans("a.ndjson", ""), [Span::new(0, 0)]);
        let lines = document("a.jsonl", "a\nbc\nd");
        for (offset, expected) in [
            (0, (0, 1)),
            (2, (2, 4)),
            (4, (2, 4)),
            (5, (5, 6)),
            (6, (5, 6)),
        ] {
            let Content::Text(text) = lines.content() else {
                panic!("the text is short");
            };
            let (start, end) = expected;
            assert_eq!(lines.request_at(text, offset), Span::new(start, end));
        }
    }

    #[test]
    fn a_text_that_outgrew_what_is_kept_comes_back_as_a_whole() {
        let change = |range, text: &str| {
            vec![ContentChange {
                range,
                text: text.to_owned(),
            }]
        };
        let start = Position {
            line: 0,
            character: 0,
        };
        let at_start = Some(Range { start, end: start });
        let mut document = document("a.json", &"x".repeat(40));
        assert!(matches!(document.content(), Content::Text(_)));
        document.change(2, change(at_start, "y"), Encoding::Utf16);
        assert!(matches!(document.content(), Content::TooLarge));
        document.change(3, change(at_start, "y"), Encoding::Utf16);
        assert!(matches!(document.content(), Content::TooLarge));
        document.change(4, change(None, "z"), Encoding::Utf16);
        assert!(matches!(document.content(), Content::Text(text) if text == "z"));
        assert_eq!(document.version, 4);
    }
}
