//! The texts of each kind of finding.

use std::borrow::Cow;

use kling_json::{Kind, Node, SyntaxError, SyntaxErrorKind};
use kling_prompt::{Reason, Reference, write_placeholder};
use kling_spec::{Placeholders, Service};
use kling_text::{quote, quote_string};

use super::FindingText;
use super::phrases::{Values, alternatives, and_list, found_kind, of_field};
use super::unexpected_key::unexpected_key;
use super::value::of_value;
use crate::context::Context;
use crate::finding::{Finding, FindingKind, PlaceholderFinding, PlaceholderProblem, Rule};
use crate::table::FieldId;

/// Returns the texts of a finding.
pub(super) fn finding_text(finding: &Finding<'_>, context: &Context<'_>) -> FindingText {
    match finding.rule {
        Rule::Common(rule) => {
            let texts = context.models.common().rule(rule);
            let values = values(finding, context).unwrap_or_default();
            let help = if let FindingKind::Syntax(error) = finding.kind {
                syntax_help(error).map(str::to_owned)
            } else {
                texts.help.as_ref().map(|help| help.render(&values))
            };
            let ground = finding.kind.ground(context);
            let source = ground.map(|ground| context.source(ground));
            FindingText {
                message: texts.say.render(&values),
                help: help.filter(|help| !help.is_empty()),
                source: source.unwrap_or_else(|| texts.reason.clone().unwrap_or_default()),
            }
        }
        Rule::OfContract(rule) => FindingText {
            message: rule.say.clone(),
            help: Some(rule.help.clone()),
            source: context.source(&rule.ground),
        },
    }
}

/// Returns the values of a finding; `None` if its field is not in the contract, which does not happen.
fn values<'v>(finding: &'v Finding<'_>, context: &Context<'v>) -> Option<Values<'v>> {
    let node = finding.node;
    let row = |field: FieldId| context.row(field);
    let named = |field: FieldId| {
        let phrases = of_field(context.table?, field);
        Some(("field", Cow::from(&phrases.name)))
    };
    Some(match &finding.kind {
        FindingKind::Syntax(error) => vec![("what", syntax_error(*error))],
        FindingKind::NotAnObject => not_an_object(node.kind()),
        FindingKind::UnknownModel { is_slip } => unknown_model(node, context, *is_slip),
        FindingKind::MissingModel => vec![
            ("field", "`model`".into()),
            (
                "about",
                format!("The models are {}", and_list(&quoted(context))).into(),
            ),
        ],
        FindingKind::MistypedModel => vec![
            ("field", "`model`".into()),
            (
                "expected",
                format!("a string, {}", known_models(context)).into(),
            ),
            ("found", found_kind(node.kind()).into()),
        ],
        FindingKind::Missing(field) => {
            let row = row(*field)?;
            let about = row.about.trim_end_matches('.');
            vec![named(*field)?, ("about", about.into())]
        }
        FindingKind::Null(field) | FindingKind::EmptyList(field) | FindingKind::Blank(field) => {
            vec![named(*field)?]
        }
        FindingKind::WrongType { field, .. }
        | FindingKind::NotWhole(field)
        | FindingKind::NotListed { field, .. }
        | FindingKind::Uncommon(field)
        | FindingKind::InvalidRatio(field)
        | FindingKind::Notation { field, .. }
        | FindingKind::Converted { field, .. } => {
            of_value(&finding.kind, node, context.table?, *field)
        }
        FindingKind::TooLong { field, characters } => {
            let row = row(*field)?;
            let limit = row.max_characters.as_ref()?.value;
            vec![
                named(*field)?,
                ("count", characters.to_string().into()),
                ("limit", limit.to_string().into()),
            ]
        }
        FindingKind::Address { field, problem } => vec![
            named(*field)?,
            ("what", problem.to_string().into()),
            ("remedy", problem.help().into()),
        ],
        FindingKind::TooManyItems { field, count } => {
            let row = row(*field)?;
            let limit = row.max_items.as_ref()?;
            let are_ignored = limit.ground.service == Service::Ignores;
            vec![
                named(*field)?,
                ("count", count.to_string().into()),
                ("limit", limit.value.to_string().into()),
                ("remedy", items_to_keep(limit.value, are_ignored).into()),
            ]
        }
        FindingKind::Duplicate => vec![("name", quote(&node.key()?.decode()).into())],
        FindingKind::UnexpectedKey(found) => unexpected_key(node, context, found)?,
        FindingKind::Placeholder(placeholder) => {
            of_placeholder(placeholder, context.table?.spec.placeholders()?)
        }
        FindingKind::Unmentioned { kind, number } => {
            let kind = context.table?.spec.placeholders()?.kinds.get(*kind)?;
            let placeholder = write_placeholder(&kind.name, *number);
            vec![("expected", format!("`{placeholder}`").into())]
        }
        FindingKind::Rule(_) => Values::new(),
    })
}

/// What is wrong with a text that is not JSON.
pub(super) fn syntax_error(error: SyntaxError) -> Cow<'static, str> {
    if error.kind == SyntaxErrorKind::Empty {
        "the file is empty".into()
    } else {
        error.to_string().into()
    }
}

