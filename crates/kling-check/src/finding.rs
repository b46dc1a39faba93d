//! A finding as data: where it is, which rule it breaks, and what was seen.

use kling_json::{Kind, Node, Span, SyntaxError};
use kling_prompt::{Reason, Reference};
use kling_spec::{CommonRule, Ground, Level, Mistake, Scalar, Service};
use kling_url::{Class, UrlProblem};

use crate::context::Context;
use crate::rewritten::Rewritten;
use crate::table::{FieldId, ObjectId};

/// One finding of a request. Its [`Diagnostic`](crate::Diagnostic) puts it into words.
#[derive(Debug, Clone)]
pub struct Finding<'d> {
    pub(crate) rule: Rule<'d>,
    pub(crate) level: Level,
    pub(crate) service: Service,
    pub(crate) node: Node<'d>,
    pub(crate) kind: FindingKind<'d>,
}

/// The rule that a finding breaks.
#[derive(Debug, Clone, Copy)]
pub enum Rule<'d> {
    /// A rule that does not belong to a single contract.
    Common(CommonRule),
    /// A rule of the contract, over several fields.
    OfContract(&'d kling_spec::Rule),
}

impl<'d> Rule<'d> {
    /// Returns the kebab-case id.
    pub fn id(&self) -> &'d str {
        match self {
            Self::Common(rule) => rule.id(),
            Self::OfContract(rule) => &rule.id,
        }
    }
}

impl PartialEq for Rule<'_> {
    /// Compares the ids.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Common(one), Self::Common(other)) => one == other,
            (Self::OfContract(one), Self::OfContract(other)) => one.id == other.id,
            (Self::Common(_), Self::OfContract(_)) | (Self::OfContract(_), Self::Common(_)) => {
                false
            }
        }
    }
}

impl Eq for Rule<'_> {}

