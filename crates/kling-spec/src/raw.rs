//! A contract as its TOML text has it: plain structs of options, turned once into checked types.
//!
//! No type here is flattened or untagged: those lose the place of an error. The JSON Schema of the
//! contract format is derived from these structs, so their docs are what editors show.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::ground::{Level, Service};
use crate::scalar::Scalar;

/// The contract of one video model.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "the tables of a contract"
)]
#[schemars(title = "Contract of a video model")]
pub(crate) struct RawSpec {
    /// The id that requests give as `model`.
    pub(crate) id: String,
    /// The name for people.
    pub(crate) title: String,
    /// Method and path of the endpoint that takes the requests.
    pub(crate) endpoint: String,
    /// What the model does, in a sentence.
    pub(crate) about: String,
    /// The fields by path, in the order of the page: `metadata.image_list[].type`.
    pub(crate) field: IndexMap<String, RawField>,
    /// How the prompt names the items of lists.
    pub(crate) placeholders: Option<RawPlaceholders>,
    /// Rules over several fields, by id.
    #[serde(default)]
    pub(crate) rule: IndexMap<String, RawRule>,
    /// What people write instead of what the page says.
    #[serde(default)]
    pub(crate) mistake: IndexMap<String, RawMistake>,
    /// What the video will be.
    pub(crate) output: Option<RawOutput>,
    /// What is charged for the video.
    pub(crate) billing: Option<RawBilling>,
}

/// What a claim rests on: exactly one of `source`, `edition`, `inferred`, `upstream`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table with the ground of a claim"
)]
pub(crate) struct RawGround {
    /// The place on the model's page that says so. Breaking it is an error.
    pub(crate) source: Option<String>,
    /// Which other edition of the page says so. Breaking it is an error.
    pub(crate) edition: Option<String>,
    /// The reason, where no page says so. Breaking it is a warning.
    pub(crate) inferred: Option<String>,
    /// The limit of the upstream service. Breaking it is advice.
    pub(crate) upstream: Option<String>,
    /// Another level than the evidence gives; needs a `reason`.
    pub(crate) level: Option<Level>,
    /// Why the level is another one.
    pub(crate) reason: Option<String>,
    /// What the service does with a request that breaks the claim.
    pub(crate) service: Option<Service>,
}

/// The JSON type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RawType {
    String,
    Integer,
    Boolean,
    Array,
    Object,
}

/// What a text must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RawFormat {
    /// More than white space.
    NonBlank,
    /// An http or https URL with a public host.
    PublicUrl,
    /// A public URL, or an address with another scheme.
    AssetUrl,
    /// width:height in whole numbers.
    Ratio,
}

/// One field of a request.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes a field"
)]
pub(crate) struct RawField {
    /// The JSON type.
    #[serde(rename = "type")]
    pub(crate) kind: RawType,
    /// Whether the object that holds the field must have it.
    #[serde(default)]
    pub(crate) required: bool,
    /// The values that the page lists.
    pub(crate) values: Option<Vec<Scalar>>,
    /// Whether other values than the listed ones may work.
    #[serde(default)]
    pub(crate) open: bool,
    /// What the text must look like.
    pub(crate) format: Option<RawFormat>,
    /// The most characters (Unicode scalar values) of a text.
    pub(crate) max_characters: Option<u64>,
    /// The most items of a list.
    pub(crate) max_items: Option<u64>,
    /// What an absent member means.
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
    /// Grounds of the claims that do not rest on the row's own.
    // Few rows have them, and they are longer than all the rest of a row.
    #[serde(default)]
    #[schemars(with = "RawFieldGrounds")]
    pub(crate) grounds: Option<Box<RawFieldGrounds>>,
}

/// Grounds of the claims of a row that rest on something else than the row.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table of grounds"
)]
pub(crate) struct RawFieldGrounds {
    pub(crate) required: Option<RawGround>,
    pub(crate) values: Option<RawGround>,
    pub(crate) format: Option<RawGround>,
    pub(crate) max_characters: Option<RawGround>,
    pub(crate) max_items: Option<RawGround>,
    pub(crate) default: Option<RawGround>,
}

/// How a text names the items of lists.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes placeholders"
)]
pub(crate) struct RawPlaceholders {
    /// The text field.
    pub(crate) field: String,
    /// Ground of: what begins like a placeholder is one.
    pub(crate) malformed: Option<RawGround>,
    /// Ground of: a placeholder names one of the kinds.
    pub(crate) wrong_kind: Option<RawGround>,
    /// Ground of: references are written in no other way.
    pub(crate) dialect: Option<RawGround>,
    /// Ground of: the model has no placeholders; then the kinds have no lists.
    pub(crate) unsupported: Option<RawGround>,
    /// The kinds, by the word that placeholders use.
    pub(crate) kind: IndexMap<String, RawKind>,
}

