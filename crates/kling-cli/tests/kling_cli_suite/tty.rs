//! The program on a terminal: it reports when it waits for input, and its output fits.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::support::{CLEAN, ERROR, Folder, program};

/// A pseudo terminal: one side for a person, the other for the program.
struct Terminal {
    person: File,
    program: File,
}

impl Terminal {
    fn new(columns: u16) -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        let program = rustix::fs::open(&*name, flags, Mode::empty()).unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&program, size).unwrap();
        Self {
            person: person.into(),
            program: program.into(),
        }
    }

    fn stdio(&self) -> Stdio {
        self.program.try_clone().unwrap().into()
    }

    /// Returns everything that a command prints on it.
    fn shown(mut self, mut command: Command) -> String {
        let mut child = command.stdout(self.stdio()).spawn().unwrap();
        // The stream ends when no program has it open.
        drop((self.program, command));
        let mut shown = Vec::new();
        // On Linux the end is an error.
        let _ = self.person.read_to_end(&mut shown);
        child.wait().unwrap();
        String::from_utf8(shown).unwrap().replace("\r\n", "\n")
    }
}

fn kling(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = program(folder);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Checks the first message of a command that reads from a terminal without input.
#[track_caller]
fn says(arguments: &[&str], expected: &str) {
    let folder = Folder::with(&[("a.json", CLEAN)]);
    let terminal = Terminal::new(80);
    let mut child: Child = kling(folder.path(), arguments)
        .stdin(terminal.stdio())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let read = BufReader::new(child.stderr.take().unwrap()).read_line(&mut line);
    child.kill().unwrap();
    child.wait().unwrap();
    read.unwrap();
    assert_eq!(line, format!("{expected}\n"), "{arguments:?}");
}

#[test]
fn a_command_that_reads_from_the_terminal_prints_a_note() {
    let request = "note: reading a request from the terminal; end it with Ctrl-D";
    says(&["check", "-"], request);
    says(&["bill", "-"], request);
    says(&["submit", "-"], request);
    says(&["generate", "-", "--emulator"], request);
    says(&["check", "--fix", "-"], request);
    says(
        &["check", "--lines", "-"],
        "note: reading requests, one per line, from the terminal; end it with Ctrl-D",
    );
    says(
        &["check", "--files-from", "-"],
        "note: reading a list of files from the terminal; end it with Ctrl-D",
    );
}

#[cfg(feature = "lsp")]
#[test]
fn the_language_server_says_that_an_editor_starts_it() {
    says(
        &["lsp"],
        "note: waiting for an editor, which starts this command itself; end it with Ctrl-C",
    );
}

/// Returns the maximum number of columns of the lines, whose characters must all take one.
fn columns(shown: &str) -> usize {
    let widths = shown.lines().map(|line| line.chars().count());
    widths.max().unwrap()
}

#[test]
fn excerpts_are_as_wide_as_the_terminal() {
    let long = ERROR.replace("boat", &"boat ".repeat(100));
    let folder = Folder::with(&[("a.json", &long)]);
    for width in [40, 80, 120] {
        let arguments = ["check", "--color", "never", "a.json"];
        let shown = Terminal::new(width).shown(kling(folder.path(), &arguments));
        let lines: Vec<&str> = shown.lines().collect();
        // There would be room at the end for the mark of a cut.
        assert_eq!(lines[3].chars().count(), usize::from(width) - 1, "{shown}");
        let mark = lines[4].chars().position(|character| character == '^');
        assert_eq!(lines[3].chars().nth(mark.unwrap()), Some('7'), "{shown}");
    }
    // A terminal that is too narrow for anything is not an error.
    for width in [0, 1] {
        let shown = Terminal::new(width).shown(kling(folder.path(), &["check", "a.json"]));
        assert!(shown.contains("wrong-value"), "{shown}");
    }
}

#[test]
fn explanations_are_wrapped() {
    let folder = Folder::new();
    for (arguments, width) in [
        (&["explain", "misnamed-field"][..], 80),
        (&["explain", "audio-with-video-list"], 60),
        (&["explain"], 100),
        (&["models"], 60),
        (&["models", "kling-v3"], 100),
    ] {
        let shown = Terminal::new(width).shown(kling(folder.path(), arguments));
        assert!(
            columns(&shown) <= usize::from(width),
            "{arguments:?}\n{shown}"
        );
    }
    // A list for a program has one line per rule.
    let shown = Terminal::new(60).shown(kling(folder.path(), &["explain"]));
    let piped = crate::support::run(&["explain"]).out;
    assert!(piped.lines().count() < shown.lines().count());
    assert!(columns(&piped) > 100);
}

#[test]
fn no_name_of_a_file_reaches_the_terminal_as_it_is() {
    let folder = Folder::new();
    let name = "a\u{1b}]0;pwn\u{7}\u{1b}[2Jb\u{9b}c\u{202e}.json";
    let text = ERROR.replace('7', "\"5\", \"bogus\": 1");
    for name in [name.to_owned(), name.replace(".json", ".jsonl")] {
        folder.write(&name, &text);
    }
    let formats = ["human", "json", "jsonl", "sarif", "github", "summary"];
    let mut runs: Vec<Vec<&str>> = formats
        .iter()
        .map(|format| vec!["check", "--color", "never", "--format", format, "."])
        .collect();
    runs.push(vec!["check", "--diff", "."]);
    runs.push(vec!["check", "--show-skipped", "--files-from", name]);
    runs.push(vec!["bill", "."]);
    runs.push(vec!["config", name]);
    for arguments in runs {
        let terminal = Terminal::new(80);
        let mut command = kling(folder.path(), &arguments);
        command.stderr(terminal.stdio());
        // On a busy machine there is a line of progress, which is taken back.
        let shown = terminal.shown(command).replace("\r\u{1b}[2K", "");
        let raw = |character: char| {
            character != '\n' && (character.is_control() || character == '\u{202e}')
        };
        assert_eq!(shown.find(raw), None, "{arguments:?}\n{shown:?}");
        assert!(!shown.is_empty(), "{arguments:?}");
    }
}

#[cfg(feature = "emulator")]
#[test]
fn the_emulator_prints_to_the_terminal() {
    let folder = Folder::new();
    let terminal = Terminal::new(80);
    let mut command = kling(folder.path(), &["emulator", "--port", "0"]);
    let mut child = command.stdout(terminal.stdio()).spawn().unwrap();
    let Terminal { person, program } = terminal;
    drop((command, program));
    let mut lines = BufReader::new(person);
    let mut shown = String::new();
    while !shown.contains("TOAPIS_BASE_URL=http://127.0.0.1:") {
        // At the end of the stream, reading is an error.
        let read = lines.read_line(&mut shown);
        assert!(read.is_ok_and(|bytes| bytes > 0), "{shown}");
        assert!(!shown.contains('{'), "{shown}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
