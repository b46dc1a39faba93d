//! The sink that keeps every finding with its place and its words.

mod advice;
mod closing;
mod conversion;
mod kept;
mod keys;
mod meaning;
mod sink;
mod skip;
mod stray;
mod words;

use std::collections::HashMap;
use std::fmt::Write as _;

use kling_json::{Span, Text, escape_token};
use kling_spec::{CommonRule, Evidence, Field, Ground, Level, Service};

use crate::report::Texts;
use crate::table::{FieldId, Table};
use crate::walk::Walker;

pub(crate) use advice::plain;
pub(crate) use conversion::{address_in, converted};
pub(crate) use kept::{Effect, Finding, Kept, Make};
pub(crate) use words::found_kind;

/// The most named values of a message.
const MOST_VALUES: usize = 6;

/// Steps down that a request hardly ever goes beyond.
const USUAL_DEPTH: usize = 8;

/// The way from the request to a value; it becomes a text only for a finding.
#[derive(Debug)]
struct Pointer<'t>(Vec<Step<'t>>);

#[derive(Debug, Clone, Copy)]
enum Step<'t> {
    Key(Text<'t>),
    Index(usize),
}

impl Pointer<'_> {
    /// The way as an RFC 6901 pointer.
    fn text(&self) -> String {
        let mut pointer = String::with_capacity(32);
        for step in &self.0 {
            pointer.push('/');
            match step {
                Step::Key(key) => pointer.push_str(&escape_token(&key.decode())),
                Step::Index(index) => {
                    write!(pointer, "{index}").expect("writing to a String cannot fail");
                }
            }
        }
        pointer
    }
}

/// Collects the findings of one walk.
pub(crate) struct Collector<'t, 'c> {
    pub(crate) kept: Kept<'c>,
    /// The way to the value that is being read.
    pointer: Pointer<'t>,
    /// Where each member was found that can be there only once.
    places: Vec<Option<Place>>,
    /// How many values that stand in another place than the contract's are being read.
    displaced: u32,
    /// The members and items being read, innermost last: a member that can be there only once by its
    /// field.
    reading: Vec<Option<FieldId>>,
    /// Per object, by its start, and member: whether it stands behind a key that was looked at.
    later: HashMap<(usize, FieldId), bool>,
    /// Keys that no table has, with the start of their object.
    stray_keys: keys::Keys<'t>,
    /// Per condition on items: the items that satisfy it, as many as a rule may point at.
    hit_items: Vec<Vec<u32>>,
    /// Whether a value was read as that of a member which the service does not see.
    pub(crate) read_elsewhere: bool,
    /// Whether the request has a `model` under its own name, so that no other member is read as it.
    model_settled: bool,
}

/// Where a member's value stands.
#[derive(Debug, Clone)]
struct Place {
    /// Its pointer, where that is not the path of the contract.
    pointer: Option<String>,
    span: Span,
}

/// The walker that collects.
pub(crate) type Finder<'t, 'c> = Walker<'t, 'c, Collector<'t, 'c>>;

impl<'t, 'c> Collector<'t, 'c> {
    pub(crate) fn new(kept: Kept<'c>, table: Option<&Table>, model_settled: bool) -> Self {
        Self {
            kept,
            pointer: Pointer(Vec::with_capacity(USUAL_DEPTH)),
            places: vec![None; table.map_or(0, |table| table.fields.len())],
            displaced: 0,
            reading: Vec::with_capacity(USUAL_DEPTH),
            later: HashMap::new(),
            stray_keys: keys::Keys::default(),
            hit_items: vec![Vec::new(); table.map_or(0, |table| table.item_conditions.len())],
            read_elsewhere: false,
            model_settled,
        }
    }

    fn push_key(&mut self, key: &Text<'t>) {
        self.pointer.0.push(Step::Key(*key));
    }

    fn push_index(&mut self, index: usize) {
        self.pointer.0.push(Step::Index(index));
    }

    fn pop(&mut self) {
        self.pointer.0.pop();
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
        let here = &self.pointer;
        let make = || Finding {
            rule: rule.id(),
            level,
            service,
            pointer: pointer.map_or_else(|| here.text(), str::to_owned),
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
            model: &self.table.spec.id,
            ground,
        }
    }

    fn row_of(&self, field: FieldId) -> &'c Field {
        let table: &'c Table = self.table;
        table.row(field)
    }

    /// Where a member of the request was found.
    fn place(&self, field: FieldId) -> Option<&Place> {
        self.sink.places.get(usize::from(field))?.as_ref()
    }

    /// The pointer of a member that was found.
    fn pointer_of(&self, field: FieldId, place: &Place) -> String {
        place.pointer.clone().unwrap_or_else(|| {
            let names = self
                .row_of(field)
                .path
                .steps()
                .iter()
                .filter_map(|step| match step {
                    kling_spec::Step::Member(name) => Some(name),
                    kling_spec::Step::Items => None,
                });
            names.fold(String::with_capacity(32), |mut pointer, name| {
                pointer.push('/');
                pointer.push_str(&escape_token(name));
                pointer
            })
        })
    }
}
