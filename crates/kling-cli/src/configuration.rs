//! `kling.toml`: the settings of a project, searched upwards from the files that are checked.

use std::collections::HashMap;
use std::fs;
use std::io::{ErrorKind, Read as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use kling_spec::nearest;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::exit::Failure;
use crate::prices::Prices;
use crate::regular;

/// The name of the file.
pub(crate) const FILE: &str = "kling.toml";

/// The maximum number of bytes of such a file that are read.
const MAX_SIZE: u64 = 1 << 20;

/// The settings of a project. Each key has the name of the option of `kling check` that does the same; the command line
/// overrides it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "Configuration of kling")]
pub(crate) struct Configuration {
    /// Rules whose findings are errors; `warnings` and `notes` mean all of that level.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(crate) deny: Vec<Spanned<String>>,
    /// Rules whose findings are warnings; `notes` means all of that level.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(crate) warn: Vec<Spanned<String>>,
    /// Rules whose findings are ignored; `warnings` and `notes` mean all of that level.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(crate) allow: Vec<Spanned<String>>,
    /// Contracts of models to add, as paths relative to this file.
    #[serde(default)]
    pub(crate) spec: Vec<PathBuf>,
    /// Which edition of the service's pages counts.
    #[schemars(with = "Option<String>")]
    pub(crate) edition: Option<Spanned<String>>,
    /// Check requests that do not name a known model as requests for this one.
    #[schemars(with = "Option<String>")]
    pub(crate) model: Option<Spanned<String>>,
    /// Do not read requests longer than this, in bytes.
    pub(crate) max_request_size: Option<NonZeroUsize>,
    /// The prices of the models: `kling bill` then also shows amounts of money.
    pub(crate) prices: Option<Prices>,
}

impl Configuration {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<(Self, String), Failure> {
        let shown = path.display();
        let unreadable = |error: &dyn std::fmt::Display| {
            Failure::placed(vec![format!(
                "{shown}: cannot be read: {error}; name another file with `--config`, or none with `--no-config`"
            )])
        };
        let mut text = String::new();
        let file = regular::open_given(path).map_err(|error| unreadable(&error))?;
        let length = file
            .take(MAX_SIZE + 1)
            .read_to_string(&mut text)
            .map_err(|error| unreadable(&error))?;
        if length as u64 > MAX_SIZE {
            return Err(unreadable(&format_args!(
                "it is longer than {MAX_SIZE} bytes"
            )));
        }
        match Self::parse(&text) {
            Ok(configuration) => Ok((configuration, text)),
            Err((offset, message)) => {
                let place = place(&text, offset);
                Err(Failure::placed(vec![format!("{shown}:{place}: {message}")]))
            }
        }
    }

    /// Parses a text; a fault has its byte offset.
    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let configuration: Self = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            (offset, plain(error.message()))
        })?;
        let mut named = HashMap::new();
        for (key, rules) in configuration.levels() {
            for rule in rules {
                if let Some(other) = named.insert(rule.as_ref(), key) {
                    let message = if other == key {
                        format!("`{key}` names `{rule}` twice; remove one")
                    } else {
                        format!("both `{other}` and `{key}` name `{rule}`; remove one")
                    };
                    return Err((rule.span().start, message));
                }
            }
        }
        Ok(configuration)
    }

    /// Returns the rules of each key that sets levels.
    pub(crate) fn levels(&self) -> [(&'static str, &[Spanned<String>]); 3] {
        [
            ("deny", &self.deny),
            ("warn", &self.warn),
            ("allow", &self.allow),
        ]
    }
}

/// Line and column of a byte.
pub(crate) fn place(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    format!("{line}:{}", last.chars().count() + 1)
}

/// What the parser expects, in its terms and in ours.
const EXPECTED: [(&str, &str); 5] = [
    ("a sequence", "a list, such as `[\"wrong-value\"]`"),
    ("a string", "a text between quotation marks"),
    ("path string", "a path between quotation marks"),
    (
        "a nonzero usize",
        "a whole number of bytes above 0, such as `8388608`",
    ),
    (
        "a map",
        "a table of prices by billing spec, such as `\"720P\" = { per-second = 0.05 }`",
    ),
];

/// What the parser finds, in its terms and in ours.
const FOUND: [(&str, &str); 6] = [
    ("sequence", "a list"),
    ("map", "a table"),
    ("string ", "the text "),
    ("integer ", "the integer "),
    ("floating point ", "the number "),
    ("boolean ", "the boolean "),
];

