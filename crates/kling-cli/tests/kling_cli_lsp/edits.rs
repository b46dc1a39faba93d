//! After any edits the findings are those of the current text.

use fastrand::Rng;
use serde_json::{Value, json};

use crate::client::Client;

const EDITED: &str = "file:///edited.json";
const FRESH: &str = "file:///fresh.json";

/// A request with a bit of everything.
const REQUEST: &str = "{\r
  \"model\": \"kling-v3-omni\",
  \"prompt\": \"Let <<<image_1>>> 😀 follow <<<video_1>>> é\",
  \"duration\": 7,
  \"aspect_ratio\": \"16:9\",
  \"video_list\": [{\"video_url\": \"https://example.com/a.mp4\", \"refer_type\": \"feature\"}],
  \"metadata\": {
    \"image_list\": [
      {\"image_url\": \"https://example.com/a.png\", \"type\": \"end_frame\"},
      {\"url\": \"https://example.com/b.png\"}
    ]
  }
}
";

/// What is typed and pasted.
const PIECES: [&str; 24] = [
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\n",
    "\r",
    "\r\n",
    " ",
    "5",
    "x",
    "é",
    "😀",
    "日本",
    "\\",
    "\\ud83d",
    "null",
    "<<<image_2>>>",
    "\"audio\": true,",
    "\"seconds\": \"5\",",
    "'",
    "\u{301}",
];

/// Returns the position of a byte as the protocol defines it, counted character by character.
fn place(text: &str, offset: usize) -> Value {
    let (mut line, mut units) = (0, 0);
    let mut before = text[..offset].chars().peekable();
    while let Some(character) = before.next() {
        let joined = character == '\r'
            && (before.peek() == Some(&'\n')
                || before.peek().is_none() && text[offset..].starts_with('\n'));
        if matches!(character, '\n' | '\r') && !joined {
            (line, units) = (line + 1, 0);
        } else {
            units += character.len_utf16();
        }
    }
    json!({ "line": line, "character": units })
}

/// Returns a place where an editor can be: between two characters, and not inside a line break.
fn boundary(text: &str, numbers: &mut Rng) -> usize {
    let offset = text.floor_char_boundary(numbers.usize(..=text.len()));
    if text[..offset].ends_with('\r') && text[offset..].starts_with('\n') {
        offset - 1
    } else {
        offset
    }
}

struct Editor {
    text: String,
    numbers: Rng,
    /// Which pieces replaced which texts, and where, so that they can be undone one after another.
    done: Vec<(usize, usize, String)>,
}

impl Editor {
    /// Chooses what to insert, and where.
    fn invent(&mut self) -> (usize, usize, String) {
        let start = boundary(&self.text, &mut self.numbers);
        let piece = PIECES[self.numbers.usize(..PIECES.len())].to_owned();
        let most = (start + self.numbers.usize(..8)).min(self.text.len());
        let mut end = self.text.floor_char_boundary(most);
        if self.text[..end].ends_with('\r') && self.text[end..].starts_with('\n') {
            end -= 1;
        }
        match self.numbers.usize(..4) {
            0 if end > start => (start, end, String::new()),
            1 if end > start => (start, end, piece),
            _ => (start, start, piece),
        }
    }

    /// Edits the text and returns the change in the form in which it is sent.
    fn edit(&mut self) -> Value {
        // Half of all edits undo an earlier one, so that the text stays close to a request.
        let undone = self.done.pop_if(|_| self.numbers.usize(..2) == 0);
        let is_new = undone.is_none();
        let (start, end, piece) = undone.unwrap_or_else(|| self.invent());
        let change = json!({
            "range": { "start": place(&self.text, start), "end": place(&self.text, end) },
            "text": piece,
        });
        let gone = self.text[start..end].to_owned();
        self.text.replace_range(start..end, &piece);
        let put_end = start + piece.len();
        // An edit that joined a line break cannot be undone by positions.
        let splits =
            |at: usize| self.text[..at].ends_with('\r') && self.text[at..].starts_with('\n');
        if splits(start) || splits(put_end) {
            self.done.clear();
        } else if is_new {
            self.done.push((start, put_end, gone));
        }
        change
    }
}

#[test]
fn after_a_thousand_edits_the_findings_are_those_of_a_fresh_check() {
    let mut client = Client::new();
    let mut editor = Editor {
        text: REQUEST.to_owned(),
        numbers: Rng::with_seed(1),
        done: Vec::new(),
    };
    assert!(client.findings_of(EDITED, REQUEST).len() > 2);
    let (mut valid, mut broken) = (0, 0);
    let mut edits = 0;
    let mut version = 1;
    while edits < 1000 {
        let count = 1 + editor.numbers.usize(..3);
        let changes: Vec<Value> = (0..count).map(|_| editor.edit()).collect();
        edits += count;
        version += 1;
        client.change(EDITED, version, &changes.into());
        if version % 5 != 0 && edits < 1000 {
            continue;
        }
        let found = client.findings(EDITED, version);
        let fresh = client.findings_of(FRESH, &editor.text);
        client.close(FRESH);
        assert_eq!(found, fresh, "after {edits} edits: {}", editor.text);
        // Every question about any text gets an answer.
        let offset = boundary(&editor.text, &mut editor.numbers);
        for question in ["hover", "completion", "definition"] {
            let params = json!({
                "textDocument": { "uri": EDITED },
                "position": place(&editor.text, offset),
            });
            client.request(&format!("textDocument/{question}"), &params);
        }
        let is_valid = found.iter().all(|found| found["code"] != "json-syntax");
        valid += usize::from(is_valid);
        broken += usize::from(!is_valid);
        // Now and then the whole text is replaced.
        if version % 60 == 0 {
            version += 1;
            editor.text = REQUEST.to_owned();
            editor.done.clear();
            client.change(EDITED, version, &json!([{ "text": REQUEST }]));
        }
    }
    assert!(valid > 10 && broken > 10, "{valid} {broken}");
    client.end();
}

#[test]
fn typing_beyond_the_basic_plane_keeps_places_right() {
    let mut client = Client::new();
    let mut text = "{\"model\": \"kling-v3\", \"prompt\": \"\", \"duration\": 7}".to_owned();
    client.findings_of(EDITED, &text);
    let at = text.find("\"\"").unwrap() + 1;
    for (version, piece) in (2..).zip(["😀", "a", "𝄞", "é", "👩‍🚀"]) {
        let start = place(&text, at);
        client.change(
            EDITED,
            version,
            &json!([{ "range": { "start": start, "end": start }, "text": piece }]),
        );
        text.insert_str(at, piece);
        let found = client.findings(EDITED, version);
        let duration = text.find('7').unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["range"]["start"], place(&text, duration));
    }
    client.end();
}
