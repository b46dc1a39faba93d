//! What the server knows, and what it answers.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use kling_check::Checker;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::document::{self, Content, Document};
use super::position::{Encoding, Lines};
use super::protocol::{
    AtPosition, CodeActionParams, DidChange, DidOpen, OfDocument, PublishDiagnostics,
};
use super::request::Readable;
use super::transport::Incoming;
use super::{actions, completion, definition, diagnose, hover};
use crate::exit::Exit;
use crate::settings::{SettingsOf, Unsettled};

/// The `MessageType` of errors in the protocol.
const ERROR_MESSAGE: u8 = 1;

/// `TextDocumentSyncKind.Incremental`.
const INCREMENTAL: u8 = 2;

/// The kinds of texts for people.
const MARKDOWN: &str = "markdown";
const PLAIN_TEXT: &str = "plaintext";

/// How the server goes on.
pub(super) enum Next {
    /// It waits for more.
    GoOn,
    /// It ends.
    Leave(Exit),
    /// It ends, since it does not understand the other side.
    Fail(String),
}

/// How far the conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Running,
    ShutDown,
}

/// What was settled with the editor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settled {
    pub(super) encoding: Encoding,
    /// What texts for people are in a hover: `markdown` or `plaintext`.
    pub(super) hover_markup: &'static str,
    /// The same in a completion.
    pub(super) completion_markup: &'static str,
    /// Whether completions may have places to fill in.
    pub(super) snippets: bool,
}

/// A question about a place in a request.
pub(super) struct Question<'a> {
    pub(super) checker: &'a Checker,
    pub(super) settled: Settled,
    pub(super) uri: &'a str,
    pub(super) lines: &'a Lines<'a>,
    /// The text of the request.
    pub(super) text: &'a str,
    /// The same as it can be read.
    pub(super) readable: &'a Readable,
    /// Where it begins in the document.
    pub(super) base: usize,
    /// The place in the request, in bytes.
    pub(super) offset: usize,
}

/// The server.
pub(super) struct Server<W> {
    settings: SettingsOf,
    output: W,
    stage: Stage,
    settled: Settled,
    documents: BTreeMap<String, Document>,
    /// The documents that have changed since they were checked.
    unchecked: BTreeSet<String>,
}

impl<W: Write> Server<W> {
    pub(super) const fn new(settings: SettingsOf, output: W) -> Self {
        Self {
            settings,
            output,
            stage: Stage::New,
            settled: Settled {
                encoding: Encoding::Utf16,
                hover_markup: PLAIN_TEXT,
                completion_markup: PLAIN_TEXT,
                snippets: false,
            },
            documents: BTreeMap::new(),
            unchecked: BTreeSet::new(),
        }
    }

    /// How the program ends when the editor is gone: well if it said so, or never said anything.
    pub(super) const fn left(&self) -> Exit {
        match self.stage {
            Stage::New | Stage::ShutDown => Exit::Clean,
            Stage::Running => Exit::Errors,
        }
    }

    /// Checks one document that has changed and sends its findings; whether there was one.
    pub(super) fn publish_one(&mut self) -> io::Result<bool> {
        let Some(uri) = self.unchecked.pop_first() else {
            return Ok(false);
        };
        if let Some(document) = self.documents.get(&uri) {
            let diagnostics = diagnose::diagnostics(document, self.settled.encoding);
            let params = PublishDiagnostics {
                uri: &uri,
                version: Some(document.version),
                diagnostics,
            };
            self.notify("textDocument/publishDiagnostics", &params)?;
        }
        Ok(true)
    }

    /// Does what a message asks for.
    pub(super) fn take(&mut self, incoming: Incoming) -> io::Result<Next> {
        match incoming {
            Incoming::Message(Message::Request(request)) => self.request(request)?,
            Incoming::Message(Message::Notification(notification)) => {
                return self.notification(notification);
            }
            // Nothing is ever asked of the editor.
            Incoming::Message(Message::Response(_)) => {}
            Incoming::TooLong(length) => {
                self.lose_all(&format!(
                    "a message of {length} bytes is too long and was not read"
                ))?;
            }
            Incoming::Malformed => self.lose_all("a message is not JSON-RPC")?,
            Incoming::Broken => {
                return Ok(Next::Fail(
                    "the standard input holds no messages of the Language Server Protocol; \
                     `kling lsp` is started by an editor"
                        .to_owned(),
                ));
            }
            Incoming::End => return Ok(Next::Leave(self.left())),
        }
        Ok(Next::GoOn)
    }

