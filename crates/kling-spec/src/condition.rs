//! The closed algebra of conditions on a request, with the names that JSON Schema uses.
//!
//! Code that evaluates conditions matches all variants; a variant is added only if a rule cannot be expressed without
//! it.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

use crate::path::Path;
use crate::scalar::Scalar;

/// Something that is true or false for a request: a table with exactly one key.
///
/// Inside `contains` and `max-contains` paths begin at the item, elsewhere at the request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// The field is present, and if it is a list, not empty. Defaults do not count.
    Present(Path),
    /// `[field, value]`: the field, or its default where it is absent, equals the value.
    Const(Path, Scalar),
    /// `[[list, …], n]`: the lists have at most n items in total.
    MaxItems(Vec<Path>, u64),
    /// `[list, condition]`: some item of the list satisfies the condition.
    Contains(Path, Box<Condition>),
    /// `[list, condition, n]`: at most n items of the list satisfy the condition.
    MaxContains(Path, Box<Condition>, u64),
    /// The condition is false.
    Not(Box<Condition>),
    /// All of the conditions are true.
    AllOf(Vec<Condition>),
    /// At least one of the conditions is true.
    AnyOf(Vec<Condition>),
}

impl Condition {
    /// The keys of conditions, as errors list them.
    pub(crate) const KEYS: &'static str = "one of `present`, `const`, `max-items`, `contains`, `max-contains`, `not`, `all-of`, `any-of`";

    /// Calls `visit` for every path, with the list whose items the path begins at, if any.
    pub fn paths<'c>(&'c self, visit: &mut impl FnMut(Option<&'c Path>, &'c Path)) {
        self.paths_in(None, visit);
    }

    fn paths_in<'c>(
        &'c self,
        list: Option<&'c Path>,
        visit: &mut impl FnMut(Option<&'c Path>, &'c Path),
    ) {
        match self {
            Self::Present(path) | Self::Const(path, _) => visit(list, path),
            Self::MaxItems(paths, _) => paths.iter().for_each(|path| visit(list, path)),
            Self::Contains(path, item) | Self::MaxContains(path, item, _) => {
                visit(list, path);
                item.paths_in(Some(path), visit);
            }
            Self::Not(inner) => inner.paths_in(list, visit),
            Self::AllOf(several) | Self::AnyOf(several) => {
                for inner in several {
                    inner.paths_in(list, visit);
                }
            }
        }
    }
}
