//! Requests with planted faults.

use std::sync::Arc;

use kling_spec::Spec;
use proptest::strategy::Strategy;

use crate::choices::{Choices, built};
use crate::fault::{Fault, Planted, faults};
use crate::json::Json;
use crate::print::{Style, print};
use crate::solve::{Goals, solve};

/// A request with faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What the text says.
    pub plan: Json,
    /// The JSON text.
    pub text: String,
    /// The faults in it; others may follow from them.
    pub faults: Vec<Planted>,
}

impl Broken {
    /// Whether the JSON Schema of the contract must refuse the request.
    pub fn is_expressible(&self) -> bool {
        self.faults.iter().any(|fault| fault.expressible)
    }

    /// Whether the text has equal keys in one object, so that readers may differ about it.
    pub fn has_duplicate_keys(&self) -> bool {
        self.faults.iter().any(|fault| fault.duplicate)
    }
}

/// Requests with one to three faults that do not hide one another.
///
/// Faults are drawn evenly over the rules in one half of the cases, and evenly over all faults in
/// the other.
///
/// # Panics
/// When a value is drawn and a fault cannot be planted, as far as random tries can tell.
pub fn broken(spec: &Spec) -> impl Strategy<Value = Broken> + use<> {
    let spec = Arc::new(spec.clone());
    let faults = faults(&spec);
    let mut groups: Vec<Vec<Fault>> = Vec::new();
    for fault in &faults {
        let same = |group: &&mut Vec<Fault>| {
            let (one, other) = (group[0].planted(), fault.planted());
            one.rule == other.rule && one.mistake.is_some() == other.mistake.is_some()
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(fault.clone()),
            None => groups.push(vec![fault.clone()]),
        }
    }
    built(move |choices| {
        let more = [0, 0, 1, 1, 2][choices.below(5)];
        let mut chosen: Vec<Fault> = Vec::new();
        for _ in 0..=more {
            let from = if choices.chance(50) {
                choices.one(&groups)
            } else {
                None
            };
            let fault = choices.one(from.unwrap_or(&faults)).cloned();
            chosen.extend(
                fault.filter(|fault| chosen.iter().all(|other| other.is_apart_from(fault))),
            );
        }
        planted(&spec, chosen, choices)
    })
}

/// Requests with the given fault, which must be one of the contract's.
///
/// # Panics
/// As [`broken`].
pub fn broken_by(spec: &Spec, fault: &Fault) -> impl Strategy<Value = Broken> + use<> {
    let spec = Arc::new(spec.clone());
    let fault = fault.clone();
    built(move |choices| planted(&spec, vec![fault.clone()], choices))
}

/// Plants the faults; those that do not go together with the first are left out.
fn planted(spec: &Spec, mut chosen: Vec<Fault>, choices: &mut Choices) -> Broken {
    loop {
        if let Some(plan) = try_plant(spec, &chosen, choices) {
            let text = print(&plan, &Style::draw(choices, false));
            let faults = chosen.iter().map(|fault| fault.planted().clone()).collect();
            return Broken { plan, text, faults };
        }
        let last = chosen.pop();
        assert!(
            !chosen.is_empty(),
            "the fault `{}` of `{}` cannot be planted",
            last.map_or_else(String::new, |fault| fault.planted().what.clone()),
            spec.id()
        );
    }
}

fn try_plant(spec: &Spec, chosen: &[Fault], choices: &mut Choices) -> Option<Json> {
    let mut goals = Goals::default();
    for fault in chosen {
        goals.needs.extend(fault.goals.needs.iter().cloned());
        goals.wishes.extend(fault.goals.wishes.iter().cloned());
        goals.except.extend(fault.goals.except.iter().cloned());
        goals.spare += fault.edit.added_characters();
    }
    let mut plan = solve(spec, &goals, choices)?;
    chosen
        .iter()
        .try_for_each(|fault| fault.edit.apply(&mut plan, choices))?;
    Some(plan)
}
