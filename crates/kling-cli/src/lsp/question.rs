//! A question about a place in a request, and what was settled with the editor that asks it.

use gen_lsp_types::MarkupKind;
use kling_check::Checker;

use super::position::{Encoding, Lines};
use super::request::Readable;

/// The result of the handshake with the editor.
#[derive(Debug)]
pub(super) struct Capabilities {
    pub(super) encoding: Encoding,
    /// The markup of texts in a hover.
    pub(super) hover_markup: MarkupKind,
    /// The markup of texts in a completion.
    pub(super) completion_markup: MarkupKind,
    /// Whether completions may have places to fill in.
    pub(super) snippets: bool,
}

/// A question about a place in a request.
pub(super) struct Question<'a> {
    pub(super) checker: &'a Checker,
    pub(super) capabilities: &'a Capabilities,
    pub(super) uri: &'a str,
    pub(super) lines: &'a Lines<'a>,
    /// The text of the request.
    pub(super) text: &'a str,
    /// Its readable form.
    pub(super) readable: &'a Readable,
    /// Where it begins in the document.
    pub(super) base: usize,
    /// The place in the request, in bytes.
    pub(super) offset: usize,
}
