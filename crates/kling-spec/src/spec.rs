//! A checked contract, whose types cannot represent a wrong one.

use indexmap::IndexMap;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::condition::Condition;
use crate::field::Field;
use crate::ground::Ground;
use crate::meaning::{Meaning, WrittenAt};
use crate::path::Path;
use crate::scalar::Scalar;
use crate::word::{some_word, word};

/// The contract of one model, read from its TOML text and checked.
///
/// Every path in it names one of its fields, every value fits its field, and every claim has a ground. It cannot be
/// changed, so this stays true.
///
/// ```
/// let spec = kling_spec::Spec::embedded("kling-v3").expect("a known model");
/// let duration = spec.field("duration").expect("a field of the page");
/// assert_eq!(duration.unit.as_deref(), Some("s"));
/// ```
///
/// ```compile_fail,E0616
/// let mut spec = kling_spec::Spec::embedded("kling-v3").expect("a known model");
/// spec.fields.clear();
/// ```
///
/// ```compile_fail,E0616
/// let one = kling_spec::Spec::embedded("kling-v3").expect("a known model");
/// let mut other = kling_spec::Spec::embedded("kling-v3-omni").expect("a known model");
/// other.rules.extend(one.rules().to_vec());
/// ```
#[derive(Debug, Clone)]
pub struct Spec {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) endpoint: String,
    pub(crate) about: String,
    pub(crate) edition: Option<Edition>,
    pub(crate) fields: IndexMap<Path, Field>,
    pub(crate) placeholders: Option<Placeholders>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) mistakes: Vec<Mistake>,
    pub(crate) meanings: IndexMap<Meaning, WrittenAt>,
    pub(crate) output: OutputFields,
    pub(crate) billing: Option<Billing>,
}

impl Spec {
    /// Returns the id that requests use as `model`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the human-readable name.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns method and path of the endpoint.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns what the model does, in a sentence.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// Returns which edition of the page the contract follows, if it says so.
    pub const fn edition(&self) -> Option<&Edition> {
        self.edition.as_ref()
    }

    /// Returns the rows by path, in the order of the page, then the fields of every model.
    pub fn fields(&self) -> &IndexMap<Path, Field> {
        &self.fields
    }

    /// Returns how the prompt refers to the items of lists.
    pub const fn placeholders(&self) -> Option<&Placeholders> {
        self.placeholders.as_ref()
    }

    /// Returns the rules over several fields.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Returns what the video will be.
    pub fn output(&self) -> &OutputFields {
        &self.output
    }

    /// Returns what is charged, if the page says so.
    pub const fn billing(&self) -> Option<&Billing> {
        self.billing.as_ref()
    }

    /// Returns the known mistakes: the contract's own first, then the shared ones that make sense here.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// Returns where the model writes what the members of requests are for. What is missing cannot be said in a request
    /// for it.
    pub const fn meanings(&self) -> &IndexMap<Meaning, WrittenAt> {
        &self.meanings
    }

    /// Returns the row with this path, written as in the contract: `video_list[].video_url`.
    pub fn field(&self, path: &str) -> Option<&Field> {
        self.fields.get(&Path::parse(path).ok()?)
    }

    /// Iterates over the rows of the members of an object; of the request itself for the root.
    pub fn members<'s>(&'s self, object: &'s Path) -> impl Iterator<Item = &'s Field> {
        self.fields
            .values()
            .filter(|field| field.path.is_member_of(object))
    }

    /// Iterates over the names of the members that are for editors and people: they are not sent, and do not
    /// distinguish requests.
    ///
    /// ```
    /// let spec = kling_spec::Spec::embedded("kling-v3").expect("a known model");
    /// assert_eq!(spec.for_editors().collect::<Vec<_>>(), ["$schema"]);
    /// ```
    pub fn for_editors(&self) -> impl Iterator<Item = &str> {
        self.fields
            .values()
            .filter(|field| field.for_editors)
            .filter_map(|field| field.path.name())
    }

    /// Returns the default of a field, if it has one.
    pub fn default_of(&self, path: &Path) -> Option<&Scalar> {
        Some(&self.fields.get(path)?.default.as_ref()?.value)
    }
}

/// An edition of a page: the page as it was at some time, in some language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes an edition"
)]
#[non_exhaustive]
pub struct Edition {
    /// `seed`, or year and month of the page, and its language if the pages of that time differ by language:
    /// `2026-09-zh`.
    pub id: String,
    /// Which page it is.
    pub about: String,
    /// What the contract was read from.
    #[serde(deserialize_with = "word")]
    pub read_from: ReadFrom,
}

/// What a contract was read from; the best is first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ReadFrom {
    /// The whole page.
    Page,
    /// A copy of the page from which something is missing.
    PartOfPage,
    /// A summary of the page, with its date.
    Summary,
    /// Public code that uses the service.
    Code,
}

impl ReadFrom {
    /// Returns it as messages say it: `the page`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "the whole page",
            Self::PartOfPage => "a part of the page",
            Self::Summary => "a summary of the page",
            Self::Code => "public code",
        }
    }
}

