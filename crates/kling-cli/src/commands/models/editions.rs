//! `kling models ID --editions`: what changed from one edition of a model's page to the next.

use std::collections::BTreeMap;

use kling_spec::{Billing, EmbeddedContract, Field, Spec};

use crate::output::condition::clause;
use crate::output::field::values;
use crate::output::style::list_width;
use crate::output::table::Table;

/// Returns the table, with the oldest edition first.
pub(super) fn changes(contract: &EmbeddedContract) -> String {
    let mut table = Table::new(3);
    table.row(["edition", "what", "change"]);
    let mut before = None;
    for edition in contract.editions() {
        let Some(spec) = contract.parse_edition(edition) else {
            continue;
        };
        if let Some(page) = spec.edition() {
            let about = format!("{}; read from {}", page.about, page.read_from.as_str());
            table.row([edition, "page", &about]);
        }
        let after = claims(&spec);
        for (what, change) in differences(before.as_ref(), &after) {
            table.row(["", &what, &change]);
        }
        before = Some(after);
    }
    table.wrapped("", list_width())
}

/// What a contract says, by what it is about.
type Claims = BTreeMap<String, Claim>;

#[derive(PartialEq, Eq)]
struct Claim {
    shown: String,
    /// What the text that is shown does not say.
    conditions: String,
}

impl From<String> for Claim {
    fn from(shown: String) -> Self {
        Self {
            shown,
            conditions: String::new(),
        }
    }
}

/// Returns what a contract says of each field and rule, of placeholders and of the bill.
fn claims(spec: &Spec) -> Claims {
    let mut claims = Claims::from([("id".to_owned(), spec.id().to_owned().into())]);
    // What is said of a list says enough of its items.
    let own = |field: &&Field| !field.common && !field.path.is_item();
    for field in spec.fields().values().filter(own) {
        let required = field.required.is_some().then(|| "required".to_owned());
        let default = field.default.as_ref();
        let default = default.map(|default| format!("default {}", default.value));
        let parts = [Some(field.kind.as_str().to_owned()), required, default];
        let mut parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.push(values(field));
        parts.retain(|part| !part.is_empty());
        claims.insert(field.path.to_string(), parts.join("; ").into());
    }
    for rule in spec.rules() {
        let when = rule.when.as_ref().map(clause).unwrap_or_default();
        let claim = Claim {
            shown: rule.say.clone(),
            conditions: format!("{when}: {}", clause(&rule.must)),
        };
        claims.insert(rule.id.clone(), claim);
    }
    for (meaning, row) in spec.meanings() {
        let name = meaning.name().replace('-', " ");
        // Where it is the only meaning of a field, the field says enough.
        if row.to.is_inside_list() {
            claims.insert(name, format!("written as {row}").into());
        }
    }
    if let Some(placeholders) = spec.placeholders() {
        let kinds = placeholders.kinds.iter();
        let lists =
            kinds.filter_map(|kind| Some(format!("{} in {}", kind.name, kind.list.as_ref()?)));
        let lists: Vec<String> = lists.collect();
        if !lists.is_empty() {
            claims.insert("placeholders".to_owned(), lists.join(", ").into());
        }
    }
    let bills = spec.billing().map(Billing::names);
    claims.extend(bills.map(|bills| ("bill".to_owned(), bills.join(", ").into())));
    claims
}

/// Returns what is new, different or gone; nothing without an edition before.
fn differences(before: Option<&Claims>, after: &Claims) -> Vec<(String, String)> {
    let Some(before) = before else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for (what, says) in after {
        let change = match before.get(what) {
            None => format!("new: {}", says.shown),
            Some(said) if said.shown != says.shown => {
                format!("{} (before: {})", says.shown, said.shown)
            }
            Some(said) if said != says => format!("{}, under other conditions", says.shown),
            Some(_) => continue,
        };
        rows.push((what.clone(), change));
    }
    let gone = before.keys().filter(|what| !after.contains_key(*what));
    rows.extend(gone.map(|what| (what.clone(), "gone".to_owned())));
    rows
}
