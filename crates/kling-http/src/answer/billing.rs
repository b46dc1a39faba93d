//! What a task costs, as the service says it.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::members::debug;
use super::{deserialize_from, take};
use crate::decimal::Decimal;
use crate::sanitise::Sanitiser;

/// The maximum number of characters of an unknown word.
const WORD_LIMIT: usize = 100;

/// What a task costs. Amounts are decimal texts, so that nothing is rounded.
///
/// It is independent of the state of the task: a completed task may still be pending. A task without it is neither free
/// nor paid for, as far as is known.
#[derive(Clone, Default, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Billing {
    /// `pending`, `settled` or `refunded`: see [`state`](Self::state).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The price in credits, once it is settled; `0` if it was refunded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<String>,
    /// The price in US dollars, in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<String>,
    /// All other members.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// How far the bill of a task is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BillingState {
    /// The amounts are not known yet.
    Pending,
    /// The amounts are final.
    Settled,
    /// The task costs nothing.
    Refunded,
    /// Another word, as received, up to 100 characters; empty if the service gave none.
    Other(String),
}

impl BillingState {
    /// The state that a word means, in any case.
    ///
    /// ```
    /// use kling_http::BillingState;
    ///
    /// assert_eq!(BillingState::from_word("Settled"), BillingState::Settled);
    /// assert_eq!(BillingState::from_word("frozen"), BillingState::Other("frozen".to_owned()));
    /// ```
    pub fn from_word(word: &str) -> Self {
        let known = [Self::Pending, Self::Settled, Self::Refunded];
        let is_meant = |state: &Self| state.word().eq_ignore_ascii_case(word.trim());
        known
            .into_iter()
            .find(is_meant)
            .unwrap_or_else(|| Self::Other(word.chars().take(WORD_LIMIT).collect()))
    }

    /// The word that the service's documentation uses; for another state, the word as received.
    pub fn word(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::Settled => "settled",
            Self::Refunded => "refunded",
            Self::Other(word) => word,
        }
    }
}

impl fmt::Display for BillingState {
    /// The word, with invisible characters replaced.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Sanitiser::default().message(self.word()))
    }
}

impl Billing {
    /// How far the bill is.
    pub fn state(&self) -> BillingState {
        BillingState::from_word(self.status.as_deref().unwrap_or_default())
    }

    /// The amount in credits; `None` if it is missing or not a decimal number.
    pub fn credits(&self) -> Option<Decimal> {
        self.credits.as_ref()?.parse().ok()
    }

    /// The amount in US dollars; `None` if it is missing or not a decimal number.
    pub fn cost_usd(&self) -> Option<Decimal> {
        self.cost_usd.as_ref()?.parse().ok()
    }
}

deserialize_from!(Map<String, Value>: Billing);

impl From<Map<String, Value>> for Billing {
    fn from(mut members: Map<String, Value>) -> Self {
        Self {
            status: take(&mut members, "status"),
            credits: amount(&mut members, "credits"),
            cost_usd: amount(&mut members, "cost_usd"),
            other: members,
        }
    }
}

/// Takes an amount out of `members` if it is a text or a number.
fn amount(members: &mut Map<String, Value>, name: &str) -> Option<String> {
    if let Some(Value::Number(number)) = members.get(name) {
        let text = number.to_string();
        members.remove(name);
        return Some(text);
    }
    take(members, name)
}

impl fmt::Debug for Billing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Billing", self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Billing, BillingState, WORD_LIMIT};

    #[test]
    fn a_word_means_a_state_in_any_case() {
        for (word, state) in [
            ("pending", BillingState::Pending),
            (" SETTLED ", BillingState::Settled),
            ("Refunded", BillingState::Refunded),
        ] {
            assert_eq!(BillingState::from_word(word), state);
        }
        let odd = BillingState::from_word(&"\u{1b}".repeat(200));
        assert_eq!(odd.word().chars().count(), WORD_LIMIT);
        assert!(!odd.to_string().contains('\u{1b}'));
    }

    #[test]
    fn amounts_are_kept_whatever_they_are() {
        for (billing, credits) in [
            (
                json!({"status": "settled", "credits": "12.50"}),
                Some("12.50"),
            ),
            (json!({"credits": 12.5}), Some("12.5")),
            (json!({"credits": 7}), Some("7")),
            (json!({"credits": null}), None),
            (json!({"credits": ["1"]}), None),
        ] {
            let billing: Billing = serde_json::from_value(billing).unwrap();
            assert_eq!(billing.credits.as_deref(), credits);
            assert_eq!(
                billing
                    .credits()
                    .map(|credits| credits.to_string())
                    .as_deref(),
                credits
            );
        }
        let free: Billing = serde_json::from_value(json!({"credits": "free"})).unwrap();
        assert_eq!(
            (free.credits.as_deref(), free.credits()),
            (Some("free"), None)
        );
    }
}
