//! Checks that conditions make sense: every path is a field, every value fits its field, every list is a list.

use super::error::{At, LoadError};
use super::fields::Fields;
use super::{fits, one_of};
use crate::condition::Condition;
use crate::field::Field;
use crate::path::Path;
use crate::scalar::Scalar;

/// The maximum number of ways to split the limit of a `max-items` over its lists.
const MAX_WAYS: u64 = 1000;

impl Fields {
    /// Checks a condition on a request.
    pub(super) fn check(&self, condition: &Condition) -> Result<(), LoadError> {
        self.check_in(condition, Path::ROOT)
    }

    /// Checks a condition whose paths begin at `base`.
    fn check_in(&self, condition: &Condition, base: &Path) -> Result<(), LoadError> {
        match condition {
            Condition::Present(path) => self.single(path, base).map(drop).at("present"),
            Condition::Const(path, value) => {
                let field = self.single(path, base).at_index(0).at("const")?;
                check_value(value, field).at_index(1).at("const")
            }
            Condition::MaxItems(lists, limit) => {
                self.check_max_items(lists, *limit, base).at("max-items")
            }
            Condition::Contains(list, item) => self.check_item(list, item, base).at("contains"),
            Condition::MaxContains(list, item, _) => {
                self.check_item(list, item, base).at("max-contains")
            }
            Condition::Not(inner) => self.check_in(inner, base).at("not"),
            Condition::AllOf(several) => self.check_all(several, base).at("all-of"),
            Condition::AnyOf(several) => self.check_all(several, base).at("any-of"),
        }
    }

    fn check_item(&self, list: &Path, item: &Condition, base: &Path) -> Result<(), LoadError> {
        self.list(list, base).at_index(0)?;
        self.check_in(item, &base.join(list).items()).at_index(1)
    }

    fn check_all(&self, several: &[Condition], base: &Path) -> Result<(), LoadError> {
        if several.is_empty() {
            return Err(LoadError::new("the list of conditions is empty"));
        }
        for (index, inner) in several.iter().enumerate() {
            self.check_in(inner, base).at_index(index)?;
        }
        Ok(())
    }

    fn check_max_items(&self, lists: &[Path], limit: u64, base: &Path) -> Result<(), LoadError> {
        if lists.is_empty() {
            return Err(LoadError::new("`max-items` does not name a list"));
        }
        for (index, list) in lists.iter().enumerate() {
            self.list(list, base).at_index(index).at_index(0)?;
            if lists[..index].contains(list) {
                let twice = LoadError::new(format!("`{list}` is listed twice"));
                return Err(twice).at_index(index).at_index(0);
            }
        }
        if ways_to_split(limit, lists.len()) > MAX_WAYS {
            let message = format!(
                "there are too many ways to split {limit} items over {} lists: a schema lists each of them",
                lists.len()
            );
            let error = LoadError::new(message).expecting(format!("at most {MAX_WAYS} ways"));
            return Err(error).at_index(1);
        }
        Ok(())
    }
}

/// Checks that the field can have the value.
pub(super) fn check_value(value: &Scalar, field: &Field) -> Result<(), LoadError> {
    if !fits(value, field.kind) {
        return Err(LoadError::new(format!(
            "{value} is {}, and `{}` is {}",
            value.kind(),
            field.path,
            field.kind.with_article()
        )));
    }
    if let Some(list) = field.closed_values()
        && !list.contains(value)
    {
        let message = format!("{value} is not a value of `{}`", field.path);
        return Err(LoadError::new(message).expecting(one_of(list)));
    }
    Ok(())
}

/// Returns in how many ways a schema can split a limit over lists.
fn ways_to_split(limit: u64, lists: usize) -> u64 {
    let mut ways: u64 = 1;
    for list in 1..u64::try_from(lists).unwrap_or(u64::MAX) {
        // The number of ways to split `limit` into `list + 1` shares is a binomial coefficient.
        ways = ways.saturating_mul(limit.saturating_add(list)) / list;
        if ways > MAX_WAYS {
            return ways;
        }
    }
    ways
}
