//! Checks that the places where meanings are written fit the fields.

use indexmap::IndexMap;

use super::conditions::check_value;
use super::error::{At, LoadError, LoadErrors};
use super::fields::Fields;
use super::read::Rows;
use crate::field::{Field, Type};
use crate::meaning::{Meaning, WrittenAt};
use crate::path::Path;
use crate::scalar::Scalar;
use crate::suggest::nearest;

impl Fields {
    /// Returns where a contract writes each meaning, also those that all models write in one place.
    pub(super) fn meanings(
        &self,
        own: Rows<WrittenAt>,
        shared: &IndexMap<String, WrittenAt>,
        errors: &mut LoadErrors,
    ) -> IndexMap<Meaning, WrittenAt> {
        let own = own.read.into_iter().filter_map(|(name, row)| {
            let checked = self.check_meaning(&name, &row).at(&name).at("meaning");
            Some((errors.keep(checked)?, row))
        });
        let mut meanings: IndexMap<Meaning, WrittenAt> = own.collect();
        for (name, row) in shared {
            if let Ok(meaning) = self.check_meaning(name, row) {
                meanings.entry(meaning).or_insert_with(|| row.clone());
            }
        }
        meanings
    }

    fn check_meaning(&self, name: &str, row: &WrittenAt) -> Result<Meaning, LoadError> {
        let Some(meaning) = Meaning::named(name) else {
            let names = Meaning::ALL.map(Meaning::name);
            return Err(LoadError::new(format!("`{name}` is not a meaning"))
                .expecting(format!("one of `{}`", names.join("`, `")))
                .suggesting(nearest(name, names)));
        };
        let target = self.single_value(&row.to).at("to")?;
        self.check_with(&row.to, &row.with)?;
        if let Some(position) = row.position {
            self.check_position(target, position).at("position")?;
        }
        for (index, value) in row.values.iter().enumerate() {
            check_value(&value.written, target)
                .at("written")
                .at_index(index)
                .at("values")?;
        }
        for (index, also) in row.also.iter().enumerate() {
            let checked = self.single_value(&also.to).map(drop).at("to");
            checked
                .and_then(|()| self.check_with(&also.to, &also.with))
                .at_index(index)
                .at("also")?;
        }
        Ok(meaning)
    }

    /// Returns a field that has a single value: neither a list nor an object.
    fn single_value(&self, path: &Path) -> Result<&Field, LoadError> {
        let field = self.resolve(path, Path::ROOT)?;
        match field.kind {
            Type::String | Type::Integer | Type::Boolean => Ok(field),
            Type::Array | Type::Object => Err(LoadError::new(format!(
                "`{path}` is {}; a meaning is a single value",
                field.kind.with_article()
            ))),
        }
    }

    /// Checks the other members of the item that has the value.
    fn check_with(&self, path: &Path, with: &IndexMap<String, Scalar>) -> Result<(), LoadError> {
        let item = path.parent().unwrap_or_default();
        for (name, value) in with {
            let checked = self
                .resolve(&Path::ROOT.member(name), &item)
                .and_then(|field| check_value(value, field));
            checked.at(name).at("with")?;
        }
        Ok(())
    }

    fn check_position(&self, target: &Field, position: u32) -> Result<(), LoadError> {
        let path = &target.path;
        let Some(list) = path.parent().filter(|_| path.is_item()) else {
            return Err(LoadError::new(format!("`{path}` is not an item of a list")));
        };
        let limit = self
            .rows
            .get(&list)
            .and_then(|list| list.max_items.as_ref());
        let limit = limit.map_or(u64::MAX, |limit| limit.value);
        if position == 0 || u64::from(position) > limit {
            return Err(
                LoadError::new(format!("`{list}` does not have an item {position}"))
                    .expecting("1 for the first item, up to the maximum number of items"),
            );
        }
        Ok(())
    }
}
