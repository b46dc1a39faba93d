//! The ground of a claim of a contract: why it is believed, how bad breaking it is, and what the service then does.

use std::fmt;

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Documented as refused, contradictory, or certain to lose what was paid for.
    Error,
    /// Accepted, but probably not intended, or without effect.
    Warning,
    /// A limit of the upstream service.
    Note,
}

impl Level {
    /// Returns `error`, `warning` or `note`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the service does with a request that breaks a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Answers with an error and charges nothing.
    Refuses,
    /// Ignores what is wrong, makes the video without it and charges.
    Ignores,
    /// Not documented.
    Unknown,
}

impl Service {
    /// Returns `refuses`, `ignores` or `unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refuses => "refuses",
            Self::Ignores => "ignores",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a claim is believed. Exhaustive, so that callers handle each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// The place on the model's page that says so.
    Source(String),
    /// Another edition of the page says so; the text names it.
    Edition(String),
    /// Our own reason, which is the text.
    Inferred(String),
    /// A limit of the upstream service; the text names it.
    Upstream(String),
}

impl Evidence {
    /// Whether somebody else says so.
    pub const fn is_documented(&self) -> bool {
        match self {
            Self::Source(_) | Self::Edition(_) | Self::Upstream(_) => true,
            Self::Inferred(_) => false,
        }
    }

    /// Returns the level of a broken claim that rests on this evidence, unless the claim sets another one.
    pub const fn level(&self, service: Service) -> Level {
        match (self, service) {
            (Self::Source(_), Service::Ignores) | (Self::Inferred(_), _) => Level::Warning,
            (Self::Source(_) | Self::Edition(_), _) => Level::Error,
            (Self::Upstream(_), _) => Level::Note,
        }
    }
}

/// Writes the evidence as messages show it after `source:`.
impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(text) => f.write_str(text),
            Self::Edition(text) => write!(f, "another edition: {text}"),
            Self::Inferred(text) => write!(f, "inferred: {text}"),
            Self::Upstream(text) => write!(f, "upstream limit: {text}"),
        }
    }
}

/// Why a claim is believed and what breaking it means.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ground {
    /// Why the claim is believed.
    pub evidence: Evidence,
    /// How bad breaking it is.
    pub level: Level,
    /// What the service then does.
    pub service: Service,
    /// Why the level is not that of the evidence, if it is not.
    pub reason: Option<String>,
}
