//! Writes to the standard streams of the process.

use std::io::{self, ErrorKind, Write};

use crate::exit::{Exit, Failure};

/// Writes a whole text to standard output. A closed output is not a failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::output(&error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Prints a message for people on standard error.
pub(crate) fn eprint(text: &str) {
    // If standard error is closed, the failure cannot be reported either.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Returns how the program ends after writing to standard output has failed.
pub(crate) fn after(error: &io::Error) -> Exit {
    if error.kind() == ErrorKind::BrokenPipe {
        Exit::Clean
    } else {
        eprint(&Failure::output(error).to_string());
        Exit::Trouble
    }
}
