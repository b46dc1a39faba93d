//! What the server knows, and how it answers.

use std::collections::{BTreeMap, BTreeSet};

use crossbeam_channel::Sender;
use gen_lsp_types::{
    ClientCompletionItemOptions, CodeActionOptions, CodeActionParams, CompletionOptions,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
    GeneralClientCapabilities, HoverClientCapabilities, InitializeResult, LogMessageNotification,
    LogMessageParams, MarkupKind, MessageType, PositionEncodingKind,
    PublishDiagnosticsNotification, PublishDiagnosticsParams, SaveOptions, ServerCapabilities,
    ServerInfo, ShowMessageNotification, ShowMessageParams, TextDocumentPositionParams,
    TextDocumentSyncKind, TextDocumentSyncOptions, VersionedTextDocumentIdentifier,
};
use lsp_server::{ErrorCode, Message, Notification, RequestId, Response, ResponseError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_value, to_value};

use super::document::{self, Content, DidChange, Document};
use super::position::{Encoding, Lines};
use super::question::{Capabilities, Question};
use super::{actions, completion, definition, diagnose, hover, transport};
use crate::exit::Exit;
use crate::settings::{SettingsError, SettingsOf};

/// The server after the handshake.
pub(super) struct Server<'c> {
    settings: SettingsOf,
    capabilities: Capabilities,
    /// Where messages to the editor go.
    sender: &'c Sender<Message>,
    is_shut_down: bool,
    documents: BTreeMap<String, Document>,
    /// The documents that have changed since they were checked.
    unchecked: BTreeSet<String>,
}

impl<'c> Server<'c> {
    /// Answers `initialize`, a request with this id and these parameters.
    pub(super) fn new(
        settings: SettingsOf,
        sender: &'c Sender<Message>,
        id: RequestId,
        params: &Value,
    ) -> Self {
        let server = Self {
            settings,
            capabilities: client_capabilities(params),
            sender,
            is_shut_down: false,
            documents: BTreeMap::new(),
            unchecked: BTreeSet::new(),
        };
        server.send(Response::new_ok(
            id,
            initialize_result(&server.capabilities),
        ));
        server
    }

    /// Returns how the program ends when the editor is gone: successfully if it announced that.
    pub(super) const fn left(&self) -> Exit {
        if self.is_shut_down {
            Exit::Clean
        } else {
            Exit::Errors
        }
    }

    /// Checks one changed document and sends its findings; returns whether there was one.
    pub(super) fn publish_one(&mut self) -> bool {
        let Some(uri) = self.unchecked.pop_first() else {
            return false;
        };
        if let Some(document) = self.documents.get(&uri) {
            self.notify::<PublishDiagnosticsNotification>(PublishDiagnosticsParams {
                diagnostics: diagnose::diagnostics(document, self.capabilities.encoding),
                version: Some(document.version),
                uri: uri.into(),
            });
        }
        true
    }

    /// Handles a message.
    pub(super) fn take(&mut self, message: Message) {
        match message {
            Message::Request(request) => {
                let response_result = self.result(&request.method, request.params);
                self.send(Response {
                    id: request.id,
                    response_result,
                });
            }
            Message::Notification(notification) => self.notified(notification),
            // The server never sends requests to the editor.
            Message::Response(_) => {}
        }
    }

    fn result(&mut self, method: &str, params: Value) -> Result<Value, ResponseError> {
        match method {
            _ if self.is_shut_down => Err(refused(
                ErrorCode::InvalidRequest,
                "nothing but `exit` comes after `shutdown`".to_owned(),
            )),
            "shutdown" => {
                self.is_shut_down = true;
                Ok(Value::Null)
            }
            "textDocument/hover" => self.at(params, hover::hover),
            "textDocument/completion" => self.at(params, completion::completion),
            "textDocument/definition" => self.at(params, definition::definition),
            "textDocument/codeAction" => self.actions(params),
            "initialize" => Err(refused(
                ErrorCode::InvalidRequest,
                "`initialize` comes once".to_owned(),
            )),
            _ => Err(refused(
                ErrorCode::MethodNotFound,
                format!("`{method}` is not known here"),
            )),
        }
    }

