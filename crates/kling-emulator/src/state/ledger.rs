//! What was charged, and what was charged twice.

use std::collections::{BTreeMap, HashSet};

use indexmap::IndexMap;
use serde::Serialize;

use crate::http::wide;

/// The charges for each body or each id, by number, in the order of the first charge of each.
pub(super) type Groups = IndexMap<String, Vec<usize>>;

/// Every charge, in order.
///
/// A charge is a **double charge** if an earlier one was for the same body or for the same `client_business_id`: two
/// bodies are the same if they have the same content, whatever their white space and the order of their members. To
/// make two videos from one text, give them two ids.
///
/// A charge is for a **repeated request** if an earlier one was for the same body apart from `client_business_id`: a
/// client that makes a new id for each attempt pays twice without a double charge, and is detected by this number.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    charges: Vec<Charge>,
    bodies: Groups,
    requests: HashSet<String>,
    ids: Groups,
    double: u64,
    repeated: u64,
    per_spec: BTreeMap<String, Sum>,
    seconds: u64,
}

/// One charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Charge {
    /// The task that was charged.
    pub task: String,
    /// The caller's own id for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_business_id: Option<String>,
    /// A hash of the body's canonical text, in hexadecimal.
    pub body_hash: String,
    /// As `body_hash`, for the body without its `client_business_id`.
    pub request_hash: String,
    /// The billing spec, such as `720P+Sound`; `unknown` if the contract does not specify it.
    pub spec: String,
    /// The seconds charged, if the request specifies them.
    pub seconds: Option<u32>,
    /// When, in milliseconds of Unix time by the emulator's clock.
    pub at_ms: u64,
    /// Whether an earlier charge was for the same body or the same `client_business_id`.
    pub double: bool,
    /// Whether an earlier charge was for the same body apart from `client_business_id`.
    pub repeated: bool,
}

/// Charges and the seconds charged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Sum {
    /// The number of charges.
    pub charges: u64,
    /// The sum of the seconds, as far as the requests specify them.
    pub seconds: u64,
}

impl Ledger {
    /// Returns the charges in order.
    pub fn charges(&self) -> &[Charge] {
        &self.charges
    }

    /// Returns the number of double charges.
    pub const fn double_charges(&self) -> u64 {
        self.double
    }

    /// Returns the number of charges for a request that was charged before, whatever `client_business_id` each had.
    pub const fn repeated_requests(&self) -> u64 {
        self.repeated
    }

    /// Returns how many times a `client_business_id` was charged.
    pub fn charges_of(&self, client_business_id: &str) -> u64 {
        let charges = self.ids.get(client_business_id);
        charges.map_or(0, |charges| wide(charges.len()))
    }

    /// Returns the charges of each billing spec.
    pub const fn per_spec(&self) -> &BTreeMap<String, Sum> {
        &self.per_spec
    }

    /// Returns all seconds charged.
    pub const fn seconds(&self) -> u64 {
        self.seconds
    }

    /// Records a charge; determines whether it is for something that was charged before.
    pub(crate) fn charge(&mut self, mut charge: Charge) {
        let number = self.charges.len();
        let body = self.bodies.entry(charge.body_hash.clone()).or_default();
        charge.double = !body.is_empty();
        body.push(number);
        if let Some(id) = &charge.client_business_id {
            let id = self.ids.entry(id.clone()).or_default();
            charge.double |= !id.is_empty();
            id.push(number);
        }
        charge.repeated = !self.requests.insert(charge.request_hash.clone());
        self.repeated += u64::from(charge.repeated);
        let sum = self.per_spec.entry(charge.spec.clone()).or_default();
        let seconds = u64::from(charge.seconds.unwrap_or_default());
        sum.charges += 1;
        sum.seconds += seconds;
        self.seconds += seconds;
        self.double += u64::from(charge.double);
        self.charges.push(charge);
    }

    pub(super) const fn bodies(&self) -> &Groups {
        &self.bodies
    }

    pub(super) const fn ids(&self) -> &Groups {
        &self.ids
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn charge(task: &str, id: Option<&str>, body: &str) -> Charge {
        Charge {
            task: task.to_owned(),
            client_business_id: id.map(str::to_owned),
            body_hash: body.to_owned(),
            request_hash: body.to_owned(),
            spec: "720P".to_owned(),
            seconds: Some(5),
            at_ms: 1,
            double: false,
            repeated: false,
        }
    }

    #[test]
    fn the_same_body_or_the_same_id_again_is_a_double_charge() {
        let mut ledger = Ledger::default();
        ledger.charge(charge("a", None, "1"));
        ledger.charge(charge("b", Some("x"), "2"));
        assert_eq!(ledger.double_charges(), 0);
        ledger.charge(charge("c", None, "1"));
        ledger.charge(charge("d", Some("x"), "3"));
        ledger.charge(charge("e", Some("y"), "4"));
        assert_eq!(ledger.double_charges(), 2);
        let doubles: Vec<bool> = ledger
            .charges()
            .iter()
            .map(|charge| charge.double)
            .collect();
        assert_eq!(doubles, [false, false, true, true, false]);
        assert_eq!((ledger.charges_of("x"), ledger.charges_of("z")), (2, 0));
        assert_eq!(
            ledger.per_spec()["720P"],
            Sum {
                charges: 5,
                seconds: 25
            }
        );
    }
}
