//! `kling check`: all findings of all requests.

mod levels;
mod task;

pub(super) use task::report;

use crate::cli::{Check, Color, Format};
use crate::contracts;
use crate::exit::{Exit, Failure};
use crate::output::counts::sentence;
use crate::output::human::Human;
use crate::output::json::Json;
use crate::output::jsonl::Jsonl;
use crate::output::render::Render;
use crate::output::style::Style;
use crate::output::{stdio, summary};
use crate::run::{self, Outcome, Sink};

pub(crate) use levels::Levels;
use task::CheckTask;

/// The most findings that are shown of one request.
const MAX_FINDINGS: usize = kling_check::DEFAULT_MAX_FINDINGS;

/// The most findings that are made of one request where some are then dropped, so that what is dropped takes no place.
const MAX_CHANGED_FINDINGS: usize = 100 * MAX_FINDINGS;

pub(super) fn run(arguments: &Check, color: Color) -> Result<Exit, Failure> {
    let mut checker = contracts::assuming_checker(&arguments.contracts)?;
    let levels = Levels::new(&arguments.levels, &checker)?;
    if !levels.is_empty() {
        checker = checker.max_findings(MAX_CHANGED_FINDINGS);
    }
    let renderer: Option<Box<dyn Render>> = match arguments.format {
        Format::Human => Some(Box::new(Human::new(Style::of_stdout(color)))),
        Format::Json => Some(Box::new(Json)),
        Format::Jsonl => Some(Box::new(Jsonl)),
        Format::Summary => None,
    };
    let renderer = renderer.as_deref();
    let (head, separator) =
        renderer.map_or(("", ""), |renderer| (renderer.head(), renderer.separator()));
    let task = CheckTask {
        checker: &checker,
        levels: &levels,
        assumes: arguments.contracts.model.is_some(),
        limit: arguments.input.max_request_size.get(),
        renderer,
    };
    let sink = match Sink::stdout(head, separator) {
        Ok(sink) => sink,
        Err(error) => return Ok(stdio::after(&error)),
    };
    let Outcome {
        sink,
        tally,
        files,
        mut exit,
    } = run::run(&task, &arguments.input, sink)?;
    exit = exit.max(tally.exit());
    let Some(mut sink) = sink else {
        return Ok(exit);
    };
    let mut tail = Vec::new();
    match renderer {
        Some(renderer) => renderer.tail(&tally.summary, &mut tail),
        None => tail.extend_from_slice(summary::render(&tally, files).as_bytes()),
    }
    if let Err(error) = sink.end(&tail) {
        return Ok(exit.max(stdio::after(&error)));
    }
    if arguments.format == Format::Human {
        stdio::tell(&sentence(&tally.summary, files));
    }
    Ok(exit)
}
