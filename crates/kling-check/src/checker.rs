//! The checker: contracts, compiled when first met, and what a caller settles once.

use std::sync::OnceLock;

use kling_spec::{Common, EMBEDDED, EmbeddedContract, Path, Spec, Words};
use kling_url::TrustedOrigins;

use crate::expectation::Expectation;
use crate::report::Report;
use crate::spelling::Spellings;
use crate::table::{Names, Table};

/// The most findings kept of one request, unless the caller says otherwise.
pub const DEFAULT_MAX_FINDINGS: usize = 100;

/// Checks requests against the contracts of models.
///
/// A contract is read and compiled when a request of its model is first met. A checker can be
/// shared by threads; it holds nothing of the requests it has seen.
///
/// ```
/// let checker = kling_check::Checker::embedded();
/// let report = checker.check(r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": 7}"#);
/// assert_eq!(report.diagnostics[0].rule, "wrong-value");
/// assert_eq!(report.diagnostics[0].pointer, "/duration");
/// ```
#[derive(Debug)]
pub struct Checker {
    models: Vec<Model>,
    /// The key `model` as it is mostly written.
    pub(crate) model_key: Option<kling_json::Token>,
    common: OnceLock<Common>,
    /// The top-level names of all models, for slips of `model`.
    top_names: OnceLock<Words>,
    /// What is known to be written for `model`.
    mistakes_for_model: OnceLock<Names<()>>,
    /// The ids of the models, in order, for slips of them.
    spellings: OnceLock<Spellings>,
    pub(crate) assumed: Option<usize>,
    pub(crate) trusted: TrustedOrigins,
    pub(crate) max_findings: usize,
}

#[derive(Debug)]
struct Model {
    id: String,
    /// The id as it is mostly written, if it is short enough to be compared at once.
    token: Option<kling_json::Token>,
    embedded: Option<&'static EmbeddedContract>,
    table: OnceLock<Table>,
}

/// A model id that no contract of the checker has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownModel {
    /// The id that was asked for, shortened and made safe to show.
    pub id: String,
    /// The id that was probably meant.
    pub suggestion: Option<String>,
}

impl std::fmt::Display for UnknownModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is not the id of a known model", self.id)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownModel {}

impl Checker {
    /// A checker for the models whose contracts come with `kling-spec`.
    pub fn embedded() -> Self {
        let models = EMBEDDED.iter().map(|contract| Model {
            id: contract.id.to_owned(),
            token: kling_json::Token::string(contract.id),
            embedded: Some(contract),
            table: OnceLock::new(),
        });
        Self::of(models.collect())
    }

    /// A checker for the given contracts alone. Of two with one id the first counts.
    pub fn new(specs: Vec<Spec>) -> Self {
        Self::of(Vec::new()).with_specs(specs)
    }

    fn of(models: Vec<Model>) -> Self {
        Self {
            models,
            model_key: kling_json::Token::key("model"),
            common: OnceLock::new(),
            top_names: OnceLock::new(),
            mistakes_for_model: OnceLock::new(),
            spellings: OnceLock::new(),
            assumed: None,
            trusted: TrustedOrigins::default(),
            max_findings: DEFAULT_MAX_FINDINGS,
        }
    }

    /// Puts contracts before those that are there, so that they count where ids are equal.
    #[must_use]
    pub fn with_specs(mut self, specs: Vec<Spec>) -> Self {
        let given = specs.into_iter().map(|spec| Model {
            id: spec.id().to_owned(),
            token: kling_json::Token::string(spec.id()),
            embedded: None,
            table: OnceLock::from(Table::compile(spec)),
        });
        self.models.splice(0..0, given);
        // What was made of the models before.
        self.top_names = OnceLock::new();
        self.mistakes_for_model = OnceLock::new();
        self.spellings = OnceLock::new();
        self
    }

    /// Reads requests that name no known model as requests of this one.
    ///
    /// # Errors
    /// The id is of no contract of the checker.
    pub fn assume_model(mut self, id: &str) -> Result<Self, UnknownModel> {
        match self.index_of(id) {
            Some(index) => {
                self.assumed = Some(index);
                Ok(self)
            }
            None => Err(UnknownModel {
                id: kling_text::quote(id),
                suggestion: kling_spec::nearest(id, self.models()).map(str::to_owned),
            }),
        }
    }

    /// Media URLs of these origins are clean: that of the service itself, given by whoever knows it.
    #[must_use]
    pub fn trust(mut self, origins: TrustedOrigins) -> Self {
        self.trusted = origins;
        self
    }

