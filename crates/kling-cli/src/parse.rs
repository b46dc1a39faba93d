//! Parses the command line, and answers help, version and usage errors.

#[cfg(any(feature = "client", feature = "emulator"))]
mod program;

#[cfg(any(feature = "client", feature = "emulator"))]
use clap::CommandFactory as _;
use clap::Parser as _;

use crate::cli::Cli;
use crate::exit::Exit;
#[cfg(any(feature = "client", feature = "emulator"))]
use crate::input::key;
use crate::output::stdio;

/// Parses the command line. Returns the exit code if help or errors were printed in place of running a command.
pub(crate) fn command_line() -> Result<Cli, Exit> {
    #[cfg(any(feature = "client", feature = "emulator"))]
    if let Err(message) = key::not_in_arguments(std::env::args_os()) {
        stdio::eprint(&message);
        program::report(Cli::command(), &message);
        return Err(Exit::Trouble);
    }
    Cli::try_parse().map_err(|error| {
        if !error.use_stderr() {
            return match error.print() {
                Ok(()) => Exit::Clean,
                Err(error) => stdio::after(&error),
            };
        }
        let plain = error.render().to_string();
        // A terminal would act on the content of an argument, so such a message is printed without colour.
        if kling_text::plain_lines(&plain) == plain.as_str() {
            // If standard error is closed, the failure cannot be reported either.
            let _ = error.print();
        } else {
            stdio::eprint(&kling_text::plain_lines(&plain));
        }
        #[cfg(any(feature = "client", feature = "emulator"))]
        program::report(Cli::command(), &plain);
        Exit::Trouble
    })
}
