//! A tree of JSON values that can represent everything a text can say: the order of members, equal keys, and numbers as
//! they are written.

pub(crate) mod pointer;

use kling_spec::Scalar;

use pointer::Key;

/// A JSON value of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number, which a style may write in several ways.
    Integer(i64),
    /// A number that is printed exactly as it is here.
    Number(String),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<Json>),
    /// Members in order; keys may be equal.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Returns an object without members.
    pub const fn object() -> Self {
        Self::Object(Vec::new())
    }

    /// Makes a text.
    pub fn string(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    /// Returns the text, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// Returns the first member with this name, if this is an object that has one.
    pub fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        members
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// Returns the items; none if this is not a list.
    pub fn items(&self) -> &[Self] {
        if let Self::Array(items) = self {
            items
        } else {
            &[]
        }
    }

    /// Replaces the first member with this name, or adds it at the end; does nothing if this is not an object.
    pub fn set(&mut self, name: &str, value: Self) {
        let Self::Object(members) = self else { return };
        match members.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value,
            None => members.push((name.to_owned(), value)),
        }
    }

    /// Removes and returns the first member with this name.
    pub fn remove(&mut self, name: &str) -> Option<Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let at = members.iter().position(|(key, _)| key == name)?;
        Some(members.remove(at).1)
    }

    pub(crate) fn at(&self, place: &[Key]) -> Option<&Self> {
        place.iter().try_fold(self, |value, key| match key {
            Key::Member(name) => value.member(name),
            Key::Index(index) => value.items().get(*index),
        })
    }

    pub(crate) fn at_mut(&mut self, place: &[Key]) -> Option<&mut Self> {
        place
            .iter()
            .try_fold(self, |value, key| match (key, value) {
                (Key::Member(name), Self::Object(members)) => members
                    .iter_mut()
                    .find(|(key, _)| key == name)
                    .map(|(_, value)| value),
                (Key::Index(index), Self::Array(items)) => items.get_mut(*index),
                (Key::Member(_) | Key::Index(_), _) => None,
            })
    }
}

impl From<&Scalar> for Json {
    fn from(scalar: &Scalar) -> Self {
        match scalar {
            Scalar::Boolean(value) => Self::Boolean(*value),
            Scalar::Integer(value) => Self::Integer(*value),
            Scalar::String(text) => Self::String(text.clone()),
        }
    }
}
