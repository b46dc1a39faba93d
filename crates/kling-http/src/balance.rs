//! The balance.

use kling_json::Document;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::answer::{deserialize_from, is_error_object, take};
use crate::client::Client;
use crate::decimal::Decimal;
use crate::error::Error;

/// What is left on the account. Members may be missing. The digits of all amounts are those of the answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Balance {
    /// What is left, in the service's own unit; -1 if there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remain_balance: Option<Decimal>,
    /// What was used, in the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_balance: Option<Decimal>,
    /// Whether there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlimited_quota: Option<bool>,
    /// What is left in credits, even if there is no limit. Only later editions of the service have it.
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
    /// Whether there is no limit: the answer says so, or what is left is -1.
    pub fn is_unlimited(&self) -> bool {
        self.unlimited_quota.unwrap_or_else(|| {
            let left = self.remain_balance.as_ref().map(ToString::to_string);
            left.is_some_and(|left| left == "-1")
        })
    }

    /// Takes the digits of the amounts from the text of the answer: reading them as numbers could have rounded them.
    fn with_digits_of(mut self, body: &[u8]) -> Self {
        let text = std::str::from_utf8(body).unwrap_or_default();
        let Ok(document) = Document::parse(text) else {
            return self;
        };
        for (name, amount) in [
            ("remain_balance", &mut self.remain_balance),
            ("used_balance", &mut self.used_balance),
            ("remain_credits", &mut self.remain_credits),
            ("used_credits", &mut self.used_credits),
            ("credits_per_usd", &mut self.credits_per_usd),
        ] {
            let written = document.root().member(name).and_then(|node| node.number());
            if let Some(written) = written.and_then(|number| number.raw().parse().ok()) {
                *amount = Some(written);
            }
        }
        self
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
        Ok(Balance::from(members).with_digits_of(&answer.body))
    }
}
