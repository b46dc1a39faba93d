//! Files that contain a key, and what is wrong with texts that should be one. No message contains any part of it.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::Read as _;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use std::{fmt, io};

use crate::machine;
use crate::regular;

/// The environment variable with the key.
pub(crate) const API_KEY: &str = "TOAPIS_API_KEY";

/// The option that names a file with a key.
const KEY_FILE: &str = "--key-file";

/// The minimum number of bytes after `sk-` in what is taken for a key; real ones have about 48.
const MIN_KEY_REST: usize = 12;

/// The maximum number of bytes of a file with a key; real ones have about 50.
const MAX_KEY_FILE: u64 = 4096;

/// How long a pipe may take to provide the key: a password manager may have to ask its user first.
const PIPE_TIME: Duration = Duration::from_secs(10);

/// A key from a file.
pub(crate) struct FileKey {
    pub(crate) key: String,
    /// What to report about the file.
    pub(crate) warning: Option<String>,
}

/// Never shows the key.
impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileKey")
            .field("warning", &self.warning)
            .finish_non_exhaustive()
    }
}

/// Keeps other programs from reading a key from this process's memory, if there is one in the environment.
pub(crate) fn guard_environment() {
    if std::env::var_os(API_KEY).is_some() {
        machine::forbid_dumps();
    }
}

/// Reads a file or a pipe that contains only a key.
///
/// # Errors
/// A message in one line: what is wrong, why, and what to do.
pub(crate) fn of_file(path: &Path) -> Result<FileKey, String> {
    machine::forbid_dumps();
    read(path, PIPE_TIME)
}

fn read(path: &Path, pipe_time: Duration) -> Result<FileKey, String> {
    let shown = match path.to_str() {
        Some(text) if looks_like_key(text) => KEY_FILE.to_owned(),
        Some(_) | None => format!("{KEY_FILE} {}", path.display()),
    };
    let metadata = fs::metadata(path).map_err(|error| {
        if path.to_str().is_some_and(looks_like_key) {
            format!(
                "{shown}: this looks like a key, but must be the path of a file; write the key into a file that only you \
                 can read, and give its path"
            )
        } else {
            unreadable(&shown, &error)
        }
    })?;
    let bytes = if regular::is_pipe(&metadata) {
        of_pipe(path, pipe_time)
    } else {
        regular::open(path).and_then(content)
    };
    let bytes = bytes.map_err(|error| unreadable(&shown, &error))?;
    if bytes.len() as u64 > MAX_KEY_FILE {
        return Err(format!(
            "{shown}: it is longer than {MAX_KEY_FILE} bytes; give a file that contains only the key"
        ));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        format!("{shown}: it is not valid UTF-8; save it as plain text that contains only the key")
    })?;
    let key = of_text(&text).map_err(|fault| format!("{shown}: {fault}"))?;
    Ok(FileKey {
        key: key.to_owned(),
        warning: is_open_to_others(&metadata).then(|| {
            format!(
                "warning: {shown}: other users of this machine can read or change the key in it; restrict it to yourself with \
                 `chmod 600`"
            )
        }),
    })
}

fn unreadable(shown: &str, error: &io::Error) -> String {
    format!("{shown}: {error}; give a file with the key")
}

fn content(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MAX_KEY_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a pipe that may never be written to.
fn of_pipe(path: &Path, time: Duration) -> io::Result<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    let path = path.to_owned();
    // If nothing is written, the thread ends with the process.
    thread::Builder::new().spawn(move || sender.send(File::open(path).and_then(content)))?;
    receiver.recv_timeout(time).unwrap_or_else(|_| {
        Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("it is a pipe that did not end within {} s", time.as_secs()),
        ))
    })
}

/// Whether others can read or change a file. The content of a pipe was never in a file.
fn is_open_to_others(metadata: &Metadata) -> bool {
    #[cfg(unix)]
    return metadata.is_file() && std::os::unix::fs::MetadataExt::mode(metadata) & 0o066 != 0;
    #[cfg(not(unix))]
    {
        let _ = metadata;
        false
    }
}

