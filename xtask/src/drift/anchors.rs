//! The places on a page that the claims of a contract rest on.

use std::collections::BTreeMap;
use std::fmt;

use kling_spec::{Evidence, Field, Ground, Path, Placeholders, Spec};

/// What separates the places of a source.
pub(super) const BETWEEN: &str = "; ";

/// A claim of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// That a field is there, with its type.
    Field(Path),
    /// What a row claims under a key.
    OfField(Path, &'static str),
    /// What is claimed of all placeholders under a key.
    Placeholders(&'static str),
    /// What is claimed of a kind of placeholder under a key.
    Kind(String, &'static str),
    /// A rule over several fields.
    Rule(String),
    /// The bill.
    Billing,
}

/// Writes the claim as the contract writes its keys.
impl fmt::Display for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(path) => write!(f, "field.{path}"),
            Self::OfField(path, key) => write!(f, "field.{path}.grounds.{key}"),
            Self::Placeholders(key) => write!(f, "placeholders.{key}"),
            Self::Kind(kind, key) => write!(f, "placeholders.kind.{kind}.{key}"),
            Self::Rule(id) => write!(f, "rule.{id}"),
            Self::Billing => f.write_str("billing"),
        }
    }
}

/// Returns the place on the page that a claim rests on.
pub(super) fn source(ground: &Ground) -> Option<&str> {
    match &ground.evidence {
        Evidence::Source(source) => Some(source),
        Evidence::Edition(_) | Evidence::Inferred(_) | Evidence::Upstream(_) => None,
    }
}

/// Returns the claims of a contract by the place that they rest on.
pub(super) fn of_contract(spec: &Spec) -> BTreeMap<String, Vec<Claimed>> {
    let mut places: BTreeMap<String, Vec<Claimed>> = BTreeMap::new();
    let mut add = |source: &str, claim: &Claimed| {
        for place in source.split(BETWEEN) {
            let claims = places.entry(place.to_owned()).or_default();
            claims.push(claim.clone());
        }
    };
    for (claim, ground) in grounds(spec) {
        if let Some(source) = source(ground) {
            add(source, &claim);
        }
    }
    if let Some(billing) = spec.billing() {
        add(&billing.source, &Claimed::Billing);
    }
    places
}

/// Returns every ground of a contract's own claims; the bill has none, only a source.
pub(super) fn grounds(spec: &Spec) -> Vec<(Claimed, &Ground)> {
    let own = spec.fields().values().filter(|field| !field.common);
    let mut grounds: Vec<(Claimed, &Ground)> = own.flat_map(of_field).collect();
    grounds.extend(spec.placeholders().into_iter().flat_map(of_placeholders));
    let rules = spec.rules().iter();
    grounds.extend(rules.map(|rule| (Claimed::Rule(rule.id.clone()), &rule.ground)));
    grounds
}

fn of_field(field: &Field) -> Vec<(Claimed, &Ground)> {
    let own = field.own_grounds();
    let own = own.map(|(key, ground)| (Claimed::OfField(field.path.clone(), key), ground));
    let row = (Claimed::Field(field.path.clone()), &field.ground);
    std::iter::once(row).chain(own).collect()
}

fn of_placeholders(all: &Placeholders) -> Vec<(Claimed, &Ground)> {
    let forms = [
        ("malformed", all.malformed.as_ref()),
        ("wrong-kind", all.wrong_kind.as_ref()),
        ("dialect", all.dialect.as_ref()),
        ("unsupported", all.unsupported.as_ref()),
    ];
    let forms = forms
        .into_iter()
        .map(|(key, ground)| (Claimed::Placeholders(key), ground));
    let kinds = all.kinds.iter().flat_map(|kind| {
        let claims = [
            ("range", kind.range.as_ref()),
            ("order", kind.order.as_ref()),
            ("unused", kind.unused.as_ref()),
        ];
        claims.map(|(key, ground)| (Claimed::Kind(kind.name.clone(), key), ground))
    });
    let all = forms.chain(kinds);
    all.filter_map(|(claim, ground)| Some((claim, ground?)))
        .collect()
}
