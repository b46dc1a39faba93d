//! Conditions as the contract writes them, over fields by number.

use kling_spec::Scalar;

use super::FieldId;

/// Something that holds for a request, or does not: [`kling_spec::Condition`] with its paths looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// The field is present, and if it is a list, not empty.
    Present(FieldId),
    /// The field has the value; an absent one has it if that is its default.
    Const {
        field: FieldId,
        value: Scalar,
        /// The value's number among those listed for the field; 0 if it is not one of them.
        listed: u32,
        by_default: bool,
    },
    /// The lists have at most this many items together.
    MaxItems(Vec<FieldId>, u64),
    /// The items of a list satisfy what is at this place of [`Table::item_conditions`](super::Table::item_conditions).
    Items(usize),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// A condition on the items of a list, which is counted while they are read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ItemCondition {
    pub(crate) list: FieldId,
    pub(crate) item: Condition,
    /// How many items may satisfy it; `None`: at least one must.
    pub(crate) most: Option<u64>,
}

impl ItemCondition {
    /// How many items have satisfied it when the one comes that settles the matter.
    pub(crate) const fn before_witness(&self) -> u64 {
        match self.most {
            None => 0,
            Some(most) => most,
        }
    }
}
