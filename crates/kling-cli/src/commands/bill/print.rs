//! The two formats of a bill.

use std::io::Write as _;

use serde::Serialize;

use super::{Charge, Totals};
use crate::cli::BillFormat;
use crate::input::request::Request;
use crate::output::counts::counted;
use crate::output::safe;
use crate::output::table::Table;

/// Prints bills in one format.
#[derive(Debug, Clone, Copy)]
pub(super) struct Print(BillFormat);

/// One request in the JSON format. An absent `seconds` beside a `spec` means that the request does not tell the length.
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
    reason: Option<&'r str>,
}

/// Requests of one billing spec and length.
#[derive(Serialize)]
struct Total<'c> {
    spec: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
    requests: u64,
}

#[derive(Serialize)]
struct Summary {
    requests: u64,
    unbilled: u64,
    seconds: u64,
    skipped: u64,
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
                let (spec, seconds, reason) = match charge {
                    Charge::Bill(bill) => (Some(bill.spec), bill.seconds, None),
                    Charge::None(reason) => (None, None, Some(reason.as_str())),
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
                        reason,
                    },
                );
            }
            BillFormat::Human => {
                let told = match charge {
                    Charge::Bill(bill) => {
                        format!(
                            "{}, {}, {}",
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
                    safe::line(&told)
                )
                .expect("writing to a Vec cannot fail");
            }
        }
    }

    /// What is printed behind the requests.
    pub(super) fn tail(self, totals: &Totals) -> Vec<u8> {
        let billed: u64 = totals.billed().map(|(_, _, requests)| requests).sum();
        let seconds = totals
            .billed()
            .map(|(_, seconds, requests)| all_seconds(seconds, requests))
            .sum();
        let summary = Summary {
            requests: billed + totals.unbilled,
            unbilled: totals.unbilled,
            seconds,
            skipped: totals.skipped,
        };
        match self.0 {
            BillFormat::Human => table(totals, &summary).into_bytes(),
            BillFormat::Json => {
                let list: Vec<Total<'_>> = totals
                    .billed()
                    .map(|(spec, seconds, requests)| Total {
                        spec,
                        seconds,
                        requests,
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

fn table(totals: &Totals, summary: &Summary) -> String {
    let mut table = Table::new(1);
    table.row(["billed as", "length", "requests", "seconds"]);
    for (spec, seconds, requests) in totals.billed() {
        let all = seconds.map_or_else(
            || "unknown".to_owned(),
            |_| all_seconds(seconds, requests).to_string(),
        );
        table.row([
            safe::line(spec).into_owned(),
            length(seconds),
            requests.to_string(),
            all,
        ]);
    }
    table.row([
        "no bill".to_owned(),
        String::new(),
        summary.unbilled.to_string(),
    ]);
    table.row([
        "total".to_owned(),
        String::new(),
        summary.requests.to_string(),
        summary.seconds.to_string(),
    ]);
    let mut text = String::new();
    if summary.requests > 0 {
        text.push('\n');
    }
    text.push_str(&table.render(""));
    if summary.skipped > 0 {
        text.push_str(&counted(
            summary.skipped,
            "text that is no request was skipped\n",
            "texts that are no requests were skipped\n",
        ));
    }
    text
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