/// A value of the wrong kind, as it is reported: what it is, and what to write.
fn mistyped(message: &str) -> Option<String> {
    let found = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))?;
    let (found, expected) = found.rsplit_once(", expected ")?;
    let ours = |known: &[(&str, &str)], text: &str| {
        let mut known = known.iter();
        known.find_map(|(theirs, ours)| Some(format!("{ours}{}", text.strip_prefix(theirs)?)))
    };
    let found = ours(&FOUND, found).unwrap_or_else(|| found.to_owned());
    let expected = ours(&EXPECTED, expected).unwrap_or_else(|| expected.to_owned());
    Some(format!(
        "this is {}; write {expected}",
        found.replace('`', "")
    ))
}

/// Rephrases a fault in terms of the format: the parser's message uses those of Rust.
fn plain(message: &str) -> String {
    let message = message.lines().collect::<Vec<_>>().join("; ");
    if let Some(reported) = mistyped(&message) {
        return reported;
    }
    let Some(names) = message.strip_prefix("unknown field ") else {
        return if message.contains("; ") {
            message
        } else if let Some((what, expected)) = message.rsplit_once(", expected ") {
            format!("{what}; expected {expected}")
        } else {
            format!("{message}; `kling schema config` describes the file")
        };
    };
    // The unknown key, then the known ones.
    let mut names = names.split('`').skip(1).step_by(2);
    let key = names.next().unwrap_or_default();
    let known: Vec<&str> = names.collect();
    match nearest(key, known.iter().copied()) {
        Some(meant) => format!("`{key}` is not a key; did you mean `{meant}`?"),
        None => format!("`{key}` is not a key; the keys are {}", known.join(", ")),
    }
}

/// Finds the file that applies to each folder.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// For each folder, the file that applies there.
    known: HashMap<PathBuf, Option<PathBuf>>,
}

impl Search {
    /// Returns the file that applies to requests in a folder: the first one found upwards from it.
    pub(crate) fn of_folder(&mut self, folder: &Path) -> Option<PathBuf> {
        let mut passed = Vec::new();
        let mut found = None;
        for ancestor in folder.ancestors() {
            if let Some(known) = self.known.get(ancestor) {
                found.clone_from(known);
                break;
            }
            passed.push(ancestor.to_owned());
            let candidate = ancestor.join(FILE);
            // A file that cannot be read is reported when it is read.
            let is_there = match fs::metadata(&candidate) {
                Ok(metadata) => !metadata.is_dir(),
                Err(error) => error.kind() == ErrorKind::PermissionDenied && ancestor == folder,
            };
            if is_there {
                found = Some(candidate);
                break;
            }
        }
        for folder in passed {
            self.known.insert(folder, found.clone());
        }
        found
    }
}

/// Returns the JSON Schema of the file.
pub(crate) fn schema() -> schemars::Schema {
    schemars::schema_for!(Configuration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read() {
        let text = "deny = [\"warnings\"]\nwarn = [\"a\"]\nallow = [\"b\"]\nspec = [\"x.toml\"]\nedition = \"newest\"\nmodel = \"m\"\nmax-request-size = 5\n[prices]\ncurrency = \"EUR\"\n";
        let read = Configuration::parse(text).unwrap();
        assert_eq!(read.deny[0].as_ref(), "warnings");
        assert_eq!(read.spec, [PathBuf::from("x.toml")]);
        assert_eq!(read.edition.unwrap().as_ref(), "newest");
        assert_eq!(read.max_request_size.unwrap().get(), 5);
        assert_eq!(Configuration::parse("").unwrap(), Configuration::default());
    }

    #[test]
    fn an_error_has_its_place_and_a_suggestion() {
        for (text, offset, message) in [
            ("alow = []", 0, "`alow` is not a key; did you mean `allow`?"),
            (
                "deny = []\nzzz = 1",
                10,
                "`zzz` is not a key; the keys are deny, warn, allow, spec, edition, model, max-request-size, prices",
            ),
            (
                "deny = [\"a\"]\nallow = [\"a\"]",
                22,
                "both `deny` and `allow` name `a`; remove one",
            ),
            (
                "deny = [\"a\", \"a\"]",
                13,
                "`deny` names `a` twice; remove one",
            ),
        ] {
            assert_eq!(
                Configuration::parse(text),
                Err((offset, message.to_owned())),
                "{text}"
            );
        }
        assert!(Configuration::parse("deny = \"a\"").is_err());
        assert!(Configuration::parse("max-request-size = 0").is_err());
    }
}
