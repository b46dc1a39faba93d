//! A contract prepared for checking: what each object and field accepts, by number instead of by path.

mod compile;
mod condition;
mod key_meanings;
mod names;

use std::sync::OnceLock;

use kling_json::Text;
use kling_spec::{Format, Scalar, Spec};

pub(crate) use condition::{Condition, ItemCondition};
pub(crate) use key_meanings::KeyMeanings;
pub(crate) use names::Names;

/// The place of a row in [`Spec::fields`], and of its table in [`Table::fields`].
pub(crate) type FieldId = usize;
/// Index into [`Table::objects`]; the request itself is 0.
pub(crate) type ObjectId = usize;

/// A contract with its tables.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) spec: Spec,
    pub(crate) objects: Vec<ObjectTable>,
    pub(crate) fields: Vec<FieldTable>,
    /// Made when the first key is found that its object does not have.
    key_meanings: OnceLock<KeyMeanings>,
    pub(crate) rules: Vec<RuleTable>,
    pub(crate) item_conditions: Vec<ItemCondition>,
    pub(crate) placeholders: Option<PlaceholderTable>,
    pub(crate) seconds: Option<OutputFieldTable>,
    pub(crate) ratio: Option<OutputFieldTable>,
    pub(crate) sound: Option<Condition>,
    pub(crate) tiers: Vec<TierTable>,
    /// When each addon is charged.
    pub(crate) addons: Vec<Condition>,
    /// The names of all bills: by tier, then by the set of addons.
    pub(crate) bills: Vec<String>,
}

/// An object: its members and which of them it needs.
#[derive(Debug)]
pub(crate) struct ObjectTable {
    /// The names of the members, at most 64.
    pub(crate) names: Vec<Box<str>>,
    /// The members, in the same order.
    pub(crate) members: Vec<FieldId>,
    /// The required members, one bit each by their place.
    pub(crate) required: u64,
    /// The row of the object; `None` for the request.
    pub(crate) field: Option<FieldId>,
}

/// A row of the contract.
#[derive(Debug)]
pub(crate) struct FieldTable {
    pub(crate) kind: FieldKind,
    /// Whether the field is inside a list, so that a request can have it more than once.
    pub(crate) inside_list: bool,
    /// The rows of this field and of everything inside it.
    pub(crate) with_inner: Vec<FieldId>,
    /// The maximum number of characters of a text; `u64::MAX` for no limit.
    pub(crate) max_characters: u64,
    pub(crate) format: Option<Format>,
    /// Whether the listed values are the only ones.
    pub(crate) closed: bool,
    /// Whether it is the `model` of the request.
    pub(crate) is_model: bool,
    /// How messages refer to it; made for the first message.
    pub(crate) phrases: OnceLock<FieldPhrases>,
}

/// How messages refer to a field.
#[derive(Debug)]
pub(crate) struct FieldPhrases {
    /// Its name: `` `duration` ``.
    pub(crate) name: String,
    /// What it accepts: "5 or 10".
    pub(crate) expected: String,
    /// The same with its type: "an integer, 5 or 10".
    pub(crate) expected_type: String,
}

/// The type of a row.
#[derive(Debug)]
pub(crate) enum FieldKind {
    /// The listed texts.
    String(Vec<Box<str>>),
    /// The listed numbers.
    Integer(Vec<i64>),
    Boolean,
    Array(ArrayTable),
    Object(ObjectId),
}

/// A list.
#[derive(Debug)]
pub(crate) struct ArrayTable {
    pub(crate) item: FieldId,
    /// The maximum number of items; `u64::MAX` for no limit.
    pub(crate) max_items: u64,
    /// Conditions on the items, as indices into [`Table::item_conditions`].
    pub(crate) conditions: Vec<usize>,
}

