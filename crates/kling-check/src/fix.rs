//! Fixes: edits on the text of a request that mend its findings.
//!
//! They are computed when they are asked for, by a second look at the text. A fix is safe if it guesses nothing, adds no
//! finding, and leaves the bill of a request that has one as it is, alone and together with the other safe ones. That is
//! not believed but tried out: each fix is applied, and the result is checked. One that would lose what was meant is none.

mod guard;
mod item;
mod key;
mod meaning;
mod placeholder;
mod round;
mod tried;
mod value;

use kling_json::{Edit, Node, Tape, remove_member};
use kling_spec::{Condition, Rule, Service};

use crate::Checker;
use crate::findings::Finding;
use crate::report::Report;
use crate::table::Table;
use kling_text::quote;

pub(crate) use guard::is_meant;
pub(crate) use meaning::Meaning;
pub use round::{Fixed, Round, Which, apply_fixes};

/// A repair of one finding. It is atomic: all of its edits belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The index of the finding in the report's diagnostics.
    pub diagnostic: usize,
    /// Whether the service would have understood the same, or nothing at all, and charges a request that it takes the
    /// same as before. Whatever guesses what was meant is not safe.
    pub safe: bool,
    /// What the fix does, in the imperative, as in "write `5`".
    pub title: String,
    /// Edits of the request's text, in ascending order and without overlap.
    pub edits: Vec<Edit>,
}

/// A repair that has not been tried out.
#[derive(Debug)]
struct Proposal {
    title: String,
    /// Whether it guesses what was meant.
    guess: bool,
    /// Whether what it drops is there another time.
    repeats: bool,
    edits: Vec<Edit>,
}

impl Proposal {
    fn new(title: impl Into<String>, guess: bool, edits: Vec<Edit>) -> Self {
        Self {
            title: title.into(),
            guess,
            repeats: false,
            edits,
        }
    }

    /// Drops what is there another time.
    fn repeating(title: impl Into<String>, guess: bool, edits: Vec<Edit>) -> Self {
        Self {
            repeats: true,
            ..Self::new(title, guess, edits)
        }
    }
}

/// What proposals are made from.
#[derive(Clone, Copy)]
struct Context<'a> {
    checker: &'a Checker,
    /// The contract by which the request was read; none if it names none.
    table: Option<&'a Table>,
    tape: &'a Tape<'a>,
}

impl Checker {
    /// Fixes for the findings of a report on `text`, at most one for each, in the order of the findings.
    ///
    /// There are none where the text is not JSON, and none that would drop an address, a list, an object, `true` or more than a
    /// word. Takes a few checks of the text for each fix.
    ///
    /// ```
    /// let checker = kling_check::Checker::embedded();
    /// let text = r#"{"model": "kling-v3", "prompt": "a paper boat", "duration": "5"}"#;
    /// let report = checker.check(text);
    /// let fixes = checker.fixes(text, &report);
    /// assert!(fixes[0].safe);
    /// assert_eq!(fixes[0].title, "write `5`");
    /// assert_eq!(fixes[0].edits[0].text, "5");
    /// ```
    pub fn fixes(&self, text: &str, report: &Report<'_>) -> Vec<Fix> {
        if report.diagnostics.is_empty() {
            return Vec::new();
        }
        let Ok(tape) = Tape::parse(text) else {
            return Vec::new();
        };
        let (table, findings) = crate::run::meanings(self, text);
        let context = Context {
            checker: self,
            table,
            tape: &tape,
        };
        let before = self.check(text);
        let said = guard::Said::of(&tape);
        let mut findings = findings.iter();
        let mut fixes = Vec::new();
        for (diagnostic, found) in report.diagnostics.iter().enumerate() {
            // The report may hold fewer findings than there are, in the same order.
            let same = |finding: &&Finding<'_>| {
                finding.rule == found.rule
                    && finding.span == found.span
                    && finding.pointer == found.pointer
            };
            let mut ahead = findings.clone();
            let Some(finding) = ahead.find(same) else {
                continue;
            };
            findings = ahead;
            let Some(Proposal {
                title,
                guess,
                repeats,
                mut edits,
            }) = context.propose(finding)
            else {
                continue;
            };
            edits.sort_by_key(|edit| edit.span.start);
            let Some(tried) = tried::tried(self, text, &before, &edits) else {
                continue;
            };
            if guard::keeps_meant(&said, &tried.text, repeats) {
                fixes.push(Fix {
                    diagnostic,
                    safe: !guess && tried.is_harmless,
                    title,
                    edits,
                });
            }
        }
        guard::keep_bill(self, text, &before, report, &mut fixes);
        fixes
    }
}

impl Context<'_> {
    fn propose(&self, finding: &Finding<'_>) -> Option<Proposal> {
        let meaning = finding.meaning.as_deref()?;
        let node = self.tape.node_at(finding.span.start)?;
        // What stands twice is mended once it stands there once.
        let around = if matches!(meaning, Meaning::Duplicate) {
            node.parent()
        } else {
            Some(node)
        };
        if around.is_some_and(key::is_in_duplicate) {
            return None;
        }
        match meaning {
            Meaning::Duplicate => key::duplicate(node),
            Meaning::Nothing => {
                let title = format!("drop {}", quote(&node.key()?.decode()));
                Some(Proposal::new(title, true, vec![remove_member(node).ok()?]))
            }
            Meaning::Key {
                target,
                here,
                taken,
                slip,
                mistake,
            } => {
                let meant = key::Meant {
                    target: *target,
                    here: *here,
                    taken: *taken,
                    slip: *slip,
                    mistake: *mistake,
                };
                key::stray(self, self.table?, node, &meant)
            }
            Meaning::Value { field, meant } => {
                value::propose(self, self.table?, finding, node, *field, meant.as_ref())
            }
            Meaning::Mark { reference, guess } => {
                placeholder::mark(self.table?, finding.span, *reference, *guess)
            }
            Meaning::Order { kind, list } => {
                placeholder::order(self, self.table?, node, *kind, *list)
            }
            Meaning::Rule(rule) => without_effect(rule, node),
        }
    }
}

/// Drops a member that is documented to have no effect where it stands.
fn without_effect(rule: &Rule, node: Node<'_>) -> Option<Proposal> {
    let Condition::Not(inner) = &rule.must else {
        return None;
    };
    let Condition::Present(path) = &**inner else {
        return None;
    };
    let key = node.key()?;
    let is_blamed = rule.blame.contains(path) && key.equals(path.name()?);
    (is_blamed && rule.ground.service == Service::Ignores)
        .then(|| remove_member(node).ok())
        .flatten()
        .map(|edit| {
            let title = format!("drop {}, which has no effect here", quote(&key.decode()));
            Proposal::new(title, false, vec![edit])
        })
}