/// How a text refers to the items of lists.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Placeholders {
    /// The text field.
    pub field: Path,
    /// The kinds, in the order of the contract; at least one.
    pub kinds: Vec<Kind>,
    /// The ground of the claim that what begins like a placeholder is one.
    pub malformed: Option<Ground>,
    /// The ground of the claim that a placeholder has one of the kinds.
    pub wrong_kind: Option<Ground>,
    /// The ground of the claim that references are not written in another way.
    pub dialect: Option<Ground>,
    /// Present if the model has no placeholders; then no kind has a list.
    pub unsupported: Option<Ground>,
}

/// One kind of placeholder.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Kind {
    /// The word in the placeholder: `image`.
    pub name: String,
    /// The list whose items are referred to.
    pub list: Option<Path>,
    /// The ground of the claim that the item exists.
    pub range: Option<Ground>,
    /// The ground of the claim that first mentions follow the order of the list.
    pub order: Option<Ground>,
    /// The ground of the claim that each item is mentioned.
    pub unused: Option<Ground>,
}

/// A rule over several fields: when one condition holds, another must.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rule {
    /// The kebab-case id, which names the pattern found.
    pub id: String,
    /// When the rule applies; `None` if always.
    pub when: Option<Condition>,
    /// What must be true then.
    pub must: Condition,
    /// The fields that a finding may point to: the first that is present is used.
    pub blame: Vec<Path>,
    /// What is wrong.
    pub say: String,
    /// What to do.
    pub help: String,
    /// The ground of the rule.
    pub ground: Ground,
}

/// How a wrong value is converted.
// Exhaustive, so that callers handle each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Convert {
    /// A string that holds a whole number becomes the number.
    Integer,
    /// A single value becomes a list of it.
    List,
    /// A text, or each text of a list, becomes an object with the text as its required URL.
    Objects,
    /// The value cannot be converted: only a person knows what belongs in its place.
    ByHand,
}

/// Known mistakes: what people write instead of what the page says.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes a mistake"
)]
#[non_exhaustive]
pub struct Mistake {
    /// The name in the contract, which is also its fixture's.
    #[serde(skip)]
    pub name: String,
    /// Where it is written.
    pub at: Path,
    /// The field that is meant, if there is one and it is another.
    pub means: Option<Path>,
    /// How the value is converted.
    #[serde(default, deserialize_with = "some_word")]
    pub convert: Option<Convert>,
    /// Single values and what they mean.
    #[serde(default, deserialize_with = "pairs")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<ValueMistake>"))]
    pub values: Vec<(Scalar, Scalar)>,
    /// Whether a value says more than the meant field can hold, so that moving it there is a guess.
    #[serde(default)]
    pub partial: bool,
    /// What to do, in a sentence without its full stop.
    pub say: String,
    /// Whether all models share it.
    #[serde(skip)]
    pub common: bool,
}

/// A value and what it means.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a table with `from` and `to`")]
struct ValueMistake {
    /// What is written.
    from: Scalar,
    /// What is meant.
    to: Scalar,
}

fn pairs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(Scalar, Scalar)>, D::Error> {
    let values = Vec::<ValueMistake>::deserialize(deserializer)?;
    Ok(values
        .into_iter()
        .map(|value| (value.from, value.to))
        .collect())
}

/// A property of the video that a field gives.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Reading"))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table with `field`"
)]
#[non_exhaustive]
pub struct OutputField {
    /// The field; its default counts where it is absent.
    pub field: Path,
    /// When the request does not say.
    pub unless: Option<Condition>,
}

/// What the video will be.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Output"))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes the video"
)]
#[non_exhaustive]
pub struct OutputFields {
    /// Its length in seconds.
    pub seconds: Option<OutputField>,
    /// Its width to height.
    pub ratio: Option<OutputField>,
    /// When it has sound; never, if absent.
    pub sound: Option<Condition>,
}

/// What is charged for the video.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes the bill"
)]
#[non_exhaustive]
pub struct Billing {
    /// The place on the page that says so.
    pub source: String,
    /// The tiers; the first whose condition holds counts.
    #[serde(rename = "tier")]
    pub tiers: Vec<Tier>,
    /// What is added to the tier's name, each with a `+`, in this order.
    #[serde(rename = "addon", default)]
    pub addons: Vec<Addon>,
}

impl Billing {
    /// Returns every billing spec that a request can have: the tiers in order, each with all sets of addons in binary
    /// order, the first addon lowest.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for tier in &self.tiers {
            for set in 0usize..1 << self.addons.len() {
                let addons = self.addons.iter().enumerate();
                let of_set = addons.filter(|(index, _)| set >> index & 1 == 1);
                names.push(of_set.fold(tier.name.clone(), |name, (_, addon)| {
                    format!("{name}+{}", addon.name)
                }));
            }
        }
        names
    }
}

/// A billing tier.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes a tier"
)]
#[non_exhaustive]
pub struct Tier {
    /// The name on the bill.
    pub name: String,
    /// When it counts.
    pub when: Condition,
    /// The shorter side of the video in pixels.
    pub short_side: u32,
}

/// An addition to the billing tier.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table that describes an addon"
)]
#[non_exhaustive]
pub struct Addon {
    /// The name on the bill.
    pub name: String,
    /// When it is added.
    pub when: Condition,
}
