//! `kling balance`: what remains on the account.

use serde::Serialize;

use crate::cli::Balance;
use crate::exit::Exit;
use crate::service::print::{Print, VERSION};
use crate::service::session::{self, Session};
use crate::service::stop::end;

/// What `kling balance` prints as JSON, in the service's own unit.
#[derive(Serialize)]
struct Output<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    remain_balance: Option<&'a serde_json::Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    used_balance: Option<&'a serde_json::Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unlimited_quota: Option<bool>,
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
            };
            Ok(session.print.result(&output, || {
                let number = |number: Option<&serde_json::Number>| {
                    number.map_or_else(|| "not stated".to_owned(), ToString::to_string)
                };
                if balance.unlimited_quota == Some(true) {
                    return format!("no limit; used: {}", number(balance.used_balance.as_ref()));
                }
                format!(
                    "remaining: {}\nused: {}",
                    number(balance.remain_balance.as_ref()),
                    number(balance.used_balance.as_ref())
                )
            }))
        },
    );
    end(done, print)
}