/// What to do about it.
pub(super) fn syntax_help(error: SyntaxError) -> Option<&'static str> {
    if error.kind == SyntaxErrorKind::Empty {
        Some("write a request as a JSON object")
    } else if error.kind == SyntaxErrorKind::AnotherObject {
        // To remove the others would be to lose them.
        Some("if each line is a request, use `kling check --lines`, or name the file `.jsonl`")
    } else {
        error.help()
    }
}

fn not_an_object(kind: Kind) -> Values<'static> {
    let remedy = match kind {
        Kind::Array => {
            "put each request on its own line in a `.jsonl` file, or check them one by one"
        }
        Kind::String => "write the request itself, not a string that contains it",
        Kind::Object | Kind::Number | Kind::Boolean | Kind::Null => {
            "write the fields of the request in braces"
        }
    };
    vec![
        ("found", found_kind(kind).into()),
        ("remedy", remedy.into()),
    ]
}

fn unknown_model(node: Node<'_>, context: &Context<'_>, is_slip: bool) -> Values<'static> {
    let written = node.text().map(|text| text.decode()).unwrap_or_default();
    let id = context.table.map(|table| table.spec.id());
    let remedy = if let Some(id) = id.filter(|_| is_slip) {
        format!("write `\"{id}\"`")
    } else {
        instead_of_unknown(context.models.alike(&written), context.models.ids())
    };
    vec![
        ("found", quote_string(&written).into()),
        ("remedy", remedy.into()),
    ]
}

fn known_models(context: &Context<'_>) -> String {
    alternatives(&quoted(context))
}

fn quoted(context: &Context<'_>) -> Vec<String> {
    context.models.ids().map(quote).collect()
}

/// What to write instead of the id of a model that is not known.
pub(crate) fn instead_of_unknown<'m>(
    suggestion: Option<&str>,
    known: impl Iterator<Item = &'m str>,
) -> String {
    let known = and_list(&known.map(quote).collect::<Vec<_>>());
    match suggestion {
        Some(meant) => format!("did you mean {}? The models are {known}", quote(meant)),
        None => format!("the models are {known}"),
    }
}

/// Says what to do about a list with more items than the limit. Only the author knows which of them are meant.
fn items_to_keep(limit: u64, others_are_ignored: bool) -> String {
    match limit {
        _ if !others_are_ignored => format!("keep {limit} of them"),
        1 => "the service uses the first and ignores the others: put the one you mean first"
            .to_owned(),
        _ => format!(
            "the service uses the first {limit} and ignores the others: put the ones you mean first"
        ),
    }
}

fn of_placeholder(
    placeholder: &PlaceholderFinding<'_>,
    placeholders: &Placeholders,
) -> Values<'static> {
    let kinds = &placeholders.kinds;
    let written = |reference: Reference| {
        let kind = kinds.get(reference.kind);
        write_placeholder(kind.map_or("", |kind| &kind.name), reference.number)
    };
    let all = || {
        let forms = kinds.iter().map(|kind| format!("`<<<{}_N>>>`", kind.name));
        alternatives(&forms.collect::<Vec<_>>())
    };
    let write = |meaning: Option<Reference>| match meaning {
        Some(meaning) => format!("write `{}`", written(meaning)),
        None => format!("write {}, or remove it", all()),
    };
    let mut values = vec![("found", Cow::from(quote(&placeholder.found)))];
    match placeholder.problem {
        PlaceholderProblem::Range { reference, count } => {
            let kind = kinds.get(reference.kind);
            let list = kind.and_then(|kind| kind.list.as_ref());
            let list = list.map(|list| format!("`{list}`")).unwrap_or_default();
            let name = kind.map_or("", |kind| &kind.name);
            let remedy = match count {
                0 => format!("add the item to {list}, or remove the placeholder"),
                1 => format!("write `<<<{name}_1>>>`, or add the item to {list}"),
                _ => format!("use a number from 1 to {count}, or add the item to {list}"),
            };
            let count = match count {
                0 => "no items".to_owned(),
                1 => "1 item".to_owned(),
                _ => format!("{count} items"),
            };
            values.extend([
                ("list", list.into()),
                ("count", count.into()),
                ("remedy", remedy.into()),
            ]);
        }
        PlaceholderProblem::Order { reference, after } => {
            let before = Reference {
                kind: reference.kind,
                number: after,
            };
            values.push(("expected", format!("`{}`", written(before)).into()));
        }
        PlaceholderProblem::WrongKind(_) => values.push(("expected", all().into())),
        PlaceholderProblem::Malformed { reason, meaning } => {
            values.push(("what", what_is_wrong(reason).into()));
            values.push(("remedy", write(meaning).into()));
        }
        PlaceholderProblem::Dialect(None) => {
            values.push(("remedy", "write what the braces stand for".into()));
        }
        PlaceholderProblem::Dialect(meaning) => values.push(("remedy", write(meaning).into())),
    }
    values
}

const fn what_is_wrong(reason: Reason) -> &'static str {
    match reason {
        Reason::UnknownWord => "the word in it is not a kind of list",
        Reason::NoNumber => "the number is missing",
        Reason::BadNumber => "what it has in place of a number is not one",
        Reason::Unclosed => "it does not end in `>>>`",
        Reason::MissingUnderscore => "the underscore between kind and number is missing",
        Reason::OtherSeparator => "an underscore belongs between kind and number",
        Reason::LeadingZero => "the number has a leading zero",
        Reason::Case => "the kind is not in lower case",
        Reason::Blank => "it has white space inside",
    }
}
