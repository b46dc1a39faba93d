//! Changes as a unified diff for `patch -p1` and `git apply`.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use similar::{ChangeTag, TextDiff};

use super::Change;
use crate::input::files::STDIN;
use crate::input::request::File;

/// The number of lines of context around a change.
const CONTEXT: usize = 3;

/// The changes of one file, printed as they are found.
pub(super) struct Diff {
    /// The header before the first change; taken when it is printed.
    head: String,
    is_terminal: bool,
    lines: Lines,
}

impl Diff {
    pub(super) fn new(file: &File) -> Self {
        let path = file.path.as_deref().unwrap_or(Path::new(STDIN));
        // Both programs resolve names from the working folder, and accept no absolute ones.
        let here = std::env::current_dir().unwrap_or_default();
        let path = path.strip_prefix(here).unwrap_or(path);
        Self {
            head: format!("--- {}\n+++ {}\n", name("a/", path), name("b/", path)),
            is_terminal: io::stdout().is_terminal(),
            lines: Lines::default(),
        }
    }

    /// Prints the changes of a file that is one request.
    pub(super) fn document(&mut self, change: &Change<'_>) -> io::Result<()> {
        if !change.is_changed {
            return Ok(());
        }
        let old = String::from_utf8_lossy(change.old);
        let new = String::from_utf8_lossy(&change.new);
        let [old, new]: [Vec<&str>; 2] =
            [&old, &new].map(|text| text.split_inclusive('\n').collect());
        let diff = TextDiff::from_slices(&old, &new);
        let mut text = String::new();
        for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
            writeln!(text, "{}", hunk.header()).expect("writing to a String cannot fail");
            for line in hunk.iter_changes() {
                let sign = match line.tag() {
                    ChangeTag::Equal => ' ',
                    ChangeTag::Delete => '-',
                    ChangeTag::Insert => '+',
                };
                push(&mut text, sign, line.value());
            }
        }
        self.print(&text)
    }

    /// Processes the next piece of a file of lines.
    pub(super) fn piece(&mut self, change: &Change<'_>) -> io::Result<()> {
        match self.lines.piece(change) {
            Some(hunk) => self.print(&hunk),
            None => Ok(()),
        }
    }

    /// Prints what is left.
    pub(super) fn end(mut self) -> io::Result<()> {
        self.lines.end_line();
        match self.lines.hunk.take() {
            Some(hunk) => self.print(&hunk.text()),
            None => Ok(()),
        }
    }

    fn print(&mut self, hunks: &str) -> io::Result<()> {
        let text = std::mem::take(&mut self.head) + hunks;
        // A patch must contain exactly what the file does; a terminal must get nothing that it would act on.
        let shown = if self.is_terminal {
            kling_text::plain_lines(&text)
        } else {
            text.as_str().into()
        };
        let mut out = io::stdout().lock();
        out.write_all(shown.as_bytes())?;
        out.flush()
    }
}

/// The lines of a file, each of which stays one line when fixed.
#[derive(Default)]
struct Lines {
    /// The unfinished line, before and after fixing.
    old: Vec<u8>,
    new: Vec<u8>,
    is_changed: bool,
    /// The number of finished lines.
    ended: u64,
    /// The most recent unchanged lines that are not part of a hunk.
    same: VecDeque<String>,
    hunk: Option<Hunk>,
}

/// Changed lines, with context.
struct Hunk {
    /// The number of its first line.
    first: u64,
    count: u64,
    body: String,
    /// The number of unchanged lines at its end.
    trailing: usize,
}

impl Lines {
    /// Processes a piece, which is part of one line; returns a hunk that is finished with it.
    fn piece(&mut self, change: &Change<'_>) -> Option<String> {
        self.old.extend_from_slice(change.old);
        self.new.extend_from_slice(&change.new);
        self.is_changed |= change.is_changed;
        if self.old.last() != Some(&b'\n') {
            return None;
        }
        self.end_line();
        if self.same.len() <= CONTEXT {
            return None;
        }
        self.same.pop_front();
        self.hunk.take().map(|hunk| hunk.text())
    }