    /// Keeps at most so many findings of one request, errors first; the others are counted.
    #[must_use]
    pub const fn max_findings(mut self, limit: usize) -> Self {
        self.max_findings = limit;
        self
    }

    /// The ids of the models, in order.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.models.iter().map(|model| model.id.as_str())
    }

    /// The contract of a model.
    pub fn spec(&self, id: &str) -> Option<&Spec> {
        Some(&self.table(self.index_of(id)?).spec)
    }

    /// The rules that no single contract owns.
    pub fn common(&self) -> &Common {
        self.common.get_or_init(Common::embedded)
    }

    /// Checks one request: all faults at once.
    ///
    /// Takes time linear in the text; memory grows only with the findings kept and with distinct keys that no contract knows.
    pub fn check(&self, text: &str) -> Report<'_> {
        crate::run::check(self, text)
    }

    /// As [`check`](Self::check), for requests that come one after another: a request that probably has no finding, as
    /// the last ones had none, is first read for whether it has any, which takes less. The report is the same.
    ///
    /// ```
    /// let checker = kling_check::Checker::embedded();
    /// let mut expected = kling_check::Expectation::default();
    /// for line in ["{\"model\": \"kling-v3\"}", "{}"] {
    ///     let report = checker.check_expecting(line, &mut expected);
    ///     assert_eq!(report, checker.check(line));
    /// }
    /// ```
    pub fn check_expecting(&self, text: &str, expected: &mut Expectation) -> Report<'_> {
        let report = if expected.is_finding() {
            crate::run::check_at_once(self, text)
        } else {
            crate::run::check(self, text)
        };
        expected.learn(!report.is_clean());
        report
    }

    /// Checks one request that may not be UTF-8.
    pub fn check_bytes(&self, bytes: &[u8]) -> Report<'_> {
        crate::run::check_bytes(self, bytes)
    }

    /// Whether a request has no finding at all, without saying what is wrong: as
    /// `check(text).is_clean()`, but it stops at the first finding.
    ///
    /// Once the contract of its model is compiled, nothing is allocated for a clean request, unless a
    /// text has to be decoded or parsed: a key or an address with an escape, a prompt that writes
    /// ASCII as `\uXXXX`, one with another escape that does not
    /// [plainly fit](kling_prompt::plainly_fits), or an address that is not
    /// [plainly public](kling_url::is_plainly_public).
    pub fn is_clean(&self, text: &str) -> bool {
        crate::run::is_clean(self, text)
    }

    /// The contract whose id is the next value of the text, if it is written as it mostly is.
    pub(crate) fn take_id(&self, cursor: &mut kling_json::Cursor<'_>) -> Option<usize> {
        self.models.iter().position(|model| {
            let token = model.token.as_ref();
            token.is_some_and(|token| cursor.take_string(token))
        })
    }

    pub(crate) fn index_of(&self, id: &str) -> Option<usize> {
        self.models.iter().position(|model| model.id == id)
    }

    pub(crate) fn table(&self, index: usize) -> &Table {
        let model = &self.models[index];
        model.table.get_or_init(|| {
            let contract = model
                .embedded
                .expect("a contract that was given is compiled at once");
            Table::compile(contract.parse())
        })
    }

    /// The top-level member that a key is or may be a slip of.
    pub(crate) fn top_name(&self, key: &str) -> Option<&str> {
        let root = Path::root();
        let names = || {
            let rows = self.tables().flat_map(|table| table.spec.members(&root));
            Words::new(rows.filter_map(|row| row.path.name()))
        };
        self.top_names.get_or_init(names).nearest(key)
    }

    /// Whether the table of mistakes of some contract says that this top-level key is written for `model`.
    pub(crate) fn is_mistake_for_model(&self, key: &str) -> bool {
        let names = || {
            let tables = self.tables();
            let names = tables.flat_map(|table| table.strays().written_for(&table.spec, "model"));
            Names::new(names.map(|name| (name, ())))
        };
        self.mistakes_for_model
            .get_or_init(names)
            .get(key)
            .is_some()
    }

    /// The ids of the models, in order, ready for being compared with slips of them.
    pub(crate) fn spellings(&self) -> &Spellings {
        let make = || Spellings::new(self.models());
        self.spellings.get_or_init(make)
    }

    pub(crate) fn tables(&self) -> impl Iterator<Item = &Table> {
        (0..self.models.len()).map(|index| self.table(index))
    }
}
