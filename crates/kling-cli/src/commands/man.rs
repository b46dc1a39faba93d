//! `kling man`: man pages.

use std::io;

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
    let program = concat!("kling ", env!("CARGO_PKG_VERSION"));
    let whole = Page::new(command.clone()).source(program);
    let mut page = Vec::new();
    let mut render = || -> io::Result<()> {
        whole.render_title(&mut page)?;
        whole.render_name_section(&mut page)?;
        whole.render_synopsis_section(&mut page)?;
        whole.render_description_section(&mut page)?;
        if command.get_arguments().next().is_some() {
            whole.render_options_section(&mut page)?;
        }
        if command.has_subcommands() {
            whole.render_subcommands_section(&mut page)?;
        }
        let help = command.get_after_help().map(ToString::to_string);
        let help = help.unwrap_or_default();
        for (title, text) in sections(&help) {
            let part = Page::new(command.clone().after_help(text));
            let mut section = Vec::new();
            part.render_extra_section(&mut section)?;
            let section = String::from_utf8_lossy(&section);
            page.extend_from_slice(section.replacen(EXTRA, title, 1).as_bytes());
        }
        if command.get_version().is_some() {
            whole.render_version_section(&mut page)?;
        }
        Ok(())
    };
    render().expect("writing to a Vec cannot fail");
    // Each section begins with the same definitions.
    let page = String::from_utf8_lossy(&page);
    let rest = page.replace(DEFINITIONS, "");
    format!("{DEFINITIONS}{rest}").into_bytes()
}

/// What the renderer defines first.
const DEFINITIONS: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

/// The title that the renderer gives to what follows the options.
const EXTRA: &str = ".SH EXTRA";

/// What follows the options of a command, in the sections that man pages have for it.
fn sections(help: &str) -> Vec<(&'static str, String)> {
    const TITLES: [(&str, &str); 3] = [
        ("Exit codes: ", ".SH \"EXIT STATUS\""),
        ("A fault is ", ".SH FAULTS"),
        ("Examples:\n", ".SH EXAMPLES"),
    ];
    let mut found = Vec::new();
    for (begin, title) in TITLES {
        for part in help.split("\n\n") {
            let text = part.trim_start().strip_prefix(begin);
            found.extend(text.map(|text| (title, text.to_owned())));
        }
    }
    debug_assert_eq!(
        found.len(),
        help.split("\n\n").filter(|part| !part.is_empty()).count(),
        "each part has a section: {help}"
    );
    found
}

fn unknown(program: &clap::Command, wanted: &str) -> Failure {
    let names = program.get_subcommands().map(clap::Command::get_name);
    let hint = match kling_spec::nearest(wanted, names) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`kling --help` lists the commands".to_owned(),
    };
    Failure::new(&format!("`{wanted}` is not a command; {hint}"))
}
