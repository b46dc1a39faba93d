//! The checker: its contracts and the caller's settings.

use kling_json::{Document, SyntaxError};
use kling_spec::{Common, CommonRule, EDITIONS, Spec};
use kling_url::TrustedOrigins;

use crate::context::{Context, Settings};
use crate::diagnostic::{Diagnostic, instead_of_unknown};
use crate::fix::{Fixed, MOST_ROUNDS, Which, apply_fixes};
use crate::models::{Models, Naming};
use crate::report::Report;

/// The maximum number of findings kept per request, unless the caller sets another.
pub const DEFAULT_MAX_FINDINGS: usize = 100;

/// Checks requests against the contracts of models.
///
/// A contract is read and compiled when a request for its model is first checked. Threads can share a checker; it keeps
/// nothing of the requests it has checked.
///
/// ```
/// use kling_json::Document;
/// let checker = kling_check::Checker::embedded();
/// let document = Document::read(r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 7}"#);
/// let report = checker.check(&document);
/// assert_eq!(report.findings()[0].rule().id(), "wrong-value");
/// assert_eq!(report.findings()[0].pointer(), "/duration");
/// ```
#[derive(Debug)]
pub struct Checker {
    models: Models,
    settings: Settings,
}

/// A model id that is not in any contract of the checker.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownModel {
    /// The id that was asked for, shortened and made safe to show.
    pub id: String,
    /// The id that was probably meant.
    pub suggestion: Option<String>,
    /// The ids of the models.
    pub models: Vec<String>,
}

impl std::fmt::Display for UnknownModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known = self.models.iter().map(String::as_str);
        let remedy = instead_of_unknown(self.suggestion.as_deref(), known);
        write!(f, "{} is not the id of a known model; {remedy}", self.id)
    }
}

impl std::error::Error for UnknownModel {}

/// An edition that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownEdition {
    /// The edition that was asked for, shortened and made safe to show.
    pub id: String,
}

impl std::fmt::Display for UnknownEdition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known: Vec<String> = EDITIONS.iter().map(|id| kling_text::quote(id)).collect();
        let (id, known) = (&self.id, known.join(", "));
        write!(
            f,
            "{id} is not an edition; the editions are {known} and `newest`"
        )
    }
}

impl std::error::Error for UnknownEdition {}

impl Checker {
    /// Makes a checker for the models whose contracts come with `kling-spec`.
    pub fn embedded() -> Self {
        Self::of(Models::embedded())
    }

    /// Makes a checker for the models that have a page in an [edition](kling_spec::EDITIONS).
    ///
    /// # Errors
    /// The edition is not known.
    ///
    /// ```
    /// use kling_check::Checker;
    /// let text = r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 8}"#;
    /// assert!(!Checker::embedded().is_clean(text));
    /// assert!(Checker::edition("2026-09-zh").unwrap().is_clean(text));
    /// assert!(Checker::edition("newest").unwrap().is_clean(text));
    /// ```
    pub fn edition(id: &str) -> Result<Self, UnknownEdition> {
        let mut known = EDITIONS.iter();
        let edition = if id == "newest" {
            known.next_back()
        } else {
            known.find(|known| **known == id)
        };
        match edition {
            Some(edition) => Ok(Self::of(Models::in_edition(edition))),
            None => Err(UnknownEdition {
                id: kling_text::quote(id),
            }),
        }
    }

    /// Makes a checker for the given contracts only. Of two with the same id, the first is used.
    pub fn new(specs: Vec<Spec>) -> Self {
        Self::of(Models::with(specs, Models::none()))
    }

    fn of(models: Models) -> Self {
        Self {
            models,
            settings: Settings {
                trusted: TrustedOrigins::default(),
                max_findings: DEFAULT_MAX_FINDINGS,
            },
        }
    }

    /// Adds contracts before the existing ones, so that they take precedence if ids are equal.
    #[must_use]
    pub fn with_specs(mut self, specs: Vec<Spec>) -> Self {
        self.models = Models::with(specs, self.models);
        self
    }

    /// Checks requests that do not name a known model as requests for this one.
    ///
    /// # Errors
    /// If no contract of the checker has this id.
    pub fn assume_model(mut self, id: &str) -> Result<Self, UnknownModel> {
        match self.models.known_as(id) {
            Some(index) => {
                self.models.assume(index);
                Ok(self)
            }
            None => Err(self.unknown_model(id)),
        }
    }

    /// What is said about an id that no contract has. What is suggested has the same digits: another number is another
    /// model.
    ///
    /// ```
    /// let checker = kling_check::Checker::embedded();
    /// let suggestion = |id| checker.unknown_model(id).suggestion;
    /// assert_eq!(suggestion("kling-v3-omi").as_deref(), Some("kling-v3-omni"));
    /// assert_eq!(suggestion("kling-v4"), None);
    /// ```
    pub fn unknown_model(&self, id: &str) -> UnknownModel {
        UnknownModel {
            id: kling_text::quote(id),
            suggestion: self.models.alike(id).map(str::to_owned),
            models: self.models().map(str::to_owned).collect(),
        }
    }

    /// Accepts media URLs of these origins, such as the origin of the service itself.
    #[must_use]
    pub fn trust(mut self, origins: TrustedOrigins) -> Self {
        self.settings.trusted = origins;
        self
    }

