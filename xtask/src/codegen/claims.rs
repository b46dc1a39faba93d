//! Which claims of a contract each common rule holds requests to.

use kling_spec::{CommonRule, Evidence, Field, Format, Ground, Kind, Placeholders, Spec};

/// A claim: the field or placeholder it is about, and its ground.
pub(super) type Place<'s> = (String, &'s Ground);

/// The claims of a contract that a common rule looks at; none for a rule that needs no claim.
pub(super) fn claims(rule: CommonRule, spec: &Spec) -> Vec<Place<'_>> {
    match rule {
        CommonRule::JsonSyntax
        | CommonRule::RequestTooLarge
        | CommonRule::NotAnObject
        | CommonRule::DuplicateKey
        | CommonRule::NullValue
        | CommonRule::UnknownModel
        | CommonRule::NumberNotation
        | CommonRule::EmptyList
        | CommonRule::UnknownField
        | CommonRule::MisnamedField
        | CommonRule::MisplacedField => Vec::new(),
        CommonRule::MissingField => fields(spec, |field| field.required.as_ref()),
        CommonRule::WrongType => fields(spec, |field| Some(&field.ground)),
        CommonRule::WrongValue => fields(spec, |field| values(field, false)),
        CommonRule::UncommonValue => fields(spec, |field| values(field, true)),
        CommonRule::InvalidRatio => fields(spec, |field| format(field, &[Format::Ratio])),
        CommonRule::BlankText => fields(spec, |field| format(field, &[Format::NonBlank])),
        CommonRule::TooLong => fields(spec, |field| {
            field.max_characters.as_ref().map(|claim| &claim.ground)
        }),
        CommonRule::TooManyItems => fields(spec, |field| {
            field.max_items.as_ref().map(|claim| &claim.ground)
        }),
        CommonRule::LocalFile
        | CommonRule::InlineMedia
        | CommonRule::RelativeUrl
        | CommonRule::InvalidUrl
        | CommonRule::PrivateHost
        | CommonRule::SuspiciousHost => fields(spec, |field| {
            format(field, &[Format::PublicUrl, Format::AssetUrl])
        }),
        CommonRule::UnsupportedScheme => fields(spec, |field| format(field, &[Format::PublicUrl])),
        CommonRule::UnknownScheme => fields(spec, |field| format(field, &[Format::AssetUrl])),
        CommonRule::PlaceholderMalformed => {
            text(spec, |placeholders| placeholders.malformed.as_ref())
        }
        CommonRule::PlaceholderWrongKind => {
            text(spec, |placeholders| placeholders.wrong_kind.as_ref())
        }
        CommonRule::PlaceholderDialect => text(spec, |placeholders| placeholders.dialect.as_ref()),
        CommonRule::PlaceholderUnsupported => {
            text(spec, |placeholders| placeholders.unsupported.as_ref())
        }
        CommonRule::PlaceholderRange => kinds(spec, |kind| kind.range.as_ref()),
        CommonRule::PlaceholderOrder => kinds(spec, |kind| kind.order.as_ref()),
        CommonRule::PlaceholderUnused => kinds(spec, |kind| kind.unused.as_ref()),
    }
}

/// Why a claim is believed, and why its level is another than that gives.
pub(super) fn why(ground: &Ground) -> String {
    let evidence = match &ground.evidence {
        Evidence::Source(_) => format!("page: {}", ground.evidence),
        Evidence::Edition(_) | Evidence::Inferred(_) | Evidence::Upstream(_) => {
            ground.evidence.to_string()
        }
    };
    match &ground.reason {
        Some(reason) => format!("{evidence}; {reason}"),
        None => evidence,
    }
}

fn fields<'s>(spec: &'s Spec, ground: impl Fn(&'s Field) -> Option<&'s Ground>) -> Vec<Place<'s>> {
    let rows = spec.fields.values();
    rows.filter_map(|field| Some((field.path.to_string(), ground(field)?)))
        .collect()
}

fn values(field: &Field, open: bool) -> Option<&Ground> {
    let claim = field
        .values
        .as_ref()
        .filter(|claim| claim.value.open == open)?;
    Some(&claim.ground)
}

fn format<'s>(field: &'s Field, formats: &[Format]) -> Option<&'s Ground> {
    let claim = field
        .format
        .as_ref()
        .filter(|claim| formats.contains(&claim.value))?;
    Some(&claim.ground)
}

fn text<'s>(
    spec: &'s Spec,
    ground: impl Fn(&'s Placeholders) -> Option<&'s Ground>,
) -> Vec<Place<'s>> {
    let place = |placeholders: &'s Placeholders| {
        Some((placeholders.field.to_string(), ground(placeholders)?))
    };
    spec.placeholders.iter().filter_map(place).collect()
}

fn kinds<'s>(spec: &'s Spec, ground: impl Fn(&'s Kind) -> Option<&'s Ground>) -> Vec<Place<'s>> {
    let kinds = spec
        .placeholders
        .iter()
        .flat_map(|placeholders| &placeholders.kinds);
    kinds
        .filter_map(|kind| Some((format!("<<<{}_N>>>", kind.name), ground(kind)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kling_spec::{Common, EMBEDDED};

    #[test]
    fn a_rule_without_a_level_of_its_own_has_a_claim_that_gives_it() {
        let specs: Vec<Spec> = EMBEDDED
            .iter()
            .map(kling_spec::EmbeddedContract::parse)
            .collect();
        for entry in Common::embedded().rules() {
            let claimed = specs
                .iter()
                .any(|spec| !claims(entry.rule, spec).is_empty());
            assert!(
                claimed || entry.level.is_some() && entry.service.is_some(),
                "{}",
                entry.rule
            );
        }
    }
}
