//! Parses the command line, and answers help, version and usage errors.

#[cfg(any(feature = "client", feature = "emulator"))]
mod program;

#[cfg(any(feature = "client", feature = "emulator"))]
use clap::CommandFactory as _;
use clap::Parser as _;

use crate::cli::Cli;
use crate::exit::Exit;
use crate::output::stdio;

/// The command line. Where it has no command, the exit code: what is asked for or wrong has been told.
pub(crate) fn command_line() -> Result<Cli, Exit> {
    Cli::try_parse().map_err(|error| {
        if !error.use_stderr() {
            return match error.print() {
                Ok(()) => Exit::Clean,
                Err(error) => stdio::after(&error),
            };
        }
        let plain = error.render().to_string();
        // A terminal acts upon what an argument holds, so such a message goes without colour.
        if kling_text::plain_lines(&plain) == plain.as_str() {
            // Nobody is left to tell when standard error is gone.
            let _ = error.print();
        } else {
            stdio::tell(&kling_text::plain_lines(&plain));
        }
        #[cfg(any(feature = "client", feature = "emulator"))]
        program::tell(Cli::command(), &plain);
        Exit::Trouble
    })
}
