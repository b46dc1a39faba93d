//! Requests with mutations.

use std::sync::Arc;

use kling_spec::Spec;
use proptest::strategy::Strategy;

use crate::choices::{Choices, built};
use crate::json::Json;
use crate::mutation::{Mutation, Planted, mutations};
use crate::print::{Style, print};
use crate::solve::{Goals, solve};

/// A request with mutations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What the text says.
    pub plan: Json,
    /// The JSON text.
    pub text: String,
    /// What its mutations break; other problems may follow from them.
    pub mutations: Vec<Planted>,
}

impl Broken {
    /// Returns whether the JSON Schema of the contract must refuse the request.
    pub fn is_expressible(&self) -> bool {
        self.mutations.iter().any(|mutation| mutation.expressible)
    }

    /// Returns whether an object in the text has equal keys, so that readers may disagree about it.
    pub fn has_duplicate_keys(&self) -> bool {
        self.mutations.iter().any(|mutation| mutation.duplicate)
    }
}

/// Generates requests with one to three mutations that do not hide one another.
///
/// In one half of the cases, mutations are drawn evenly over the rules; in the other half, evenly over all mutations.
///
/// # Panics
/// When a value is drawn and a mutation cannot be made, as far as random tries can show.
pub fn broken(spec: &Spec) -> impl Strategy<Value = Broken> + use<> {
    let spec = Arc::new(spec.clone());
    let mutations = mutations(&spec);
    let mut groups: Vec<Vec<Mutation>> = Vec::new();
    for mutation in &mutations {
        let same = |group: &&mut Vec<Mutation>| {
            let (one, other) = (group[0].planted(), mutation.planted());
            one.rule == other.rule && one.mistake.is_some() == other.mistake.is_some()
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(mutation.clone()),
            None => groups.push(vec![mutation.clone()]),
        }
    }
    built(move |choices| {
        let more = [0, 0, 1, 1, 2][choices.below(5)];
        let mut chosen: Vec<Mutation> = Vec::new();
        for _ in 0..=more {
            let from = if choices.chance(50) {
                choices.one(&groups)
            } else {
                None
            };
            let mutation = choices.one(from.unwrap_or(&mutations)).cloned();
            chosen.extend(
                mutation
                    .filter(|mutation| chosen.iter().all(|other| other.is_apart_from(mutation))),
            );
        }
        planted(&spec, chosen, choices)
    })
}

/// Generates requests with the given mutation, which must be one of the contract's.
///
/// # Panics
/// The same as for [`broken`].
pub fn broken_by(spec: &Spec, mutation: &Mutation) -> impl Strategy<Value = Broken> + use<> {
    let spec = Arc::new(spec.clone());
    let mutation = mutation.clone();
    built(move |choices| planted(&spec, vec![mutation.clone()], choices))
}

/// Makes the mutations, except those that cannot be combined with the first.
fn planted(spec: &Spec, mut chosen: Vec<Mutation>, choices: &mut Choices) -> Broken {
    loop {
        if let Some(plan) = try_plant(spec, &chosen, choices) {
            let text = print(&plan, &Style::draw(choices, false));
            let mutations = chosen
                .iter()
                .map(|mutation| mutation.planted().clone())
                .collect();
            return Broken {
                plan,
                text,
                mutations,
            };
        }
        let last = chosen.pop();
        assert!(
            !chosen.is_empty(),
            "the fault `{}` of `{}` cannot be planted",
            last.map_or_else(String::new, |mutation| mutation.planted().what.clone()),
            spec.id()
        );
    }
}

fn try_plant(spec: &Spec, chosen: &[Mutation], choices: &mut Choices) -> Option<Json> {
    let mut goals = Goals::default();
    for mutation in chosen {
        goals.needs.extend(mutation.goals.needs.iter().cloned());
        goals.wishes.extend(mutation.goals.wishes.iter().cloned());
        goals.except.extend(mutation.goals.except.iter().cloned());
        goals.spare += mutation.edit.added_characters();
    }
    let mut plan = solve(spec, &goals, choices)?;
    chosen
        .iter()
        .try_for_each(|mutation| mutation.edit.apply(&mut plan, choices))?;
    Some(plan)
}
