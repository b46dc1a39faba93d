//! The balance.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::answer::{deserialize_from, is_error_object, take};
use crate::client::Client;
use crate::error::Error;

/// What is left on the account, in the service's own unit. Members may be missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Balance {
    /// What is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remain_balance: Option<Number>,
    /// What was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_balance: Option<Number>,
    /// Whether there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlimited_quota: Option<bool>,
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
            other: members,
        }
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
