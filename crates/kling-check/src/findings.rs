//! The sink that keeps every finding with its place and its words.

mod advice;
mod closing;
mod conversion;
mod few;
mod kept;
mod key_set;
mod keys;
mod meaning;
mod memory;
mod sink;
mod skip;
mod stray;
mod words;

use kling_json::{Span, escape_token};
use kling_spec::{CommonRule, Evidence, Field, Ground, Level, Service};

use crate::report::Texts;
use crate::table::{FieldId, Table};
use crate::walk::Walker;

pub(crate) use advice::plain;
pub(crate) use conversion::{address_in, converted};
pub(crate) use kept::{Effect, Finding, Kept, Make};
pub(crate) use words::found_kind;

use memory::{Memory, Place};

/// The most named values of a message.
const MOST_VALUES: usize = 6;

/// Room for nearly every pointer, in bytes.
const POINTER_LENGTH: usize = 32;

/// Collects the findings of one walk.
pub(crate) struct Collector<'t, 'c> {
    pub(crate) kept: Kept<'c>,
    memory: Memory<'t>,
    /// Conditions on items, each with an item that satisfies it; of each as many as a rule may point at.
    hit_items: Vec<(usize, u32)>,
    /// Whether a value was read as that of a member which the service does not see.
    pub(crate) read_elsewhere: bool,
    /// Whether the request has a `model` under its own name, so that no other member is read as it.
    model_settled: bool,
}

/// The walker that collects.
pub(crate) type Finder<'t, 'c> = Walker<'t, 'c, Collector<'t, 'c>>;

impl<'t, 'c> Collector<'t, 'c> {
    pub(crate) fn new(kept: Kept<'c>, text: &'t str, model_settled: bool) -> Self {
        Self {
            kept,
            memory: Memory::new(text),
            hit_items: Vec::new(),
            read_elsewhere: false,
            model_settled,
        }
    }

    /// The items that satisfy a condition, as far as they are kept.
    fn hits_of(&self, condition: usize) -> impl Iterator<Item = u32> {
        let hits = self.hit_items.iter();
        let of_condition = hits.filter(move |(known, _)| *known == condition);
        of_condition.map(|(_, item)| *item)
    }

    /// Keeps a finding at the value that is being read.
    fn here(
        &mut self,
        checker: &'c crate::Checker,
        rule: CommonRule,
        claim: Option<Claimed<'c>>,
        span: Span,
        values: impl FnOnce(&mut Vec<(&'static str, String)>),
    ) {
        self.with_service(checker, rule, claim, None, None, span, values);
    }

    /// Keeps a finding of a common rule. `values` are what its words tell; they are asked for only where words are made.
    pub(crate) fn at(
        &mut self,
        checker: &'c crate::Checker,
        rule: CommonRule,
        claim: Option<Claimed<'c>>,
        pointer: &str,
        span: Span,
        values: impl FnOnce(&mut Vec<(&'static str, String)>),
    ) {
        self.with_service(checker, rule, claim, None, Some(pointer), span, values);
    }

    /// As `at`, for a finding at which the service may do something else than the rule says. Without a
    /// pointer it is that of the value that is being read.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one of the parts of a finding"
    )]
    fn with_service(
        &mut self,
        checker: &'c crate::Checker,
        rule: CommonRule,
        claim: Option<Claimed<'c>>,
        service: Option<Service>,
        pointer: Option<&str>,
        span: Span,
        values: impl FnOnce(&mut Vec<(&'static str, String)>),
    ) {
        let text = checker.common().rule(rule);
        let ground = claim.map(|claim| claim.ground);
        let level = text
            .level
            .or(ground.map(|ground| ground.level))
            .unwrap_or(Level::Error);
        let service = service
            .or(text.service)
            .or(ground.map(|ground| ground.service))
            .unwrap_or(Service::Unknown);
        let effect = if rule == CommonRule::DuplicateKey {
            Effect::NoBill
        } else {
            Effect::of(service)
        };
        let pointer = match pointer {
            Some(pointer) => pointer.to_owned(),
            None if self.kept.is_full(level) => String::new(),
            None => self.memory.pointer(),
        };
        let make = || Finding {
            rule: rule.id(),
            level,
            service,
            pointer,
            span,
            texts: None,
            meaning: None,
        };
        self.kept.push(level, effect, make, || {
            let mut given = Vec::with_capacity(MOST_VALUES);
            values(&mut given);
            let source = match (claim, &text.reason) {
                (Some(claim), _) => claim.source().into(),
                (None, Some(reason)) => reason.as_str().into(),
                (None, None) => "".into(),
            };
            let help = text
                .help
                .as_ref()
                .map(|help| help.render(&given))
                .filter(|help| !help.is_empty());
            Texts {
                message: text.say.render(&given).into(),
                help: help.map(Into::into),
                source,
            }
        });
    }
}

/// The place of the request itself in a text that is JSON.
pub(crate) fn request_span(text: &str) -> Span {
    let blank = |character: char| matches!(character, ' ' | '\t' | '\n' | '\r');
    let start = text.len() - text.trim_start_matches(blank).len();
    Span::new(start, text.trim_end_matches(blank).len().max(start))
}

/// The ground of a claim of a model's contract.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claimed<'c> {
    model: &'c str,
    ground: &'c Ground,
}

impl Claimed<'_> {
    fn source(&self) -> String {
        match &self.ground.evidence {
            Evidence::Source(_) | Evidence::Edition(_) | Evidence::Upstream(_) => {
                format!("{}, {}", self.model, self.ground.evidence)
            }
            Evidence::Inferred(reason) => match &self.ground.reason {
                Some(level_reason) => format!("{reason}; {level_reason}"),
                None => reason.clone(),
            },
        }
    }
}

impl<'c> Finder<'_, 'c> {
    fn claimed(&self, ground: &'c Ground) -> Claimed<'c> {
        Claimed {
            model: self.table.spec.id(),
            ground,
        }
    }

    fn row_of(&self, field: FieldId) -> &'c Field {
        let table: &'c Table = self.table;
        table.row(field)
    }

    /// Where a member of the request was found.
    fn place(&self, field: FieldId) -> Option<Place> {
        self.sink.memory.place(field)
    }

    /// Pointer and value of a member that was found.
    fn found(&self, field: FieldId) -> Option<(String, Span)> {
        let memory = &self.sink.memory;
        let place = memory.place(field)?;
        let span = memory.span_of(place);
        if let Some(pointer) = memory.pointer_elsewhere(place) {
            return Some((pointer.to_owned(), span));
        }
        let names = self
            .row_of(field)
            .path
            .steps()
            .iter()
            .filter_map(|step| match step {
                kling_spec::Step::Member(name) => Some(name),
                kling_spec::Step::Items => None,
            });
        let mut pointer = String::with_capacity(POINTER_LENGTH);
        for name in names {
            push_step(&mut pointer, name);
        }
        Some((pointer, span))
    }
}

/// Takes a step down to a member or an item.
fn push_step(pointer: &mut String, name: &str) {
    pointer.push('/');
    pointer.push_str(&escape_token(name));
}
