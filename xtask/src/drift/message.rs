//! A difference as a message: what differs, the source, and what to do.

use std::fmt::Write as _;

use kling_spec::{Field, Scalar, Spec};

use super::anchors::Claimed;
use super::compare::{Difference, Listed, What};

/// Returns the message of a difference; `page` is the name of the file.
pub(super) fn of(difference: &Difference, page: &str, spec: &Spec) -> String {
    let field = difference
        .path
        .as_ref()
        .and_then(|path| spec.fields().get(path));
    let path = difference
        .path
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let (id, says) = says(&difference.what, &path, field);
    let mut message = format!("difference[{id}]: {says}\n --> {page}");
    if let Some(line) = difference.line {
        let _ = write!(message, ":{line}");
    }
    if let Some(source) = &difference.source {
        let _ = write!(message, "\n  = source: {}, {source}", spec.id());
    }
    let help = help(&difference.what);
    let _ = writeln!(message, "\n  = help: {help}");
    message
}

fn says(what: &What, path: &str, field: Option<&Field>) -> (&'static str, String) {
    let contract = |value: Option<String>, without: &str| {
        value.map_or_else(
            || without.to_owned(),
            |value| format!("the contract has {value}"),
        )
    };
    match what {
        What::PlaceGone(place, claims) => {
            let claims: Vec<String> = claims.iter().map(Claimed::to_string).collect();
            let claims = claims.join("`, `");
            (
                "place-gone",
                format!("the page does not have `{place}`, the source of `{claims}`"),
            )
        }
        What::FieldGone => (
            "field-gone",
            format!("the page does not have the field `{path}`"),
        ),
        What::FieldNew(shape) => {
            let kind = shape.kind.with_article();
            (
                "field-new",
                format!("the contract does not have the field `{path}`, {kind}"),
            )
        }
        What::Type(shape) => {
            let kind = match shape.items {
                Some(items) => format!("{} of type {}", shape.kind.with_article(), items.as_str()),
                None => shape.kind.with_article().to_owned(),
            };
            let own = field.map(|field| field.kind.with_article().to_owned());
            (
                "type",
                format!("on the page, `{path}` is {kind}; {}", contract(own, "")),
            )
        }
        What::Required(true) => (
            "required",
            format!("the page marks `{path}` as required; the contract does not"),
        ),
        What::Required(false) => (
            "required",
            format!("the page does not mark `{path}` as required; the contract does"),
        ),
        What::Values(listed) => {
            let own = field.and_then(|field| field.values.as_ref());
            let own = own.map(|claim| {
                shown(&Listed {
                    values: claim.value.list.clone(),
                    open: claim.value.open,
                })
            });
            let page = listed
                .as_ref()
                .map_or("other values than these".to_owned(), shown);
            (
                "values",
                format!(
                    "on the page, `{path}` has {page}; {}",
                    contract(own, "the contract lists none")
                ),
            )
        }
        What::Default(value) => {
            let own = field.and_then(|field| field.default.as_ref());
            let own = own.map(|claim| claim.value.to_string());
            let page = value.as_ref().map_or("no default".to_owned(), |value| {
                format!("the default {value}")
            });
            (
                "default",
                format!(
                    "on the page, `{path}` has {page}; {}",
                    contract(own, "the contract has none")
                ),
            )
        }
        What::MaxItems(most) => {
            let own = field.and_then(|field| field.max_items.as_ref());
            let own = own.map(|claim| claim.value.to_string());
            let page = most.map_or("no maximum number of items".to_owned(), |most| {
                format!("at most {most} items")
            });
            (
                "max-items",
                format!(
                    "on the page, `{path}` has {page}; {}",
                    contract(own, "the contract has no maximum")
                ),
            )
        }
    }
}

fn shown(listed: &Listed) -> String {
    let values: Vec<String> = listed.values.iter().map(Scalar::to_string).collect();
    let kind = if listed.open {
        "common values"
    } else {
        "values"
    };
    format!("the {kind} {}", values.join(", "))
}

fn help(what: &What) -> &'static str {
    match what {
        What::PlaceGone(..) => "find where the page says so now, or give the claims another ground",
        What::FieldGone => {
            "look for the field under another name; otherwise remove it with the rules about it"
        }
        What::FieldNew(_) => {
            "describe the field in a row of its own, and add the rules that the page has for it"
        }
        What::Type(_) => "read the row again: other claims about it have probably changed too",
        What::Required(_) | What::Values(_) | What::Default(_) | What::MaxItems(_) => {
            "check the page by eye, then change the row as the patch does"
        }
    }
}
