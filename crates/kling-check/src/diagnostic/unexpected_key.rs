//! The texts of findings about keys that their objects do not have.

use kling_json::Node;
use kling_spec::Path;
use kling_text::quote;

use super::phrases::{Values, alternatives, and_list, home_name, of_field, place_name};
use crate::content::has_content;
use crate::context::Context;
use crate::facts::scalar;
use crate::finding::{Meaning, UnexpectedKey};
use crate::table::{ObjectId, Table};
use crate::walk::converted;

/// The maximum number of members that are listed where nothing better can be suggested.
const LISTED_MEMBERS: usize = 12;

/// Returns the values of the finding.
pub(super) fn unexpected_key<'v>(
    node: Node<'_>,
    context: &Context<'v>,
    unexpected: &UnexpectedKey<'_>,
) -> Option<Values<'v>> {
    let table = context.table?;
    let name = node.key()?.decode();
    let here = table.object(unexpected.object).field;
    let here = here.map(|field| &table.row(field).path);
    let (what, remedy) = what_and_remedy(node, table, unexpected, &name, here);
    let remedy = match unexpected.target {
        Some(field) if unexpected.is_taken => {
            let member = &of_field(table, field).name;
            let next = if has_content(node) {
                "move the value of this one there, then remove this one"
            } else {
                "remove this one"
            };
            // How another page's value is written here is not evident.
            let how = unexpected.rewritten.as_ref().and(unexpected.mistake);
            let how = how.map_or_else(String::new, |mistake| format!("{}; ", mistake.say));
            format!("{how}{member} already exists: {next}")
        }
        _ => match meant_member(node, table, unexpected) {
            Some(member) => format!("{remedy}; here: `{member}`"),
            None => remedy,
        },
    };
    Some(vec![
        ("model", table.spec.id().into()),
        ("name", quote(&name).into()),
        ("place", place_name(here).into()),
        ("what", what.into()),
        ("remedy", remedy.into()),
    ])
}

/// Returns what is wrong, if the rule does not say it, and the remedy.
fn what_and_remedy(
    node: Node<'_>,
    table: &Table,
    unexpected: &UnexpectedKey<'_>,
    name: &str,
    here: Option<&Path>,
) -> (String, String) {
    match &unexpected.meaning {
        Meaning::Misplaced(field) => {
            let home = &table.row(*field).path;
            let (name, place) = (quote(name), place_name(here));
            let what = format!("{name} belongs {}, not {place}", home_name(home));
            let remedy = if home.is_inside_list() {
                let list = home.list().unwrap_or_default();
                format!("move it into the item of `{list}` that it belongs to")
            } else {
                format!("move it to `{home}`")
            };
            (what, remedy)
        }
        Meaning::Foreign(owners) => {
            let owners: Vec<String> = owners.iter().map(|owner| (*owner).to_owned()).collect();
            let (name, model) = (quote(name), table.spec.id());
            let what = format!("{name} is a field of {}, not of {model}", and_list(&owners));
            let remedy = unexpected.mistake.map_or_else(
                || {
                    let models = alternatives(&owners);
                    if let Some(rewritten) = &unexpected.rewritten {
                        let home = &of_field(table, rewritten.target).name;
                        format!("give its value in {home}, or use a model that has it: {models}")
                    } else if has_content(node) {
                        format!(
                            "use a model that has it: {models}; or move its value to another field, then remove it"
                        )
                    } else {
                        format!("remove it, or use a model that has it: {models}")
                    }
                },
                |mistake| mistake.say.clone(),
            );
            (what, remedy)
        }
        Meaning::Misnamed(mistake) => (String::new(), mistake.say.clone()),
        Meaning::Unknown(near) => {
            let remedy = match (&unexpected.rewritten, near) {
                (Some(rewritten), _) => {
                    let home = &of_field(table, rewritten.target).name;
                    format!("give its value in {home}")
                }
                (None, Some(field)) => {
                    format!("did you mean {}?", of_field(table, *field).name)
                }
                (None, None) => known_members(node, table, unexpected.object),
            };
            (String::new(), remedy)
        }
    }
}

fn known_members(node: Node<'_>, table: &Table, object: ObjectId) -> String {
    let members = &table.object(object).members;
    let names: Vec<&str> = members
        .iter()
        .map(|member| table.row(*member))
        .filter(|row| !row.common)
        .filter_map(|row| row.path.name())
        .take(LISTED_MEMBERS)
        .collect();
    let more = if members.len() > names.len() + 2 {
        ", …"
    } else {
        ""
    };
    let names = format!("`{}`", names.join("`, `"));
    if has_content(node) {
        format!("move its value to one of the fields here, then remove it; they are {names}{more}")
    } else {
        format!("remove it; the fields here are {names}{more}")
    }
}

/// Writes the value as the member that it is meant to be.
fn meant_member(node: Node<'_>, table: &Table, unexpected: &UnexpectedKey<'_>) -> Option<String> {
    let row = table.row(unexpected.target?);
    let meant = match &unexpected.rewritten {
        Some(rewritten) => rewritten.single()?.clone(),
        None => converted(unexpected.mistake?, &scalar(node)?)?,
    };
    let fits = row.closed_values().is_none_or(|list| list.contains(&meant));
    fits.then(|| format!("\"{}\": {meant}", row.path.name().unwrap_or_default()))
}
