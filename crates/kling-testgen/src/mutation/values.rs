//! Values of the right type that the contract does not allow, and texts and lists beyond their limits.

use kling_spec::{CommonRule, Condition, Field, Format, Scalar, Type};

use super::{Catalogue, Edit, Mutation, is_error, scalars, there};
use crate::json::Json;
use crate::solve::Invariant;
use crate::texts::BLANK;

/// Limits above this are not exceeded: the texts would be too long to be useful.
const MOST_CHARACTERS: u64 = 20_000;
/// The same for lists.
const MOST_ITEMS: u64 = 100;

const NO_RATIOS: &[&str] = &[
    "16x9",
    "16/9",
    "16",
    ":",
    "16:",
    "0:9",
    "16:0",
    "016:9",
    "-16:9",
    "1.5:1",
    "16:9 ",
    "10000:1",
    "16:9:1",
    "16\u{ff1a}9",
    "wide",
];
const RATIOS: &[&str] = &["4:3", "21:9", "9999:1", "2:3", "32:18"];

impl Catalogue<'_> {
    pub(super) fn values(&self, mutations: &mut Vec<Mutation>) {
        for field in self.spec.fields().values() {
            self.listed(field, mutations);
            self.formatted(field, mutations);
            self.limited(field, mutations);
        }
    }

    fn set(&self, field: &Field, mutation: Mutation, values: Vec<Json>) -> Mutation {
        self.beside(&field.path, mutation)
            .by(Edit::Set(field.path.clone(), values))
    }

    fn listed(&self, field: &Field, mutations: &mut Vec<Mutation>) {
        let Some(claim) = &field.values else { return };
        let list = &claim.value.list;
        let format = field.format.as_ref().map(|format| format.value);
        if claim.value.open {
            let other: Vec<Json> = match (field.kind, format) {
                (Type::String, Some(Format::Ratio)) => {
                    RATIOS.iter().map(|ratio| Json::string(*ratio)).collect()
                }
                (Type::String, _) => vec![Json::string("something uncommon")],
                (Type::Integer, _) => beyond(list),
                (Type::Boolean | Type::Array | Type::Object, _) => Vec::new(),
            };
            let other: Vec<Json> = other
                .into_iter()
                .filter(|value| !scalars(list).contains(value))
                .collect();
            if !other.is_empty() {
                let mutation = self.mutation(
                    CommonRule::UncommonValue,
                    &field.path,
                    "",
                    &claim.ground,
                    false,
                );
                mutations.push(self.set(field, mutation, other));
            }
            return;
        }
        let is_model = field.path == self.model;
        let rule = if is_model {
            CommonRule::UnknownModel
        } else {
            CommonRule::WrongValue
        };
        for value in near_misses(list) {
            let text = crate::plain(&value);
            let mutation = self.mutation(
                rule,
                &field.path,
                &text,
                &claim.ground,
                is_error(&claim.ground),
            );
            mutations.push(self.set(field, mutation, vec![value]));
        }
    }

    fn formatted(&self, field: &Field, mutations: &mut Vec<Mutation>) {
        let Some(claim) = &field.format else { return };
        let error = is_error(&claim.ground);
        match claim.value {
            Format::NonBlank if field.closed_values().is_none() => {
                for blank in BLANK {
                    let detail = blank.escape_unicode().to_string();
                    let mutation = self.mutation(
                        CommonRule::BlankText,
                        &field.path,
                        &detail,
                        &claim.ground,
                        error && blank.is_empty(),
                    );
                    mutations.push(self.set(field, mutation, vec![Json::string(*blank)]));
                }
            }
            Format::Ratio if field.closed_values().is_none() => {
                for ratio in NO_RATIOS {
                    let mutation = self.mutation(
                        CommonRule::InvalidRatio,
                        &field.path,
                        ratio,
                        &claim.ground,
                        error,
                    );
                    mutations.push(self.set(field, mutation, vec![Json::string(*ratio)]));
                }
            }
            // A value that a closed list lacks is a wrong value; URLs have mutations of their own.
            Format::NonBlank
            | Format::Ratio
            | Format::PublicUrl
            | Format::AssetUrl
            | Format::CallbackUrl => {}
        }
    }

    fn limited(&self, field: &Field, mutations: &mut Vec<Mutation>) {
        if let Some(claim) = field
            .max_characters
            .as_ref()
            .filter(|claim| claim.value < MOST_CHARACTERS)
        {
            let count = usize::try_from(claim.value + 1).unwrap_or(0);
            let mutation = self.mutation(
                CommonRule::TooLong,
                &field.path,
                "",
                &claim.ground,
                is_error(&claim.ground),
            );
            mutations.push(if field.path.is_inside_list() {
                let texts = ["a", "雨", "🌊"].map(|fill| Json::String(fill.repeat(count)));
                self.set(field, mutation, texts.to_vec())
            } else {
                mutation
                    .needing(there(&field.path))
                    .by(Edit::Lengthen(field.path.clone(), count))
            });
        }
        if let Some(claim) = field
            .max_items
            .as_ref()
            .filter(|claim| claim.value < MOST_ITEMS)
            && !field.path.is_inside_list()
        {
            let too_many = Condition::Not(Box::new(Condition::MaxItems(
                vec![field.path.clone()],
                claim.value,
            )));
            let mutation = self.mutation(
                CommonRule::TooManyItems,
                &field.path,
                "",
                &claim.ground,
                is_error(&claim.ground),
            );
            let mutation = mutation.needing(there(&field.path)).needing(too_many);
            mutations.push(mutation.except(Invariant::Limit(field.path.clone())));
        }
    }
}

/// Returns integers around and beyond the listed ones.
fn beyond(list: &[Scalar]) -> Vec<Json> {
    let known = list.iter().filter_map(|value| {
        if let Scalar::Integer(number) = value {
            Some(*number)
        } else {
            None
        }
    });
    let around = known.flat_map(|number| {
        [
            number.saturating_sub(1),
            number.saturating_add(1),
            number.saturating_neg(),
        ]
    });
    let mut numbers: Vec<i64> = around
        .chain([0, -1, 1_000_000_007, 9_007_199_254_740_992])
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let exact = -9_007_199_254_740_992..=9_007_199_254_740_992;
    let wrong = numbers
        .into_iter()
        .filter(|number| exact.contains(number) && !list.contains(&Scalar::Integer(*number)));
    wrong.map(Json::Integer).collect()
}

/// Returns values similar to the listed ones, but not listed.
fn near_misses(list: &[Scalar]) -> Vec<Json> {
    let mut misses: Vec<Json> = Vec::new();
    for value in list {
        match value {
            Scalar::Boolean(value) => misses.push(Json::Boolean(!value)),
            Scalar::Integer(_) => {}
            Scalar::String(text) => {
                let variants = [
                    text.to_uppercase(),
                    format!("{text} "),
                    format!(" {text}"),
                    format!("{text}x"),
                    text.replace(['_', ':'], "-"),
                ];
                misses.extend(variants.into_iter().map(Json::String));
            }
        }
    }
    if list.iter().any(|value| matches!(value, Scalar::Integer(_))) {
        misses.extend(beyond(list));
    }
    if list.iter().any(|value| matches!(value, Scalar::String(_))) {
        misses.extend(["", "null", "нет"].map(Json::string));
    }
    let listed = scalars(list);
    let mut kept: Vec<Json> = Vec::new();
    for miss in misses {
        if !listed.contains(&miss) && !kept.contains(&miss) {
            kept.push(miss);
        }
    }
    kept
}
