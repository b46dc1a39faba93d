//! Who was charged for what, and what was charged twice.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

/// Every charge, in order.
///
/// A charge is a **double charge** if an earlier one was for the same body or for the same `client_business_id`: two
/// bodies are the same if they say the same, whatever their blanks and the order of their members. Whoever means to make
/// two videos of one text gives them two ids.
///
/// A charge is for a **repeated request** if an earlier one was for the same body apart from `client_business_id`: a
/// client that makes a new id for each attempt pays twice without a double charge, and is found out by this number.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    charges: Vec<Charge>,
    /// How often each body and each id was charged.
    bodies: HashMap<String, u64>,
    requests: HashSet<String>,
    ids: HashMap<String, u64>,
    double: u64,
    repeated: u64,
    per_spec: BTreeMap<String, Sum>,
    seconds: u64,
}

/// One charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Charge {
    /// The task that was charged for.
    pub task: String,
    /// The caller's own id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_business_id: Option<String>,
    /// A hash of the body's canonical text, in hexadecimal.
    pub body_hash: String,
    /// The same of the body without its `client_business_id`.
    pub request_hash: String,
    /// The billing spec, such as `720P+Sound`; `unknown` where the contract does not tell.
    pub spec: String,
    /// The seconds charged, where the request tells.
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
pub struct Sum {
    /// The number of charges.
    pub charges: u64,
    /// The sum of the seconds, as far as the requests tell them.
    pub seconds: u64,
}

/// All charges for one body or one id.
#[derive(Debug, Serialize)]
struct Group<'l> {
    #[serde(flatten)]
    key: GroupKey<'l>,
    charges: u64,
    double: bool,
    tasks: Vec<&'l str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum GroupKey<'l> {
    BodyHash(&'l str),
    ClientBusinessId(&'l str),
}

impl Ledger {
    /// The charges in their order.
    pub fn charges(&self) -> &[Charge] {
        &self.charges
    }

    /// How many charges are double charges.
    pub const fn double_charges(&self) -> u64 {
        self.double
    }

    /// How many charges are for a request that was charged before, whatever `client_business_id` each carried.
    pub const fn repeated_requests(&self) -> u64 {
        self.repeated
    }

    /// How often a `client_business_id` was charged.
    pub fn charges_of(&self, client_business_id: &str) -> u64 {
        self.ids
            .get(client_business_id)
            .copied()
            .unwrap_or_default()
    }

    /// The charges of each billing spec.
    pub const fn per_spec(&self) -> &BTreeMap<String, Sum> {
        &self.per_spec
    }

    /// All seconds charged.
    pub const fn seconds(&self) -> u64 {
        self.seconds
    }

    /// Writes a charge down; whether it is for something charged before is found out here.
    pub(crate) fn charge(&mut self, mut charge: Charge) {
        let body = self.bodies.entry(charge.body_hash.clone()).or_default();
        charge.double = *body > 0;
        *body += 1;
        if let Some(id) = &charge.client_business_id {
            let id = self.ids.entry(id.clone()).or_default();
            charge.double |= *id > 0;
            *id += 1;
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

    /// The charges by a key, in the order in which the keys first came.
    fn groups<'l, K: Fn(&'l Charge) -> Option<&'l str>>(
        &'l self,
        key: K,
        named: fn(&'l str) -> GroupKey<'l>,
    ) -> Vec<Group<'l>> {
        let mut groups: Vec<Group<'l>> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for charge in &self.charges {
            let Some(key) = key(charge) else {
                continue;
            };
            let place = *places.entry(key).or_insert_with(|| {
                groups.push(Group {
                    key: named(key),
                    charges: 0,
                    double: false,
                    tasks: Vec::new(),
                });
                groups.len() - 1
            });
            let group = &mut groups[place];
            group.double = group.charges > 0;
            group.charges += 1;
            group.tasks.push(&charge.task);
        }
        groups
    }
}

/// The form of `GET /_emulator/ledger`.
impl Serialize for Ledger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bodies = self.groups(|charge| Some(&charge.body_hash), GroupKey::BodyHash);
        let ids = self.groups(
            |charge| charge.client_business_id.as_deref(),
            GroupKey::ClientBusinessId,
        );
        let mut ledger = serializer.serialize_struct("Ledger", 9)?;
        ledger.serialize_field("version", &1)?;
        ledger.serialize_field("charges", &self.charges.len())?;
        ledger.serialize_field("seconds", &self.seconds)?;
        ledger.serialize_field("double_charges", &self.double)?;
        ledger.serialize_field("repeated_requests", &self.repeated)?;
        ledger.serialize_field("per_body", &bodies)?;
        ledger.serialize_field("per_client_business_id", &ids)?;
        ledger.serialize_field("per_spec", &self.per_spec)?;
        ledger.serialize_field("entries", &self.charges)?;
        ledger.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn charge(task: &str, id: Option<&str>, body: &str) -> Charge {
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

    #[test]
    fn the_form_of_the_ledger() {
        let mut ledger = Ledger::default();
        ledger.charge(charge("a", Some("x"), "1"));
        ledger.charge(charge("b", Some("x"), "1"));
        insta::assert_json_snapshot!(ledger);
    }
}