    /// Answers a question about a place; `null` if there is nothing to say.
    fn at<A: Serialize>(
        &self,
        params: Value,
        answer: impl FnOnce(&Question<'_>) -> Option<A>,
    ) -> Result<Value, ResponseError> {
        let asked: TextDocumentPositionParams = asked(params)?;
        let uri = asked.text_document.uri.as_ref();
        let answer = self.documents.get(uri).and_then(|document| {
            let Content::Text(whole) = document.content() else {
                return None;
            };
            if whole.len() > document.settings.limit {
                return None;
            }
            let lines = Lines::new(whole, self.capabilities.encoding);
            let offset = lines.offset(asked.position);
            let request = document.request_at(whole, offset);
            answer(&Question {
                checker: &document.settings.checker,
                capabilities: &self.capabilities,
                uri,
                lines: &lines,
                text: request.of(whole),
                readable: &document.readable(whole, request),
                base: request.start,
                offset: offset - request.start,
            })
        });
        Ok(json(&answer))
    }

    /// Answers with the actions for a range.
    fn actions(&self, params: Value) -> Result<Value, ResponseError> {
        let asked: CodeActionParams = asked(params)?;
        let document = self.documents.get(asked.text_document.uri.as_ref());
        let actions =
            document.map(|document| actions::actions(document, self.capabilities.encoding, &asked));
        Ok(json(&actions.unwrap_or_default()))
    }

    fn notified(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        let done = match method.as_str() {
            transport::UNUSABLE => {
                self.drop_all(params.as_str().unwrap_or_default());
                Ok(())
            }
            _ if self.is_shut_down => Ok(()),
            "textDocument/didOpen" => from_value(params).map(|opened| self.open(opened)),
            "textDocument/didChange" => from_value(params).map(|changed| self.change(changed)),
            "textDocument/didSave" => from_value(params).map(|saved: DidSaveTextDocumentParams| {
                self.unchecked.insert(saved.text_document.uri.0);
            }),
            "textDocument/didClose" => from_value(params).map(|closed| self.close(closed)),
            // Unknown notifications may be ignored; a cancellation would arrive later than the answer.
            _ => Ok(()),
        };
        if let Err(error) = done {
            self.drop_all(&format!("`{method}` was not understood: {error}"));
        }
    }

    fn open(&mut self, opened: DidOpenTextDocumentParams) {
        let document = opened.text_document;
        let uri = document.uri.0.clone();
        match self.settings.of(document::path(&uri).as_deref()) {
            Ok(settings) => {
                let document = Document::open(document, settings);
                self.documents.insert(uri.clone(), document);
                self.unchecked.insert(uri);
            }
            Err(unsettled) => {
                self.documents.remove(&uri);
                if let SettingsError::Invalid(failure) = unsettled {
                    self.notify::<ShowMessageNotification>(ShowMessageParams {
                        kind: MessageType::Error,
                        message: failure.to_string().trim_end().to_owned(),
                    });
                }
            }
        }
    }

    fn change(&mut self, changed: DidChange) {
        let VersionedTextDocumentIdentifier {
            version,
            text_document_identifier,
        } = changed.text_document;
        let uri = text_document_identifier.uri.0;
        if let Some(document) = self.documents.get_mut(&uri) {
            document.change(version, changed.content_changes, self.capabilities.encoding);
            self.unchecked.insert(uri);
        }
    }

    fn close(&mut self, closed: DidCloseTextDocumentParams) {
        let uri = closed.text_document.uri;
        self.documents.remove(&uri.0);
        self.unchecked.remove(&uri.0);
        self.notify::<PublishDiagnosticsNotification>(PublishDiagnosticsParams {
            uri,
            version: None,
            diagnostics: Vec::new(),
        });
    }

    /// Handles an unusable message. It may have changed any document, so the texts of all are unknown now.
    fn drop_all(&mut self, reason: &str) {
        for (uri, document) in &mut self.documents {
            document.lose();
            self.unchecked.insert(uri.clone());
        }
        self.notify::<LogMessageNotification>(LogMessageParams {
            kind: MessageType::Error,
            message: format!(
                "kling: {reason}; open documents are checked again once they are reopened"
            ),
        });
    }

    fn notify<N: gen_lsp_types::Notification>(&self, params: N::Params) {
        self.send(Notification::new(N::METHOD.to_string(), params));
    }

    fn send(&self, message: impl Into<Message>) {
        self.sender
            .send(message.into())
            .expect("messages are taken until the connection is dropped");
    }
}

fn json(value: &impl Serialize) -> Value {
    to_value(value).expect("the messages are structs and maps with string keys")
}

fn refused(code: ErrorCode, message: String) -> ResponseError {
    ResponseError {
        code: code as i32,
        message,
        data: None,
    }
}

fn asked<P: DeserializeOwned>(params: Value) -> Result<P, ResponseError> {
    from_value(params).map_err(|error| refused(ErrorCode::InvalidParams, error.to_string()))
}

/// Reads the editor's capabilities, as far as they matter.
fn client_capabilities(params: &Value) -> Capabilities {
    let general: GeneralClientCapabilities = part(params, "/general");
    let hover: HoverClientCapabilities = part(params, "/textDocument/hover");
    let item: ClientCompletionItemOptions = part(params, "/textDocument/completion/completionItem");
    let markup = |known: Option<Vec<MarkupKind>>| {
        let markdown = MarkupKind::Markdown;
        if known.is_some_and(|known| known.contains(&markdown)) {
            markdown
        } else {
            MarkupKind::PlainText
        }
    };
    let encodings = general.position_encodings.unwrap_or_default();
    Capabilities {
        encoding: Encoding::negotiate(encodings.iter().map(PositionEncodingKind::as_str)),
        hover_markup: markup(hover.content_format),
        completion_markup: markup(item.documentation_format),
        snippets: item.snippet_support.unwrap_or_default(),
    }
}

/// Reads a part of the editor's capabilities. Errors in the others, of which there are many, do not matter.
fn part<P: DeserializeOwned + Default>(params: &Value, pointer: &str) -> P {
    let part = params.pointer(&format!("/capabilities{pointer}"));
    part.and_then(|part| P::deserialize(part).ok())
        .unwrap_or_default()
}

/// Returns the server's capabilities.
fn initialize_result(capabilities: &Capabilities) -> InitializeResult {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::Incremental),
        save: Some(
            SaveOptions {
                include_text: Some(false),
            }
            .into(),
        ),
        ..TextDocumentSyncOptions::default()
    };
    let completion = CompletionOptions {
        trigger_characters: Some(["\"", ":", "<"].map(str::to_owned).to_vec()),
        ..CompletionOptions::default()
    };
    let code_action = CodeActionOptions {
        code_action_kinds: Some(actions::KINDS.to_vec()),
        ..CodeActionOptions::default()
    };
    InitializeResult {
        capabilities: ServerCapabilities {
            position_encoding: Some(capabilities.encoding.name().into()),
            text_document_sync: Some(sync.into()),
            hover_provider: Some(true.into()),
            completion_provider: Some(completion),
            definition_provider: Some(true.into()),
            code_action_provider: Some(code_action.into()),
            ..ServerCapabilities::default()
        },
        server_info: Some(ServerInfo {
            name: "kling".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use lsp_server::Connection;
    use serde_json::json;

    use super::*;
    use crate::cli::Configured;
    use crate::settings::Flags;

    fn notification(method: &str, params: Value) -> Message {
        Notification::new(method.to_owned(), params).into()
    }

    #[test]
    fn only_the_newest_version_is_checked() {
        let configured = Configured {
            no_config: true,
            ..Configured::default()
        };
        let settings = SettingsOf::new(Flags::default(), &configured);
        let (connection, editor) = Connection::memory();
        let mut server = Server::new(settings, &connection.sender, 1.into(), &json!({}));
        let uri = "file:///a.json";
        let item = json!({ "uri": uri, "languageId": "json", "version": 1, "text": "" });
        server.take(notification(
            "textDocument/didOpen",
            json!({ "textDocument": item }),
        ));
        for version in 2..=40 {
            let change = json!({
                "textDocument": { "uri": uri, "version": version },
                "contentChanges": [{ "text": r#"{"prompt": ""}"# }],
            });
            server.take(notification("textDocument/didChange", change));
        }
        assert!(server.publish_one());
        assert!(!server.publish_one());
        let published: Vec<Value> = editor
            .receiver
            .try_iter()
            .filter_map(|message| match message {
                Message::Notification(found) => Some(found),
                Message::Request(_) | Message::Response(_) => None,
            })
            .map(|found| {
                assert_eq!(found.method, "textDocument/publishDiagnostics");
                found.params
            })
            .collect();
        assert_eq!(published.len(), 1);
        assert_eq!(published[0]["version"], 40);
        assert!(!published[0]["diagnostics"].as_array().unwrap().is_empty());
    }
}
