//! `kling balance`: what remains on the account.

use kling_http::Balance as Found;
use serde::Serialize;
use serde_json::Number;

use crate::cli::Balance;
use crate::exit::Exit;
use crate::service::print::{Print, VERSION};
use crate::service::session::{self, Session};
use crate::service::stop::end;

/// What `kling balance` prints as JSON.
#[derive(Serialize)]
struct Output<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    remain_balance: Option<&'a Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    used_balance: Option<&'a Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unlimited_quota: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remain_credits: Option<&'a Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    used_credits: Option<&'a Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credits_per_usd: Option<&'a Number>,
}

pub(super) fn run(arguments: &Balance) -> Exit {
    let print = Print::new(arguments.connection.format);
    let done = session::run(
        &arguments.connection,
        |continue_options| continue_options,
        print,
        async |session: &Session| {
            let balance = session
                .call(
                    "asking for the balance",
                    Exit::NotReached,
                    session.client.balance(),
                )
                .await??;
            let output = Output {
                version: VERSION,
                remain_balance: balance.remain_balance.as_ref(),
                used_balance: balance.used_balance.as_ref(),
                unlimited_quota: balance.unlimited_quota,
                remain_credits: balance.remain_credits.as_ref(),
                used_credits: balance.used_credits.as_ref(),
                credits_per_usd: balance.credits_per_usd.as_ref(),
            };
            Ok(session.print.result(&output, || text(&balance)))
        },
    );
    end(done, print)
}

/// Formats the balance for people. Only some editions of the service also give it in credits.
fn text(balance: &Found) -> String {
    let number = |number: &Option<Number>| {
        number
            .as_ref()
            .map_or_else(|| "not stated".to_owned(), ToString::to_string)
    };
    let used = number(&balance.used_balance);
    let mut lines = if balance.is_unlimited() {
        vec![format!("no limit; used: {used}")]
    } else {
        let remaining = number(&balance.remain_balance);
        vec![format!("remaining: {remaining}"), format!("used: {used}")]
    };
    for (name, amount) in [
        ("remaining credits", &balance.remain_credits),
        ("used credits", &balance.used_credits),
        ("credits for a US dollar", &balance.credits_per_usd),
    ] {
        if amount.is_some() {
            lines.push(format!("{name}: {}", number(amount)));
        }
    }
    lines.join("\n")
}
