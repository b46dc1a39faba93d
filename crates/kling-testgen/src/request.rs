//! Valid requests.

use std::sync::Arc;

use kling_spec::Spec;
use proptest::strategy::Strategy;

use crate::choices::{Choices, built};
use crate::json::Json;
use crate::print::{Style, print};
use crate::solve::{Goals, solve};

/// A request: what it says, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What the text says.
    pub plan: Json,
    /// The JSON text.
    pub text: String,
}

impl Request {
    pub(crate) fn printed(plan: Json, notation: bool, choices: &mut Choices) -> Self {
        let text = print(&plan, &Style::draw(choices, notation));
        Self { plan, text }
    }
}

/// Generates requests with nothing wrong at any level, according to the contract.
///
/// # Panics
/// When a value is drawn and the contract's rules cannot all be kept at once, as far as random tries can show.
pub fn valid(spec: &Spec) -> impl Strategy<Value = Request> + use<> {
    let spec = Arc::new(spec.clone());
    built(move |choices| {
        let plan = solve(&spec, &Goals::default(), choices);
        let Some(plan) = plan else {
            panic!(
                "no request was found that keeps all rules of `{}`",
                spec.id()
            )
        };
        Request::printed(plan, false, choices)
    })
}
