//! The steps of the README's workflow, run by a shell in a repository like those they are meant for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use xtask::failure::{Failure, Result, read, write};
use xtask::process::build_kling;
use xtask::workflow;

use super::stage::ensure;

/// A request without a finding.
const RIGHT: &str = r#"{"model": "kling-v3", "prompt": "a paper boat on a pond"}"#;
/// One with an error.
const WRONG: &str = r#"{"model": "kling-v3", "prompt": "a paper boat on a pond", "duration": 7}"#;
/// The base branch of a pull request.
const BASE: &str = "main";
/// A linter for workflows.
pub(super) const LINTER: &str = "zizmor";
/// Its settings: a tag is sufficient, since a comment in the workflow asks its reader to pin the commit.
const LINTER_SETTINGS: &str =
    "rules:\n  unpinned-uses:\n    config:\n      policies:\n        \"*\": ref-pin\n";

/// Runs them where requests were added, changed and deleted, where nothing has changed, and where `git diff` fails.
///
/// # Errors
/// A fault is not detected, something other than the changes is checked, a failing step is not noticed, or the
/// workflow linter has findings.
pub(super) fn test(root: &Path) -> Result<String> {
    let readme = read(&root.join("README.md"))?;
    let workflow = workflow::of_readme(&readme)?;
    lint(workflow)?;
    let scripts = workflow::scripts(workflow);
    let script = scripts.iter().find(|script| script.contains("kling check"));
    let script = script.ok_or_else(|| Failure::new("no step of the workflow checks anything"))?;
    let repository = Repository::new(&build_kling(root)?)?;

    let unchanged = repository.run(script, BASE)?;
    ensure(unchanged.status.code() == Some(0), || {
        details("no change", &unchanged)
    })?;

    repository.change("requests/a \"boat\" $(touch pwned).json", Some(RIGHT))?;
    repository.change("requests/deleted.json", None)?;
    repository.change("requests/notes.md", Some("no request"))?;
    // What is elsewhere is not a request, whatever it looks like.
    repository.change("package.json", Some(WRONG))?;
    let right = repository.run(script, BASE)?;
    ensure(
        right.status.code() == Some(0) && !repository.path("pwned").exists(),
        || details("right requests", &right),
    )?;

    repository.change("requests/sub folder/é.json", Some(WRONG))?;
    let wrong = repository.run(script, BASE)?;
    let marks = String::from_utf8_lossy(&wrong.stdout);
    let marked = marks
        .lines()
        .filter(|line| line.starts_with("::error"))
        .count();
    // A fault that existed before does not belong to the pull request.
    ensure(
        wrong.status.code() == Some(1) && marked == 1 && marks.contains("é.json"),
        || details("a wrong request", &wrong),
    )?;

    let failing = repository.run(script, "no-such-branch")?;
    ensure(
        failing.status.code() == Some(128) && failing.stdout.is_empty(),
        || details("a `git diff` that fails", &failing),
    )?;
    Ok("zizmor finds nothing; 4 runs: only what changed is checked, and a failing `git diff` is noticed".to_owned())
}

/// Runs the linter on the workflow, and on a version with a fault that it must detect.
fn lint(workflow: &str) -> Result<()> {
    let clean = linted(workflow)?;
    ensure(clean.status.success(), || details(LINTER, &clean))?;
    let faulty = workflow.replace("$BASE", "${{ github.head_ref }}");
    let seen = linted(&faulty)?;
    ensure(
        seen.status.code().is_some_and(|code| code != 0)
            && String::from_utf8_lossy(&seen.stdout).contains("template-injection"),
        || details("a fault that zizmor does not see", &seen),
    )
}

fn linted(workflow: &str) -> Result<Output> {
    let folder = temporary_folder()?;
    let workflows = folder.path().join(".github").join("workflows");
    fs::create_dir_all(&workflows).map_err(|error| Failure::file(&workflows, "made", &error))?;
    let (file, settings) = (
        workflows.join("requests.yml"),
        folder.path().join("zizmor.yml"),
    );
    // The rest of the comment with the linter's name becomes a comment again.
    write(&file, &format!("# {workflow}"))?;
    write(&settings, LINTER_SETTINGS)?;
    output(
        Command::new(LINTER)
            .args(["--offline", "--no-progress", "--color=never", "--config"])
            .args([&settings, &file])
            .stdin(Stdio::null()),
    )
}

fn temporary_folder() -> Result<TempDir> {
    tempfile::tempdir().map_err(|error| Failure::new(format!("no temporary folder: {error}")))
}

fn details(case: &str, output: &Output) -> String {
    format!(
        "{case}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A repository with one commit, which the base branch also points to, and a folder with the program.
struct Repository {
    folder: TempDir,
    programs: PathBuf,
}

impl Repository {
    fn new(kling: &Path) -> Result<Self> {
        let folder = temporary_folder()?;
        let programs = kling.parent().map(Path::to_owned).unwrap_or_default();
        let repository = Self { folder, programs };
        for name in ["work", "temp"] {
            let path = repository.folder.path().join(name);
            fs::create_dir(&path).map_err(|error| Failure::file(&path, "made", &error))?;
        }
        repository.git(&["init", "--quiet"])?;
        for name in ["requests/old.json", "requests/deleted.json"] {
            write(&repository.path(name), WRONG)?;
        }
        repository.commit()?;
        repository.git(&["update-ref", &format!("refs/remotes/origin/{BASE}"), "HEAD"])?;
        Ok(repository)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// Commits a file with this text, or its deletion.
    fn change(&self, name: &str, text: Option<&str>) -> Result<()> {
        let path = self.path(name);
        match text {
            Some(text) => write(&path, text)?,
            None => {
                fs::remove_file(&path).map_err(|error| Failure::file(&path, "removed", &error))?;
            }
        }
        self.commit()
    }

    fn commit(&self) -> Result<()> {
        self.git(&["add", "--all"])?;
        self.git(&["commit", "--quiet", "--message", "x"])
    }

    fn git(&self, arguments: &[&str]) -> Result<()> {
        let output = output(self.command("git").args(arguments))?;
        ensure(output.status.success(), || details("git", &output))
    }

    fn run(&self, script: &str, base: &str) -> Result<Output> {
        output(
            self.command("bash")
                .args(["--noprofile", "--norc", "-c", script])
                .env("BASE", base)
                .env("RUNNER_TEMP", self.folder.path().join("temp")),
        )
    }

    /// Returns a program that runs in the repository, without the current user's settings.
    fn command(&self, program: &str) -> Command {
        let mut paths = vec![self.programs.clone()];
        let own = std::env::var_os("PATH").unwrap_or_default();
        paths.extend(std::env::split_paths(&own));
        let mut command = Command::new(program);
        command
            .current_dir(self.path(""))
            .env_clear()
            .env("PATH", std::env::join_paths(paths).unwrap_or(own))
            .env("HOME", self.folder.path())
            .env("LC_ALL", "C.UTF-8")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::null());
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), "x")
                .env(format!("GIT_{role}_EMAIL"), "x@example.com");
        }
        command
    }
}

fn output(command: &mut Command) -> Result<Output> {
    command
        .output()
        .map_err(|error| Failure::new(format!("a step cannot be started: {error}")))
}
