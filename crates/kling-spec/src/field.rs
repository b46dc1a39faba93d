//! One field of a request: its type and what its page says about it.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

use crate::ground::Ground;
use crate::path::Path;
use crate::scalar::Scalar;

/// The JSON type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Type {
    /// A text.
    String,
    /// A whole number, however written.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A list of items of one type.
    Array,
    /// A closed set of members.
    Object,
}

impl Type {
    /// Returns the type with its article, as in messages: `a string`.
    pub const fn with_article(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Integer => "an integer",
            Self::Boolean => "a boolean",
            Self::Array => "a list",
            Self::Object => "an object",
        }
    }

    /// Returns the name of the type in JSON Schema.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// The format of a text.
// Exhaustive, so that callers handle each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// It contains something other than Unicode white space.
    NonBlank,
    /// It is an http or https URL whose host is public.
    PublicUrl,
    /// It is a public URL, or a URL with a scheme other than `data` or `file`.
    AssetUrl,
    /// It is an https URL without user name and fragment, whose host is public: the service calls it.
    CallbackUrl,
    /// It is width:height in whole numbers from 1 to 9999.
    Ratio,
}

/// A claim about a field, and its ground.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim<T> {
    /// The claim.
    pub value: T,
    /// Its ground.
    pub ground: Ground,
}

/// The values that a page lists for a field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Values {
    /// The values, in the order of the page; there are no duplicates, and all fit the field's type.
    pub list: Vec<Scalar>,
    /// Whether other values may work too ("common values").
    pub open: bool,
}

/// A row of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// Where the field is.
    pub path: Path,
    /// Its JSON type.
    pub kind: Type,
    /// The ground of the row: that the field exists and has this type.
    pub ground: Ground,
    /// Present if the object that holds the field must have it.
    pub required: Option<Ground>,
    /// The listed values.
    pub values: Option<Claim<Values>>,
    /// The format of the text.
    pub format: Option<Claim<Format>>,
    /// The maximum number of characters (Unicode scalar values) of a text.
    pub max_characters: Option<Claim<u64>>,
    /// The maximum number of items of a list.
    pub max_items: Option<Claim<u64>>,
    /// The value of an absent member.
    pub default: Option<Claim<Scalar>>,
    /// Values to show, if the page lists none.
    pub examples: Vec<Scalar>,
    /// The unit of a number, such as `s`.
    pub unit: Option<String>,
    /// Whether the member is for editors and people, so that it is left out of what is sent. Only true for a member of
    /// the request itself.
    pub for_editors: bool,
    /// What the field is for.
    pub about: String,
    /// Whether every model takes the field, whatever its contract says.
    pub common: bool,
}

impl Field {
    /// Returns the closed list of values, if there is one.
    pub fn closed_values(&self) -> Option<&[Scalar]> {
        self.values
            .as_ref()
            .filter(|claim| !claim.value.open)
            .map(|claim| claim.value.list.as_slice())
    }

    /// Iterates over the claims of the row whose ground is not that of the row, by their keys in the contract.
    pub fn own_grounds(&self) -> impl Iterator<Item = (&'static str, &Ground)> {
        let claims = [
            ("required", self.required.as_ref()),
            ("values", self.values.as_ref().map(|claim| &claim.ground)),
            ("format", self.format.as_ref().map(|claim| &claim.ground)),
            (
                "max-characters",
                self.max_characters.as_ref().map(|claim| &claim.ground),
            ),
            (
                "max-items",
                self.max_items.as_ref().map(|claim| &claim.ground),
            ),
            ("default", self.default.as_ref().map(|claim| &claim.ground)),
        ];
        let claims = claims.into_iter();
        let claims = claims.filter_map(|(key, ground)| Some((key, ground?)));
        claims.filter(|(_, ground)| **ground != self.ground)
    }
}
