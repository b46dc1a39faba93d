//! A plan that keeps every rule of a contract except those to be broken, and satisfies further conditions: made at
//! random, then repaired through the condition algebra.

use kling_spec::{Condition, Path, Spec, Type};

use crate::choices::Choices;
use crate::holds::holds;
use crate::json::Json;
use crate::make::{Base, Maker};
use crate::mention::mention;
use crate::value::Values;

/// How many random plans are tried; later ones are smaller.
const ATTEMPTS: usize = 12;
/// How many times all goals are pursued for one plan.
const ROUNDS: usize = 8;

/// Something that every valid request keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Invariant {
    /// A rule of the contract, by its id.
    Rule(String),
    /// The limit of a list.
    Limit(Path),
}

/// What a plan must satisfy.
#[derive(Debug, Clone, Default)]
pub(crate) struct Goals {
    /// What must hold.
    pub(crate) needs: Vec<Condition>,
    /// What should hold, so that little else is wrong.
    pub(crate) wishes: Vec<Condition>,
    /// What need not be kept.
    pub(crate) except: Vec<Invariant>,
    /// How many characters the text with placeholders must leave free.
    pub(crate) spare: usize,
}

/// Returns the condition that is true whenever the rule is kept.
fn implication(when: Option<&Condition>, must: &Condition) -> Condition {
    match when {
        None => must.clone(),
        Some(when) => Condition::AnyOf(vec![Condition::Not(Box::new(when.clone())), must.clone()]),
    }
}

fn conditions_to_keep(spec: &Spec, except: &[Invariant]) -> Vec<Condition> {
    let rules = spec
        .rules()
        .iter()
        .filter(|rule| !except.contains(&Invariant::Rule(rule.id.clone())))
        .map(|rule| implication(rule.when.as_ref(), &rule.must));
    let limits = spec
        .fields()
        .values()
        .filter(|field| field.kind == Type::Array && !field.path.is_inside_list());
    let limits = limits.filter_map(|field| {
        let limit = field.max_items.as_ref()?;
        let path = field.path.clone();
        let keep = !except.contains(&Invariant::Limit(path.clone()));
        keep.then(|| Condition::MaxItems(vec![path], limit.value))
    });
    rules.chain(limits).collect()
}

/// Returns a plan that satisfies the goals; needs take precedence over rules and wishes. `None` if none was found.
pub(crate) fn solve(spec: &Spec, goals: &Goals, choices: &mut Choices) -> Option<Json> {
    let rules = conditions_to_keep(spec, &goals.except);
    let all = [goals.needs.as_slice(), &rules, &goals.wishes].concat();
    let without_wishes = [goals.needs.as_slice(), &rules].concat();
    let tiers = if goals.needs.is_empty() && goals.wishes.is_empty() {
        vec![rules]
    } else {
        vec![all, without_wishes, goals.needs.clone()]
    };
    tiers
        .iter()
        .find_map(|conditions| satisfy(spec, conditions, goals.spare, choices))
}

fn satisfy(
    spec: &Spec,
    conditions: &[Condition],
    spare: usize,
    choices: &mut Choices,
) -> Option<Json> {
    for attempt in 0..ATTEMPTS {
        // The last attempts begin with only the required members.
        let optional = [60, 50, 40, 30, 20, 10].get(attempt).copied().unwrap_or(0);
        let values = Values { spec, optional };
        let mut plan = values.object(Path::ROOT, choices);
        for round in 0..ROUNDS {
            choices.turn = attempt + round;
            let mut satisfied = true;
            for condition in conditions {
                if !holds(spec, &plan, condition) {
                    satisfied = false;
                    let mut maker = Maker {
                        values,
                        plan: &mut plan,
                        choices,
                    };
                    maker.make_true(&Base::default(), condition);
                }
            }
            if satisfied {
                break;
            }
        }
        choices.turn = 0;
        let mentioned = mention(spec, &mut plan, spare, choices);
        if mentioned.is_some()
            && conditions
                .iter()
                .all(|condition| holds(spec, &plan, condition))
        {
            return Some(plan);
        }
    }
    None
}
