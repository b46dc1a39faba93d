//! The balance.

use kling_json::Node;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::answer::{deserialize_from, is_error_object, take};
use crate::client::Client;
use crate::decimal::{Decimal, with_numbers_as_texts};
use crate::error::Error;

const AMOUNTS: [&str; 5] = [
    "remain_balance",
    "used_balance",
    "remain_credits",
    "used_credits",
    "credits_per_usd",
];

/// What is left on the account. Members may be missing. The digits of all amounts are those of the answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Balance {
    /// What is left, in the service's own unit; -1 if it is unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remain_balance: Option<Decimal>,
    /// What was used, in the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_balance: Option<Decimal>,
    /// Whether what may be used is unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlimited_quota: Option<bool>,
    /// What is left in credits, also if it is unlimited. Only later editions of the service have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remain_credits: Option<Decimal>,
    /// What was used in credits. Only later editions of the service have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_credits: Option<Decimal>,
    /// How many credits a US dollar is worth. Only later editions of the service have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits_per_usd: Option<Decimal>,
    /// All other members.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

deserialize_from!(Map<String, Value>: Balance);

impl From<Map<String, Value>> for Balance {
    fn from(mut members: Map<String, Value>) -> Self {
        Self {
            remain_balance: take(&mut members, "remain_balance"),
            used_balance: take(&mut members, "used_balance"),
            unlimited_quota: take(&mut members, "unlimited_quota"),
            remain_credits: take(&mut members, "remain_credits"),
            used_credits: take(&mut members, "used_credits"),
            credits_per_usd: take(&mut members, "credits_per_usd"),
            other: members,
        }
    }
}

impl Balance {
    /// Whether what may be used is unlimited: the answer says so, or what is left is -1.
    pub fn is_unlimited(&self) -> bool {
        self.unlimited_quota.unwrap_or_else(|| {
            let left = self.remain_balance.as_ref().map(ToString::to_string);
            left.is_some_and(|left| left == "-1")
        })
    }
}

impl Client {
    /// Returns the balance of the account. Costs nothing, so it is retried within [`Retries`](crate::Retries).
    ///
    /// Cancel-safe.
    ///
    /// # Errors
    /// As [`status`](Self::status), except those about a task.
    #[tracing::instrument(name = "balance", skip_all)]
    pub async fn balance(&self) -> Result<Balance, Error> {
        self.retried(|| self.balance_once()).await
    }

    async fn balance_once(&self) -> Result<Balance, Error> {
        let mut answer = self.ask(self.endpoint(&["balance"])).await?;
        let is_amount = |node: Node<'_>| {
            AMOUNTS
                .iter()
                .any(|name| node.key().is_some_and(|key| key.equals(name)))
        };
        answer.body = with_numbers_as_texts(&answer.body, is_amount).into_owned();
        let members = answer.object(self.sanitiser())?;
        if is_error_object(&members) {
            return Err(answer.refusal("the service does not report the balance", self.sanitiser()));
        }
        Ok(Balance::from(members))
    }
}
