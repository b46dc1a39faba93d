//! Conditions as in the contract, on fields by number.

use kling_spec::Scalar;

use super::FieldId;

/// Something that is true or false for a request: [`kling_spec::Condition`] with its paths looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// The field is present, and if it is a list, not empty.
    Present(FieldId),
    /// The field has the value; an absent one has it if it is the default.
    Const {
        field: FieldId,
        value: Scalar,
        /// The value's number among those listed for the field; 0 if it is not one of them.
        listed: u32,
        by_default: bool,
    },
    /// The lists have at most this many items in total.
    MaxItems(Vec<FieldId>, u64),
    /// The items of a list satisfy what is at this place of [`Table::item_conditions`](super::Table::item_conditions).
    Items(usize),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// A condition on the items of a list, counted while they are read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ItemCondition {
    pub(crate) list: FieldId,
    pub(crate) item: Condition,
    /// How many items may satisfy it; `None`: at least one must.
    pub(crate) most: Option<u64>,
}

impl ItemCondition {
    /// Returns how many items have satisfied it before the item that decides it.
    pub(crate) const fn before_witness(&self) -> u64 {
        match self.most {
            None => 0,
            Some(most) => most,
        }
    }
}
