//! Reading conditions: exactly one key each, every path a field, every value of its type.

use super::{Fields, Loader, fits, one_of};
use crate::condition::Condition;
use crate::error::SpecError;
use crate::field::{Field, Type};
use crate::path::Path;
use crate::raw::RawCondition;
use crate::scalar::Scalar;
use crate::suggest::nearest;

/// The most ways to split the limit of a `max-items` over its lists.
const MAX_WAYS: u64 = 1000;

impl Loader<'_> {
    pub(super) fn condition(
        &self,
        keys: &[&str],
        raw: &RawCondition,
        fields: &Fields,
    ) -> Result<Condition, SpecError> {
        self.condition_in(keys, raw, fields, &Path::root())
    }

    /// The row that `text` names, seen from `base`.
    pub(super) fn resolve<'f>(
        &self,
        keys: &[&str],
        text: &str,
        fields: &'f Fields,
        base: &Path,
    ) -> Result<(Path, &'f Field), SpecError> {
        let path = Path::parse(text).map_err(|message| self.error(keys, message))?;
        if let Some(field) = fields.get(&base.join(&path)) {
            return Ok((path, field));
        }
        let is_root = base.steps().is_empty();
        let around = if is_root {
            "this contract".to_owned()
        } else {
            format!("`{base}`")
        };
        let prefix = if is_root {
            String::new()
        } else {
            format!("{base}.")
        };
        let known: Vec<String> = fields
            .keys()
            .filter_map(|known| known.to_string().strip_prefix(&prefix).map(str::to_owned))
            .collect();
        Err(self
            .error(keys, format!("`{text}` is not a field of {around}"))
            .suggesting(nearest(text, known.iter().map(String::as_str))))
    }

    fn condition_in(
        &self,
        keys: &[&str],
        raw: &RawCondition,
        fields: &Fields,
        base: &Path,
    ) -> Result<Condition, SpecError> {
        let RawCondition {
            present,
            constant,
            max_items,
            contains,
            max_contains,
            not,
            all_of,
            any_of,
        } = raw;
        let given = [
            present.is_some(),
            constant.is_some(),
            max_items.is_some(),
            contains.is_some(),
            max_contains.is_some(),
            not.is_some(),
            all_of.is_some(),
            any_of.is_some(),
        ];
        if given.iter().filter(|given| **given).count() != 1 {
            return Err(self
                .error(keys, "a condition needs exactly one key")
                .expecting(
                    "one of `present`, `const`, `max-items`, `contains`, `max-contains`, `not`, `all-of`, `any-of`",
                ));
        }
        let at = |more: &[&'static str]| [keys, more].concat();
        if let Some(text) = present {
            let (path, _) = self.single(&at(&["present"]), text, fields, base)?;
            return Ok(Condition::Present(path));
        }
        if let Some((text, value)) = constant {
            let (path, field) = self.single(&at(&["const", "0"]), text, fields, base)?;
            self.check_const(&at(&["const", "1"]), field, value)?;
            return Ok(Condition::Const(path, value.clone()));
        }
        if let Some((lists, limit)) = max_items {
            return self.max_items(&at(&["max-items"]), lists, *limit, fields, base);
        }
        if let Some((text, item)) = contains {
            let list = self.list(&at(&["contains", "0"]), text, fields, base)?;
            let base = base.join(&list).items();
            let item = self.condition_in(&at(&["contains", "1"]), item, fields, &base)?;
            return Ok(Condition::Contains(list, Box::new(item)));
        }
        if let Some((text, item, limit)) = max_contains {
            let list = self.list(&at(&["max-contains", "0"]), text, fields, base)?;
            let base = base.join(&list).items();
            let item = self.condition_in(&at(&["max-contains", "1"]), item, fields, &base)?;
            return Ok(Condition::MaxContains(list, Box::new(item), *limit));
        }
        if let Some(inner) = not {
            let inner = self.condition_in(&at(&["not"]), inner, fields, base)?;
            return Ok(Condition::Not(Box::new(inner)));
        }
        if let Some(list) = all_of {
            let several = self.several(&at(&["all-of"]), list, fields, base)?;
            return Ok(Condition::AllOf(several));
        }
        let list = any_of.as_deref().unwrap_or_default();
        let several = self.several(&at(&["any-of"]), list, fields, base)?;
        Ok(Condition::AnyOf(several))
    }

    fn several(
        &self,
        keys: &[&str],
        list: &[RawCondition],
        fields: &Fields,
        base: &Path,
    ) -> Result<Vec<Condition>, SpecError> {
        if list.is_empty() {
            return Err(self.error(keys, "there is no condition in this list"));
        }
        let read = |(index, inner): (usize, &RawCondition)| {
            let index = index.to_string();
            self.condition_in(&[keys, &[index.as_str()]].concat(), inner, fields, base)
        };
        list.iter().enumerate().map(read).collect()
    }

    fn max_items(
        &self,
        keys: &[&str],
        lists: &[String],
        limit: u64,
        fields: &Fields,
        base: &Path,
    ) -> Result<Condition, SpecError> {
        if lists.is_empty() {
            return Err(self.error(keys, "`max-items` names no list"));
        }
        let mut paths = Vec::new();
        for (index, text) in lists.iter().enumerate() {
            let index = index.to_string();
            let keys = [keys, &["0", index.as_str()]].concat();
            let path = self.list(&keys, text, fields, base)?;
            if paths.contains(&path) {
                return Err(self.error(&keys, format!("`{text}` is listed twice")));
            }
            paths.push(path);
        }
        let ways = ways_to_split(limit, paths.len());
        if ways > MAX_WAYS {
            let message = format!(
                "{limit} items over {} lists are too many: a schema lists every way to split them",
                paths.len()
            );
            let keys = [keys, &["1"]].concat();
            return Err(self
                .error(&keys, message)
                .expecting(&format!("at most {MAX_WAYS} ways")));
        }
        Ok(Condition::MaxItems(paths, limit))
    }

    /// A field that a request has at most once, or an item at most once.
    fn single<'f>(
        &self,
        keys: &[&str],
        text: &str,
        fields: &'f Fields,
        base: &Path,
    ) -> Result<(Path, &'f Field), SpecError> {
        let (path, field) = self.resolve(keys, text, fields, base)?;
        if path.is_inside_list() {
            let message =
                format!("`{path}` looks into a list; use `contains` or `max-contains` on the list");
            return Err(self.error(keys, message));
        }
        Ok((path, field))
    }

    /// Whether the value is one that the field can have.
    pub(super) fn check_const(
        &self,
        keys: &[&str],
        field: &Field,
        value: &Scalar,
    ) -> Result<(), SpecError> {
        if !fits(value, field.kind) {
            let message = format!(
                "{value} is {}, and `{}` is {}",
                value.kind(),
                field.path,
                field.kind.with_article()
            );
            return Err(self.error(keys, message));
        }
        if let Some(list) = field.closed_values()
            && !list.contains(value)
        {
            let message = format!("{value} is not a value of `{}`", field.path);
            return Err(self.error(keys, message).expecting(&one_of(list)));
        }
        Ok(())
    }

    /// A list of the request; a condition on lists inside of lists cannot be said.
    pub(super) fn list(
        &self,
        keys: &[&str],
        text: &str,
        fields: &Fields,
        base: &Path,
    ) -> Result<Path, SpecError> {
        let (path, field) = self.single(keys, text, fields, base)?;
        if field.kind != Type::Array {
            let message = format!(
                "`{text}` is {}; a list is needed here",
                field.kind.with_article()
            );
            return Err(self.error(keys, message));
        }
        Ok(path)
    }
}

/// In how many ways a schema splits a limit over lists: for one list as it is, for each further list
/// by every share of the one before.
fn ways_to_split(limit: u64, lists: usize) -> u64 {
    let mut ways: u64 = 1;
    for list in 1..u64::try_from(lists).unwrap_or(u64::MAX) {
        // The number of ways to share `limit` among `list + 1` is a binomial coefficient.
        ways = ways.saturating_mul(limit.saturating_add(list)) / list;
        if ways > MAX_WAYS {
            return ways;
        }
    }
    ways
}
