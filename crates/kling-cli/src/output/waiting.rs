//! What somebody is told who runs a command by hand that reads the standard input.

use std::io::{IsTerminal as _, stdin};

use super::stdio;

/// How what is typed is ended.
const END: &str = if cfg!(windows) {
    "Ctrl-Z and Enter"
} else {
    "Ctrl-D"
};

/// Tells on a terminal that this is read from it now.
pub(crate) fn tell(what: &str) {
    if stdin().is_terminal() {
        stdio::tell(&format!(
            "note: reading {what} from the terminal; end it with {END}\n"
        ));
    }
}

/// Tells on a terminal that another program has to speak.
#[cfg(feature = "lsp")]
pub(crate) fn tell_of_program(whom: &str) {
    if stdin().is_terminal() {
        stdio::tell(&format!(
            "note: waiting for {whom}, which starts this command itself; end it with Ctrl-C\n"
        ));
    }
}
