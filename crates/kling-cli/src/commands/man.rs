//! `kling man`: man pages.

use clap_mangen::Man as Page;

use super::write_files;
use crate::cli::{self, Man};
use crate::exit::{Exit, Failure};
use crate::output::stdio;

pub(super) fn run(arguments: &Man) -> Result<Exit, Failure> {
    let mut program = cli::definition().disable_help_subcommand(true);
    program.build();
    if let Some(folder) = &arguments.all {
        let files = with_subcommands(&program)
            .into_iter()
            .map(|command| (format!("{}.1", name(command)), page(command)));
        return write_files(folder, files.collect::<Vec<_>>());
    }
    let mut command = &program;
    for wanted in &arguments.command {
        command = command
            .find_subcommand(wanted)
            .ok_or_else(|| unknown(command, wanted))?;
    }
    stdio::print(&String::from_utf8_lossy(&page(command)))?;
    Ok(Exit::Clean)
}

/// Returns a command and all those under it.
fn with_subcommands(command: &clap::Command) -> Vec<&clap::Command> {
    let below = command
        .get_subcommands()
        .filter(|command| command.get_name() != "help");
    std::iter::once(command)
        .chain(below.flat_map(with_subcommands))
        .collect()
}

fn name(command: &clap::Command) -> String {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
        .to_owned()
}

fn page(command: &clap::Command) -> Vec<u8> {
    let mut page = Vec::new();
    let program = concat!("kling ", env!("CARGO_PKG_VERSION"));
    Page::new(command.clone())
        .source(program)
        .render(&mut page)
        .expect("writing to a Vec cannot fail");
    page
}

fn unknown(program: &clap::Command, wanted: &str) -> Failure {
    let names = program.get_subcommands().map(clap::Command::get_name);
    let hint = match kling_spec::nearest(wanted, names) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`kling --help` lists the commands".to_owned(),
    };
    Failure::new(&format!("`{wanted}` is not a command; {hint}"))
}