/// Checks that no argument looks like a key, so that none is repeated in a message. `--key-file` checks its own.
///
/// # Errors
/// A message in one line: what is wrong, why, and what to do.
pub(crate) fn not_in_arguments(arguments: impl Iterator<Item = OsString>) -> Result<(), String> {
    let mut is_of_key_file = false;
    for argument in arguments.skip(1) {
        let word = argument.to_string_lossy();
        let (option, value) = word
            .split_once('=')
            .filter(|(option, _)| option.starts_with("--"))
            .unwrap_or(("", &word));
        let is_checked_there = is_of_key_file || option == KEY_FILE;
        if !is_checked_there && begins_as_key(value) && !Path::new(&argument).exists() {
            return Err(
                "error: an argument looks like a key: others can see the arguments of a program; write the key into a \
                 file that only you can read, and give its path with `--key-file`\n"
                    .to_owned(),
            );
        }
        is_of_key_file = word == KEY_FILE;
    }
    Ok(())
}

/// Whether a text begins as the keys of the service do, and has no character that they do not have.
fn begins_as_key(text: &str) -> bool {
    let text = text.strip_prefix("Bearer ").unwrap_or(text);
    let rest = text.strip_prefix("sk-").unwrap_or_default();
    rest.len() >= MIN_KEY_REST && rest.bytes().all(is_key_byte)
}

const fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'=')
}

/// Whether a value given as a path looks like a key.
fn looks_like_key(text: &str) -> bool {
    let text = text.strip_prefix("Bearer ").unwrap_or(text);
    let is_word = text.bytes().all(is_key_byte);
    text.starts_with("sk-")
        || (is_word && text.len() >= 24 && text.contains(|c: char| c.is_ascii_digit()))
}

