//! The structure of a contract's text, for tables that differ from their checked form.
//!
//! The JSON Schema of the contract format is derived from these types and from the parts of a [`Spec`](crate::Spec)
//! that are read directly, so editors show their docs. No type is flattened or untagged, because that loses the place
//! of an error.

use indexmap::IndexMap;
#[cfg(feature = "schema")]
use schemars::JsonSchema;

use crate::condition::Condition;
use crate::field::{Format, Type};
use crate::ground::{Level, Service};
use crate::meaning::WrittenAt;
use crate::path::Path;
use crate::scalar::Scalar;
use crate::spec::{Billing, Edition, Mistake, OutputFields};
use crate::word::{some_word, word};

/// The contract of one video model.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "the tables of a contract"
)]
#[cfg_attr(feature = "schema", schemars(title = "Contract of a video model"))]
#[expect(
    dead_code,
    reason = "the tables are read one by one; here they say which ones there are, to the schema and to errors"
)]
pub(crate) struct Contract {
    /// The id that requests give as `model`.
    pub(crate) id: String,
    /// The name for people.
    pub(crate) title: String,
    /// Method and path of the endpoint that takes the requests.
    pub(crate) endpoint: String,
    /// What the model does, in a sentence.
    pub(crate) about: String,
    /// Which edition of the page the contract follows.
    pub(crate) edition: Option<Edition>,
    /// The fields by path, in the order of the page: `metadata.image_list[].type`.
    pub(crate) field: IndexMap<String, FieldRow>,
    /// How the prompt refers to the items of lists.
    pub(crate) placeholders: Option<PlaceholdersRow>,
    /// Rules over several fields, by id.
    #[serde(default)]
    pub(crate) rule: IndexMap<String, RuleRow>,
    /// Known mistakes: what people write instead of what the page says.
    #[serde(default)]
    pub(crate) mistake: IndexMap<String, Mistake>,
    /// Where the model writes what the members of requests are for, by meaning.
    #[serde(default)]
    pub(crate) meaning: IndexMap<String, WrittenAt>,
    /// What the video will be.
    pub(crate) output: Option<OutputFields>,
    /// What is charged for the video.
    pub(crate) billing: Option<Billing>,
}

/// The ground of a claim: exactly one of `source`, `edition`, `inferred`, `upstream`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table with the ground of a claim"
)]
pub(crate) struct GroundRow {
    /// The place on the model's page that says so. Breaking it is an error.
    pub(crate) source: Option<String>,
    /// Which other edition of the page says so. Breaking it is an error.
    pub(crate) edition: Option<String>,
    /// The reason, where no page says so. Breaking it is a warning.
    pub(crate) inferred: Option<String>,
    /// The limit of the upstream service. Breaking it is a note.
    pub(crate) upstream: Option<String>,
    /// A level other than that of the evidence; needs a `reason`.
    #[serde(default, deserialize_with = "some_word")]
    pub(crate) level: Option<Level>,
    /// Why the level differs from that of the evidence.
    pub(crate) reason: Option<String>,
    /// What the service does with a request that breaks the claim.
    #[serde(default, deserialize_with = "some_word")]
    pub(crate) service: Option<Service>,
}

