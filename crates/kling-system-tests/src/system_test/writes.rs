//! What a program wrote into some files of one folder, call by call, and what is left if the power fails.

use std::collections::BTreeMap;

/// What happened, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A file was opened, and created if it did not exist.
    Open(String),
    Write {
        file: String,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: String,
        length: usize,
    },
    /// A file is durable from now on.
    Sync(String),
    /// The names in the folder are durable from now on.
    SyncFolder,
    Remove(String),
    /// A text was sent or printed.
    Said(Vec<u8>),
}

/// The system calls that [`steps`] parses.
pub(super) const CALLS: &str =
    "openat,write,writev,sendto,sendmsg,pwrite64,ftruncate,fsync,fdatasync,?unlink,unlinkat";
/// Options that make strace's output parseable: paths of descriptors, whole strings, binary data in hexadecimal.
pub(super) const OPTIONS: [&str; 4] = ["-y", "-x", "-s", "1000000"];

/// Returns the steps in a log of strace that concern files below `folder` with these names, and everything said.
pub(super) fn steps(log: &str, folder: &str, names: &[&str]) -> Vec<Step> {
    let lines = log.lines().filter_map(|line| line.split_once(' '));
    lines
        .filter_map(|(_, line)| step(line.trim_start(), folder, names))
        .collect()
}

fn step(line: &str, folder: &str, names: &[&str]) -> Option<Step> {
    let (call, arguments) = line.split_once('(')?;
    let file = |path: &str| {
        let name = path.strip_prefix(folder)?.strip_prefix('/')?;
        names.contains(&name).then(|| name.to_owned())
    };
    // A descriptor is written as its number and its path: `9</tmp/a>, …`.
    let of_descriptor = || {
        let (_, rest) = arguments.split_once('<')?;
        rest.split_once('>')
    };
    match call {
        "openat" => {
            let (path, rest) = string(arguments)?;
            let path = String::from_utf8(path).ok()?;
            rest.contains("O_CREAT")
                .then(|| file(&path))?
                .map(Step::Open)
        }
        "unlink" | "unlinkat" => {
            let (path, _) = string(arguments)?;
            file(&String::from_utf8(path).ok()?).map(Step::Remove)
        }
        "pwrite64" => {
            let (path, rest) = of_descriptor()?;
            let (file, (bytes, rest)) = (file(path)?, string(rest)?);
            let at = rest.split(", ").nth(2)?;
            let end = at.find(|c: char| !c.is_ascii_digit()).unwrap_or(at.len());
            let at = at[..end].parse().ok()?;
            Some(Step::Write { file, at, bytes })
        }
        "ftruncate" => {
            let (path, rest) = of_descriptor()?;
            let digits = rest.trim_start_matches([',', ' ']);
            let end = digits.find(|c: char| !c.is_ascii_digit())?;
            let length = digits[..end].parse().ok()?;
            Some(Step::Truncate {
                file: file(path)?,
                length,
            })
        }
        "fsync" | "fdatasync" => {
            let (path, _) = of_descriptor()?;
            if path == folder {
                return Some(Step::SyncFolder);
            }
            file(path).map(Step::Sync)
        }
        "write" | "writev" | "sendto" | "sendmsg" => {
            let (text, _) = string(arguments)?;
            Some(Step::Said(text))
        }
        _ => None,
    }
}

/// Returns the first string in some arguments, and what follows it.
fn string(arguments: &str) -> Option<(Vec<u8>, &str)> {
    let (_, text) = arguments.split_once('"')?;
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    loop {
        let (&first, behind) = rest.split_first()?;
        rest = behind;
        match first {
            b'"' => break,
            b'\\' => {
                let (&escape, behind) = rest.split_first()?;
                rest = behind;
                bytes.push(match escape {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'v' => 0x0b,
                    b'f' => 0x0c,
                    b'x' => {
                        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
                        rest = &rest[2..];
                        u8::from_str_radix(digits, 16).ok()?
                    }
                    other => other,
                });
            }
            other => bytes.push(other),
        }
    }
    Some((bytes, &text[text.len() - rest.len()..]))
}

/// Files by name.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// A folder on a disk that keeps only what it was told to keep.
#[derive(Debug, Default)]
pub(super) struct Disk {
    /// The contents that the program sees, and the durable ones, by a number that remains when names are removed.
    contents: Vec<(Vec<u8>, Vec<u8>)>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
}

