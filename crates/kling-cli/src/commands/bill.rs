//! `kling bill`: what requests cost.

mod print;

use std::collections::BTreeMap;

use kling_check::{Bill, Report};
use kling_spec::Service;

use super::check::report;
use crate::cli::{self, LevelChanges};
use crate::exit::{Exit, Failure};
use crate::input::request::Request;
use crate::output::stdio;
use crate::run::{self, Outcome, Sink, Task};
use crate::settings::Flags;
use print::Print;

pub(super) fn run(arguments: &cli::Bill) -> Result<Exit, Failure> {
    let flags = Flags::new(
        &arguments.contracts,
        LevelChanges::default(),
        arguments.input.max_request_size,
    );
    let settings = run::settings(flags, &arguments.configured, &arguments.input)?;
    let print = Print::new(arguments.format);
    let task = BillTask { print };
    let sink = match Sink::stdout(print.head(), print.separator()) {
        Ok(sink) => sink,
        Err(error) => return Ok(stdio::after(&error)),
    };
    let Outcome {
        sink, tally, exit, ..
    } = run::run(&task, &arguments.input, settings, sink)?;
    let exit = exit.max(if tally.unbilled > 0 {
        Exit::Errors
    } else {
        Exit::Clean
    });
    let Some(mut sink) = sink else {
        return Ok(exit);
    };
    Ok(match sink.end(&print.tail(&tally)) {
        Ok(()) => exit,
        Err(error) => exit.max(stdio::after(&error)),
    })
}

struct BillTask {
    print: Print,
}

/// What all requests cost together.
#[derive(Debug, Default)]
struct Totals {
    /// How many requests are charged with each billing spec and seconds.
    billed: BTreeMap<Box<str>, BTreeMap<Option<u32>, u64>>,
    unbilled: u64,
    skipped: u64,
}

impl Totals {
    fn add(&mut self, spec: &str, seconds: Option<u32>, requests: u64) {
        let lengths = match self.billed.get_mut(spec) {
            Some(lengths) => lengths,
            None => self.billed.entry(spec.into()).or_default(),
        };
        *lengths.entry(seconds).or_default() += requests;
    }

    /// How many requests are charged with each billing spec and seconds.
    fn billed(&self) -> impl Iterator<Item = (&str, Option<u32>, u64)> {
        self.billed.iter().flat_map(|(spec, lengths)| {
            let of_length =
                |(seconds, requests): (&Option<u32>, &u64)| (&**spec, *seconds, *requests);
            lengths.iter().map(of_length)
        })
    }
}

/// The bill of a request, or why it has none.
enum Charge<'r> {
    Bill(Bill<'r>),
    None(String),
}

impl Task for BillTask {
    type Tally = Totals;

    fn request(&self, request: &Request<'_>, out: &mut Vec<u8>, totals: &mut Totals) {
        let report = report(request);
        if (!report.is_clean() || report.bill.is_none()) && request.is_something_else() {
            totals.skipped += 1;
            return;
        }
        let charge = if let Some(bill) = report.bill {
            totals.add(bill.spec, bill.seconds, 1);
            Charge::Bill(bill)
        } else {
            totals.unbilled += 1;
            Charge::None(reason(&report))
        };
        self.print.charge(request, report.model, &charge, out);
    }

    fn add(total: &mut Totals, part: Totals) {
        for (spec, lengths) in &part.billed {
            for (seconds, requests) in lengths {
                total.add(spec, *seconds, *requests);
            }
        }
        total.unbilled += part.unbilled;
        total.skipped += part.skipped;
    }

    fn findings(totals: &Totals) -> u64 {
        totals.unbilled
    }
}

/// Why a request has no bill: the first finding that keeps it from being taken or makes its reading a guess.
fn reason(report: &Report<'_>) -> String {
    let prevents = |rule: &str, service: Service| {
        service == Service::Refuses
            || matches!(rule, "json-syntax" | "duplicate-key" | "request-too-large")
    };
    match report
        .diagnostics
        .iter()
        .find(|found| prevents(found.rule, found.service))
    {
        Some(found) => format!("{}[{}]: {}", found.level, found.rule, found.message()),
        None => "the contract does not say what is charged".to_owned(),
    }
}
