//! `kling check`: all findings of all requests.

mod fix;
mod task;

use kling_check::Checker;

use crate::cli::{Check, Color, Format};
use crate::exit::{Exit, Failure};
use crate::output::counts::sentence;
use crate::output::github::GitHub;
use crate::output::human::Human;
use crate::output::json::Json;
use crate::output::jsonl::Jsonl;
use crate::output::render::{Ending, Render};
use crate::output::sarif::Sarif;
use crate::output::style::Style;
use crate::output::{stdio, summary};
use crate::run::{self, InputCounts, RunResult, Sink};
use crate::settings::{Flags, SettingsError, SettingsOf};

use task::CheckTask;

// Separate from the other commands, so that a check does not run through their code.
#[inline(never)]
pub(super) fn run(arguments: &Check, color: Color) -> Result<Exit, Failure> {
    let flags = Flags::new(
        &arguments.contracts,
        arguments.levels.clone(),
        arguments.input.max_request_size,
    );
    let mut settings = run::settings(flags.clone(), &arguments.configured, &arguments.input)?;
    let paths = run::paths(&arguments.input)?;
    let mut exit = Exit::Clean;
    if let Some(fixer) = fix::wanted(arguments.fix_options) {
        let fix_settings = SettingsOf::new(flags, &arguments.configured);
        let summary = fixer.run(paths.clone(), arguments.input.lines, fix_settings);
        if summary.is_incomplete {
            exit = Exit::Trouble;
        }
        if fixer.is_diff() {
            let ended =
                run::nothing(summary.input_counts(exit), &arguments.input).unwrap_or_default();
            return Ok(exit.max(ended).max(if summary.is_any() {
                Exit::Errors
            } else {
                Exit::Clean
            }));
        }
        if let Some(is_faulty) = summary.stdin {
            return Ok(exit.max(if is_faulty { Exit::Errors } else { Exit::Clean }));
        }
    }
    let renderer = renderer(arguments, color, &mut settings)?;
    let renderer = renderer.as_deref();
    let (head, separator) = renderer.map_or_else(Default::default, |renderer| {
        (renderer.head(), renderer.separator())
    });
    let task = CheckTask {
        renderer,
        show_skipped: arguments.input.show_skipped,
    };
    let sink = match Sink::stdout(&head, separator) {
        Ok(sink) => sink,
        Err(error) => return Ok(stdio::after(&error)),
    };
    let RunResult {
        sink,
        tally,
        files,
        passed_over,
        exit: ended,
    } = run::run(&task, &arguments.input, paths, settings, sink);
    exit = exit.max(ended).max(tally.exit());
    let Some(mut sink) = sink else {
        return Ok(exit);
    };
    let mut tail = Vec::new();
    match renderer {
        Some(renderer) => {
            let ending = if exit == Exit::Trouble {
                Ending::Incomplete
            } else {
                Ending::EverythingRead
            };
            renderer.tail(&tally.summary, ending, &mut tail);
        }
        None => tail.extend_from_slice(summary::render(&tally, files).as_bytes()),
    }
    if let Err(error) = sink.end(&tail) {
        return Ok(exit.max(stdio::after(&error)));
    }
    let input_counts = InputCounts {
        requests: tally.summary.requests,
        skipped: tally.summary.skipped,
        passed_over,
        exit,
    };
    if let Some(ended) = run::nothing(input_counts, &arguments.input) {
        return Ok(exit.max(ended));
    }
    let is_for_people = matches!(arguments.format, Format::Human | Format::Github);
    if is_for_people && tally.summary.requests > 0 {
        stdio::eprint(&sentence(&tally, files));
    }
    Ok(exit)
}

/// Returns the renderer of the findings; `None` if they are only counted.
fn renderer(
    arguments: &Check,
    color: Color,
    settings: &mut SettingsOf,
) -> Result<Option<Box<dyn Render>>, Failure> {
    let fixes = arguments.show_fixes;
    Ok(match arguments.format {
        Format::Human => Some(Box::new(Human::new(Style::of_stdout(color)))),
        Format::Json => Some(Box::new(Json { fixes })),
        Format::Jsonl => Some(Box::new(Jsonl { fixes })),
        // The table of rules is that for the working folder.
        Format::Sarif => Some(match settings.of(None) {
            Ok(settings) => Box::new(Sarif::new(&settings.checker)),
            Err(SettingsError::Invalid(failure)) => return Err(failure),
            Err(SettingsError::AlreadyReported) => Box::new(Sarif::new(&Checker::embedded())),
        }),
        Format::Github => Some(Box::new(GitHub::default())),
        Format::Summary => None,
    })
}
