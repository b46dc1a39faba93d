//! The edits that make a mutation in an otherwise valid plan.

use kling_spec::{Path, Step};

use crate::choices::Choices;
use crate::json::Json;
use crate::json::pointer::{Key, behind_items, places};
use crate::mention::find_mut;

/// A change of a plan.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    /// The plan already has the mutation.
    Nothing,
    /// The request itself becomes one of the values.
    Replace(Vec<Json>),
    /// A member or an item becomes one of the values.
    Set(Path, Vec<Json>),
    /// A member is removed.
    Remove(Path),
    /// A member is repeated, sometimes with one of the values.
    Duplicate(Path, Vec<Json>),
    /// A member is removed, and its value is written under another name.
    Move {
        from: Path,
        to: Path,
        written: Written,
    },
    /// A text grows until it has this many characters.
    Lengthen(Path, usize),
    /// An integer is written with a fraction or an exponent.
    Notation(Path),
    /// One of the texts is inserted into a text.
    Insert(Path, Vec<String>),
    /// An item of the kind is no longer mentioned in a text.
    Forget(Path, String),
    /// The first mentions of two items of the kind are swapped in a text.
    Swap(Path, String),
}

/// How a value is written under a wrong name.
#[derive(Debug, Clone)]
pub(crate) enum Written {
    /// As one of these values.
    Values(Vec<Json>),
    /// As under the right name.
    AsItWas,
    /// A list of objects as their members with this name; a list of one as that value alone.
    Members(String),
    /// A list of one as the item alone.
    OneItem,
}

impl Edit {
    /// Returns the maximum number of characters by which the text with placeholders grows.
    pub(crate) fn added_characters(&self) -> usize {
        match self {
            Self::Insert(_, texts) => texts
                .iter()
                .map(|text| text.chars().count())
                .max()
                .unwrap_or(0),
            Self::Nothing
            | Self::Replace(_)
            | Self::Set(..)
            | Self::Remove(_)
            | Self::Duplicate(..)
            | Self::Move { .. }
            | Self::Lengthen(..)
            | Self::Notation(_)
            | Self::Forget(..)
            | Self::Swap(..) => 0,
        }
    }

    /// Changes the plan; returns `None` if it lacks what the change needs.
    pub(crate) fn apply(&self, plan: &mut Json, choices: &mut Choices) -> Option<()> {
        match self {
            Self::Nothing => {}
            Self::Replace(values) => *plan = choices.one(values)?.clone(),
            Self::Set(path, values) => {
                let value = choices.one(values)?.clone();
                set_at(plan, path, value, choices)?;
            }
            Self::Remove(path) => {
                let place = choices.one(&places(plan, path))?.clone();
                let (last, around) = place.split_last()?;
                let Key::Member(name) = last else { return None };
                plan.at_mut(around)?.remove(name)?;
            }
            Self::Duplicate(path, others) => {
                let place = choices.one(&places(plan, path))?.clone();
                let (last, around) = place.split_last()?;
                let Key::Member(name) = last else { return None };
                let other = if choices.chance(50) {
                    choices.one(others).cloned()
                } else {
                    None
                };
                let value = other.or_else(|| plan.at(&place).cloned())?;
                if let Json::Object(members) = plan.at_mut(around)? {
                    members.push((name.clone(), value));
                }
            }
            Self::Move { from, to, written } => move_member(plan, from, to, written, choices)?,
            Self::Lengthen(path, characters) => {
                let text = text_at(plan, path)?;
                let missing = characters.saturating_sub(text.chars().count());
                let fill = *choices.one(&["a", "雨", "🌊"])?;
                text.push_str(&fill.repeat(missing));
            }
            Self::Notation(path) => {
                let place = choices.one(&places(plan, path))?.clone();
                let value = plan.at_mut(&place)?;
                let Json::Integer(number) = *value else {
                    return None;
                };
                let ways = [
                    format!("{number}.0"),
                    format!("{number}e0"),
                    // A number does not begin with two zeros.
                    if number == 0 {
                        "0e-1".to_owned()
                    } else {
                        format!("{number}0e-1")
                    },
                    format!("{number}.00E+0"),
                ];
                *value = Json::Number(choices.one(&ways)?.clone());
            }
            Self::Insert(path, texts) => {
                let inserted = choices.one(texts)?.clone();
                let text = text_at(plan, path)?;
                // Inside another placeholder, it would become part of that one's problem.
                let place = if choices.chance(50) { 0 } else { text.len() };
                text.insert_str(place, &inserted);
            }
            Self::Forget(path, kind) => forget(text_at(plan, path)?, kind, choices)?,
            Self::Swap(path, kind) => swap(text_at(plan, path)?, kind, choices)?,
        }
        Some(())
    }
}