    fn end_line(&mut self) {
        if self.old.is_empty() {
            return;
        }
        let [old, new] = [&mut self.old, &mut self.new].map(|bytes| {
            let line = String::from_utf8_lossy(bytes).into_owned();
            bytes.clear();
            line
        });
        let number = self.ended;
        self.ended += 1;
        if std::mem::take(&mut self.is_changed) {
            let before = self.same.len() as u64;
            let hunk = self.hunk.get_or_insert_with(|| Hunk {
                first: number - before + 1,
                count: 0,
                body: String::new(),
                trailing: 0,
            });
            for line in self.same.drain(..) {
                hunk.same(&line);
            }
            hunk.count += 1;
            hunk.trailing = 0;
            push(&mut hunk.body, '-', &old);
            push(&mut hunk.body, '+', &new);
        } else if let Some(hunk) = &mut self.hunk
            && hunk.trailing < CONTEXT
        {
            hunk.same(&old);
        } else {
            self.same.push_back(old);
        }
    }
}

impl Hunk {
    fn same(&mut self, line: &str) {
        self.count += 1;
        self.trailing += 1;
        push(&mut self.body, ' ', line);
    }

    fn text(&self) -> String {
        let Self {
            first, count, body, ..
        } = self;
        format!("@@ -{first},{count} +{first},{count} @@\n{body}")
    }
}

/// Appends a line of a diff, with a note if the line in the file has no line break.
fn push(text: &mut String, sign: char, line: &str) {
    text.push(sign);
    text.push_str(line);
    if !line.ends_with('\n') {
        text.push_str("\n\\ No newline at end of file\n");
    }
}

/// Returns the name of a file for both programs: with a prefix that they strip, and quoted if it contains anything
/// that is not plain text.
fn name(prefix: &str, path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    let bytes = bytes_of(path);
    let bytes = bytes.strip_prefix(b"/").unwrap_or(bytes);
    let is_special =
        |character| matches!(character, '"' | '\\') || !kling_text::is_plain(character);
    match str::from_utf8(bytes) {
        // Without the tab, a space would end the name.
        Ok(plain) if !plain.contains(is_special) => {
            let end = if plain.contains(' ') { "\t" } else { "" };
            format!("{prefix}{plain}{end}")
        }
        Ok(_) | Err(_) => {
            let mut quoted = format!("\"{prefix}");
            for &byte in bytes {
                match byte {
                    b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
                    b' '..=b'~' => quoted.push(char::from(byte)),
                    _ => write!(quoted, "\\{byte:03o}").expect("writing to a String cannot fail"),
                }
            }
            quoted + "\""
        }
    }
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> &[u8] {
    use std::os::unix::ffi::OsStrExt as _;
    path.as_os_str().as_bytes()
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_git_writes_them() {
        for (path, expected) in [
            ("./a.json", "a/a.json"),
            ("in/b c.json", "a/in/b c.json\t"),
            ("/tmp/x.json", "a/tmp/x.json"),
            ("caf\u{e9}.json", "a/caf\u{e9}.json"),
            ("a\"\\\u{1b}\n.json", "\"a/a\\\"\\\\\\033\\012.json\""),
            ("\u{e9}\u{202e}", "\"a/\\303\\251\\342\\200\\256\""),
        ] {
            assert_eq!(name("a/", Path::new(path)), expected);
        }
    }

    /// Returns the diff of lines, of which those marked with `!` change.
    fn hunks(lines: &[&str]) -> String {
        let mut diff = Lines::default();
        let mut text = String::new();
        for line in lines {
            let change = Change {
                old: line.as_bytes(),
                new: line.replace('!', "?").into_bytes().into(),
                is_changed: line.contains('!'),
                has_errors: false,
            };
            text.extend(diff.piece(&change));
        }
        diff.end_line();
        text.extend(diff.hunk.map(|hunk| hunk.text()));
        text
    }

    #[test]
    fn lines_have_three_others_around_them() {
        let lines = [
            "1\n", "2\n", "3\n", "4\n", "5!\n", "6\n", "7\n", "8\n", "9\n", "10\n", "11\n",
            "12!\n", "13\n", "14\n", "15\n", "16\n", "17\n", "18\n", "19\n", "20!",
        ];
        assert_eq!(
            hunks(&lines),
            "@@ -2,14 +2,14 @@\n 2\n 3\n 4\n-5!\n+5?\n 6\n 7\n 8\n 9\n 10\n 11\n-12!\n+12?\n 13\n 14\n 15\n\
             @@ -17,4 +17,4 @@\n 17\n 18\n 19\n-20!\n\\ No newline at end of file\n+20?\n\\ No newline at end of file\n"
        );
        assert_eq!(hunks(&["1\r\n", "2\n"]), "");
        assert_eq!(hunks(&["1!\r\n"]), "@@ -1,1 +1,1 @@\n-1!\r\n+1?\r\n");
    }
}