/// What was seen.
#[derive(Debug, Clone)]
pub(crate) enum FindingKind<'d> {
    /// The text is not JSON.
    Syntax(SyntaxError),
    /// The request is not an object.
    NotAnObject,
    /// A text in place of a model's id.
    UnknownModel {
        /// Whether it is a slip of the id of the model that the request is checked for.
        is_slip: bool,
    },
    /// The request has no `model`.
    MissingModel,
    /// `model` is not a string, and no contract defines it.
    MistypedModel,
    /// A required member is missing.
    Missing(FieldId),
    Null(FieldId),
    /// A value of another type, with the only value that it can mean.
    WrongType {
        field: FieldId,
        meant: Option<Scalar>,
    },
    /// A number with a fraction.
    NotWhole(FieldId),
    /// A value that is not among those listed, with the only value that it can mean.
    NotListed {
        field: FieldId,
        meant: Option<Scalar>,
    },
    /// A value that is not among the common ones.
    Uncommon(FieldId),
    InvalidRatio(FieldId),
    /// A whole number with a fraction or an exponent.
    Notation {
        field: FieldId,
        value: i64,
    },
    Blank(FieldId),
    TooLong {
        field: FieldId,
        characters: u64,
    },
    Address {
        field: FieldId,
        problem: UrlProblem,
    },
    EmptyList(FieldId),
    TooManyItems {
        field: FieldId,
        count: u32,
    },
    /// A duplicate key.
    Duplicate,
    /// A key that its object does not have.
    UnexpectedKey(Box<UnexpectedKey<'d>>),
    /// A value under a wrong key, which means this value, but that one is not listed.
    Converted {
        field: FieldId,
        value: Scalar,
    },
    /// Something in the prompt.
    Placeholder(PlaceholderFinding<'d>),
    /// An item that the prompt never mentions.
    Unmentioned {
        kind: usize,
        /// Its number, from 1.
        number: u32,
    },
    /// A rule of the contract, over several fields, is broken.
    Rule(&'d kling_spec::Rule),
}

/// A key that its object does not have.
#[derive(Debug, Clone)]
pub(crate) struct UnexpectedKey<'d> {
    pub(crate) object: ObjectId,
    pub(crate) meaning: Meaning<'d>,
    /// The field that it means.
    pub(crate) target: Option<FieldId>,
    /// Whether another member is that field.
    pub(crate) is_taken: bool,
    /// Whether the field belongs to the object in which the key is.
    pub(crate) is_here: bool,
    /// Whether the value was read as that of the field.
    pub(crate) is_read: bool,
    /// The entry of the table of mistakes that says what the value means.
    pub(crate) mistake: Option<&'d Mistake>,
    /// What its value means, if it is a field of another page.
    pub(crate) rewritten: Option<Rewritten<'d>>,
}

/// What an unexpected key means.
#[derive(Debug, Clone)]
pub(crate) enum Meaning<'d> {
    /// A member of another level of this model.
    Misplaced(FieldId),
    /// A member of these other models.
    Foreign(Vec<&'d str>),
    /// A known mistake.
    Misnamed(&'d Mistake),
    /// Unknown; perhaps a slip of a field.
    Unknown(Option<FieldId>),
}

/// Something in the prompt that is not a placeholder, or is the wrong one.
#[derive(Debug, Clone)]
pub(crate) struct PlaceholderFinding<'d> {
    pub(crate) rule: CommonRule,
    pub(crate) ground: &'d Ground,
    /// Its place in the text of the request.
    pub(crate) span: Span,
    /// The text as written.
    pub(crate) found: Box<str>,
    /// The list that it refers to, if that is known and present.
    pub(crate) list: Option<Node<'d>>,
    /// Whether the list has the item that it means.
    pub(crate) item_is_there: bool,
    pub(crate) problem: PlaceholderProblem,
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PlaceholderProblem {
    /// It names an item that does not exist.
    Range { reference: Reference, count: usize },
    /// It is the first one that follows one with a higher number.
    Order { reference: Reference, after: u32 },
    /// Its word is not a kind, but perhaps another word for this one.
    WrongKind(Option<Reference>),
    Malformed {
        reason: Reason,
        meaning: Option<Reference>,
    },
    /// It is written as other programs write it.
    Dialect(Option<Reference>),
}

impl PlaceholderProblem {
    /// Returns the placeholder that it is or means.
    pub(crate) const fn reference(self) -> Option<Reference> {
        match self {
            Self::Range { reference, .. } | Self::Order { reference, .. } => Some(reference),
            Self::WrongKind(meaning) | Self::Malformed { meaning, .. } | Self::Dialect(meaning) => {
                meaning
            }
        }
    }
}

impl<'d> Finding<'d> {
    /// Makes the finding, with the level and service that rules and contract set.
    pub(crate) fn new(context: &Context<'d>, node: Node<'d>, kind: FindingKind<'d>) -> Self {
        let rule = kind.rule(node);
        let text = match rule {
            Rule::Common(rule) => Some(context.models.common().rule(rule)),
            Rule::OfContract(_) => None,
        };
        let ground = kind.ground(context);
        // If the service ignores the member, the required field that it means is missing.
        let missed = if let FindingKind::UnexpectedKey(unexpected) = &kind
            && !unexpected.is_taken
        {
            unexpected
                .target
                .and_then(|field| context.row(field)?.required.as_ref())
        } else {
            None
        };
        let level = text
            .and_then(|text| text.level)
            .or(ground.map(|ground| ground.level));
        let service = missed
            .map(|ground| ground.service)
            .or(text.and_then(|text| text.service))
            .or(ground.map(|ground| ground.service));
        Self {
            rule,
            level: level.unwrap_or(Level::Error),
            service: service.unwrap_or(Service::Unknown),
            node,
            kind,
        }
    }

    /// Returns the rule that is broken.
    pub const fn rule(&self) -> Rule<'d> {
        self.rule
    }

    /// Returns how bad it is.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Returns what the service does with such a request.
    pub const fn service(&self) -> Service {
        self.service
    }

    /// Whether a page says what is claimed. What holds for all models is our own reason.
    pub(crate) fn is_documented(&self, context: &Context<'d>) -> bool {
        let ground = match self.rule {
            Rule::Common(_) => self.kind.ground(context),
            Rule::OfContract(rule) => Some(&rule.ground),
        };
        ground.is_some_and(|ground| ground.evidence.is_documented())
    }

    /// Returns the value that it is about; if something is missing, the object that lacks it.
    pub const fn node(&self) -> Node<'d> {
        self.node
    }

    /// Returns the bytes of the request's text that it is about.
    pub fn span(&self) -> Span {
        let span = self.node.span();
        match &self.kind {
            FindingKind::Syntax(error) => {
                let rest = self.node.document().text().get(error.offset..);
                let found = rest.and_then(|rest| rest.chars().next());
                let length = found.map_or(0, char::len_utf8);
                Span::new(error.offset, error.offset + length)
            }
            FindingKind::NotAnObject => Span::new(span.start, span.start + 1),
            FindingKind::WrongType { .. }
                if matches!(self.node.kind(), Kind::Object | Kind::Array) =>
            {
                Span::new(span.start, span.start + 1)
            }
            FindingKind::Duplicate | FindingKind::UnexpectedKey(_) => {
                self.node.key_span().unwrap_or(span)
            }
            FindingKind::Placeholder(placeholder) => placeholder.span,
            FindingKind::UnknownModel { .. }
            | FindingKind::MissingModel
            | FindingKind::MistypedModel
            | FindingKind::Missing(_)
            | FindingKind::Null(_)
            | FindingKind::WrongType { .. }
            | FindingKind::NotWhole(_)
            | FindingKind::NotListed { .. }
            | FindingKind::Uncommon(_)
            | FindingKind::InvalidRatio(_)
            | FindingKind::Notation { .. }
            | FindingKind::Blank(_)
            | FindingKind::TooLong { .. }
            | FindingKind::Address { .. }
            | FindingKind::EmptyList(_)
            | FindingKind::TooManyItems { .. }
            | FindingKind::Converted { .. }
            | FindingKind::Unmentioned { .. }
            | FindingKind::Rule(_) => span,
        }
    }

    /// Returns the RFC 6901 pointer of the value; `""` is the request.
    pub fn pointer(&self) -> String {
        self.node.pointer()
    }

    /// Returns whether the finding makes the bill unknown: the service refuses the request, or readers disagree about
    /// what it says.
    pub fn prevents_bill(&self) -> bool {
        self.service == Service::Refuses || self.is_ambiguous()
    }

    /// Returns whether readers disagree about what the request says.
    pub(crate) const fn is_ambiguous(&self) -> bool {
        matches!(self.kind, FindingKind::Duplicate | FindingKind::Syntax(_))
    }
}

