//! A contract compiled for one pass over a text: field tables and condition bits.

mod compile;
mod decision;
mod expression;
mod lookup;
mod names;
mod strays;

use std::sync::OnceLock;

use kling_spec::{Format, Spec};

pub(crate) use decision::{DecisionTable, ReadingTable, TierTable};
pub(crate) use expression::{Clause, Expression, Formula, Truth};
pub(crate) use lookup::Lookup;
pub(crate) use names::Names;
pub(crate) use strays::Strays;

/// A set of leaves of conditions, one bit each.
pub(crate) type Bits = u64;

/// Index into [`Table::fields`].
pub(crate) type FieldId = u16;
/// Index into [`Table::objects`]; the request itself is 0.
pub(crate) type ObjectId = u16;

/// The most lists in a contract; the walker counts each in an array of this size.
pub(crate) const MAX_LISTS: usize = kling_spec::MAX_LISTS;
/// The most distinct conditions on items; hits of each are counted in an array of this size.
pub(crate) const MAX_ITEM_CONDITIONS: usize = kling_spec::MAX_ITEM_CONDITIONS;

/// A compiled contract.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) spec: Spec,
    pub(crate) objects: Vec<ObjectTable>,
    pub(crate) fields: Vec<FieldTable>,
    /// Made when a key is first met that its object does not have.
    strays: OnceLock<Strays>,
    /// The leaves that hold for a request without any member.
    pub(crate) initial: Bits,
    pub(crate) rules: Vec<RuleTable>,
    /// Ways to break a rule, all rules together, as far as they can be told so.
    pub(crate) breaks: Vec<Clause>,
    pub(crate) sums: Vec<SumLeaf>,
    pub(crate) item_conditions: Vec<ItemCondition>,
    pub(crate) placeholders: Option<PlaceholderTable>,
    pub(crate) decisions: DecisionTable,
    /// The names of all bills: tier by tier, within one by the set of addons.
    pub(crate) bills: Vec<String>,
}

/// An object: its members and which of them it needs.
#[derive(Debug)]
pub(crate) struct ObjectTable {
    pub(crate) lookup: Lookup,
    pub(crate) members: Vec<FieldId>,
    /// The names of the members as they are mostly written, where they are short enough to be compared at once.
    pub(crate) keys: Vec<Option<kling_json::Token>>,
    /// Members by their place in `members`.
    pub(crate) required: u64,
    /// The row of the object; `None` for the request.
    pub(crate) field: Option<FieldId>,
}

/// A row of the contract; its id is the row's place in [`Spec::fields`].
#[derive(Debug)]
pub(crate) struct FieldTable {
    pub(crate) kind: FieldKind,
    /// Leaves that hold when the member is there (for a list: with an item).
    pub(crate) present: Bits,
    /// Leaves that compare the member's value.
    pub(crate) compared: Bits,
    /// Leaves to set for values that are compared.
    pub(crate) constants: Vec<(kling_spec::Scalar, Bits)>,
    /// For listed texts that are ratios: their parts, by their place in the list.
    pub(crate) ratios: Vec<crate::facts::Ratio>,
    /// What else the walker keeps of the value.
    pub(crate) capture: Capture,
    /// Whether the field is inside a list.
    pub(crate) inside_list: bool,
    /// The most characters of a text; `u64::MAX` for no limit.
    pub(crate) max_characters: u64,
    pub(crate) format: Option<Format>,
    /// Whether the listed values are the only ones.
    pub(crate) closed: bool,
}

/// What the walker keeps of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Capture {
    Nothing,
    Model,
    Prompt,
    Seconds,
    Ratio,
}

/// The type of a row with what its values are compared with.
#[derive(Debug)]
pub(crate) enum FieldKind {
    /// Listed texts.
    String(Vec<ListedText>),
    /// Listed numbers, each with the leaves it sets.
    Integer(Vec<(i64, Bits)>),
    /// The leaves set by `false` and by `true`.
    Boolean([Bits; 2]),
    Array(ArrayTable),
    Object(ObjectId),
}

/// A text among the values of a field.
#[derive(Debug)]
pub(crate) struct ListedText {
    pub(crate) text: String,
    /// The text as it is mostly written, if it is short enough to be compared at once.
    pub(crate) token: Option<kling_json::Token>,
    /// The leaves it sets.
    pub(crate) leaves: Bits,
}

