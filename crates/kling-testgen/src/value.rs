//! Values of a contract's fields that satisfy everything the field's row says.

use kling_spec::{Field, Format, Path, Scalar, Spec, Type};

use crate::choices::Choices;
use crate::json::Json;
use crate::texts::{any_text, plain_text, text_of_length};
use crate::urls::{address, callback};

/// The maximum number of items of a list without a limit of its own.
const LONGEST_LIST: usize = 8;
/// The maximum number of characters of a text that deliberately fills its limit.
const LONGEST_TEXT: u64 = 4000;

/// Makes values of fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'s> {
    pub(crate) spec: &'s Spec,
    /// How many of a hundred optional members are present.
    pub(crate) optional: usize,
}

impl Values<'_> {
    /// Makes the object at a path, with its required members and some of the others.
    pub(crate) fn object(&self, path: &Path, choices: &mut Choices) -> Json {
        let mut object = Json::object();
        for field in self.spec.members(path) {
            let Some(name) = field.path.name() else {
                continue;
            };
            if field.required.is_some() || choices.chance(self.optional) {
                object.set(name, self.field(field, choices));
            }
        }
        object
    }

    /// Makes a value of the field at a path; `null` if the contract has no such field.
    pub(crate) fn value(&self, path: &Path, choices: &mut Choices) -> Json {
        self.spec
            .fields()
            .get(path)
            .map_or(Json::Null, |field| self.field(field, choices))
    }

    fn field(&self, field: &Field, choices: &mut Choices) -> Json {
        match field.kind {
            Type::Object => self.object(&field.path, choices),
            Type::Array => {
                let limit = field.max_items.as_ref().map(|claim| claim.value);
                let limit = limit
                    .and_then(|limit| usize::try_from(limit).ok())
                    .unwrap_or(LONGEST_LIST);
                // Without optional members, lists are as small as possible too.
                let most = if self.optional == 0 {
                    1
                } else {
                    limit.clamp(1, LONGEST_LIST)
                };
                let count = 1 + choices.below(most);
                let items = field.path.items();
                Json::Array((0..count).map(|_| self.value(&items, choices)).collect())
            }
            Type::String | Type::Integer | Type::Boolean => self.scalar(field, choices),
        }
    }

    fn scalar(&self, field: &Field, choices: &mut Choices) -> Json {
        if let Some(values) = &field.values
            && let Some(value) = choices.one(&values.value.list)
        {
            return value.into();
        }
        if choices.chance(30)
            && let Some(value) = choices.one(&field.examples)
        {
            return value.into();
        }
        match field.kind {
            Type::Boolean => Json::Boolean(choices.chance(50)),
            Type::Integer => Json::Integer(integer(choices)),
            Type::String | Type::Array | Type::Object => Json::String(self.text(field, choices)),
        }
    }

    fn text(&self, field: &Field, choices: &mut Choices) -> String {
        let limit = field.max_characters.as_ref().map(|claim| claim.value);
        let has_placeholders = self
            .spec
            .placeholders()
            .is_some_and(|placeholders| placeholders.field == field.path);
        let text = match field.format.as_ref().map(|claim| claim.value) {
            Some(Format::PublicUrl | Format::AssetUrl) => return address(choices),
            Some(Format::CallbackUrl) => return callback(choices),
            Some(Format::Ratio) => {
                return format!("{}:{}", 1 + choices.below(9999), 1 + choices.below(9999));
            }
            Some(Format::NonBlank) => plain_text(choices),
            None if has_placeholders => plain_text(choices),
            None => any_text(choices),
        };
        match limit.and_then(|limit| usize::try_from(limit).ok()) {
            Some(most) if limit <= Some(LONGEST_TEXT) && choices.chance(3) => {
                text_of_length(choices, most)
            }
            Some(most) => text.chars().take(most).collect(),
            None => text,
        }
    }

    /// Makes a value of a scalar field that is not `other`; `None` if there is none.
    pub(crate) fn another(
        &self,
        field: &Field,
        other: &Scalar,
        choices: &mut Choices,
    ) -> Option<Json> {
        if let Some(values) = &field.values {
            let others: Vec<&Scalar> = values
                .value
                .list
                .iter()
                .filter(|value| *value != other)
                .collect();
            return choices.one(&others).map(|&value| value.into());
        }
        let other = Json::from(other);
        let plain = match &other {
            Json::Boolean(value) => Json::Boolean(!value),
            Json::Integer(value) => Json::Integer(i64::from(*value == 0)),
            Json::String(_) | Json::Number(_) | Json::Null | Json::Array(_) | Json::Object(_) => {
                Json::string("another")
            }
        };
        let drawn = self.field(field, choices);
        [drawn, plain].into_iter().find(|value| *value != other)
    }
}

/// Makes a whole number, most of them small.
pub(crate) fn integer(choices: &mut Choices) -> i64 {
    let size = [10, 1000, 1_000_000][choices.below(3)];
    let number = i64::try_from(choices.below(size)).unwrap_or(0);
    if choices.chance(30) { -number } else { number }
}
