//! What fixing a finding needs to know of how the walk read it.

use kling_json::Span;
use kling_prompt::Reference;
use kling_spec::{Mistake, Rule, Scalar};

use crate::table::FieldId;

/// What a finding means.
#[derive(Debug, Clone)]
pub(crate) enum Meaning<'c> {
    /// A key that stands in its object a second time.
    Duplicate,
    /// A member that stands for nothing the model has.
    Nothing,
    /// A key that stands for another field.
    Key {
        target: FieldId,
        /// Whether the field belongs to the object in which the key stands.
        here: bool,
        /// Whether another member is read as the field.
        taken: bool,
        /// Whether what it stands for is only likely, by spelling.
        slip: bool,
        /// The entry of the table of mistakes that tells what the value means.
        mistake: Option<&'c Mistake>,
    },
    /// A value of the field, with what it can only mean.
    Value {
        field: FieldId,
        meant: Option<Scalar>,
    },
    /// Something in the prompt that stands for a placeholder, whose item is there.
    Mark { reference: Reference, guess: bool },
    /// A list, and the kind of placeholders that mention its items in another order.
    Order { kind: usize, list: Span },
    /// A rule of the contract.
    Rule(&'c Rule),
}
