//! One request, with its place in the input.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kling_json::{Buffer, Document, Kind, wide_encoding};

use super::mention;
use crate::settings::Settings;

/// A file's name in the output.
#[derive(Debug)]
pub(crate) struct FileName {
    plain: String,
    shown: String,
    is_stdin: bool,
}

impl FileName {
    /// Returns the name of a file. One found in `.` has no `./` prefix.
    pub(crate) fn of(path: &Path) -> Self {
        let path = path
            .strip_prefix(".")
            .ok()
            .filter(|rest| rest.file_name().is_some())
            .unwrap_or(path);
        let plain = path.to_string_lossy().into_owned();
        let shown = kling_text::plain(&plain).into_owned();
        Self {
            plain,
            shown,
            is_stdin: false,
        }
    }

    /// The name of standard input: `-`.
    pub(crate) fn stdin() -> Self {
        Self {
            plain: "-".to_owned(),
            shown: "-".to_owned(),
            is_stdin: true,
        }
    }

    /// Whether this is standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        self.is_stdin
    }

    /// Returns it for programs; anything that is not Unicode is replaced.
    pub(crate) fn plain(&self) -> &str {
        &self.plain
    }

    /// Returns it for people: safe for a terminal.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }
}

/// A file to read, or standard input.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: Arc<FileName>,
    /// `None` is standard input.
    pub(crate) path: Option<PathBuf>,
    /// Whether each line is a request.
    pub(crate) lines: bool,
    /// Whether it was found in a folder, so that it may be something other than requests.
    pub(crate) found: bool,
    /// The settings for its requests.
    pub(crate) settings: Arc<Settings>,
}

/// The text of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Body<'t> {
    /// Text.
    Text(&'t str),
    /// Bytes that are not UTF-8.
    Bytes(&'t [u8]),
    /// Longer than the limit, and not read.
    TooLarge {
        /// Whether it contains the name of a member that only requests have.
        mentions: bool,
    },
}

impl<'t> Body<'t> {
    /// The bytes, if they were read.
    pub(crate) const fn bytes(self) -> Option<&'t [u8]> {
        match self {
            Self::Text(text) => Some(text.as_bytes()),
            Self::Bytes(bytes) => Some(bytes),
            Self::TooLarge { .. } => None,
        }
    }
}

/// One request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'t> {
    pub(crate) file: &'t Arc<FileName>,
    pub(crate) body: Body<'t>,
    /// Its index in the file, from 0.
    pub(crate) index: u64,
    /// The number of bytes of the file before it.
    pub(crate) offset: u64,
    /// The number of lines of the file before it.
    pub(crate) lines: u64,
    /// Whether the file was found in a folder.
    pub(crate) found: bool,
    /// The settings for it.
    pub(crate) settings: &'t Settings,
}

impl<'t> Request<'t> {
    /// Parses its document, reusing the memory of an earlier one; `None` if it was not read.
    pub(crate) fn document(&self, buffer: Buffer) -> Option<Document<'t>> {
        match self.body {
            Body::Text(text) => Some(Document::read_into(text, buffer)),
            Body::Bytes(bytes) => Some(Document::read_bytes(bytes, buffer)),
            Body::TooLarge { .. } => None,
        }
    }

    /// Whether it is to be skipped: found in a folder, and nothing in it belongs to a request.
    pub(crate) fn is_something_else(&self) -> bool {
        self.something_else().is_some()
    }

    /// Returns why it is to be skipped, if it is.
    fn something_else(&self) -> Option<&'static str> {
        if !self.found {
            return None;
        }
        let (mentions, why) = match self.body {
            Body::Text(text) => match members(text) {
                Some(has_some) => (
                    has_some,
                    "it is an object without `model`, `model_name` or `prompt`",
                ),
                None => (
                    is_mentioned(text.as_bytes()),
                    "it is not an object and mentions neither `model` nor `prompt`",
                ),
            },
            Body::Bytes(bytes) => (
                is_mentioned(bytes),
                "it is not UTF-8 and mentions neither `model` nor `prompt`",
            ),
            Body::TooLarge { mentions } => (
                mentions,
                "it exceeds the size limit of a request and mentions neither `model` nor `prompt`",
            ),
        };
        (!mentions).then_some(why)
    }

    /// Returns the line for people that it is skipped, and why.
    pub(crate) fn skipped(&self) -> String {
        skipped(
            &format!("{}:{}", self.file.shown(), self.lines.saturating_add(1)),
            self.something_else().unwrap_or_default(),
        )
    }
}

/// Formats what is skipped, and why.
pub(crate) fn skipped(place: &str, why: &str) -> String {
    format!("note: skipped `{place}`: {why}\n")
}

/// Whether a text that is not an object mentions a member of requests. In the wide encodings there are NUL bytes
/// between the letters.
fn is_mentioned(bytes: &[u8]) -> bool {
    if wide_encoding(bytes).is_none() {
        return mention::is_in(bytes);
    }
    let narrow: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    mention::is_in(&narrow)
}

/// Whether an object has a member that only requests have; `None` if the text is not an object.
fn members(text: &str) -> Option<bool> {
    let document = Document::parse(text).ok()?;
    let root = document.root();
    let is_of_requests = |key: &kling_json::Text<'_>| {
        let mut members = mention::MEMBERS.iter();
        members.any(|member| key.equals(member))
    };
    let mut keys = root.children().filter_map(|child| child.key());
    (root.kind() == Kind::Object).then(|| keys.any(|key| is_of_requests(&key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, is_request: bool) {
        let file = Arc::new(FileName::stdin());
        let configured = crate::cli::Configured {
            config: None,
            no_config: true,
        };
        let settings =
            crate::settings::SettingsOf::new(crate::settings::Flags::default(), &configured)
                .of(None)
                .unwrap();
        let mut request = Request {
            file: &file,
            body: Body::Text(text),
            index: 0,
            offset: 0,
            lines: 0,
            found: true,
            settings: &settings,
        };
        assert_eq!(!request.is_something_else(), is_request);
        request.found = false;
        assert!(!request.is_something_else());
    }

    #[test]
    fn an_object_is_recognised_by_its_members() {
        check(r#"{"model": 1}"#, true);
        check(r#"{"a": {}, "prompt": ""}"#, true);
        check(r#"{"mod\u0065l_name": ""}"#, true);
        check(r#"{"name": "a model of a package"}"#, false);
        check(r#"{"a": {"prompt": 1}}"#, false);
        check("{}", false);
    }

    #[test]
    fn what_is_not_an_object_is_recognised_by_its_text() {
        check(r#"{"model": "kling-v3",}"#, true);
        check("{prompt: 1}", true);
        check("{// settings\n\"a\": 1}", false);
        check(r#"[{"prompt": 1}]"#, true);
        check("[1, 2]", false);
        check("", false);
    }
}
