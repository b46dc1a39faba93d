//! Messages for a user who runs a command by hand that reads from standard input.

use std::io::{IsTerminal as _, stdin};

use super::stdio;

/// How to end what is typed.
const END: &str = if cfg!(windows) {
    "Ctrl-Z and Enter"
} else {
    "Ctrl-D"
};

/// Prints on a terminal that the command now reads from it.
pub(crate) fn note_reading(what: &str) {
    if stdin().is_terminal() {
        stdio::eprint(&format!(
            "note: reading {what} from the terminal; end it with {END}\n"
        ));
    }
}

/// Prints on a terminal that the command waits for another program.
#[cfg(feature = "lsp")]
pub(crate) fn note_waiting(whom: &str) {
    if stdin().is_terminal() {
        stdio::eprint(&format!(
            "note: waiting for {whom}, which starts this command itself; end it with Ctrl-C\n"
        ));
    }
}
