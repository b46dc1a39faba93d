//! The rules that do not belong to a single contract.

use std::fmt;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::ground::{Level, Service};
use crate::template::Template;
use crate::word::some_word;

/// The data file: the rules by id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataFile {
    rule: IndexMap<String, CommonRuleRow>,
}

fn data_file() -> DataFile {
    toml::from_str(include_str!("../rules.toml")).expect("a test reads the common rules")
}

/// A rule that does not belong to a single contract.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommonRuleRow {
    #[serde(default, deserialize_with = "some_word")]
    level: Option<Level>,
    #[serde(default, deserialize_with = "some_word")]
    service: Option<Service>,
    reason: Option<String>,
    about: String,
    say: String,
    help: Option<String>,
}

macro_rules! common_rules {
    ($($(#[$doc:meta])* $name:ident = $id:literal [$($variable:literal)*])*) => {
        /// A rule that does not belong to a single contract: it applies to every model, or the contract only provides
        /// its ground.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum CommonRule {
            $($(#[$doc])* $name,)*
        }

        impl CommonRule {
            /// All rules, in the order of the data file.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the kebab-case id.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }

            /// Returns the names that the rule's texts may use.
            pub const fn variables(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($variable),*],)*
                }
            }
        }
    };
}

common_rules! {
    /// The text is not JSON.
    JsonSyntax = "json-syntax" ["what"]
    /// The request is longer than the limit and was not read.
    RequestTooLarge = "request-too-large" ["limit"]
    /// The request is not an object.
    NotAnObject = "not-an-object" ["found" "remedy"]
    /// An object has duplicate keys.
    DuplicateKey = "duplicate-key" ["name"]
    /// A field is `null`.
    NullValue = "null-value" ["field"]
    /// The model is not known.
    UnknownModel = "unknown-model" ["found" "remedy"]
    /// A required field is missing.
    MissingField = "missing-field" ["field" "about"]
    /// A field has the wrong JSON type.
    WrongType = "wrong-type" ["field" "expected" "found" "remedy"]
    /// A field has a value that its page does not list.
    WrongValue = "wrong-value" ["field" "expected" "found" "remedy"]
    /// A field has a value beyond the common ones.
    UncommonValue = "uncommon-value" ["field" "expected" "found"]
    /// A ratio is not width:height.
    InvalidRatio = "invalid-ratio" ["field" "found" "remedy"]
    /// A text is blank.
    BlankText = "blank-text" ["field"]
    /// A text is too long.
    TooLong = "too-long" ["field" "count" "limit"]
    /// A list has too many items.
    TooManyItems = "too-many-items" ["field" "count" "limit" "remedy"]
    /// An integer is written with a fraction or an exponent.
    NumberNotation = "number-notation" ["field" "found" "expected"]
    /// A list is empty.
    EmptyList = "empty-list" ["field"]
    /// A member is not known.
    UnknownField = "unknown-field" ["model" "name" "place" "remedy"]
    /// A member is known elsewhere under this name.
    MisnamedField = "misnamed-field" ["model" "name" "place" "remedy"]
    /// A member belongs to another level or another model.
    MisplacedField = "misplaced-field" ["what" "remedy"]
    /// A local path is given instead of a URL.
    LocalFile = "local-file" ["field" "remedy"]
    /// The media itself is given instead of its URL.
    InlineMedia = "inline-media" ["field" "remedy"]
    /// The scheme of a URL is not http or https.
    UnsupportedScheme = "unsupported-scheme" ["what" "remedy"]
    /// The scheme of an asset URL is not known.
    UnknownScheme = "unknown-scheme" ["what" "remedy"]
    /// A URL has no scheme.
    RelativeUrl = "relative-url" ["what" "remedy"]
    /// A URL cannot be parsed.
    InvalidUrl = "invalid-url" ["what" "remedy"]
    /// A host cannot be reached from the public internet.
    PrivateHost = "private-host" ["what" "remedy"]
    /// A host only looks public or plain.
    SuspiciousHost = "suspicious-host" ["what" "remedy"]
    /// A placeholder refers to an item that does not exist.
    PlaceholderRange = "placeholder-range" ["found" "list" "count" "remedy"]
    /// Something begins like a placeholder but is not one.
    PlaceholderMalformed = "placeholder-malformed" ["found" "what" "remedy"]
    /// A placeholder does not refer to a list.
    PlaceholderWrongKind = "placeholder-wrong-kind" ["found" "expected"]
    /// First mentions are not in the order of the list.
    PlaceholderOrder = "placeholder-order" ["found" "expected"]
    /// An item is never mentioned.
    PlaceholderUnused = "placeholder-unused" ["expected"]
    /// A reference is written as other programs write it.
    PlaceholderDialect = "placeholder-dialect" ["found" "remedy"]
    /// The model does not support placeholders.
    PlaceholderUnsupported = "placeholder-unsupported" ["found"]
}

impl fmt::Display for CommonRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Level, service and texts of a common rule.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CommonRuleText {
    /// Which rule.
    pub rule: CommonRule,
    /// How bad it is; `None` if the ground of the broken claim decides.
    pub level: Option<Level>,
    /// What the service does; `None` if the ground of the broken claim decides.
    pub service: Option<Service>,
    /// Why the level is what it is.
    pub reason: Option<String>,
    /// The pattern that the rule finds.
    pub about: String,
    /// The message.
    pub say: Template,
    /// What to do.
    pub help: Option<Template>,
}

/// The table of the common rules, with one entry for each [`CommonRule`].
#[derive(Debug, Clone)]
pub struct Common {
    rules: Vec<CommonRuleText>,
}

impl Common {
    /// Returns the table that comes with the crate, created anew by each call.
    ///
    /// # Panics
    /// Never: a test reads the table.
    pub fn embedded() -> Self {
        let rows = data_file().rule;
        let text = |&rule: &CommonRule| {
            let row = rows.get(rule.id());
            CommonRuleText::new(rule, row.expect("a test reads the common rules"))
        };
        Self {
            rules: CommonRule::ALL.iter().map(text).collect(),
        }
    }

    /// Returns the entry of a rule.
    pub fn rule(&self, rule: CommonRule) -> &CommonRuleText {
        &self.rules[rule as usize]
    }

    /// Returns all entries, in the order of the data file.
    pub fn rules(&self) -> &[CommonRuleText] {
        &self.rules
    }
}

impl CommonRuleText {
    fn new(rule: CommonRule, row: &CommonRuleRow) -> Self {
        let template = |text: &str| {
            Template::parse(text, rule.variables()).expect("a test reads the common rules")
        };
        Self {
            rule,
            level: row.level,
            service: row.service,
            reason: row.reason.clone(),
            about: row.about.clone(),
            say: template(&row.say),
            help: row.help.as_deref().map(template),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_rule_has_its_entry_and_every_entry_its_rule() {
        let rows = data_file().rule;
        let ids: Vec<&str> = CommonRule::ALL.iter().map(|rule| rule.id()).collect();
        let entries: Vec<&str> = rows.keys().map(String::as_str).collect();
        assert_eq!(ids, entries);
        assert_eq!(Common::embedded().rules().len(), ids.len());
    }

    #[test]
    fn a_fixed_level_says_why() {
        for rule in Common::embedded().rules() {
            let url = rule.about.contains("URL")
                || rule.about.contains("media")
                || rule.about.contains("local machine");
            assert!(
                rule.level.is_none() || rule.reason.is_some() || url,
                "{} has a level without a reason and no page that states it",
                rule.rule
            );
        }
    }
}
