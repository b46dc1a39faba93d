//! Which claims of a contract a common rule holds a request to.

use kling_spec::{CommonRule, Field, Format, Ground, Kind, Placeholders, Scalar, Spec};

/// A claim that a rule rests on.
pub(super) struct Claim<'s> {
    /// The field, or the kind of placeholder.
    pub(super) place: String,
    /// What is claimed, in a few words.
    pub(super) detail: String,
    pub(super) ground: &'s Ground,
}

/// The claims of a contract that break when the rule has a finding; none for a rule that holds for every text.
pub(super) fn claims(rule: CommonRule, spec: &Spec) -> Vec<Claim<'_>> {
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
        | CommonRule::MisplacedField
        | CommonRule::SuspiciousHost => Vec::new(),
        CommonRule::MissingField => fields(spec, |field| {
            Some((String::new(), field.required.as_ref()?))
        }),
        CommonRule::WrongType => fields(spec, |field| {
            Some((field.kind.with_article().to_owned(), &field.ground))
        }),
        CommonRule::WrongValue => values(spec, false),
        CommonRule::UncommonValue => values(spec, true),
        CommonRule::InvalidRatio => formats(spec, &[Format::Ratio]),
        CommonRule::BlankText => formats(spec, &[Format::NonBlank]),
        CommonRule::TooLong => fields(spec, |field| {
            let most = field.max_characters.as_ref()?;
            Some((format!("at most {} characters", most.value), &most.ground))
        }),
        CommonRule::TooManyItems => fields(spec, |field| {
            let most = field.max_items.as_ref()?;
            Some((format!("at most {}", most.value), &most.ground))
        }),
        CommonRule::LocalFile
        | CommonRule::InlineMedia
        | CommonRule::UnsupportedScheme
        | CommonRule::RelativeUrl
        | CommonRule::InvalidUrl
        | CommonRule::PrivateHost => formats(spec, &[Format::PublicUrl, Format::AssetUrl]),
        CommonRule::UnknownScheme => formats(spec, &[Format::AssetUrl]),
        CommonRule::PlaceholderRange => kinds(spec, |kind| kind.range.as_ref()),
        CommonRule::PlaceholderOrder => kinds(spec, |kind| kind.order.as_ref()),
        CommonRule::PlaceholderUnused => kinds(spec, |kind| kind.unused.as_ref()),
        CommonRule::PlaceholderMalformed => placeholders(spec, |all| all.malformed.as_ref()),
        CommonRule::PlaceholderWrongKind => placeholders(spec, |all| all.wrong_kind.as_ref()),
        CommonRule::PlaceholderDialect => placeholders(spec, |all| all.dialect.as_ref()),
        CommonRule::PlaceholderUnsupported => placeholders(spec, |all| all.unsupported.as_ref()),
    }
}

fn fields<'s>(
    spec: &'s Spec,
    claim: impl Fn(&'s Field) -> Option<(String, &'s Ground)>,
) -> Vec<Claim<'s>> {
    let claimed = |field: &'s Field| {
        let (detail, ground) = claim(field)?;
        Some(Claim {
            place: field.path.to_string(),
            detail,
            ground,
        })
    };
    spec.fields.values().filter_map(claimed).collect()
}

fn values(spec: &Spec, open: bool) -> Vec<Claim<'_>> {
    fields(spec, |field| {
        let values = field
            .values
            .as_ref()
            .filter(|values| values.value.open == open)?;
        let list: Vec<String> = values.value.list.iter().map(Scalar::to_string).collect();
        Some((list.join(", "), &values.ground))
    })
}

fn formats<'s>(spec: &'s Spec, wanted: &[Format]) -> Vec<Claim<'s>> {
    fields(spec, |field| {
        let format = field
            .format
            .as_ref()
            .filter(|format| wanted.contains(&format.value))?;
        Some((String::new(), &format.ground))
    })
}

fn kinds<'s>(spec: &'s Spec, ground: impl Fn(&'s Kind) -> Option<&'s Ground>) -> Vec<Claim<'s>> {
    let kinds = spec.placeholders.iter().flat_map(|all| &all.kinds);
    let claimed = |kind: &'s Kind| {
        let detail = kind
            .list
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        Some(Claim {
            place: format!("<<<{}_N>>>", kind.name),
            detail,
            ground: ground(kind)?,
        })
    };
    kinds.filter_map(claimed).collect()
}

fn placeholders<'s>(
    spec: &'s Spec,
    ground: impl Fn(&'s Placeholders) -> Option<&'s Ground>,
) -> Vec<Claim<'s>> {
    let claimed = |all: &'s Placeholders| {
        Some(Claim {
            place: all.field.to_string(),
            detail: String::new(),
            ground: ground(all)?,
        })
    };
    spec.placeholders.iter().filter_map(claimed).collect()
}
