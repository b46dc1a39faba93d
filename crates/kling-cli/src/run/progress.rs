//! The progress bar of a long run.

use std::fs;
use std::io::{IsTerminal as _, stderr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::input::files::Named;
use crate::output::counts::counted;

/// A run that is done within this time has no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tells on a terminal how far a run is.
pub(super) struct Progress {
    begun: Instant,
    /// What to measure when the bar begins; `None` if standard error is not a terminal.
    paths: Option<Vec<PathBuf>>,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// No bar yet.
    pub(super) fn new(given: &[Named]) -> Self {
        let paths = || given.iter().map(|given| given.path.clone()).collect();
        let paths = stderr().is_terminal().then(paths);
        Self {
            begun: Instant::now(),
            paths,
            bar: None,
        }
    }

    /// This many bytes have been read.
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

    /// Does something that writes to the terminal, with the bar out of its way.
    pub(super) fn around<R>(&self, write: impl FnOnce() -> R) -> R {
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
    // What folders and pipes hold is not known before it is read.
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
