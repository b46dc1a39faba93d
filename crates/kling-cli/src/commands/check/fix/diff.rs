//! Changes as a unified diff, as `patch` reads it.

use std::io::{self, IsTerminal as _, Write as _};

use similar::TextDiff;

use super::Change;
use crate::input::request::FileName;
use crate::output::safe;

/// Lines around a change.
const CONTEXT: usize = 3;

/// The changes of one file, printed as they are given.
pub(super) struct Diff<'f> {
    file: &'f FileName,
    has_head: bool,
    is_terminal: bool,
}

impl<'f> Diff<'f> {
    pub(super) fn new(file: &'f FileName) -> Self {
        Self {
            file,
            has_head: false,
            is_terminal: io::stdout().is_terminal(),
        }
    }

    /// Prints a change.
    pub(super) fn change(&mut self, change: &Change<'_>) -> io::Result<()> {
        if !change.is_changed {
            return Ok(());
        }
        let mut text = String::new();
        if !self.has_head {
            self.has_head = true;
            text = format!("--- {0}\n+++ {0}\n", self.file.plain());
        }
        let old = String::from_utf8_lossy(change.old);
        let new = String::from_utf8_lossy(&change.new);
        if old.contains('\n') || new.contains('\n') {
            let diff = TextDiff::from_lines(&*old, &*new);
            text.push_str(&diff.unified_diff().context_radius(CONTEXT).to_string());
        } else {
            // A line of its own needs no search for what has changed.
            let line = change.line + 1;
            text = format!("{text}@@ -{line} +{line} @@\n-{old}\n+{new}\n");
        }
        // A patch has to hold what the file holds; a terminal gets nothing that it would act upon.
        let shown = if self.is_terminal {
            safe::text(&text)
        } else {
            text.as_str().into()
        };
        let mut out = io::stdout().lock();
        out.write_all(shown.as_bytes())?;
        out.flush()
    }
}
