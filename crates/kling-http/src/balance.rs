//! The balance.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::answer::{deserialize_from, is_error_object, take};
use crate::client::Client;
use crate::error::Error;

/// What is left on the account. Members may be missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Balance {
    /// What is left, in the service's own unit; -1 if it is unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remain_balance: Option<Number>,
    /// What was used, in the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_balance: Option<Number>,
    /// Whether what may be used is unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlimited_quota: Option<bool>,
    /// What is left in credits, also if it is unlimited. Only later editions of the service have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remain_credits: Option<Number>,
    /// What was used in credits. Only later editions of the service have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_credits: Option<Number>,
    /// How many credits a US dollar is worth. Only later editions of the service have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits_per_usd: Option<Number>,
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
            let left = self.remain_balance.as_ref();
            left.and_then(Number::as_i64) == Some(-1)
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
        let answer = self.ask(self.endpoint(&["balance"])).await?;
        let members = answer.object(self.sanitiser())?;
        if is_error_object(&members) {
            return Err(answer.refusal("the service does not report the balance", self.sanitiser()));
        }
        Ok(Balance::from(members))
    }
}
