//! Beginning, ending, and messages that do not belong in a conversation.

use serde_json::{Value, json};

use crate::client::Client;

const BROKEN: &str = r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 7}"#;

#[test]
fn a_document_is_opened_checked_and_closed() {
    let mut client = Client::start(&[]);
    let answer = client.request("initialize", &json!({ "capabilities": {} }));
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(answer["capabilities"]["textDocumentSync"]["change"], 2);
    assert_eq!(answer["serverInfo"]["name"], "kling");
    client.notify("initialized", &json!({}));
    let found = client.findings_of("file:///a.json", BROKEN);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["code"], "wrong-value");
    assert_eq!(found[0]["severity"], 1);
    assert_eq!(
        found[0]["range"],
        json!({ "start": { "line": 0, "character": 60 }, "end": { "line": 0, "character": 61 } })
    );
    assert_eq!(found[0]["data"]["pointer"], "/duration");
    assert_eq!(found[0].get("codeDescription"), None);
    client.close("file:///a.json");
    let (version, findings) = client.next_publication("file:///a.json");
    assert_eq!((version, findings), (Value::Null, json!([])));
    client.end();
}

#[test]
fn saving_checks_again() {
    let mut client = Client::new();
    client.findings_of("file:///a.json", BROKEN);
    client.notify(
        "textDocument/didSave",
        &json!({ "textDocument": { "uri": "file:///a.json" } }),
    );
    let (version, findings) = client.next_publication("file:///a.json");
    assert_eq!(version, 1);
    assert_eq!(findings.as_array().unwrap().len(), 1);
    client.end();
}

#[test]
fn the_exit_code_shows_whether_the_server_was_shut_down() {
    let mut client = Client::new();
    client.notify("exit", &Value::Null);
    assert_eq!(client.ended(), (1, String::new()), "exit without shutdown");
    assert_eq!(Client::new().leave(), (1, String::new()), "end of input");
    let client = Client::start(&[]);
    assert_eq!(client.leave(), (0, String::new()), "nothing was ever said");
    let mut client = Client::start(&[]);
    client.notify("exit", &Value::Null);
    assert_eq!(client.ended(), (1, String::new()), "exit alone");
    let mut client = Client::new();
    client.request("shutdown", &Value::Null);
    assert_eq!(client.leave(), (0, String::new()), "shutdown alone");
}

#[test]
fn requests_out_of_turn_are_refused() {
    let code = |answer: &Value| answer["error"]["code"].as_i64().unwrap();
    let mut client = Client::start(&[]);
    let hover = json!({
        "textDocument": { "uri": "file:///a.json" },
        "position": { "line": 0, "character": 0 },
    });
    assert_eq!(code(&client.ask("textDocument/hover", &hover)), -32002);
    client.open("file:///a.json", BROKEN);
    client.request("initialize", &json!({ "capabilities": {} }));
    assert_eq!(code(&client.ask("initialize", &json!({}))), -32600);
    assert_eq!(code(&client.ask("textDocument/rename", &hover)), -32601);
    assert_eq!(code(&client.ask("textDocument/hover", &json!({}))), -32602);
    assert_eq!(
        client.request("textDocument/hover", &hover),
        Value::Null,
        "what was opened before the beginning is not open"
    );
    client.request("shutdown", &Value::Null);
    assert_eq!(code(&client.ask("textDocument/hover", &hover)), -32600);
    client.notify("exit", &Value::Null);
    assert_eq!(client.ended(), (0, String::new()));
}

#[test]
fn what_is_not_understood_is_passed_over() {
    let mut client = Client::new();
    client.notify("$/cancelRequest", &json!({ "id": 77 }));
    client.notify("$/setTrace", &json!({ "value": "off" }));
    client.notify("workspace/didChangeConfiguration", &json!({}));
    client.send_raw(b"Content-Length: 2\r\n\r\n{]");
    assert_eq!(
        client.next_log(),
        "kling: a message is not JSON-RPC; open documents are checked again once they are reopened"
    );
    client.notify("textDocument/didOpen", &json!({ "uri": 1 }));
    assert!(client.next_log().contains("`textDocument/didOpen`"));
    client.change("file:///closed.json", 3, &json!([{ "text": "" }]));
    assert_eq!(client.findings_of("file:///a.json", BROKEN).len(), 1);
    client.end();
}

#[test]
fn a_terminal_is_not_an_editor() {
    let mut client = Client::start(&[]);
    client.send_raw(b"\r\nhello\r\n");
    let (code, reported) = client.leave();
    assert_eq!(code, 2);
    assert!(reported.contains("started by an editor"), "{reported}");
}

/// After a message that may have changed the document, nothing is reported about it until it is sent as a whole.
fn loses_the_document(spoil: impl FnOnce(&mut Client), message: &str) {
    let uri = "file:///a.json";
    let mut client = Client::with(&["--max-request-size", "100"], &json!({}));
    assert_eq!(client.findings_of(uri, BROKEN).len(), 1);
    spoil(&mut client);
    let log = client.next_log();
    assert!(log.contains(message), "{log}");
    let (version, findings) = client.next_publication(uri);
    assert_eq!((version, findings), (json!(1), json!([])));
    let start = json!({ "line": 0, "character": 0 });
    let typed = json!([{ "range": { "start": start, "end": start }, "text": " " }]);
    client.change(uri, 2, &typed);
    assert_eq!(client.findings(uri, 2), Vec::<Value>::new());
    client.change(uri, 3, &json!([{ "text": BROKEN }]));
    assert_eq!(client.findings(uri, 3).len(), 1);
    client.end();
}

#[test]
fn a_message_that_is_too_long_is_not_read() {
    let spoil = |client: &mut Client| {
        let text = "x".repeat(2 << 20);
        client.change("file:///a.json", 2, &json!([{ "text": text }]));
    };
    loses_the_document(spoil, "was not read");
}

#[test]
fn a_change_that_is_not_understood_may_have_changed_anything() {
    loses_the_document(
        |client| client.change("file:///a.json", 2, &json!([{ "range": 1, "text": "" }])),
        "`textDocument/didChange` was not understood",
    );
    // Half of a surrogate pair is not text.
    let body = r#"{"jsonrpc":"2.0","method":"x","params":{"text":"\ud83d"}}"#;
    let message = format!("Content-Length: {}\r\n\r\n{body}", body.len());
    loses_the_document(
        |client| client.send_raw(message.as_bytes()),
        "a message is not JSON-RPC",
    );
}
