//! Results on standard output, and messages on standard error.

use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};

use serde::Serialize;

use crate::cli::ResultFormat;
use crate::exit::Exit;
use crate::output::{safe, stdio};

/// The value of `version` in every object.
pub(crate) const VERSION: u32 = 1;

/// How results are printed, and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Print {
    format: ResultFormat,
    /// Whether standard output is used for a video, so that results go to standard error.
    with_video_on_stdout: bool,
}

impl Print {
    /// Uses the requested format; by default human output on a terminal, and machine-readable output elsewhere.
    pub(crate) fn new(asked: Option<ResultFormat>) -> Self {
        Self {
            format: ResultFormat::or_usual(asked),
            with_video_on_stdout: false,
        }
    }

    /// Prints to standard error instead, if the video goes to standard output.
    pub(crate) const fn with_video_on_stdout(mut self, is_there: bool) -> Self {
        self.with_video_on_stdout = is_there;
        self
    }

    pub(crate) const fn is_json(self) -> bool {
        matches!(self.format, ResultFormat::Json)
    }

    /// Prints a result: the object, or the text for people, whose unsafe characters are escaped.
    ///
    /// A closed output is an error here, unlike elsewhere: the result is what was paid for.
    pub(crate) fn result(self, object: &impl Serialize, human: impl FnOnce() -> String) -> Exit {
        let mut out = Vec::new();
        match self.format {
            ResultFormat::Json => safe::push_json(&mut out, object),
            ResultFormat::Human => {
                out.extend_from_slice(kling_text::plain_lines(human().trim_end()).as_bytes());
            }
        }
        out.push(b'\n');
        if self.with_video_on_stdout {
            stdio::eprint(&String::from_utf8_lossy(&out));
            return Exit::Clean;
        }
        let mut stdout = io::stdout().lock();
        match stdout.write_all(&out).and_then(|()| stdout.flush()) {
            Ok(()) => Exit::Clean,
            Err(error) => {
                stdio::eprint(&format!(
                    "error: cannot write to the standard output: {error}; this would have been written:\n"
                ));
                stdio::eprint(&String::from_utf8_lossy(&out));
                Exit::LocalIo
            }
        }
    }
}

/// Appends to a text.
pub(crate) fn push(text: &mut String, more: impl Display) {
    write!(text, "{more}").expect("writing to a String cannot fail");
}

/// Prints a line for people on standard error.
pub(crate) fn note(text: &str) {
    stdio::eprint(&format!("{}\n", kling_text::plain(text)));
}
