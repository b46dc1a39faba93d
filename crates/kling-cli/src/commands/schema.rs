//! `kling schema`: JSON Schemas.

use kling_check::Checker;
use kling_check::json::v1::report_schema;
use kling_spec::{any_schema, contract_schema, nearest, request_schema};

use super::write_files;
use crate::cli::Schema;
use crate::contracts;
use crate::exit::{Exit, Failure};
use crate::output::{safe, stdio};

/// Schemas that are not for a single model.
const OTHERS: &[&str] = &[
    "any",
    "contract",
    "report",
    "config",
    #[cfg(feature = "client")]
    "answers",
];

pub(super) fn run(arguments: &Schema) -> Result<Exit, Failure> {
    let checker = contracts::checker(
        arguments.contracts.edition(),
        &arguments.contracts.specs,
        &[],
    )?;
    if let Some(folder) = &arguments.all {
        let files = names(&checker).map(|name| {
            let text = text(&checker, name).unwrap_or_default();
            (format!("{name}.schema.json"), text.into_bytes())
        });
        return write_files(folder, files.collect::<Vec<_>>());
    }
    let name = arguments.name.as_deref().unwrap_or_default();
    let text = text(&checker, name).ok_or_else(|| unknown(&checker, name))?;
    stdio::print(&text)?;
    Ok(Exit::Clean)
}

pub(super) fn names(checker: &Checker) -> impl Iterator<Item = &str> {
    checker.models().chain(OTHERS.iter().copied())
}

fn text(checker: &Checker, name: &str) -> Option<String> {
    let text = match name {
        "any" => {
            let specs: Vec<_> = checker
                .models()
                .filter_map(|id| checker.spec(id))
                .cloned()
                .collect();
            any_schema(&specs)
        }
        "contract" => contract_schema(),
        "report" => printed(&report_schema()),
        "config" => printed(&crate::configuration::schema()),
        #[cfg(feature = "client")]
        "answers" => printed(&kling_http::answers_schema()),
        id => request_schema(checker.spec(id)?),
    };
    Some(safe::json_text(&text).into_owned())
}

fn printed(schema: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(schema).expect("a schema has string keys");
    text.push('\n');
    text
}

fn unknown(checker: &Checker, name: &str) -> Failure {
    let other = nearest(name, OTHERS.iter().copied()).map(str::to_owned);
    let hint = match other.or_else(|| checker.unknown_model(name).suggestion) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!(
            "give one of {}",
            names(checker).collect::<Vec<_>>().join(", ")
        ),
    };
    Failure::new(&format!("`{name}` is not a schema; {hint}"))
}