/// Returns the key in a text. Surrounding blanks and line breaks are ignored.
///
/// # Errors
/// Why it is not a key, and what to write instead.
pub(crate) fn of_text(text: &str) -> Result<&str, &'static str> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err("it is empty; write the key into it");
    }
    if text.lines().nth(1).is_some() {
        return Err("it has several lines, but a key has one; keep only the line with the key");
    }
    let word = text.strip_prefix("export ").unwrap_or(text);
    let is_assignment = word.split_once('=').is_some_and(|(name, value)| {
        let name = name.trim_end();
        let is_name = !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        // Some encodings of bytes end with such characters.
        is_name && !value.trim_matches('=').is_empty()
    });
    if is_assignment {
        return Err(
            "it is an assignment of a shell; write only what follows the `=`, without quotation marks",
        );
    }
    if text.contains(['"', '\'', '`', '“', '”', '‘', '’']) {
        return Err("a key must not contain quotation marks; write the key without them");
    }
    if text.contains(char::is_whitespace) {
        return Err(
            "a key must not contain white space; give only the key, without `Bearer` before it",
        );
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("it contains a character that is not allowed in a key; copy the key again");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sk-canary-7f3a9e";

    #[test]
    fn a_key_is_one_word() {
        for text in ["K", "K\n", "K\r\n", "K\r", "\n K \n\n", "\u{feff}K\n"] {
            assert_eq!(of_text(&text.replace('K', KEY)), Ok(KEY), "{text:?}");
        }
        for key in ["c2VjcmV0==", "a=", "a:b", "0a=b", "a-b=c"] {
            assert_eq!(of_text(key), Ok(key));
        }
        for (text, fault) in [
            ("", "empty"),
            (" \n", "empty"),
            ("\u{feff}", "empty"),
            ("K\nother", "several lines"),
            ("K\r\n\r\nother\n", "several lines"),
            ("TOAPIS_API_NAME=K", "follows the `=`"),
            ("export TOAPIS_API_NAME=K\n", "follows the `=`"),
            ("toapis_api_key = \"K\"", "follows the `=`"),
            ("\"K\"", "without them"),
            ("'K'\n", "without them"),
            ("“K”", "without them"),
            ("{\"key\":\"K\"}", "without them"),
            ("Bearer K", "`Bearer`"),
            ("Authorization: K", "white space"),
            ("K K", "white space"),
            ("K\u{1b}[31m", "not allowed in a key"),
            ("K\0", "not allowed in a key"),
            ("Ké", "not allowed in a key"),
        ] {
            let message = of_text(&text.replace('K', KEY)).expect_err(text);
            assert!(message.contains(fault), "{text:?}: {message}");
            assert!(
                !message.contains(KEY) && message.contains("; "),
                "{message}"
            );
        }
    }

    #[test]
    fn a_key_is_distinguished_from_a_path() {
        for text in [
            KEY,
            "sk-1",
            "Bearer sk-1",
            "0123456789abcdefABCDEF0123",
            "a_b-0123456789abcdefABCDEF",
        ] {
            assert!(looks_like_key(text), "{text}");
        }
        for text in [
            "key",
            "the.key",
            "/run/secrets/toapis_0123456789abcdef",
            "toapis-key-of-the-team-and-others",
            "~/.key",
        ] {
            assert!(!looks_like_key(text), "{text}");
        }
        let message = of_file(Path::new(KEY)).unwrap_err();
        assert!(
            message.contains("must be the path of a file") && !message.contains(KEY),
            "{message}"
        );
        // A file with such a name is read, but not named in messages either.
        let message = of_file(Path::new("missing.key")).unwrap_err();
        assert!(message.starts_with("--key-file missing.key: "), "{message}");
    }

    #[test]
    fn a_key_among_the_arguments_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sk-a-request-of-mine");
        fs::write(&file, "{}").unwrap();
        let file = file.to_str().unwrap();
        let option = format!("--output={KEY}");
        let own = format!("--key-file={KEY}");
        for (arguments, is_found) in [
            (&["check", KEY][..], true),
            (&[KEY], true),
            (&["check", "a.json", &option], true),
            (&["submit", "a.json", "--nothing", KEY], true),
            (&["balance", "--key-file", KEY], false),
            (&["balance", &own], false),
            (&["balance", "--key-file", "a.key", KEY], true),
            (&["check", file], false),
            (&["check", "sk-boat.json"], false),
            (&["check", "sk-and-no-file.json"], false),
            (&["status", "task-sk-canary-0123456789"], false),
        ] {
            let all = ["kling"].iter().chain(arguments);
            let found = not_in_arguments(all.map(OsString::from));
            let message = found.err().unwrap_or_default();
            assert_eq!(!message.is_empty(), is_found, "{arguments:?}");
            assert!(!message.contains(KEY), "{message}");
        }
    }

    #[test]
    fn what_is_too_long_or_not_a_text_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k");
        fs::write(&path, "x".repeat(4097)).unwrap();
        assert!(of_file(&path).unwrap_err().contains("longer than 4096"));
        fs::write(&path, "x".repeat(4096)).unwrap();
        assert_eq!(of_file(&path).unwrap().key.len(), 4096);
        fs::write(&path, b"\xff\xfes\0k\0").unwrap();
        assert!(of_file(&path).unwrap_err().contains("not valid UTF-8"));
        assert!(of_file(folder.path()).unwrap_err().contains("a folder"));
    }

    #[test]
    #[cfg(unix)]
    fn files_that_others_can_read_are_warned_about() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k");
        fs::write(&path, KEY).unwrap();
        for (mode, is_warned) in [
            (0o600, false),
            (0o400, false),
            (0o640, true),
            (0o604, true),
            (0o622, true),
        ] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let read = of_file(&path).unwrap();
            assert_eq!(read.warning.is_some(), is_warned, "{mode:o}");
            assert!(!format!("{read:?}").contains(KEY));
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_is_read_and_not_waited_for_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&path)
                .status()
                .unwrap()
                .success()
        );
        let message = read(&path, Duration::from_millis(1)).unwrap_err();
        assert!(message.contains("a pipe that did not end"), "{message}");
    }
}