    /// Keeps at most this many findings per request, errors first; the others are counted.
    #[must_use]
    pub const fn max_findings(mut self, limit: usize) -> Self {
        self.settings.max_findings = limit;
        self
    }

    /// Iterates over the ids of the models, in order.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.models.ids()
    }

    /// Returns the contract of a model.
    pub fn spec(&self, id: &str) -> Option<&Spec> {
        Some(&self.models.table(self.models.index_of(id)?).spec)
    }

    /// Returns the edition of the contracts that come with `kling-spec`.
    pub const fn edition_id(&self) -> &'static str {
        self.models.edition()
    }

    /// Returns the rules that do not belong to a single contract.
    pub fn common(&self) -> &Common {
        self.models.common()
    }

    /// Checks one request and finds all problems at once. If the text stops being JSON somewhere, the part before that
    /// place is checked.
    ///
    /// Takes time linear in the text; memory grows with the findings kept, and with keys that are in no contract.
    pub fn check<'d>(&'d self, document: &'d Document<'_>) -> Report<'d> {
        Report::new(Context {
            models: &self.models,
            settings: &self.settings,
            document,
            table: None,
        })
    }

    /// Returns whether a text has no findings at all.
    ///
    /// ```
    /// let checker = kling_check::Checker::embedded();
    /// assert!(checker.is_clean(r#"{"model": "kling-v3", "prompt": "a paper boat"}"#));
    /// assert!(!checker.is_clean(r#"{"model": "kling-v3"}"#));
    /// ```
    pub fn is_clean(&self, text: &str) -> bool {
        self.check(&Document::read(text)).is_clean()
    }

    /// Returns the model that a document is a request for, without checking it.
    ///
    /// ```
    /// let checker = kling_check::Checker::embedded();
    /// let document = kling_json::Document::read(r#"{"model": "Kling-V3"}"#);
    /// assert_eq!(checker.model(&document), Some("kling-v3"));
    /// ```
    pub fn model(&self, document: &Document<'_>) -> Option<&str> {
        let naming = Naming::of(&self.models, document);
        let index = naming.contract(document, self.models.assumed())?;
        self.models.ids().nth(index)
    }

    /// Returns the finding for a request that was not read because it is longer than `limit` bytes. Its place is the
    /// beginning of the request.
    pub fn request_too_large(&self, limit: usize) -> Diagnostic {
        let rule = self.common().rule(CommonRule::RequestTooLarge);
        Diagnostic::request_too_large(rule, limit)
    }

    /// The finding for a place at which a text is not JSON, for a caller that reads on behind it. Its place is the
    /// beginning of the request.
    pub fn syntax(&self, error: SyntaxError) -> Diagnostic {
        Diagnostic::syntax(self.common().rule(CommonRule::JsonSyntax), error)
    }

    /// Fixes a request in at most 8 rounds. Each round applies fixes that do not overlap, in the order of the text, and
    /// checks the result. A second call does nothing unless all rounds were used.
    ///
    /// ```
    /// use kling_check::{Checker, Which};
    /// let checker = Checker::embedded();
    /// let fixed = checker.fix(
    ///     r#"{"Model": "Kling-V3", "prompt": "a paper boat", "duration": "10"}"#,
    ///     Which::Safe,
    /// );
    /// assert_eq!(fixed.text, r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 10}"#);
    /// ```
    pub fn fix(&self, text: &str, which: Which) -> Fixed {
        self.fix_selected(text, which, |_| {})
    }

    /// Does the same as [`fix`](Self::fix), but only for the findings that `select` leaves in each report: findings
    /// that are ignored should not be fixed.
    pub fn fix_selected(
        &self,
        text: &str,
        which: Which,
        mut select: impl FnMut(&mut Report<'_>),
    ) -> Fixed {
        let mut fixed = Fixed {
            text: text.to_owned(),
            applied: 0,
            rounds: 0,
            is_refused: false,
        };
        while fixed.rounds < MOST_ROUNDS {
            let document = Document::read(fixed.text.as_str());
            let mut report = self.check(&document);
            select(&mut report);
            let round = apply_fixes(&document, &report.fixes(), which);
            if round.applied.is_empty() {
                break;
            }
            if kling_json::check(&round.text).is_err() {
                return Fixed {
                    text: text.to_owned(),
                    applied: 0,
                    rounds: fixed.rounds,
                    is_refused: true,
                };
            }
            fixed.applied += round.applied.len();
            fixed.rounds += 1;
            fixed.text = round.text;
        }
        fixed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_editions_are_read_only_when_a_finding_is_shown() {
        let checker = Checker::embedded();
        for (text, is_clean) in [
            (r#"{"model": "kling-v3", "prompt": "a paper boat"}"#, true),
            (
                r#"{"model": "kling-v3", "prompt": "a boat", "duration": 8}"#,
                false,
            ),
            (r#"{"model": "kling-v3", "prompt": 7}"#, false),
            ("[", false),
        ] {
            let document = Document::read(text);
            assert_eq!(checker.check(&document).is_clean(), is_clean, "{text}");
            assert!(!checker.models.has_read_others(), "{text}");
        }
        let document =
            Document::read(r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 8}"#);
        let report = checker.check(&document);
        assert!(report.diagnostics()[0].other_edition.is_some());
        assert!(checker.models.has_read_others());
    }
}