/// One field of a request.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes a field"
)]
pub(crate) struct FieldRow {
    /// The JSON type.
    #[serde(rename = "type", deserialize_with = "word")]
    pub(crate) kind: Type,
    /// Whether the object that holds the field must have it.
    #[serde(default)]
    pub(crate) required: bool,
    /// The values that the page lists.
    pub(crate) values: Option<Vec<Scalar>>,
    /// Whether values other than the listed ones may work.
    #[serde(default)]
    pub(crate) open: bool,
    /// The format of the text.
    #[serde(default, deserialize_with = "some_word")]
    pub(crate) format: Option<Format>,
    /// The maximum number of characters (Unicode scalar values) of a text.
    pub(crate) max_characters: Option<u64>,
    /// The maximum number of items of a list.
    pub(crate) max_items: Option<u64>,
    /// The value of an absent member.
    pub(crate) default: Option<Scalar>,
    /// Values to show as examples, where the page lists none.
    #[serde(default)]
    pub(crate) examples: Vec<Scalar>,
    /// The unit of a number.
    pub(crate) unit: Option<String>,
    /// Whether the member is for editors and people, so that it is left out of what is sent.
    #[serde(default)]
    pub(crate) for_editors: bool,
    /// What the field is for.
    pub(crate) about: String,
    /// The place on the page that has the field with this type.
    pub(crate) source: Option<String>,
    /// Which other edition of the page has the field.
    pub(crate) edition: Option<String>,
    /// Why the field is known, where no page has it.
    pub(crate) inferred: Option<String>,
    /// Grounds of the claims whose ground is not that of the row.
    #[serde(default)]
    pub(crate) grounds: ClaimGrounds,
}

/// Grounds of the claims of a row whose ground is not that of the row.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table of grounds"
)]
pub(crate) struct ClaimGrounds {
    pub(crate) required: Option<GroundRow>,
    pub(crate) values: Option<GroundRow>,
    pub(crate) format: Option<GroundRow>,
    pub(crate) max_characters: Option<GroundRow>,
    pub(crate) max_items: Option<GroundRow>,
    pub(crate) default: Option<GroundRow>,
}

/// How a text refers to the items of lists.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes placeholders"
)]
pub(crate) struct PlaceholdersRow {
    /// The text field.
    pub(crate) field: Path,
    /// Ground of: what begins like a placeholder is one.
    pub(crate) malformed: Option<GroundRow>,
    /// Ground of: a placeholder has one of the kinds.
    pub(crate) wrong_kind: Option<GroundRow>,
    /// Ground of: references are not written in another way.
    pub(crate) dialect: Option<GroundRow>,
    /// Ground of: the model does not support placeholders; then the kinds have no lists.
    pub(crate) unsupported: Option<GroundRow>,
    /// The kinds, by the word that placeholders use.
    #[expect(dead_code, reason = "the kinds are read one by one")]
    pub(crate) kind: IndexMap<String, KindRow>,
}

/// One kind of placeholder.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes a kind of placeholder"
)]
pub(crate) struct KindRow {
    /// The list whose items are referred to.
    pub(crate) list: Option<Path>,
    /// Ground of: the item exists.
    pub(crate) range: Option<GroundRow>,
    /// Ground of: first mentions follow the order of the list.
    pub(crate) order: Option<GroundRow>,
    /// Ground of: each item is mentioned.
    pub(crate) unused: Option<GroundRow>,
}

/// A rule over several fields.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes a rule"
)]
pub(crate) struct RuleRow {
    /// When the rule applies; always, if left out.
    pub(crate) when: Option<Condition>,
    /// What must be true then.
    pub(crate) must: Condition,
    /// The fields that a finding may point to: the first that is present is used.
    pub(crate) blame: Vec<Path>,
    /// What is wrong, in a sentence without its full stop.
    pub(crate) say: String,
    /// What to do.
    pub(crate) help: String,
    /// The place on the page that says so.
    pub(crate) source: Option<String>,
    /// Which other edition of the page says so.
    pub(crate) edition: Option<String>,
    /// The reason, where no page says so.
    pub(crate) inferred: Option<String>,
    /// The limit of the upstream service.
    pub(crate) upstream: Option<String>,
    /// A level other than that of the evidence; needs a `reason`.
    #[serde(default, deserialize_with = "some_word")]
    pub(crate) level: Option<Level>,
    /// Why the level differs from that of the evidence.
    pub(crate) reason: Option<String>,
    /// What the service does with a request that breaks the rule.
    #[serde(default, deserialize_with = "some_word")]
    pub(crate) service: Option<Service>,
}
