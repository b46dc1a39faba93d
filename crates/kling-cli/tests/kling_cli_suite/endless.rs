//! Endless input in place of a file: pipes without a writer, devices, kernel files. None of them is opened.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use crate::support::{CLEAN, Folder, Ran, program};

/// A named pipe that gets a writer as soon as it is opened: a program that opens it still ends, and only its message
/// shows that it did.
struct Pipe<'a> {
    path: &'a Path,
    writer: thread::JoinHandle<()>,
}

impl<'a> Pipe<'a> {
    fn make(path: &'a Path) -> Self {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        let to = path.to_owned();
        let writer = thread::spawn(move || drop(File::options().write(true).open(to)));
        Self { path, writer }
    }

    fn end(self) {
        // Opening both ends at once does not block, and lets the writer finish.
        let both = File::options().read(true).write(true).open(self.path);
        self.writer.join().unwrap();
        drop(both);
    }
}

/// Runs the program with a key, a journal and a service where no server listens.
fn run(folder: &Folder, arguments: &[&str]) -> Ran {
    let output = program(folder.path())
        .args(arguments)
        .env("TOAPIS_API_KEY", "sk-canary-7f3a9e")
        .env("TOAPIS_BASE_URL", "http://127.0.0.1:1")
        .env("TOAPIS_JOURNAL", folder.path().join("journal.sqlite3"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ran {
        code: output.status.code().expect("no signal ended the program"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Command lines that read a file called `odd`, and the exit code if it cannot be read.
const READERS: &[(&[&str], i32)] = &[
    (&["check", "odd"], 2),
    (&["check", "--lines", "odd"], 2),
    (&["check", "--diff", "odd"], 2),
    (&["check", "--fix", "odd"], 2),
    (&["check", "--config", "odd", "request.json"], 2),
    (&["check", "--spec", "odd", "request.json"], 2),
    (&["check", "--files-from", "odd"], 2),
    (&["check", "configured/request.json"], 2),
    (&["check", "linked/request.json"], 2),
    (&["bill", "odd"], 2),
    (&["config", "--config", "odd"], 2),
    (&["explain", "--spec", "odd"], 2),
    (&["models", "--spec", "odd"], 2),
    (&["schema", "any", "--spec", "odd"], 2),
];

/// As [`READERS`], for the commands that talk to the service.
#[cfg(feature = "client")]
const SENDERS: &[(&[&str], i32)] = &[
    (&["submit", "odd"], 2),
    (&["submit", "--spec", "odd", "request.json"], 2),
    (&["generate", "--config", "odd", "request.json"], 2),
    (&["generate", "--allow-outside", "image.json"], 8),
    (&["upload", "odd"], 8),
];

/// As [`READERS`], for files that are opened for writing, as kernel files cannot be.
#[cfg(feature = "client")]
const WRITERS: &[(&[&str], i32)] = &[
    (&["schema", "--all", "schemas"], 2),
    (&["generate", "--journal", "odd", "request.json"], 2),
    (&["jobs", "--journal", "odd"], 2),
];
#[cfg(not(feature = "client"))]
const WRITERS: &[(&[&str], i32)] = &[];

#[cfg(not(feature = "client"))]
const SENDERS: &[(&[&str], i32)] = &[];

#[cfg(feature = "emulator")]
const EMULATOR: &[(&[&str], i32)] = &[(&["emulator", "--fault-file", "odd"], 2)];
#[cfg(not(feature = "emulator"))]
const EMULATOR: &[(&[&str], i32)] = &[];

fn stage() -> Folder {
    let image = r#"{"model": "kling-v3", "prompt": "a boat", "image_urls": ["odd.png"]}"#;
    let folder = Folder::with(&[
        ("request.json", CLEAN),
        ("image.json", image),
        ("configured/request.json", CLEAN),
        ("configured/kling.toml", "spec = [\"../odd\"]\n"),
        ("linked/request.json", CLEAN),
        ("schemas/kling-v3.schema.json", "{}"),
    ]);
    for (link, to) in [
        ("linked/kling.toml", "../odd"),
        ("schemas/any.schema.json", "../odd"),
        ("odd.png", "odd"),
    ] {
        std::os::unix::fs::symlink(to, folder.path().join(link)).unwrap();
    }
    folder
}

/// Runs commands that open `odd`; each must report this.
#[track_caller]
fn all_refuse(folder: &Folder, commands: &[&[(&[&str], i32)]], why: &str) {
    for (arguments, code) in commands.concat() {
        let ran = run(folder, arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(why), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn pipes_are_not_opened() {
    let folder = stage();
    let path = folder.path().join("odd");
    let pipe = Pipe::make(&path);
    let commands = [READERS, SENDERS, EMULATOR, WRITERS];
    all_refuse(&folder, &commands, "is a pipe, not a regular file");
    pipe.end();
}

#[test]
fn devices_are_not_opened() {
    let folder = stage();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("odd")).unwrap();
    let commands = [READERS, SENDERS, EMULATOR, WRITERS];
    all_refuse(
        &folder,
        &commands,
        "is a device or a socket, not a regular file",
    );
}

#[test]
#[cfg(target_os = "linux")]
fn files_of_the_kernel_are_not_opened() {
    let folder = stage();
    // Reading a kernel file may consume what other programs wait for, and may itself block.
    std::os::unix::fs::symlink("/proc/self/status", folder.path().join("odd")).unwrap();
    let commands = [READERS, SENDERS, EMULATOR];
    all_refuse(
        &folder,
        &commands,
        "is a file of the kernel, not a regular file",
    );
}

#[test]
fn a_pipe_of_the_shell_is_read() {
    let folder = stage();
    folder.write("list", "request.json\n");
    let shell = |script: &str| {
        let output = Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_kling")])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{script}: {message}");
    };
    shell("cat list | \"$0\" check --files-from /dev/stdin");
    shell("cat request.json | \"$0\" check /dev/stdin");
    // The settings must not name this pipe: the program would wait for it forever.
    folder.write("kling.toml", "spec = [\"/dev/stdin\"]\n");
    let mut child = program(folder.path())
        .args(["check", "request.json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program ends before its standard input does.
    let stdin = child.stdin.take();
    let message = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(
        message.contains("is a pipe, not a regular file"),
        "{message}"
    );
    drop(stdin);
}