    fn request(&mut self, request: Request) -> io::Result<()> {
        let Request { id, method, params } = request;
        match (self.stage, method.as_str()) {
            (Stage::New, "initialize") => {
                self.settled = settled(&params);
                self.stage = Stage::Running;
                self.answer(id, &capabilities(self.settled))
            }
            (Stage::New, _) => {
                let told = "`initialize` comes first".to_owned();
                self.refuse(id, ErrorCode::ServerNotInitialized, told)
            }
            (Stage::Running, "shutdown") => {
                self.stage = Stage::ShutDown;
                self.answer(id, &Value::Null)
            }
            (Stage::Running, "textDocument/hover") => self.at(id, params, hover::hover),
            (Stage::Running, "textDocument/completion") => {
                self.at(id, params, completion::completion)
            }
            (Stage::Running, "textDocument/definition") => {
                self.at(id, params, definition::definition)
            }
            (Stage::Running, "textDocument/codeAction") => self.actions(id, params),
            (Stage::Running, "initialize") => {
                let told = "`initialize` comes once".to_owned();
                self.refuse(id, ErrorCode::InvalidRequest, told)
            }
            (Stage::ShutDown, _) => {
                let told = "nothing but `exit` comes after `shutdown`".to_owned();
                self.refuse(id, ErrorCode::InvalidRequest, told)
            }
            (Stage::Running, _) => {
                let told = format!("`{method}` is not known here");
                self.refuse(id, ErrorCode::MethodNotFound, told)
            }
        }
    }

