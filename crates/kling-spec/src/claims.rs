//! Which claims of a contract a common rule checks.

use crate::common::CommonRule;
use crate::field::{Field, Format};
use crate::ground::Ground;
use crate::scalar::Scalar;
use crate::spec::{Kind, Placeholders, Spec};

/// A claim of a contract that a common rule checks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleClaim<'s> {
    /// The field, or the form of the placeholder, that the claim is about.
    pub place: String,
    /// The claim in a few words; empty if the rule says it all.
    pub detail: String,
    /// The ground of the claim.
    pub ground: &'s Ground,
}

impl Spec {
    /// Returns the claims of the contract that are broken if the rule has a finding; none for a rule that needs no
    /// claim.
    ///
    /// ```
    /// use kling_spec::{CommonRule, Spec};
    ///
    /// let spec = Spec::embedded("kling-v3").expect("a known model");
    /// let claims = spec.claims_of(CommonRule::TooManyItems);
    /// assert_eq!(claims[0].place, "image_urls");
    /// assert_eq!(claims[0].detail, "at most 2");
    /// ```
    pub fn claims_of(&self, rule: CommonRule) -> Vec<RuleClaim<'_>> {
        claims(rule, self)
    }
}

fn claims(rule: CommonRule, spec: &Spec) -> Vec<RuleClaim<'_>> {
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
        CommonRule::LocalFile | CommonRule::InlineMedia => {
            formats(spec, &[Format::PublicUrl, Format::AssetUrl])
        }
        CommonRule::RelativeUrl
        | CommonRule::InvalidUrl
        | CommonRule::PrivateHost
        | CommonRule::SuspiciousHost => formats(
            spec,
            &[Format::PublicUrl, Format::AssetUrl, Format::CallbackUrl],
        ),
        CommonRule::UnsupportedScheme => formats(spec, &[Format::PublicUrl, Format::CallbackUrl]),
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
) -> Vec<RuleClaim<'s>> {
    let claimed = |field: &'s Field| {
        let (detail, ground) = claim(field)?;
        Some(RuleClaim {
            place: field.path.to_string(),
            detail,
            ground,
        })
    };
    spec.fields.values().filter_map(claimed).collect()
}

fn values(spec: &Spec, open: bool) -> Vec<RuleClaim<'_>> {
    fields(spec, |field| {
        let values = field
            .values
            .as_ref()
            .filter(|values| values.value.open == open)?;
        let list: Vec<String> = values.value.list.iter().map(Scalar::to_string).collect();
        Some((list.join(", "), &values.ground))
    })
}

fn formats<'s>(spec: &'s Spec, wanted: &[Format]) -> Vec<RuleClaim<'s>> {
    fields(spec, |field| {
        let format = field
            .format
            .as_ref()
            .filter(|format| wanted.contains(&format.value))?;
        Some((String::new(), &format.ground))
    })
}

fn kinds<'s>(
    spec: &'s Spec,
    ground: impl Fn(&'s Kind) -> Option<&'s Ground>,
) -> Vec<RuleClaim<'s>> {
    let kinds = spec.placeholders.iter().flat_map(|all| &all.kinds);
    let claimed = |kind: &'s Kind| {
        let detail = kind
            .list
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        Some(RuleClaim {
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
) -> Vec<RuleClaim<'s>> {
    let claimed = |all: &'s Placeholders| {
        Some(RuleClaim {
            place: all.field.to_string(),
            detail: String::new(),
            ground: ground(all)?,
        })
    };
    spec.placeholders.iter().filter_map(claimed).collect()
}