/// A rule over several fields.
#[derive(Debug)]
pub(crate) struct RuleTable {
    /// Index into [`Spec::rules`].
    pub(crate) rule: usize,
    pub(crate) when: Option<Condition>,
    pub(crate) must: Condition,
    /// What the rule points at if it is broken; the first that is present is used.
    pub(crate) blame: Vec<Blame>,
}

/// A field that a broken rule points at.
#[derive(Debug)]
pub(crate) enum Blame {
    /// A field that a request can have only once.
    Single(FieldId),
    /// The item of a list that breaks the rule, or the member of that item with this name.
    Item { list: FieldId, name: Option<String> },
}

/// The kinds of placeholders and their lists.
#[derive(Debug)]
pub(crate) struct PlaceholderTable {
    /// The field that holds them.
    pub(crate) field: FieldId,
    /// The names, each with the list whose items it refers to.
    pub(crate) kinds: Vec<(String, Option<FieldId>)>,
    pub(crate) unsupported: bool,
}

/// A field that determines a property of the video.
#[derive(Debug)]
pub(crate) struct OutputFieldTable {
    pub(crate) field: FieldId,
    /// The value of an absent member.
    pub(crate) default: Option<Scalar>,
    /// When the member says nothing about the video.
    pub(crate) unless: Option<Condition>,
}

/// A billing tier.
#[derive(Debug)]
pub(crate) struct TierTable {
    pub(crate) when: Condition,
    pub(crate) short_side: u32,
}

impl ObjectTable {
    /// Returns the place of the member that a key names. Members are mostly in the contract's order, so the search
    /// begins at the `expected` one.
    #[inline]
    pub(crate) fn place(&self, key: &Text<'_>, expected: usize) -> Option<usize> {
        if key.has_escapes() {
            return self.names.iter().position(|name| key.equals(name));
        }
        let key = key.raw_bytes();
        let (before, behind) = self.names.split_at_checked(expected)?;
        let found = behind.iter().position(|name| name.as_bytes() == key);
        found
            .map(|place| expected + place)
            .or_else(|| before.iter().position(|name| name.as_bytes() == key))
    }

    /// Returns the place of the member with this name.
    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| **known == *name)
    }

    /// Returns the place of a field among the members, if it is one.
    pub(crate) fn place_of(&self, field: FieldId) -> Option<usize> {
        self.members.iter().position(|member| *member == field)
    }
}

impl Table {
    pub(crate) fn field(&self, id: FieldId) -> &FieldTable {
        &self.fields[id]
    }

    pub(crate) fn row(&self, id: FieldId) -> &kling_spec::Field {
        &self.spec.fields()[id]
    }

    pub(crate) fn object(&self, id: ObjectId) -> &ObjectTable {
        &self.objects[id]
    }

    /// Returns the list that a field is.
    pub(crate) fn array(&self, id: FieldId) -> Option<&ArrayTable> {
        match &self.field(id).kind {
            FieldKind::Array(array) => Some(array),
            FieldKind::String(_)
            | FieldKind::Integer(_)
            | FieldKind::Boolean
            | FieldKind::Object(_) => None,
        }
    }

    /// Returns the possible meanings of keys that are not members of their object.
    pub(crate) fn key_meanings(&self) -> &KeyMeanings {
        let make = || KeyMeanings::new(&self.spec, compile::object_paths(&self.spec));
        self.key_meanings.get_or_init(make)
    }

    /// Returns the field with this path.
    pub(crate) fn field_id(&self, path: &kling_spec::Path) -> Option<FieldId> {
        // Comparing with a few dozen paths takes less time than hashing one.
        self.spec.fields().keys().position(|known| known == path)
    }

    /// Returns the required URL among the members of an item.
    pub(crate) fn address_in(&self, item: FieldId) -> Option<FieldId> {
        let FieldKind::Object(object) = self.field(item).kind else {
            return None;
        };
        let members = &self.object(object).members;
        members.iter().copied().find(|&member| {
            let row = self.row(member);
            row.required.is_some() && row.format.is_some()
        })
    }
}
