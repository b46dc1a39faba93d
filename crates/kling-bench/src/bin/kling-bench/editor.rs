//! `kling lsp` on a large document: from a keystroke to its findings.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use kling_bench::corpus::{Corpus, Recipe};
use serde_json::{Value, json};

use crate::arguments::Effort;
use crate::measure::median;
use crate::program;
use crate::table::{Table, Target, say};

const TITLE: &str = "Editor: `kling lsp`, from a keystroke to the findings";

/// The maximum time for a keystroke in a document of one megabyte, in milliseconds.
const MOST_MILLISECONDS: f64 = 50.0;

pub(crate) fn run(effort: Effort, kling: Option<&Path>) -> io::Result<()> {
    let Some(kling) = program::kling(kling)? else {
        return say(&format!(
            "\n{TITLE}\n  not measured: build it with `cargo build --release -p kling-cli`"
        ));
    };
    let bytes = effort.bytes(1, 1);
    let rounds = effort.choose(51, 11);
    let mut table = Table::new(TITLE, &["document", "ms", "target", "reached"]);
    for (name, uri, text) in [
        ("one request, a long prompt", "file:///a.json", one(bytes)),
        (
            "requests, one a line, 5 % faulty",
            "file:///a.jsonl",
            lines(bytes),
        ),
    ] {
        let mut editor = Editor::start(&kling)?;
        editor.open(uri, &text)?;
        let mut times = Vec::with_capacity(rounds);
        for version in 0..rounds {
            times.push(editor.keystroke(uri, version)?);
        }
        let time = median(times).as_secs_f64() * 1e3;
        let [wanted, reached] = Target::AtMost(MOST_MILLISECONDS).cells(time);
        let size = format!("{name}, {} KB", text.len() / 1000);
        table.row([size, format!("{time:.1}"), wanted, reached]);
    }
    table.print()
}

/// Returns a request of about this length.
fn one(bytes: usize) -> String {
    let prompt = "a paper boat on a pond ".repeat(bytes / 23);
    format!("{{\"model\": \"kling-v3\", \"duration\": \"5\",\n \"prompt\": \"{prompt}\"}}\n")
}

fn lines(bytes: usize) -> String {
    let corpus = Corpus::generate(Recipe {
        seed: 20_260_321,
        bytes,
        faulty_percent: 5,
        one_line: true,
    });
    corpus.requests().fold(String::new(), |mut text, request| {
        text.push_str(request);
        text.push('\n');
        text
    })
}

/// An editor at the other end of the pipes.
struct Editor {
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Editor {
    fn start(kling: &Path) -> io::Result<Self> {
        let mut server = Command::new(kling)
            .args(["lsp", "--no-config"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let missing = || io::Error::other("the pipes were asked for");
        let input = server.stdin.take().ok_or_else(missing)?;
        let output = BufReader::new(server.stdout.take().ok_or_else(missing)?);
        let mut editor = Self {
            server,
            input,
            output,
        };
        editor.send(&json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": { "capabilities": {} } }))?;
        editor.wait(|message| message["id"] == 0)?;
        editor.notify("initialized", &json!({}))?;
        Ok(editor)
    }

    fn open(&mut self, uri: &str, text: &str) -> io::Result<()> {
        let document = json!({ "uri": uri, "languageId": "json", "version": 0, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }))?;
        self.published(0)
    }

    /// Types a blank at the beginning, or removes it, and waits for the findings.
    fn keystroke(&mut self, uri: &str, round: usize) -> io::Result<Duration> {
        let end = round % 2;
        let version = round + 1;
        let place = |character: usize| json!({ "line": 0, "character": character });
        let change = json!({
            "range": { "start": place(0), "end": place(end) },
            "text": if end == 0 { " " } else { "" },
        });
        let begun = Instant::now();
        self.notify(
            "textDocument/didChange",
            &json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [change] }),
        )?;
        self.published(version)?;
        Ok(begun.elapsed())
    }

    fn published(&mut self, version: usize) -> io::Result<()> {
        self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["version"] == version
        })
    }

    fn notify(&mut self, method: &str, params: &Value) -> io::Result<()> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    fn send(&mut self, message: &Value) -> io::Result<()> {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        self.input.flush()
    }

    /// Reads messages up to the one that is waited for.
    fn wait(&mut self, is_it: impl Fn(&Value) -> bool) -> io::Result<()> {
        loop {
            let mut length = 0;
            let mut line = String::new();
            while line != "\r\n" {
                line.clear();
                if self.output.read_line(&mut line)? == 0 {
                    return Err(io::Error::other("`kling lsp` has ended"));
                }
                if let Some(value) = line.strip_prefix("Content-Length: ") {
                    length = value.trim().parse().map_err(io::Error::other)?;
                }
            }
            let mut body = vec![0; length];
            self.output.read_exact(&mut body)?;
            if is_it(&serde_json::from_slice(&body)?) {
                return Ok(());
            }
        }
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // The measurement is over, so how the server ends does not matter.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
