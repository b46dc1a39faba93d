//! The levels of findings as the user sets them.

use std::collections::BTreeMap;

use kling_check::{Checker, DEFAULT_MAX_FINDINGS, Diagnostic, Finding, Report};
use kling_spec::{CommonRule, Level, nearest};

use crate::cli::{Change, LevelChange};
use crate::exit::Failure;

/// Groups of rules that can be used like a single rule.
const GROUPS: [(&str, Level); 2] = [("warnings", Level::Warning), ("notes", Level::Note)];

/// What happens to the findings of each rule: a rule's own setting takes precedence over that of its group, and a
/// later setting over an earlier one.
#[derive(Debug, Default)]
pub(crate) struct Levels {
    rules: BTreeMap<String, Change>,
    /// By the original level of findings.
    groups: [Option<Change>; 3],
}

impl Levels {
    /// Adds a setting made by `origin`: an option, or a key of a file.
    pub(crate) fn add(
        &mut self,
        LevelChange { change, what }: &LevelChange,
        origin: &str,
        checker: &Checker,
    ) -> Result<(), Failure> {
        if let Some((_, level)) = GROUPS.iter().find(|(name, _)| name == what) {
            self.groups[*level as usize] = Some(*change);
            return Ok(());
        }
        if !is_rule(checker, what) {
            return Err(unknown(checker, origin, what));
        }
        if what == CommonRule::JsonSyntax.id() && *change != Change::Deny {
            return Err(Failure::new(&format!(
                "{origin}: `{what}` remains an error, because text that is not JSON cannot be sent; leave it out here"
            )));
        }
        self.rules.insert(what.clone(), *change);
        Ok(())
    }

    /// Whether every finding keeps its level.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.groups == [None; 3]
    }

    /// Sets the levels of a report's findings and keeps as many as are shown, errors first.
    pub(crate) fn apply(&self, report: &mut Report<'_>) {
        if !self.is_empty() {
            let level = |found: &Finding<'_>| self.level(found.rule().id(), found.level());
            report.set_levels(DEFAULT_MAX_FINDINGS, level);
        }
    }

    /// Returns a finding with its level; `None` if it is not wanted.
    pub(crate) fn applied(&self, mut found: Diagnostic) -> Option<Diagnostic> {
        found.level = self.level(&found.rule, found.level)?;
        Some(found)
    }

    fn level(&self, rule: &str, level: Level) -> Option<Level> {
        match self
            .rules
            .get(rule)
            .or(self.groups[level as usize].as_ref())
        {
            None => Some(level),
            Some(Change::Deny) => Some(Level::Error),
            Some(Change::Warn) => Some(Level::Warning),
            Some(Change::Allow) => None,
        }
    }
}

fn is_rule(checker: &Checker, id: &str) -> bool {
    // The common rules come first, since they need no contract to be read.
    rules(checker).any(|rule| rule == id)
}

/// The ids of all rules.
pub(crate) fn rules(checker: &Checker) -> impl Iterator<Item = &str> {
    let common = CommonRule::ALL.iter().map(|rule| rule.id());
    common.chain(contract_rules(checker))
}

/// The names of the groups.
pub(crate) fn groups<'n>() -> impl Iterator<Item = &'n str> {
    GROUPS.iter().map(|(name, _)| *name)
}

fn contract_rules(checker: &Checker) -> impl Iterator<Item = &str> {
    checker
        .models()
        .filter_map(|id| checker.spec(id))
        .flat_map(kling_spec::Spec::rules)
        .map(|rule| rule.id.as_str())
}

fn unknown(checker: &Checker, origin: &str, id: &str) -> Failure {
    let hint = match nearest(id, rules(checker).chain(groups())) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`kling explain` lists the rules".to_owned(),
    };
    Failure::new(&format!("{origin}: `{id}` is not a rule; {hint}"))
}