/// A list.
#[derive(Debug)]
pub(crate) struct ArrayTable {
    pub(crate) item: FieldId,
    /// `u64::MAX` for no limit.
    pub(crate) max_items: u64,
    /// Index into the counts of lists.
    pub(crate) list: usize,
    /// Indices into [`Table::item_conditions`].
    pub(crate) conditions: Vec<usize>,
    /// All leaves inside items, and those of them that hold for an empty item.
    pub(crate) item_leaves: Bits,
    pub(crate) item_initial: Bits,
    /// The leaves that count items, and those of them that hold for an empty list.
    pub(crate) counting: Bits,
    pub(crate) counting_initial: Bits,
    /// Leaves that a malformed list leaves open.
    pub(crate) depends: Bits,
}

/// A condition on the items of a list, with the leaves that count its hits.
#[derive(Debug)]
pub(crate) struct ItemCondition {
    pub(crate) list: usize,
    pub(crate) formula: Formula,
    /// The leaf of `contains`, as a number and as a bit.
    pub(crate) contains: Option<u8>,
    pub(crate) contains_leaf: Bits,
    /// The leaves of `max-contains`, each with its limit.
    pub(crate) max_contains: Vec<(u8, u64)>,
}

/// A leaf that adds up the lengths of lists.
#[derive(Debug)]
pub(crate) struct SumLeaf {
    pub(crate) leaf: u8,
    pub(crate) lists: Vec<usize>,
    pub(crate) limit: u64,
}

/// A rule over several fields.
#[derive(Debug)]
pub(crate) struct RuleTable {
    /// Index into [`Spec::rules`].
    pub(crate) rule: usize,
    pub(crate) when: Option<Expression>,
    pub(crate) must: Expression,
    /// The rule does not hold: `when` does, and `must` does not.
    pub(crate) broken: Formula,
    /// What the rule points at where it is broken; the first that is there counts.
    pub(crate) blame: Vec<Blame>,
}

/// A field that a broken rule points at.
#[derive(Debug)]
pub(crate) enum Blame {
    /// One that a request can have only once.
    Single(FieldId),
    /// The item of a list that breaks the rule, or the member of that item with this name.
    Item { list: FieldId, name: Option<String> },
}

/// The kinds of placeholders and their lists.
#[derive(Debug)]
pub(crate) struct PlaceholderTable {
    /// The field that holds them.
    pub(crate) field: FieldId,
    pub(crate) kinds: Vec<String>,
    /// The field of the list, by kind.
    pub(crate) list_fields: Vec<Option<FieldId>>,
    /// Index into the counts of lists, by kind.
    pub(crate) lists: Vec<Option<usize>>,
    pub(crate) unsupported: bool,
}

impl ListedText {
    fn new(text: &str, leaves: Bits) -> Self {
        Self {
            text: text.to_owned(),
            token: kling_json::Token::string(text),
            leaves,
        }
    }
}

impl FieldTable {
    /// The leaves that hold for a value, among those that compare the member.
    pub(crate) fn leaves_of(&self, is: impl Fn(&kling_spec::Scalar) -> bool) -> Bits {
        let equal = self.constants.iter().filter(|(constant, _)| is(constant));
        equal.fold(0, |bits, (_, leaves)| bits | leaves)
    }
}

impl Table {
    pub(crate) fn field(&self, id: FieldId) -> &FieldTable {
        &self.fields[usize::from(id)]
    }

    pub(crate) fn row(&self, id: FieldId) -> &kling_spec::Field {
        &self.spec.fields()[usize::from(id)]
    }

    pub(crate) fn object(&self, id: ObjectId) -> &ObjectTable {
        &self.objects[usize::from(id)]
    }

    /// What keys may mean that are no members of their object.
    pub(crate) fn strays(&self) -> &Strays {
        let make = || Strays::new(&self.spec, compile::object_paths(&self.spec));
        self.strays.get_or_init(make)
    }

    /// The field with this path.
    pub(crate) fn field_id(&self, path: &kling_spec::Path) -> Option<FieldId> {
        // Comparing with some dozens of paths takes less than hashing one.
        let index = self.spec.fields().keys().position(|known| known == path)?;
        FieldId::try_from(index).ok()
    }
}