fn text_at<'j>(plan: &'j mut Json, path: &Path) -> Option<&'j mut String> {
    if let Some(Json::String(text)) = find_mut(plan, path) {
        Some(text)
    } else {
        None
    }
}

fn set_at(plan: &mut Json, path: &Path, value: Json, choices: &mut Choices) -> Option<()> {
    match path.steps().last()? {
        Step::Member(name) => {
            let around = choices.one(&places(plan, &path.parent()?))?.clone();
            plan.at_mut(&around)?.set(name, value);
        }
        Step::Items => {
            let place = choices.one(&places(plan, path))?.clone();
            *plan.at_mut(&place)? = value;
        }
    }
    Some(())
}

fn move_member(
    plan: &mut Json,
    from: &Path,
    to: &Path,
    written: &Written,
    choices: &mut Choices,
) -> Option<()> {
    let sources = places(plan, from);
    // Within one list, a member stays in its item.
    let inside = if from.list() == to.list() {
        from.steps().len() - behind_items(from).steps().len()
    } else {
        0
    };
    let mut targets = places(plan, &to.parent()?);
    if !matches!(written, Written::Values(_)) {
        targets.retain(|target| {
            sources
                .iter()
                .any(|source| source.starts_with(&target[..inside]))
        });
    }
    let target = choices.one(&targets)?.clone();
    let source = sources
        .into_iter()
        .find(|source| source.starts_with(&target[..inside]))
        .unwrap_or_default();
    let mut taken = None;
    if let Some((Key::Member(name), around)) = source.split_last() {
        taken = plan.at_mut(around).and_then(|around| around.remove(name));
    }
    let value = match written {
        Written::Values(values) => choices.one(values)?.clone(),
        Written::AsItWas => taken?,
        Written::Members(name) => {
            let list = taken?;
            let members = list.items().iter().filter_map(|item| item.member(name));
            one_alone(Json::Array(members.cloned().collect()))
        }
        Written::OneItem => one_alone(taken?),
    };
    plan.at_mut(&target)?.set(to.name()?, value);
    Some(())
}

/// Returns the item of a list of one, otherwise the list.
fn one_alone(list: Json) -> Json {
    match list.items() {
        [item] => item.clone(),
        _ => list,
    }
}

/// Returns the numbers of a kind's placeholders in a text, in order of appearance.
fn numbers(text: &str, kind: &str) -> Vec<usize> {
    let opening = format!("<<<{kind}_");
    text.split(&opening)
        .skip(1)
        .filter_map(|rest| rest.split(">>>").next()?.parse().ok())
        .collect()
}

fn forget(text: &mut String, kind: &str, choices: &mut Choices) -> Option<()> {
    let number = *choices.one(&numbers(text, kind))?;
    *text = text.replace(&crate::mention::mark(kind, number), " - ");
    Some(())
}

fn swap(text: &mut String, kind: &str, choices: &mut Choices) -> Option<()> {
    let most = numbers(text, kind).into_iter().max()?;
    let first = 1 + choices.below(most.checked_sub(1)?);
    let (one, other) = (
        crate::mention::mark(kind, first),
        crate::mention::mark(kind, first + 1),
    );
    let parts: Vec<String> = text
        .split(&one)
        .map(|part| part.replace(&other, &one))
        .collect();
    *text = parts.join(&other);
    Some(())
}