/// One kind of placeholder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes a kind of placeholder"
)]
pub(crate) struct RawKind {
    /// The list whose items are named.
    pub(crate) list: Option<String>,
    /// Ground of: the named item is there.
    pub(crate) range: Option<RawGround>,
    /// Ground of: first mentions follow the order of the list.
    pub(crate) order: Option<RawGround>,
    /// Ground of: each item is mentioned.
    pub(crate) unused: Option<RawGround>,
}

/// A condition: exactly one of the keys.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table with one condition"
)]
pub(crate) struct RawCondition {
    /// The field is there; a list also has an item.
    pub(crate) present: Option<String>,
    /// `[field, value]`: the field, or its default where it is absent, equals the value.
    #[serde(rename = "const")]
    pub(crate) constant: Option<(String, Scalar)>,
    /// `[[list, …], n]`: the lists have at most n items together.
    pub(crate) max_items: Option<(Vec<String>, u64)>,
    /// `[list, condition]`: some item satisfies the condition; its paths begin at the item.
    pub(crate) contains: Option<(String, Box<RawCondition>)>,
    /// `[list, condition, n]`: at most n items satisfy the condition.
    pub(crate) max_contains: Option<(String, Box<RawCondition>, u64)>,
    /// The condition does not hold.
    pub(crate) not: Option<Box<RawCondition>>,
    /// All of the conditions hold.
    pub(crate) all_of: Option<Vec<RawCondition>>,
    /// At least one of the conditions holds.
    pub(crate) any_of: Option<Vec<RawCondition>>,
}

/// A rule over several fields.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes a rule"
)]
pub(crate) struct RawRule {
    /// When the rule applies; always, if left out.
    pub(crate) when: Option<RawCondition>,
    /// What must hold then.
    pub(crate) must: RawCondition,
    /// The fields that a finding may point at: the first that is there counts.
    pub(crate) blame: Vec<String>,
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
    /// Another level than the evidence gives; needs a `reason`.
    pub(crate) level: Option<Level>,
    /// Why the level is another one.
    pub(crate) reason: Option<String>,
    /// What the service does with a request that breaks the rule.
    pub(crate) service: Option<Service>,
}

/// How a wrongly written value becomes the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RawConvert {
    /// A string that holds a whole number becomes the number.
    Integer,
    /// A single value becomes a list of it.
    List,
    /// A text, or each text of a list, becomes an object with the text as its required address.
    Objects,
    /// The value cannot be taken over: only a person knows what belongs in its place.
    ByHand,
}

/// A value and what it means.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table with `from` and `to`"
)]
pub(crate) struct RawValueMistake {
    /// What is written.
    pub(crate) from: Scalar,
    /// What is meant.
    pub(crate) to: Scalar,
}

/// What people write instead of what the page says.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes a mistake"
)]
pub(crate) struct RawMistake {
    /// Where it is written.
    pub(crate) at: String,
    /// The field that is meant, if there is one and it is another.
    pub(crate) means: Option<String>,
    /// How the value becomes the right one.
    pub(crate) convert: Option<RawConvert>,
    /// Single values and what they mean.
    #[serde(default)]
    pub(crate) values: Vec<RawValueMistake>,
    /// Whether a value says more than the field that is meant takes, so that to put it there is a guess.
    #[serde(default)]
    pub(crate) partial: bool,
    /// What to do, in a sentence without its full stop.
    pub(crate) say: String,
}

/// A property of the video that a field gives.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table with `field`"
)]
pub(crate) struct RawReading {
    /// The field.
    pub(crate) field: String,
    /// When the field does not decide, and the request does not tell.
    pub(crate) unless: Option<RawCondition>,
}

/// What the video will be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes the video"
)]
pub(crate) struct RawOutput {
    /// Its length in seconds.
    pub(crate) seconds: Option<RawReading>,
    /// Its width to height.
    pub(crate) ratio: Option<RawReading>,
    /// When it has sound.
    pub(crate) sound: Option<RawCondition>,
}

/// What is charged for the video.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes the bill"
)]
pub(crate) struct RawBilling {
    /// The place on the page that says so.
    pub(crate) source: String,
    /// The tiers; the first whose condition holds counts.
    pub(crate) tier: Vec<RawTier>,
    /// What is added to the tier's name, each with a `+`.
    #[serde(default)]
    pub(crate) addon: Vec<RawAddon>,
}

/// A billing tier.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes a tier"
)]
pub(crate) struct RawTier {
    /// The name on the bill.
    pub(crate) name: String,
    /// When it counts.
    pub(crate) when: RawCondition,
    /// The shorter side of the video in pixels.
    pub(crate) short_side: u32,
}

/// An addition to the billing tier.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes an addon"
)]
pub(crate) struct RawAddon {
    /// The name on the bill.
    pub(crate) name: String,
    /// When it is added.
    pub(crate) when: RawCondition,
}

/// A rule that no single contract owns.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawCommonRule {
    pub(crate) level: Option<Level>,
    pub(crate) service: Option<Service>,
    pub(crate) reason: Option<String>,
    pub(crate) about: String,
    pub(crate) say: String,
    pub(crate) help: Option<String>,
}
