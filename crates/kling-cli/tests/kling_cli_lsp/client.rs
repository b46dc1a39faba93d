//! An editor controlled by a test.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// How long a test waits for a message before it fails.
const PATIENCE: Duration = Duration::from_mins(2);

/// An editor with a server of its own.
pub(crate) struct Client {
    child: Child,
    /// `None`: nothing more is sent.
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    requests: i64,
    /// The last findings of each document, with their version.
    published: BTreeMap<String, (Value, Value)>,
    /// The server's messages for people.
    logged: Vec<String>,
}

impl Client {
    /// Starts a server without a handshake.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kling"))
            .arg("lsp")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let output = child.stdout.take().unwrap();
        let (sender, messages) = channel();
        thread::spawn(move || read_all(output, &sender));
        Self {
            input: child.stdin.take(),
            child,
            messages,
            requests: 0,
            published: BTreeMap::new(),
            logged: Vec::new(),
        }
    }

    /// Starts a server and tells it this editor's capabilities.
    pub(crate) fn with(arguments: &[&str], capabilities: &Value) -> Self {
        let mut client = Self::start(arguments);
        client.request("initialize", &json!({ "capabilities": capabilities }));
        client.notify("initialized", &json!({}));
        client
    }

    /// Starts a server that knows no capabilities of this editor.
    pub(crate) fn new() -> Self {
        Self::with(&[], &json!({}))
    }

    /// Sends bytes as they are.
    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    /// Sends a notification.
    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and returns the whole answer.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive();
            if message["id"] == id {
                return message;
            }
            self.note(&message);
        }
    }

    /// Sends a request and returns the result.
    #[track_caller]
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        let mut answer = self.ask(method, params);
        assert_eq!(answer.get("error"), None);
        answer["result"].take()
    }

    /// Asks something about a place in a document.
    #[track_caller]
    pub(crate) fn at(&mut self, method: &str, uri: &str, place: (usize, usize)) -> Value {
        let (line, character) = place;
        let params = json!({
            "textDocument": { "uri": uri },
            "position": { "line": line, "character": character },
        });
        self.request(&format!("textDocument/{method}"), &params)
    }

    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "json", "version": 1, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    pub(crate) fn change(&mut self, uri: &str, version: i64, changes: &Value) {
        let document = json!({ "uri": uri, "version": version });
        self.notify(
            "textDocument/didChange",
            &json!({ "textDocument": document, "contentChanges": changes }),
        );
    }

    pub(crate) fn close(&mut self, uri: &str) {
        self.notify(
            "textDocument/didClose",
            &json!({ "textDocument": { "uri": uri } }),
        );
    }

    /// Returns the findings of a version of a document, once they are published.
    pub(crate) fn findings(&mut self, uri: &str, version: i64) -> Vec<Value> {
        loop {
            if let Some((of, findings)) = self.published.get(uri)
                && *of == version
            {
                return findings.as_array().unwrap().clone();
            }
            let message = self.receive();
            self.note(&message);
        }
    }

    /// Opens a document that is used only here, and returns its findings.
    pub(crate) fn findings_of(&mut self, uri: &str, text: &str) -> Vec<Value> {
        self.published.remove(uri);
        self.open(uri, text);
        self.findings(uri, 1)
    }

    /// Waits for the next publication for a document, whatever its version is.
    pub(crate) fn next_publication(&mut self, uri: &str) -> (Value, Value) {
        self.published.remove(uri);
        loop {
            let message = self.receive();
            self.note(&message);
            if let Some(published) = self.published.get(uri) {
                return published.clone();
            }
        }
    }

    /// Waits for the server's next message for people.
    pub(crate) fn next_log(&mut self) -> String {
        while self.logged.is_empty() {
            let message = self.receive();
            self.note(&message);
        }
        self.logged.remove(0)
    }

    #[track_caller]
    fn receive(&self) -> Value {
        self.messages
            .recv_timeout(PATIENCE)
            .expect("the server answers in time")
    }

    fn note(&mut self, message: &Value) {
        let params = &message["params"];
        match message["method"].as_str() {
            Some("textDocument/publishDiagnostics") => {
                let uri = params["uri"].as_str().unwrap().to_owned();
                let published = (params["version"].clone(), params["diagnostics"].clone());
                self.published.insert(uri, published);
            }
            Some("window/logMessage" | "window/showMessage") => {
                self.logged
                    .push(params["message"].as_str().unwrap().to_owned());
            }
            other => panic!("{other:?} was not expected: {message}"),
        }
    }

    /// Shuts the server down as editors do.
    pub(crate) fn end(mut self) {
        assert_eq!(self.request("shutdown", &Value::Null), Value::Null);
        self.notify("exit", &Value::Null);
        assert_eq!(self.ended(), (0, String::new()));
    }

    /// Closes the server's input and returns how it ended.
    pub(crate) fn leave(mut self) -> (i32, String) {
        drop(self.input.take());
        self.ended()
    }

    /// Returns how the server ended, without closing its input: exit code and standard error.
    pub(crate) fn ended(mut self) -> (i32, String) {
        let mut message = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut message)
            .unwrap();
        let status = self.child.wait().unwrap();
        // What is left unread must also consist of messages.
        while self.messages.recv_timeout(PATIENCE).is_ok() {}
        (status.code().expect("no signal ended the program"), message)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // A failed test leaves no process behind; one that passed has waited for it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads messages until the end; anything else makes the next wait fail.
fn read_all(output: ChildStdout, sender: &Sender<Value>) {
    let mut output = BufReader::new(output);
    loop {
        let mut header = String::new();
        if output.read_line(&mut header).unwrap() == 0 {
            return;
        }
        let length: usize = header
            .strip_prefix("Content-Length: ")
            .and_then(|rest| rest.strip_suffix("\r\n"))
            .expect("nothing but the protocol is on the standard output")
            .parse()
            .unwrap();
        let mut blank = String::new();
        output.read_line(&mut blank).unwrap();
        assert_eq!(blank, "\r\n");
        let mut body = vec![0; length];
        output.read_exact(&mut body).unwrap();
        let message: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(message["jsonrpc"], "2.0");
        if sender.send(message).is_err() {
            return;
        }
    }
}
