//! `kling bill`: what requests cost.

mod print;

use std::collections::BTreeMap;

use kling_check::{Bill, Checker, Report};
use kling_spec::Service;

use super::check::report;
use crate::cli;
use crate::contracts;
use crate::exit::{Exit, Failure};
use crate::input::request::Request;
use crate::output::stdio;
use crate::run::{self, Outcome, Sink, Task};
use print::Print;

pub(super) fn run(arguments: &cli::Bill) -> Result<Exit, Failure> {
    let checker = contracts::assuming_checker(&arguments.contracts)?;
    let print = Print::new(arguments.format);
    let task = BillTask {
        checker: &checker,
        limit: arguments.input.max_request_size.get(),
        print,
    };
    let sink = match Sink::stdout(print.head(), print.separator()) {
        Ok(sink) => sink,
        Err(error) => return Ok(stdio::after(&error)),
    };
    let Outcome {
        sink, tally, exit, ..
    } = run::run(&task, &arguments.input, sink)?;
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

struct BillTask<'c> {
    checker: &'c Checker,
    limit: usize,
    print: Print,
}

/// What all requests cost together.
#[derive(Debug, Default)]
struct Totals<'c> {
    /// How many requests are charged with each billing spec and seconds.
    billed: BTreeMap<(&'c str, Option<u32>), u64>,
    unbilled: u64,
    skipped: u64,
}

/// The bill of a request, or why it has none.
enum Charge<'r> {
    Bill(Bill<'r>),
    None(String),
}

impl<'c> Task for BillTask<'c> {
    type Tally = Totals<'c>;

    fn request(&self, request: &Request<'_>, out: &mut Vec<u8>, totals: &mut Totals<'c>) {
        let report = report(self.checker, request, self.limit);
        if (!report.is_clean() || report.bill.is_none()) && request.is_something_else() {
            totals.skipped += 1;
            return;
        }
        let charge = if let Some(bill) = report.bill {
            *totals.billed.entry((bill.spec, bill.seconds)).or_default() += 1;
            Charge::Bill(bill)
        } else {
            totals.unbilled += 1;
            Charge::None(reason(&report))
        };
        self.print.charge(request, report.model, &charge, out);
    }

    fn add(total: &mut Totals<'c>, part: Totals<'c>) {
        for (what, requests) in part.billed {
            *total.billed.entry(what).or_default() += requests;
        }
        total.unbilled += part.unbilled;
        total.skipped += part.skipped;
    }

    fn findings(totals: &Totals<'c>) -> u64 {
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
