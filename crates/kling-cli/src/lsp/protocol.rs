//! What stands in the messages that are used, named as the protocol (3.17) names it.
//!
//! These are a small part of the protocol, so they are written out here: the crate that has all of it is large and
//! has lain still for long.

use serde::{Deserialize, Serialize};

/// A place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Position {
    /// The line, from 0.
    pub(super) line: u32,
    /// The code units of the line before it.
    pub(super) character: u32,
}

/// A part of a document, without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Range {
    pub(super) start: Position,
    pub(super) end: Position,
}

/// `textDocument/didOpen`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DidOpen {
    pub(super) text_document: TextDocumentItem,
}

/// A document as it is opened.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TextDocumentItem {
    pub(super) uri: String,
    pub(super) language_id: String,
    pub(super) version: i64,
    pub(super) text: String,
}

/// `textDocument/didChange`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DidChange {
    pub(super) text_document: VersionedTextDocument,
    pub(super) content_changes: Vec<ContentChange>,
}

/// The version that a document has after a change.
#[derive(Debug, Deserialize)]
pub(super) struct VersionedTextDocument {
    pub(super) uri: String,
    pub(super) version: i64,
}

/// One change; each counts on those before it.
#[derive(Debug, Deserialize)]
pub(super) struct ContentChange {
    /// What is replaced; `None` is the whole document.
    pub(super) range: Option<Range>,
    pub(super) text: String,
}

/// `textDocument/didClose`, `textDocument/didSave`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfDocument {
    pub(super) text_document: TextDocument,
}

/// Which document.
#[derive(Debug, Deserialize)]
pub(super) struct TextDocument {
    pub(super) uri: String,
}

/// What is asked of a place: `textDocument/hover`, `textDocument/completion`, `textDocument/definition`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AtPosition {
    pub(super) text_document: TextDocument,
    pub(super) position: Position,
}

/// `textDocument/codeAction`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeActionParams {
    pub(super) text_document: TextDocument,
    pub(super) range: Range,
    pub(super) context: CodeActionContext,
}

/// What an editor knows where it asks for actions.
#[derive(Debug, Deserialize)]
pub(super) struct CodeActionContext {
    /// The findings that it shows there.
    #[serde(default)]
    pub(super) diagnostics: Vec<serde_json::Value>,
    /// The kinds that it wants; a kind stands for those below it too.
    pub(super) only: Option<Vec<String>>,
}

/// Something that can be done.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeAction {
    pub(super) title: String,
    pub(super) kind: &'static str,
    /// The findings that it mends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) diagnostics: Vec<serde_json::Value>,
    /// Whether it is the one that an editor may take without asking which.
    pub(super) is_preferred: bool,
    pub(super) edit: WorkspaceEdit,
}

/// Changes of documents, by their addresses.
#[derive(Debug, Serialize)]
pub(super) struct WorkspaceEdit {
    pub(super) changes: std::collections::BTreeMap<String, Vec<TextEdit>>,
}

/// A replacement.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TextEdit {
    pub(super) range: Range,
    pub(super) new_text: String,
}

/// `textDocument/publishDiagnostics`.
#[derive(Debug, Serialize)]
pub(super) struct PublishDiagnostics<'a> {
    pub(super) uri: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<i64>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A finding.
#[derive(Debug, Serialize)]
pub(super) struct Diagnostic {
    pub(super) range: Range,
    pub(super) severity: u8,
    /// The id of the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
    /// The name of the program.
    pub(super) source: &'static str,
    pub(super) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<DiagnosticData>,
}

/// What programs want of a finding.
#[derive(Debug, Serialize)]
pub(super) struct DiagnosticData {
    pub(super) rule: String,
    /// JSON Pointer in the request; `""` is the request.
    pub(super) pointer: String,
    /// Why.
    pub(super) source: String,
}

/// The severities of findings.
pub(super) mod severity {
    pub(in crate::lsp) const ERROR: u8 = 1;
    pub(in crate::lsp) const WARNING: u8 = 2;
    pub(in crate::lsp) const INFORMATION: u8 = 3;
}

/// The answer to `textDocument/hover`.
#[derive(Debug, Serialize)]
pub(super) struct Hover {
    pub(super) contents: MarkupContent,
    pub(super) range: Range,
}

/// A text for people.
#[derive(Debug, Serialize)]
pub(super) struct MarkupContent {
    pub(super) kind: &'static str,
    pub(super) value: String,
}

/// The answer to `textDocument/completion`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CompletionList {
    pub(super) is_incomplete: bool,
    pub(super) items: Vec<CompletionItem>,
}

/// What can be written at a place.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CompletionItem {
    pub(super) label: String,
    pub(super) kind: u8,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) documentation: Option<MarkupContent>,
    /// Puts the items in the order of the contract.
    pub(super) sort_text: String,
    /// What the editor compares with the text of the range.
    pub(super) filter_text: String,
    pub(super) insert_text_format: u8,
    pub(super) text_edit: TextEdit,
}

/// The kinds of completions.
pub(super) mod completion_kind {
    pub(in crate::lsp) const FIELD: u8 = 5;
    pub(in crate::lsp) const VALUE: u8 = 12;
    pub(in crate::lsp) const REFERENCE: u8 = 18;
}

/// How a completion is to be read.
pub(super) mod insert_format {
    pub(in crate::lsp) const PLAIN_TEXT: u8 = 1;
    pub(in crate::lsp) const SNIPPET: u8 = 2;
}

/// The answer to `textDocument/definition`.
#[derive(Debug, Serialize)]
pub(super) struct Location {
    pub(super) uri: String,
    pub(super) range: Range,
}
