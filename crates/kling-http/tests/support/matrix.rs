//! The table of faults, and whether what was observed agrees with it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::subject::Seen;

/// A fault and its permitted outcomes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Row {
    /// What happens.
    pub(crate) fault: String,
    /// The correct verdicts, for a submit.
    #[serde(default)]
    pub(crate) verdict: Vec<String>,
    /// The maximum number of charges for one task.
    pub(crate) max_charges: usize,
    /// If no test here shows it: what shows it instead.
    pub(crate) elsewhere: Option<String>,
}

/// All rows by their id.
pub(crate) fn rows() -> BTreeMap<String, Row> {
    toml::from_str(include_str!("../kling_http_faults/matrix.toml")).unwrap()
}

/// One way to produce a fault, and what was observed.
#[derive(Debug)]
pub(crate) struct Observed {
    pub(crate) case: String,
    pub(crate) attempts: usize,
    /// Submits that arrived completely, at all servers.
    pub(crate) posts: usize,
    /// Charges, one for each attempt that was charged.
    pub(crate) charges: usize,
    pub(crate) seen: Vec<Seen>,
}

/// The parts of the row that are violated; empty if there are none.
pub(crate) fn violations(id: &str, observed: &[Observed]) -> Vec<String> {
    let rows = rows();
    let row = &rows[id];
    let mut violations = Vec::new();
    for Observed {
        case,
        attempts,
        posts,
        charges,
        seen,
    } in observed
    {
        let mut violated =
            |what: String| violations.push(format!("{id} ({}), {case}: {what}", row.fault));
        if posts > attempts {
            violated(format!("{posts} submits arrived for {attempts} attempts"));
        }
        if *charges > row.max_charges * attempts {
            violated(format!("{charges} charges for {attempts} attempts"));
        }
        for seen in seen {
            if !row.verdict.iter().any(|verdict| verdict == seen.name()) {
                violated(format!("{seen:?} is none of {:?}", row.verdict));
            }
        }
        if seen.len() != *attempts {
            violated(format!("{} verdicts for {attempts} attempts", seen.len()));
        }
    }
    if observed.is_empty() {
        violations.push(format!("{id}: nothing was tried"));
    }
    violations
}
