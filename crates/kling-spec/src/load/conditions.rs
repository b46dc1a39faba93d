//! Reading conditions: exactly one key each, every path a field, every value of its type.

use super::{Fields, Loader, fits};
use crate::condition::Condition;
use crate::error::SpecError;
use crate::field::{Field, Type};
use crate::path::Path;
use crate::raw::RawCondition;
use crate::scalar::Scalar;
use crate::suggest::nearest;

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
        let mut error = self.error(keys, format!("`{text}` is no field of this contract"));
        let prefix = if base.steps().is_empty() {
            String::new()
        } else {
            format!("{base}.")
        };
        let known: Vec<String> = fields
            .keys()
            .filter_map(|known| known.to_string().strip_prefix(&prefix).map(str::to_owned))
            .collect();
        error.suggestion = nearest(text, known.iter().map(String::as_str)).map(str::to_owned);
        Err(error)
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
            let mut error = self.error(keys, "a condition needs exactly one key");
            error.expected = Some(
                "one of `present`, `const`, `max-items`, `contains`, `max-contains`, `not`, `all-of`, `any-of`"
                    .to_owned(),
            );
            return Err(error);
        }
        if let Some(text) = present {
            let (path, _) = self.single(keys, text, fields, base)?;
            return Ok(Condition::Present(path));
        }
        if let Some((text, value)) = constant {
            let (path, field) = self.single(keys, text, fields, base)?;
            self.check_const(keys, field, value)?;
            return Ok(Condition::Const(path, value.clone()));
        }
        if let Some((lists, limit)) = max_items {
            if lists.is_empty() {
                return Err(self.error(keys, "`max-items` names no list"));
            }
            let paths = lists
                .iter()
                .map(|text| self.list(keys, text, fields, base))
                .collect::<Result<_, _>>()?;
            return Ok(Condition::MaxItems(paths, *limit));
        }
        if let Some((text, item)) = contains {
            let list = self.list(keys, text, fields, base)?;
            let item = self.condition_in(keys, item, fields, &base.join(&list).items())?;
            return Ok(Condition::Contains(list, Box::new(item)));
        }
        if let Some((text, item, limit)) = max_contains {
            let list = self.list(keys, text, fields, base)?;
            let item = self.condition_in(keys, item, fields, &base.join(&list).items())?;
            return Ok(Condition::MaxContains(list, Box::new(item), *limit));
        }
        if let Some(inner) = not {
            return Ok(Condition::Not(Box::new(
                self.condition_in(keys, inner, fields, base)?,
            )));
        }
        let several = |list: &[RawCondition]| {
            if list.is_empty() {
                return Err(self.error(keys, "`all-of` and `any-of` need at least one condition"));
            }
            list.iter()
                .map(|inner| self.condition_in(keys, inner, fields, base))
                .collect()
        };
        if let Some(list) = all_of {
            return Ok(Condition::AllOf(several(list)?));
        }
        Ok(Condition::AnyOf(several(
            any_of.as_deref().unwrap_or_default(),
        )?))
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

    fn check_const(&self, keys: &[&str], field: &Field, value: &Scalar) -> Result<(), SpecError> {
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
            let mut error = self.error(keys, format!("{value} is not a value of `{}`", field.path));
            let known: Vec<String> = list.iter().map(ToString::to_string).collect();
            error.expected = Some(format!("one of {}", known.join(", ")));
            return Err(error);
        }
        Ok(())
    }

    /// A list of the request; a condition on lists inside of lists cannot be said.
    fn list(
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