impl Disk {
    /// Applies a step.
    pub(super) fn apply(&mut self, step: &Step) {
        match step {
            Step::Open(name) => {
                self.number(name);
            }
            Step::Write { file, at, bytes } => {
                let number = self.number(file);
                overwrite(&mut self.contents[number].0, *at, bytes);
            }
            Step::Truncate { file, length } => {
                let number = self.number(file);
                self.contents[number].0.resize(*length, 0);
            }
            Step::Sync(file) => {
                let number = self.number(file);
                let (seen, durable) = &mut self.contents[number];
                durable.clone_from(seen);
            }
            Step::SyncFolder => self.durable_names.clone_from(&self.names),
            Step::Remove(name) => {
                self.names.remove(name);
            }
            Step::Said(_) => {}
        }
    }

    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.names.get(name) {
            return *number;
        }
        self.contents.push(Default::default());
        self.names.insert(name.to_owned(), self.contents.len() - 1);
        self.contents.len() - 1
    }

    /// Returns what may be left if the power fails now: everything, only what was made durable, the names without the
    /// contents and the reverse; and, if the last step was a write, only that write or half of it.
    pub(super) fn after_power_loss(&self, last: &Step) -> Vec<Files> {
        let seen = |number: usize| self.contents[number].0.clone();
        let durable = |number: usize| self.contents[number].1.clone();
        let files = |names: &BTreeMap<String, usize>, content: &dyn Fn(usize) -> Vec<u8>| {
            names
                .iter()
                .map(|(name, number)| (name.clone(), content(*number)))
                .collect::<Files>()
        };
        let mut left = vec![
            files(&self.names, &seen),
            files(&self.durable_names, &durable),
            files(&self.names, &durable),
            files(&self.durable_names, &seen),
        ];
        if let Step::Write { file, at, bytes } = last {
            // A sector is written completely or not at all.
            const SECTOR: usize = 512;
            let half = &bytes[..bytes.len().min((bytes.len() / 2).next_multiple_of(SECTOR))];
            for (base, part) in [(1, &bytes[..]), (2, bytes), (1, half), (2, half)] {
                let mut files = left[base].clone();
                if let Some(content) = files.get_mut(file) {
                    overwrite(content, *at, part);
                    left.push(files);
                }
            }
        }
        left
    }
}

fn overwrite(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[at..end].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_as_steps() {
        let log = r#"
7 openat(AT_FDCWD</d>, "/d/j", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 9</d/j>
7 openat(AT_FDCWD</d>, "/d/j", O_RDONLY) = 9</d/j>
7 pwrite64(9</d/j>, "\x00\xff\x22", 3, 516 <unfinished ...>
8 writev(12<socket:[5]>, [{iov_base="POST /v1 HTTP/1.1\r\n\"", iov_len=19}], 1) = 19
7 <... pwrite64 resumed>) = 3
7 pwrite64(4</d/other>, "x", 1, 0) = 1
7 fsync(9</d/j>) = 0
7 ftruncate(9</d/j>, 12) = 0
7 fsync(10</d>) = 0
7 unlink("/d/j") = 0
"#;
        let j = || "j".to_owned();
        assert_eq!(
            steps(log, "/d", &["j"]),
            [
                Step::Open(j()),
                Step::Write {
                    file: j(),
                    at: 516,
                    bytes: vec![0, 255, 34]
                },
                Step::Said(b"POST /v1 HTTP/1.1\r\n\"".to_vec()),
                Step::Sync(j()),
                Step::Truncate {
                    file: j(),
                    length: 12
                },
                Step::SyncFolder,
                Step::Remove(j()),
            ]
        );
    }

    #[test]
    fn what_was_not_made_durable_may_be_gone() {
        let mut disk = Disk::default();
        let write = |bytes: &[u8]| Step::Write {
            file: "a".to_owned(),
            at: 0,
            bytes: bytes.to_vec(),
        };
        let of = |bytes: &[u8]| Files::from([("a".to_owned(), bytes.to_vec())]);
        disk.apply(&write(b"one"));
        let left = disk.after_power_loss(&Step::SyncFolder);
        assert_eq!(left, [of(b"one"), Files::new(), of(b""), Files::new()]);
        disk.apply(&Step::Sync("a".to_owned()));
        disk.apply(&Step::SyncFolder);
        disk.apply(&write(b"two"));
        let left = disk.after_power_loss(&Step::SyncFolder);
        assert_eq!(left, [of(b"two"), of(b"one"), of(b"one"), of(b"two")]);
        disk.apply(&Step::Remove("a".to_owned()));
        let left = disk.after_power_loss(&Step::SyncFolder);
        assert_eq!(left[0], Files::new());
        assert_eq!(left[1], of(b"one"));
        // Half of a write, in sectors.
        let long = write(&[7; 1536]);
        disk.apply(&Step::SyncFolder);
        disk.apply(&long);
        disk.apply(&Step::SyncFolder);
        let left = disk.after_power_loss(&long);
        assert_eq!(left[7]["a"].len(), 1024);
    }
}