impl<'d> FindingKind<'d> {
    /// Returns the rule that is broken.
    fn rule(&self, node: Node<'_>) -> Rule<'d> {
        Rule::Common(match self {
            Self::Rule(rule) => return Rule::OfContract(rule),
            Self::Syntax(_) => CommonRule::JsonSyntax,
            Self::NotAnObject => CommonRule::NotAnObject,
            Self::UnknownModel { .. } => CommonRule::UnknownModel,
            Self::MissingModel | Self::Missing(_) => CommonRule::MissingField,
            Self::MistypedModel if node.kind() == Kind::Null => CommonRule::NullValue,
            Self::MistypedModel | Self::WrongType { .. } | Self::NotWhole(_) => {
                CommonRule::WrongType
            }
            Self::Null(_) => CommonRule::NullValue,
            Self::NotListed { .. } | Self::Converted { .. } => CommonRule::WrongValue,
            Self::Uncommon(_) => CommonRule::UncommonValue,
            Self::InvalidRatio(_) => CommonRule::InvalidRatio,
            Self::Notation { .. } => CommonRule::NumberNotation,
            Self::Blank(_) => CommonRule::BlankText,
            Self::TooLong { .. } => CommonRule::TooLong,
            Self::Address { problem, .. } => match problem.class() {
                Class::InlineMedia => CommonRule::InlineMedia,
                Class::LocalFile => CommonRule::LocalFile,
                Class::UnsupportedScheme => CommonRule::UnsupportedScheme,
                Class::UnknownScheme => CommonRule::UnknownScheme,
                Class::Relative => CommonRule::RelativeUrl,
                Class::Invalid => CommonRule::InvalidUrl,
                Class::NotPublic => CommonRule::PrivateHost,
                Class::Suspicious => CommonRule::SuspiciousHost,
            },
            Self::EmptyList(_) => CommonRule::EmptyList,
            Self::TooManyItems { .. } => CommonRule::TooManyItems,
            Self::Duplicate => CommonRule::DuplicateKey,
            Self::UnexpectedKey(unexpected) => match unexpected.meaning {
                Meaning::Misplaced(_) | Meaning::Foreign(_) => CommonRule::MisplacedField,
                Meaning::Misnamed(_) => CommonRule::MisnamedField,
                Meaning::Unknown(_) => CommonRule::UnknownField,
            },
            Self::Placeholder(placeholder) => placeholder.rule,
            Self::Unmentioned { .. } => CommonRule::PlaceholderUnused,
        })
    }

    /// Returns the ground of the claim that is broken, if there is one.
    pub(crate) fn ground(&self, context: &Context<'d>) -> Option<&'d Ground> {
        let row = |field: &FieldId| context.row(*field);
        match self {
            Self::Syntax(_)
            | Self::NotAnObject
            | Self::UnknownModel { .. }
            | Self::MissingModel
            | Self::MistypedModel
            | Self::Null(_)
            | Self::Notation { .. }
            | Self::EmptyList(_)
            | Self::Duplicate
            | Self::UnexpectedKey(_) => None,
            Self::Rule(rule) => Some(&rule.ground),
            Self::Missing(field) => row(field)?.required.as_ref(),
            Self::WrongType { field, .. } | Self::NotWhole(field) => Some(&row(field)?.ground),
            Self::NotListed { field, .. }
            | Self::Uncommon(field)
            | Self::Converted { field, .. } => {
                let row = row(field)?;
                let values = row.values.as_ref();
                Some(values.map_or(&row.ground, |values| &values.ground))
            }
            Self::InvalidRatio(field) | Self::Blank(field) | Self::Address { field, .. } => {
                Some(&row(field)?.format.as_ref()?.ground)
            }
            Self::TooLong { field, .. } => Some(&row(field)?.max_characters.as_ref()?.ground),
            Self::TooManyItems { field, .. } => Some(&row(field)?.max_items.as_ref()?.ground),
            Self::Placeholder(placeholder) => Some(placeholder.ground),
            Self::Unmentioned { kind, .. } => {
                let placeholders = context.table?.spec.placeholders()?;
                placeholders.kinds.get(*kind)?.unused.as_ref()
            }
        }
    }
}