    /// Answers a question about a place; `null` where nothing can be said.
    fn at<A: Serialize>(
        &mut self,
        id: RequestId,
        params: Value,
        answer: impl FnOnce(&Question<'_>) -> Option<A>,
    ) -> io::Result<()> {
        let asked: AtPosition = match serde_json::from_value(params) {
            Ok(asked) => asked,
            Err(error) => return self.refuse(id, ErrorCode::InvalidParams, error.to_string()),
        };
        let uri = asked.text_document.uri;
        let answer = self.documents.get(&uri).and_then(|document| {
            let Content::Text(whole) = document.content() else {
                return None;
            };
            if whole.len() > document.settings.limit {
                return None;
            }
            let lines = Lines::new(whole, self.settled.encoding);
            let offset = lines.offset(asked.position);
            let request = document.request_at(whole, offset);
            answer(&Question {
                checker: &document.settings.checker,
                settled: self.settled,
                uri: &uri,
                lines: &lines,
                text: request.of(whole),
                readable: &document.readable(whole, request),
                base: request.start,
                offset: offset - request.start,
            })
            .map(|answer| json(&answer))
        });
        self.answer(id, &answer)
    }

    /// Answers with what can be done in a range.
    fn actions(&mut self, id: RequestId, params: Value) -> io::Result<()> {
        let asked: CodeActionParams = match serde_json::from_value(params) {
            Ok(asked) => asked,
            Err(error) => return self.refuse(id, ErrorCode::InvalidParams, error.to_string()),
        };
        let uri = asked.text_document.uri;
        let of_document = |document| {
            actions::actions(
                &uri,
                document,
                self.settled.encoding,
                asked.range,
                &asked.context,
            )
        };
        let actions = self.documents.get(&uri).map(of_document);
        self.answer(id, &actions.unwrap_or_default())
    }

    fn notification(&mut self, notification: Notification) -> io::Result<Next> {
        let Notification { method, params } = notification;
        if method == "exit" {
            return Ok(Next::Leave(if self.stage == Stage::ShutDown {
                Exit::Clean
            } else {
                Exit::Errors
            }));
        }
        if self.stage == Stage::Running {
            let read = match method.as_str() {
                "textDocument/didOpen" => read(params).map(|opened| self.open(opened)),
                "textDocument/didChange" => read(params).map(|changed| {
                    self.change(changed);
                    Ok(())
                }),
                "textDocument/didSave" => read(params).map(|saved: OfDocument| {
                    self.unchecked.insert(saved.text_document.uri);
                    Ok(())
                }),
                "textDocument/didClose" => read(params).map(|closed| self.close(closed)),
                // What is not known may be passed over, and answers come faster than a cancellation.
                _ => Ok(Ok(())),
            };
            match read {
                Ok(done) => done?,
                Err(error) => {
                    self.lose_all(&format!("`{method}` was not understood: {error}"))?;
                }
            }
        }
        Ok(Next::GoOn)
    }

    fn open(&mut self, opened: DidOpen) -> io::Result<()> {
        let uri = opened.text_document.uri.clone();
        match self.settings.of(document::path(&uri).as_deref()) {
            Ok(settings) => {
                let document = Document::open(opened.text_document, settings);
                self.documents.insert(uri.clone(), document);
                self.unchecked.insert(uri);
                Ok(())
            }
            Err(Unsettled::Fault(failure)) => {
                self.documents.remove(&uri);
                let told = failure.to_string();
                let params = json!({ "type": ERROR_MESSAGE, "message": told.trim_end() });
                self.notify("window/showMessage", &params)
            }
            Err(Unsettled::Told) => {
                self.documents.remove(&uri);
                Ok(())
            }
        }
    }

    fn change(&mut self, changed: DidChange) {
        let DidChange {
            text_document,
            content_changes,
        } = changed;
        if let Some(document) = self.documents.get_mut(&text_document.uri) {
            document.change(
                text_document.version,
                content_changes,
                self.settled.encoding,
            );
            self.unchecked.insert(text_document.uri);
        }
    }

    fn close(&mut self, closed: OfDocument) -> io::Result<()> {
        let uri = closed.text_document.uri;
        self.documents.remove(&uri);
        self.unchecked.remove(&uri);
        let params = PublishDiagnostics {
            uri: &uri,
            version: None,
            diagnostics: Vec::new(),
        };
        self.notify("textDocument/publishDiagnostics", &params)
    }

    /// A message could not be used. It may have changed any document, so that none is known any more.
    fn lose_all(&mut self, told: &str) -> io::Result<()> {
        for (uri, document) in &mut self.documents {
            document.lose();
            self.unchecked.insert(uri.clone());
        }
        let told =
            format!("kling: {told}; open documents are checked again once they are reopened");
        let params = json!({ "type": ERROR_MESSAGE, "message": told });
        self.notify("window/logMessage", &params)
    }

    fn answer(&mut self, id: RequestId, result: &impl Serialize) -> io::Result<()> {
        let response_result = Ok(json(result));
        self.send(Response {
            id,
            response_result,
        })
    }

    fn refuse(&mut self, id: RequestId, code: ErrorCode, message: String) -> io::Result<()> {
        self.send(Response::new_err(id, code as i32, message))
    }

    fn notify(&mut self, method: &str, params: &impl Serialize) -> io::Result<()> {
        self.send(Notification {
            method: method.to_owned(),
            params: json(params),
        })
    }

    fn send(&mut self, message: impl Into<Message>) -> io::Result<()> {
        message.into().write(&mut self.output)
    }
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("the messages are structs and maps with string keys")
}

fn read<P: DeserializeOwned>(params: Value) -> serde_json::Result<P> {
    serde_json::from_value(params)
}

/// What the editor can do, as far as it matters.
fn settled(params: &Value) -> Settled {
    let strings = |pointer: &str| {
        let list = params.pointer(pointer).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    };
    let markup = |pointer: &str| {
        if strings(pointer).any(|format| format == MARKDOWN) {
            MARKDOWN
        } else {
            PLAIN_TEXT
        }
    };
    Settled {
        encoding: Encoding::negotiate(strings("/capabilities/general/positionEncodings")),
        hover_markup: markup("/capabilities/textDocument/hover/contentFormat"),
        completion_markup: markup(
            "/capabilities/textDocument/completion/completionItem/documentationFormat",
        ),
        snippets: params
            .pointer("/capabilities/textDocument/completion/completionItem/snippetSupport")
            .and_then(Value::as_bool)
            .unwrap_or_default(),
    }
}

/// What the server can do.
fn capabilities(settled: Settled) -> Value {
    json!({
        "capabilities": {
            "positionEncoding": settled.encoding.name(),
            "textDocumentSync": {
                "openClose": true,
                "change": INCREMENTAL,
                "save": { "includeText": false },
            },
            "hoverProvider": true,
            "completionProvider": { "triggerCharacters": ["\"", ":", "<"] },
            "definitionProvider": true,
            "codeActionProvider": { "codeActionKinds": actions::KINDS },
        },
        "serverInfo": { "name": "kling", "version": env!("CARGO_PKG_VERSION") },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Configured;
    use crate::settings::Flags;

    /// The parameters of the notifications with this method.
    fn sent(output: &[u8], method: &str) -> Vec<Value> {
        let mut output = output;
        std::iter::from_fn(|| Message::read(&mut output).unwrap())
            .filter_map(|message| match message {
                Message::Notification(found) if found.method == method => Some(found.params),
                Message::Notification(_) | Message::Request(_) | Message::Response(_) => None,
            })
            .collect()
    }

    fn notification(method: &str, params: Value) -> Incoming {
        Incoming::Message(Message::Notification(Notification {
            method: method.to_owned(),
            params,
        }))
    }

    #[test]
    fn only_the_newest_version_is_checked() {
        let configured = Configured {
            no_config: true,
            ..Configured::default()
        };
        let settings = SettingsOf::new(Flags::default(), &configured);
        let mut server = Server::new(settings, Vec::new());
        server.stage = Stage::Running;
        let uri = "file:///a.json";
        let item = json!({ "uri": uri, "languageId": "json", "version": 1, "text": "" });
        let mut incoming = vec![notification(
            "textDocument/didOpen",
            json!({ "textDocument": item }),
        )];
        for version in 2..=40 {
            let change = json!({
                "textDocument": { "uri": uri, "version": version },
                "contentChanges": [{ "text": r#"{"prompt": ""}"# }],
            });
            incoming.push(notification("textDocument/didChange", change));
        }
        for incoming in incoming {
            assert!(matches!(server.take(incoming), Ok(Next::GoOn)));
        }
        assert!(server.publish_one().unwrap());
        assert!(!server.publish_one().unwrap());
        let published = sent(&server.output, "textDocument/publishDiagnostics");
        assert_eq!(published.len(), 1);
        assert_eq!(published[0]["version"], 40);
        assert!(!published[0]["diagnostics"].as_array().unwrap().is_empty());
    }
}
