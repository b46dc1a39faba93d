//! The two formats of a bill.

use std::io::Write as _;

use serde::Serialize;

use super::{Charge, Sum, Totals};
use crate::cli::BillFormat;
use crate::input::request::Request;
use crate::output::counts::counted;
use crate::output::safe;
use crate::output::table::Table;
use crate::prices::Cost;

/// Prints bills in one format.
#[derive(Debug, Clone, Copy)]
pub(super) struct Print(BillFormat);

/// One request in the JSON format. If `seconds` is absent but there is a `spec`, the request does not specify the
/// length.
#[derive(Serialize)]
struct Item<'r> {
    file: &'r str,
    request: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Amount<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'r str>,
}

/// An amount of money. It is a string, since JSON numbers are not always read exactly.
#[derive(Serialize)]
struct Amount<'c> {
    amount: String,
    currency: &'c str,
}

fn costs(sum: &Sum) -> Vec<Amount<'_>> {
    sum.costs
        .iter()
        .map(|(currency, amount)| Amount {
            amount: amount.to_string(),
            currency,
        })
        .collect()
}

/// Requests of one billing spec and length.
#[derive(Serialize)]
struct Total<'c> {
    spec: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
    requests: u64,
    #[serde(flatten)]
    money: Option<Prices<'c>>,
}

/// The known part of the cost, if there are prices.
#[derive(Serialize)]
struct Prices<'c> {
    costs: Vec<Amount<'c>>,
    /// Requests with a bill whose price is not known.
    unpriced: u64,
}

#[derive(Serialize)]
struct Summary<'c> {
    requests: u64,
    unbilled: u64,
    seconds: u64,
    skipped: u64,
    #[serde(flatten)]
    money: Option<Prices<'c>>,
}

impl Print {
    pub(super) const fn new(format: BillFormat) -> Self {
        Self(format)
    }

    pub(super) const fn head(self) -> &'static str {
        match self.0 {
            BillFormat::Human => "",
            BillFormat::Json => "{\"version\":1,\"requests\":[",
        }
    }

    pub(super) const fn separator(self) -> &'static str {
        match self.0 {
            BillFormat::Human => "",
            BillFormat::Json => ",",
        }
    }

    /// Appends the bill of one request.
    pub(super) fn charge(
        self,
        request: &Request<'_>,
        model: Option<&str>,
        charge: &Charge<'_>,
        out: &mut Vec<u8>,
    ) {
        match self.0 {
            BillFormat::Json => {
                let (spec, seconds, cost, reason) = match charge {
                    Charge::Bill(bill, cost) => {
                        let cost = match cost {
                            Cost::Known(money) => Some(Amount {
                                amount: money.amount.to_string(),
                                currency: &money.currency,
                            }),
                            Cost::NoPrices | Cost::Unknown => None,
                        };
                        (Some(bill.spec), bill.seconds, cost, None)
                    }
                    Charge::None(reason) => (None, None, None, Some(reason.as_str())),
                };
                let file = request.file.plain();
                out.extend_from_slice(b",\n");
                safe::push_json(
                    out,
                    &Item {
                        file,
                        request: request.index,
                        model,
                        spec,
                        seconds,
                        cost,
                        reason,
                    },
                );
            }
            BillFormat::Human => {
                let message = match charge {
                    Charge::Bill(bill, cost) => {
                        let cost = match cost {
                            Cost::NoPrices => String::new(),
                            Cost::Unknown => ", price unknown".to_owned(),
                            Cost::Known(money) => format!(", {money}"),
                        };
                        format!(
                            "{}, {}, {}{cost}",
                            model.unwrap_or_default(),
                            bill.spec,
                            length(bill.seconds)
                        )
                    }
                    Charge::None(reason) => format!("no bill: {reason}"),
                };
                let line = request.lines.saturating_add(1);
                writeln!(
                    out,
                    "{}:{line}: {}",
                    request.file.shown(),
                    kling_text::plain(&message)
                )
                .expect("writing to a Vec cannot fail");
            }
        }
    }

    /// Returns what is printed after the requests.
    pub(super) fn tail(self, totals: &Totals) -> Vec<u8> {
        let mut all = Sum::default();
        totals.billed().for_each(|(_, _, sum)| all.add(sum));
        let seconds = totals
            .billed()
            .map(|(_, seconds, sum)| all_seconds(seconds, sum.requests))
            .sum();
        let money = |sum| {
            totals.has_prices.then(|| Prices {
                costs: costs(sum),
                unpriced: sum.unpriced,
            })
        };
        let summary = Summary {
            money: money(&all),
            requests: all.requests + totals.unbilled,
            unbilled: totals.unbilled,
            seconds,
            skipped: totals.skipped,
        };
        match self.0 {
            BillFormat::Human => table(totals, &all, &summary).into_bytes(),
            BillFormat::Json => {
                let list: Vec<Total<'_>> = totals
                    .billed()
                    .map(|(spec, seconds, sum)| Total {
                        spec,
                        seconds,
                        requests: sum.requests,
                        money: money(sum),
                    })
                    .collect();
                let mut out = b"\n],\"totals\":".to_vec();
                safe::push_json(&mut out, &list);
                out.extend_from_slice(b",\"summary\":");
                safe::push_json(&mut out, &summary);
                out.extend_from_slice(b"}\n");
                out
            }
        }
    }
}

fn table(totals: &Totals, sum: &Sum, summary: &Summary<'_>) -> String {
    let mut table = Table::new(1);
    // There is a money column only if there are prices.
    let row = |cells: [String; 4], cost: String| {
        let cost = totals.has_prices.then_some(cost);
        cells.into_iter().chain(cost)
    };
    let head = ["billed as", "length", "requests", "seconds"].map(str::to_owned);
    table.row(row(head, "cost".to_owned()));
    for (spec, seconds, sum) in totals.billed() {
        let all = seconds.map_or_else(
            || "unknown".to_owned(),
            |_| all_seconds(seconds, sum.requests).to_string(),
        );
        let cells = [
            kling_text::plain(spec).into_owned(),
            length(seconds),
            sum.requests.to_string(),
            all,
        ];
        table.row(row(cells, cost(sum)));
    }
    table.row([
        "no bill".to_owned(),
        String::new(),
        summary.unbilled.to_string(),
    ]);
    let cells = [
        "total".to_owned(),
        String::new(),
        summary.requests.to_string(),
        summary.seconds.to_string(),
    ];
    table.row(row(cells, cost(sum)));
    let mut text = String::new();
    if summary.requests > 0 {
        text.push('\n');
    }
    text.push_str(&table.render(""));
    if summary.skipped > 0 {
        text.push_str("skipped ");
        text.push_str(&counted(
            summary.skipped,
            "file or line that is not a request\n",
            "files or lines that are not requests\n",
        ));
    }
    text
}

/// Formats the total cost of requests, with a note about those whose price is not known.
fn cost(sum: &Sum) -> String {
    let mut parts: Vec<String> = sum
        .costs
        .iter()
        .map(|(currency, amount)| format!("{amount} {}", kling_text::plain(currency)))
        .collect();
    if sum.unpriced > 0 {
        parts.push(format!("{} unknown", sum.unpriced));
    }
    parts.join(" + ")
}

fn length(seconds: Option<u32>) -> String {
    seconds.map_or_else(
        || "unknown length".to_owned(),
        |seconds| format!("{seconds} s"),
    )
}

fn all_seconds(seconds: Option<u32>, requests: u64) -> u64 {
    u64::from(seconds.unwrap_or(0)).saturating_mul(requests)
}
