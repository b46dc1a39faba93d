//! The test binaries of the workspace, and which of them could fail by chance.

use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::workspace::print_line;

/// Texts in a source that show that it uses sockets, processes, threads or time.
const TIMING: [&str; 10] = [
    "TcpListener",
    "TcpStream",
    "UdpSocket",
    "Command::new",
    "CARGO_BIN_EXE",
    "thread::",
    "tokio::",
    "Instant::",
    "sleep(",
    "timeout(",
];

/// A test binary.
#[derive(Debug)]
pub(super) struct Binary {
    /// The package and the test target.
    pub(super) name: String,
    pub(super) program: PathBuf,
    /// The folder in which cargo runs it.
    pub(super) package: PathBuf,
    /// Whether its sources use sockets, processes, threads or time.
    pub(super) depends_on_timing: bool,
}

impl Binary {
    /// Returns a hash of its content.
    pub(super) fn hash(&self) -> Result<String> {
        let bytes = fs::read(&self.program)
            .map_err(|error| Failure::file(&self.program, "read", &error))?;
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        Ok(format!("{:016x}", hasher.finish()))
    }

    /// Returns its name in a form that a file can have.
    pub(super) fn file_name(&self) -> String {
        self.name.replace([' ', '/'], "-")
    }

    fn of(message: &Value) -> Option<Self> {
        if message["profile"]["test"] != true {
            return None;
        }
        let program = PathBuf::from(message["executable"].as_str()?);
        let package = Path::new(message["manifest_path"].as_str()?)
            .parent()?
            .to_owned();
        let source = Path::new(message["target"]["src_path"].as_str()?);
        let kind = message["target"]["kind"][0].as_str()?;
        let target = message["target"]["name"].as_str()?;
        let owner = package.file_name()?.to_string_lossy().into_owned();
        let what = match kind {
            "test" => target.to_owned(),
            "bin" => format!("bin {target}"),
            _ => kind.to_owned(),
        };
        Some(Self {
            name: format!("{owner} {what}"),
            program,
            depends_on_timing: depends_on_timing(source),
            package,
        })
    }
}

/// Builds the tests of a package, or of all, and returns their binaries, by name.
///
/// # Errors
/// They do not build.
pub(super) fn all(root: &Path, package: Option<&str>) -> Result<Vec<Binary>> {
    let which = package.map_or_else(|| vec!["--workspace"], |name| vec!["--package", name]);
    print_line(format_args!("building the tests: {}", which.join(" ")));
    let output = Command::new("cargo")
        .args([
            "test",
            "--no-run",
            "--quiet",
            "--message-format=json-render-diagnostics",
        ])
        .args(&which)
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::new(format!("`cargo` cannot be started: {error}")))?;
    if !output.status.success() {
        let which = which.join(" ");
        return Err(Failure::new(format!(
            "the tests do not build; to repeat it: cargo test --no-run {which}"
        )));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let mut binaries: Vec<Binary> = messages
        .filter_map(|message: Value| Binary::of(&message))
        .collect();
    binaries.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(binaries)
}

/// Whether a binary's sources contain one of [`TIMING`]: everything below the folder of a `main.rs` or `lib.rs`,
/// otherwise the file and the folders next to it that it declares as modules.
fn depends_on_timing(source: &Path) -> bool {
    let folder = source.parent().unwrap_or(source);
    let is_root = ["main.rs", "lib.rs"]
        .iter()
        .any(|name| source.ends_with(name));
    if is_root {
        return any_below(folder);
    }
    let text = fs::read_to_string(source).unwrap_or_default();
    let modules = text
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    has_timing(&text)
        || modules
            .into_iter()
            .any(|name| any_below(&folder.join(name)))
}

fn any_below(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths = entries.map(|entry| entry.path());
    paths.any(|path| {
        if path.is_dir() {
            return any_below(&path);
        }
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        is_source && fs::read_to_string(&path).is_ok_and(|text| has_timing(&text))
    })
}

fn has_timing(text: &str) -> bool {
    TIMING.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::root;

    #[test]
    fn binaries_that_depend_on_timing_are_known_by_their_sources() {
        let depends = |path: &str| {
            let path = root().join(path);
            assert!(path.is_file(), "{}", path.display());
            depends_on_timing(&path)
        };
        assert!(depends("crates/kling-http/tests/kling_http_faults/main.rs"));
        assert!(depends("crates/kling-http/tests/kling_http_logs.rs"));
        assert!(depends(
            "crates/kling-journal/tests/kling_journal_suite/main.rs"
        ));
        assert!(depends("crates/kling-bench/tests/kling_bench_client.rs"));
        assert!(!depends(
            "crates/kling-prompt/tests/kling_prompt_suite/main.rs"
        ));
        assert!(!depends("crates/kling-json/src/lib.rs"));
    }

    #[test]
    fn a_test_binary_is_read_from_the_output_of_cargo() {
        let message = serde_json::json!({
            "executable": "/t/kling_x-1", "manifest_path": "/w/crates/kling-x/Cargo.toml", "profile": {"test": true},
            "target": {"name": "kling_x", "kind": ["lib"], "src_path": "/w/crates/kling-x/src/none.rs"},
        });
        let binary = Binary::of(&message).unwrap();
        assert_eq!(
            (binary.name.as_str(), binary.depends_on_timing),
            ("kling-x lib", false)
        );
        assert_eq!(binary.file_name(), "kling-x-lib");
        let mut program = message;
        program["profile"]["test"] = false.into();
        assert!(Binary::of(&program).is_none());
    }
}
