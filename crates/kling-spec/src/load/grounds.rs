//! What claims rest on: exactly one kind of evidence each, and a reason if the level differs from it.

use super::error::{At, LoadError};
use super::not_blank;
use crate::contract::GroundRow;
use crate::field::Claim;
use crate::ground::{Evidence, Ground, Service};

/// Returns the ground that a row states. `service` is what the service does if the row does not say and a page
/// documents it.
pub(super) fn ground(row: GroundRow, service: Service) -> Result<Ground, LoadError> {
    let given = [
        ("source", row.source.map(Evidence::Source)),
        ("edition", row.edition.map(Evidence::Edition)),
        ("inferred", row.inferred.map(Evidence::Inferred)),
        ("upstream", row.upstream.map(Evidence::Upstream)),
    ];
    let mut given = given
        .into_iter()
        .filter_map(|(key, evidence)| Some((key, evidence?)));
    let (Some((key, evidence)), None) = (given.next(), given.next()) else {
        return Err(LoadError::new("a claim needs exactly one ground")
            .expecting("one of `source`, `edition`, `inferred`, `upstream`"));
    };
    let (Evidence::Source(text)
    | Evidence::Edition(text)
    | Evidence::Inferred(text)
    | Evidence::Upstream(text)) = &evidence;
    not_blank(key, text)?;
    if row.level.is_some() && row.reason.is_none() {
        return Err(LoadError::new("a `level` needs a `reason`")).at("level");
    }
    let is_documented = matches!(evidence, Evidence::Source(_) | Evidence::Edition(_));
    let service = row.service.unwrap_or(if is_documented {
        service
    } else {
        Service::Unknown
    });
    Ok(Ground {
        level: row.level.unwrap_or_else(|| evidence.level(service)),
        evidence,
        service,
        reason: row.reason,
    })
}

/// Returns the ground under a key, if it is there.
pub(super) fn ground_at(
    key: &str,
    row: Option<GroundRow>,
    service: Service,
) -> Result<Option<Ground>, LoadError> {
    row.map(|row| ground(row, service)).transpose().at(key)
}

/// Returns what a row of a field claims under a key. The claim rests on what `grounds` has for the key, otherwise on
/// the ground of the row.
pub(super) fn claim<T>(
    key: &str,
    value: Option<T>,
    own: Option<GroundRow>,
    row: &Ground,
) -> Result<Option<Claim<T>>, LoadError> {
    let own = ground_at(key, own, Service::Refuses).at("grounds")?;
    match (value, own) {
        (None, Some(_)) => {
            let message = format!("the ground of `{key}` has no claim: the row has no `{key}`");
            Err(LoadError::new(message)).at(key).at("grounds")
        }
        (value, own) => Ok(value.map(|value| Claim {
            value,
            ground: own.unwrap_or_else(|| row.clone()),
        })),
    }
}
