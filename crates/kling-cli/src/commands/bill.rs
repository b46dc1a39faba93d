//! `kling bill`: what requests cost.

mod print;

use std::collections::BTreeMap;
use std::mem;

use kling_check::{Bill, Diagnostic, NoBill, Report};
use kling_json::{Buffer, Document};

use crate::cli::{self, LevelChanges};
use crate::exit::{Exit, Failure};
use crate::input::request::Request;
use crate::output::stdio;
use crate::prices::{Amount, Cost};
use crate::run::{self, InputCounts, RunOutput, RunResult, Sink, Task};
use crate::settings::Flags;
use print::Print;

pub(super) fn run(arguments: &cli::Bill) -> Result<Exit, Failure> {
    let flags = Flags::new(
        &arguments.contracts,
        LevelChanges::default(),
        arguments.input.max_request_size,
    );
    let settings = run::settings(flags, &arguments.configured, &arguments.input)?;
    let paths = run::paths(&arguments.input)?;
    let print = Print::new(arguments.format);
    let task = BillTask {
        print,
        show_skipped: arguments.input.show_skipped,
    };
    let sink = match Sink::stdout(print.head(), print.separator()) {
        Ok(sink) => sink,
        Err(error) => return Ok(stdio::after(&error)),
    };
    let RunResult {
        sink,
        tally,
        passed_over,
        exit,
        ..
    } = run::run(&task, &arguments.input, paths, settings, sink);
    let exit = exit.max(if tally.unbilled > 0 {
        Exit::Errors
    } else {
        Exit::Clean
    });
    let Some(mut sink) = sink else {
        return Ok(exit);
    };
    if let Err(error) = sink.end(&print.tail(&tally)) {
        return Ok(exit.max(stdio::after(&error)));
    }
    let input_counts = InputCounts {
        requests: tally.requests,
        skipped: tally.skipped,
        passed_over,
        exit,
    };
    Ok(run::nothing(input_counts, &arguments.input).map_or(exit, |ended| exit.max(ended)))
}

struct BillTask {
    print: Print,
    /// Whether skipped texts are reported.
    show_skipped: bool,
}

/// What all requests cost together.
#[derive(Debug, Default)]
struct Totals {
    /// How many requests are charged with each billing spec and seconds.
    billed: BTreeMap<Box<str>, BTreeMap<Option<u32>, Sum>>,
    /// Whether prices are configured.
    has_prices: bool,
    requests: u64,
    unbilled: u64,
    skipped: u64,
}

/// Requests of one billing spec and length, or all of them.
#[derive(Debug, Clone, Default)]
struct Sum {
    requests: u64,
    /// The cost of the requests whose price is known, by currency.
    costs: BTreeMap<Box<str>, Amount>,
    /// Requests whose price is not known.
    unpriced: u64,
}

impl Sum {
    fn add(&mut self, part: &Self) {
        self.requests += part.requests;
        self.unpriced += part.unpriced;
        for (currency, amount) in &part.costs {
            let sum = self.costs.entry(currency.clone()).or_default();
            *sum = sum.plus(*amount);
        }
    }
}

impl Totals {
    fn add(&mut self, spec: &str, seconds: Option<u32>, part: &Sum) {
        let lengths = match self.billed.get_mut(spec) {
            Some(lengths) => lengths,
            None => self.billed.entry(spec.into()).or_default(),
        };
        lengths.entry(seconds).or_default().add(part);
    }

    /// Iterates over the requests of each billing spec and seconds.
    fn billed(&self) -> impl Iterator<Item = (&str, Option<u32>, &Sum)> {
        self.billed.iter().flat_map(|(spec, lengths)| {
            lengths
                .iter()
                .map(|(seconds, sum)| (&**spec, *seconds, sum))
        })
    }
}

/// The bill of a request, or why it has none.
enum Charge<'r> {
    Bill(Bill<'r>, Cost),
    None(String),
}

impl Task for BillTask {
    type Tally = Totals;

    fn request(
        &self,
        request: &Request<'_>,
        buffer: &mut Buffer,
        output: &mut RunOutput,
        totals: &mut Totals,
    ) {
        match request.document(mem::take(buffer)) {
            Some(document) => {
                self.bill(request, &document, output, totals);
                *buffer = document.into_buffer();
            }
            None if request.is_something_else() => self.skip(request, output, totals),
            None => {
                let settings = request.settings;
                let found = settings.checker.request_too_large(settings.limit);
                totals.requests += 1;
                totals.unbilled += 1;
                let charge = Charge::None(as_reason(&found));
                self.print.charge(request, None, &charge, &mut output.out);
            }
        }
    }

    fn add(total: &mut Totals, part: Totals) {
        for (spec, lengths) in &part.billed {
            for (seconds, sum) in lengths {
                total.add(spec, *seconds, sum);
            }
        }
        total.has_prices |= part.has_prices;
        total.requests += part.requests;
        total.unbilled += part.unbilled;
        total.skipped += part.skipped;
    }

    fn shows_skipped(&self) -> bool {
        self.show_skipped
    }

    fn findings(totals: &Totals) -> u64 {
        totals.unbilled
    }
}

impl BillTask {
    fn bill(
        &self,
        request: &Request<'_>,
        document: &Document<'_>,
        output: &mut RunOutput,
        totals: &mut Totals,
    ) {
        let report = request.settings.checker.check(document);
        if (!report.is_clean() || report.bill().is_err()) && request.is_something_else() {
            self.skip(request, output, totals);
            return;
        }
        totals.requests += 1;
        let prices = request.settings.prices.as_ref();
        totals.has_prices |= prices.is_some();
        let charge = match report.bill() {
            Ok(bill) => {
                let cost = prices.map_or(Cost::NoPrices, |prices| {
                    prices.cost(report.model().unwrap_or_default(), bill.spec, bill.seconds)
                });
                let mut sum = Sum {
                    requests: 1,
                    ..Sum::default()
                };
                if let Cost::Known(money) = &cost {
                    let currency = money.currency.as_str().into();
                    sum.costs.insert(currency, money.amount);
                } else {
                    sum.unpriced = 1;
                }
                totals.add(bill.spec, bill.seconds, &sum);
                Charge::Bill(bill, cost)
            }
            Err(why) => {
                totals.unbilled += 1;
                Charge::None(reason(&report, why))
            }
        };
        self.print
            .charge(request, report.model(), &charge, &mut output.out);
    }

    fn skip(&self, request: &Request<'_>, output: &mut RunOutput, totals: &mut Totals) {
        totals.skipped += 1;
        if self.show_skipped {
            output.notes.push_str(&request.skipped());
        }
    }
}

/// Returns why a request has no bill: the first finding because of which it would be refused or can only be guessed
/// at, or what the contract leaves open.
fn reason(report: &Report<'_>, why: NoBill) -> String {
    let place = report
        .findings()
        .iter()
        .position(kling_check::Finding::prevents_bill);
    let diagnostics = report.diagnostics();
    match place.and_then(|place| diagnostics.get(place)) {
        Some(found) => as_reason(found),
        None if why == NoBill::Open => {
            "the charge depends on a field whose value is not known".to_owned()
        }
        None if why == NoBill::UnknownModel => {
            "the request does not name a known model; add its `model`, or use `--model ID`"
                .to_owned()
        }
        None => "the contract does not state what is charged".to_owned(),
    }
}

fn as_reason(found: &Diagnostic) -> String {
    format!("{}[{}]: {}", found.level, found.rule, found.message)
}
