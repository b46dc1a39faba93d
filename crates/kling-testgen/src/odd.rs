//! Odd requests: a valid plan with random edits anywhere, about which nothing is promised.

use std::sync::Arc;

use kling_spec::{Path, Spec};
use proptest::strategy::Strategy;

use crate::choices::{Choices, built};
use crate::json::Json;
use crate::json::pointer::{Key, Pointer, with};
use crate::request::Request;
use crate::solve::{Goals, solve};
use crate::texts::{BLANK, any_text};
use crate::urls::{address, broken_addresses};
use crate::value::{Values, integer};

/// Generates requests with odd values, names and nesting anywhere; some are valid nevertheless.
///
/// There are no equal keys, and all numbers are exact as 64-bit floats.
///
/// # Panics
/// The same as for [`valid`](crate::valid).
pub fn odd(spec: &Spec) -> impl Strategy<Value = Request> + use<> {
    let spec = Arc::new(spec.clone());
    built(move |choices| {
        let values = Values {
            spec: &spec,
            optional: 60,
        };
        let plan = if choices.chance(70) {
            solve(&spec, &Goals::default(), choices)
        } else {
            Some(values.object(Path::ROOT, choices))
        };
        let mut plan = plan.unwrap_or(Json::object());
        for _ in 0..=choices.below(4) {
            edit(&mut plan, values, choices);
        }
        Request::printed(plan, true, choices)
    })
}

/// Returns every place of a plan, the root first.
fn all_places(plan: &Json) -> Vec<Pointer> {
    let mut found = vec![Pointer::new()];
    let mut next = 0;
    while let Some(place) = found.get(next).cloned() {
        next += 1;
        match plan.at(&place) {
            Some(Json::Object(members)) => {
                found.extend(
                    members
                        .iter()
                        .map(|(name, _)| with(&place, Key::Member(name.clone()))),
                );
            }
            Some(Json::Array(items)) => {
                found.extend((0..items.len()).map(|index| with(&place, Key::Index(index))));
            }
            Some(
                Json::Null
                | Json::Boolean(_)
                | Json::Integer(_)
                | Json::Number(_)
                | Json::String(_),
            )
            | None => {}
        }
    }
    found
}

fn edit(plan: &mut Json, values: Values<'_>, choices: &mut Choices) {
    let places = all_places(plan);
    // The root itself is rarely replaced, since that tests little.
    let first = usize::from(places.len() > 1 && !choices.chance(3));
    let place = places[first + choices.below(places.len() - first)].clone();
    let way = choices.below(7);
    let fresh = any_value(values, choices, 3);
    let Some(value) = plan.at_mut(&place) else {
        return;
    };
    match way {
        0 => *value = fresh,
        1 => *value = Json::Array(vec![std::mem::replace(value, Json::Null)]),
        2 => {
            *value = Json::Object(vec![(
                any_name(values, choices),
                std::mem::replace(value, Json::Null),
            )]);
        }
        3 => add(value, fresh, values, choices),
        4 => rename(value, values, choices),
        5 => shrink(value, choices),
        _ => *value = spelled(value),
    }
}

fn add(value: &mut Json, fresh: Json, values: Values<'_>, choices: &mut Choices) {
    match value {
        Json::Object(_) => value.set(&any_name(values, choices), fresh),
        Json::Array(items) => items.insert(choices.below(items.len() + 1), fresh),
        Json::Null | Json::Boolean(_) | Json::Integer(_) | Json::Number(_) | Json::String(_) => {
            *value = fresh;
        }
    }
}

fn rename(value: &mut Json, values: Values<'_>, choices: &mut Choices) {
    let Json::Object(members) = value else { return };
    if members.is_empty() {
        return;
    }
    let at = choices.below(members.len());
    let old = members[at].0.clone();
    let name = match choices.below(3) {
        0 => any_name(values, choices),
        1 => old.to_uppercase(),
        _ => old.replace('_', ""),
    };
    if members.iter().all(|(key, _)| *key != name) {
        members[at].0 = name;
    }
}

/// Removes something from a value.
fn shrink(value: &mut Json, choices: &mut Choices) {
    match value {
        Json::Object(members) if !members.is_empty() => {
            members.remove(choices.below(members.len()));
        }
        Json::Array(items) if !items.is_empty() => {
            items.remove(choices.below(items.len()));
        }
        Json::String(text) => {
            let keep = choices.below(text.chars().count() + 1);
            *text = text.chars().take(keep).collect();
        }
        Json::Null
        | Json::Boolean(_)
        | Json::Integer(_)
        | Json::Number(_)
        | Json::Array(_)
        | Json::Object(_) => {}
    }
}

/// Returns the value as text, and a text as the value it spells.
fn spelled(value: &Json) -> Json {
    match value {
        Json::String(text) => match text.parse() {
            Ok(number) => Json::Integer(number),
            Err(_) => Json::String(text.to_uppercase()),
        },
        Json::Null
        | Json::Boolean(_)
        | Json::Integer(_)
        | Json::Number(_)
        | Json::Array(_)
        | Json::Object(_) => Json::String(crate::plain(value)),
    }
}

/// Returns any name: of the contract, of a mistake, or of nothing.
fn any_name(values: Values<'_>, choices: &mut Choices) -> String {
    let fields: Vec<&str> = values.spec.fields().keys().filter_map(Path::name).collect();
    let mistakes: Vec<&str> = values
        .spec
        .mistakes()
        .iter()
        .filter_map(|mistake| mistake.at.name())
        .collect();
    let names = match choices.below(4) {
        0 | 1 => &fields,
        2 => &mistakes,
        _ => return any_text(choices),
    };
    choices
        .one(names)
        .map_or_else(String::new, |name| (*name).to_owned())
}

/// Returns any JSON value, nested at most `depth` deep.
fn any_value(values: Values<'_>, choices: &mut Choices, depth: usize) -> Json {
    let numbers = ["0.5", "-0", "1e3", "-7.25", "5.5", "150e-1", "0.0", "1E+2"];
    match choices.below(if depth == 0 { 8 } else { 11 }) {
        0 => Json::Null,
        1 => Json::Boolean(choices.chance(50)),
        2 => Json::Integer(integer(choices)),
        3 => Json::Number(numbers[choices.below(numbers.len())].to_owned()),
        4 => Json::String(any_text(choices)),
        5 => Json::String(BLANK[choices.below(BLANK.len())].to_owned()),
        6 => Json::String(address(choices)),
        7 => Json::string(broken_addresses()[choices.below(broken_addresses().len())].1),
        8 => {
            let count = choices.below(4);
            Json::Array(
                (0..count)
                    .map(|_| any_value(values, choices, depth - 1))
                    .collect(),
            )
        }
        9 => {
            let mut object = Json::object();
            for _ in 0..choices.below(4) {
                let name = any_name(values, choices);
                object.set(&name, any_value(values, choices, depth - 1));
            }
            object
        }
        _ => {
            let paths: Vec<&Path> = values.spec.fields().keys().collect();
            choices
                .one(&paths)
                .map_or(Json::Null, |path| values.value(path, choices))
        }
    }
}
