//! The progress bar of a long run.

use std::fs;
use std::io::{IsTerminal as _, stderr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::input::files::Named;
use crate::output::counts::counted;

/// A run that finishes within this time shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shows the progress of a run on a terminal.
pub(super) struct Progress {
    begun: Instant,
    /// What to measure when the bar begins; `None` if standard error is not a terminal.
    paths: Option<Vec<PathBuf>>,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Starts without a bar.
    pub(super) fn new(given: &[Named]) -> Self {
        let paths = || given.iter().map(|given| given.path.clone()).collect();
        let paths = stderr().is_terminal().then(paths);
        Self {
            begun: Instant::now(),
            paths,
            bar: None,
        }
    }

    /// Reports that this many bytes have been read.
    pub(super) fn update(&mut self, bytes: u64, findings: impl Fn() -> u64) {
        if let Some(paths) = &self.paths
            && self.begun.elapsed() >= PATIENCE
        {
            let bar = bar(paths);
            self.paths = None;
            self.bar = Some(bar);
        }
        if let Some(bar) = &self.bar {
            bar.set_message(counted(findings(), "finding", "findings"));
            bar.set_position(bytes);
        }
    }

    /// Runs something that writes to the terminal, with the bar hidden.
    pub(super) fn suspend<R>(&self, write: impl FnOnce() -> R) -> R {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Removes the bar.
    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(paths: &[PathBuf]) -> ProgressBar {
    // The sizes of folders and pipes are not known before they are read.
    let total = paths
        .iter()
        .map(|path| {
            fs::metadata(path)
                .ok()
                .filter(fs::Metadata::is_file)
                .map(|file| file.len())
        })
        .sum();
    let (template, total): (_, Option<u64>) = match total {
        Some(total) => ("{bar:30} {bytes} of {total_bytes}, {msg}", Some(total)),
        None => ("{bytes}, {msg}", None),
    };
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
    bar.set_style(
        ProgressStyle::with_template(template).expect("a constant template that a test reads"),
    );
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_can_be_read() {
        let missing = PathBuf::from("no such file");
        assert_eq!(bar(&[]).length(), Some(0));
        assert_eq!(bar(&[missing]).length(), None);
    }
}
