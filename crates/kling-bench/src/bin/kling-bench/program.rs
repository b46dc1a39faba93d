//! Programs measured as a whole: where they are, their time, their memory.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Returns the folder of this program, which also holds the other programs of the same build.
pub(crate) fn own_folder() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    own.parent()
        .map(Path::to_owned)
        .ok_or_else(|| io::Error::other("this program is in no folder"))
}

/// Returns a program of the same build, if it has been built.
pub(crate) fn built(name: &str) -> io::Result<Option<PathBuf>> {
    let path = own_folder()?.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    Ok(path.is_file().then_some(path))
}

/// Returns the program `kling`: the named one, or the one of the same build.
pub(crate) fn kling(named: Option<&Path>) -> io::Result<Option<PathBuf>> {
    match named {
        Some(named) => Ok(Some(named.to_owned())),
        None => built("kling"),
    }
}

/// A program with its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    path: PathBuf,
    arguments: Vec<String>,
}

impl Program {
    pub(crate) fn new(path: impl Into<PathBuf>, arguments: &[&str]) -> Self {
        Self {
            path: path.into(),
            arguments: arguments
                .iter()
                .map(|&argument| argument.to_owned())
                .collect(),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Measures the time from start to end. Exit code 1 is a valid result: faults were found.
    pub(crate) fn time(&self) -> io::Result<Duration> {
        let start = Instant::now();
        let status = self.command().status()?;
        let time = start.elapsed();
        match status.code() {
            Some(0 | 1) => Ok(time),
            _ => Err(io::Error::other(format!(
                "{} has failed: {status}",
                self.path.display()
            ))),
        }
    }

    /// Writes its standard output to a file.
    pub(crate) fn output(&self, file: &Path) -> io::Result<()> {
        self.command()
            .stdout(File::create(file)?)
            .status()
            .map(drop)
    }

    /// Measures the peak memory of a long-running program in bytes, as the kernel counts it, by reading it repeatedly
    /// until the program ends.
    ///
    /// `None` if there is no `/proc`. The last moments before the end may be missed.
    pub(crate) fn peak_memory(&self, pause: Duration) -> io::Result<Option<u64>> {
        let mut child = self.command().spawn()?;
        let status = PathBuf::from(format!("/proc/{}/status", child.id()));
        let mut peak = None;
        while child.try_wait()?.is_none() {
            peak = peak.max(
                fs::read_to_string(&status)
                    .ok()
                    .as_deref()
                    .and_then(|status| status_bytes(status, "VmHWM")),
            );
            if !pause.is_zero() {
                thread::sleep(pause);
            }
        }
        Ok(peak)
    }

    /// Measures the peak memory of a short-running program in bytes, up to its first output.
    ///
    /// Its output goes to a full pipe, so that it waits there and can be examined, however busy the machine is. `None`
    /// if there is no `/proc`, or if the program writes nothing.
    pub(crate) fn peak_memory_at_output(&self) -> io::Result<Option<u64>> {
        let (reader, writer) = io::pipe()?;
        let mut filler = writer.try_clone()?;
        let filling = thread::spawn(move || while filler.write_all(&[b'\n'; 4096]).is_ok() {});
        thread::sleep(Duration::from_millis(20));
        let mut child = self
            .command()
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .spawn()?;
        let status = PathBuf::from(format!("/proc/{}/status", child.id()));
        let (mut peak, mut unchanged) = (None, 0);
        while unchanged < 20 && child.try_wait()?.is_none() {
            let text = fs::read_to_string(&status).unwrap_or_default();
            let seen = status_bytes(&text, "VmHWM");
            let waits = text.contains("\nState:\tS");
            unchanged = if waits && seen == peak {
                unchanged + 1
            } else {
                0
            };
            peak = seen;
            thread::sleep(Duration::from_millis(2));
        }
        // Without a reader, both writers fail and therefore end.
        drop(reader);
        child.wait()?;
        let joined = filling.join();
        Ok(peak.filter(|_| unchanged == 20 && joined.is_ok()))
    }
}

/// Reads a line of a process's status, in bytes: `VmHWM` is its peak memory, `VmRSS` its current memory.
pub(crate) fn status_bytes(status: &str, name: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Converts bytes to MiB, for a table.
#[expect(clippy::cast_precision_loss, reason = "memory is far below 2^52 bytes")]
pub(crate) fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

#[cfg(test)]
mod tests {
    use super::status_bytes;

    #[test]
    fn memory_is_read_in_bytes() {
        let status = "Name:\tx\nVmPeak:\t  9000 kB\nVmHWM:\t    5120 kB\nVmRSS:\t 4 kB\n";
        assert_eq!(status_bytes(status, "VmHWM"), Some(5120 * 1024));
        assert_eq!(status_bytes(status, "VmRSS"), Some(4 * 1024));
        assert_eq!(
            status_bytes("Name:\tx\nState:\tZ (zombie)\n", "VmHWM"),
            None
        );
    }
}
