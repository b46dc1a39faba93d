//! Checks of a contract as a whole: its rows form a tree, and no part of it is too large.

use indexmap::IndexMap;

use super::error::{At, LoadError, LoadErrors};
use super::fields::Fields;
use super::{MAX_ADDONS, MAX_MEMBERS};
use crate::field::{Field, Type};
use crate::path::{Path, Step};
use crate::scalar::Scalar;
use crate::spec::Spec;

impl Fields {
    /// Checks that every row is inside a row of the right type, every list has its items, and no object is too wide.
    pub(super) fn check_tree(&self, errors: &mut LoadErrors) {
        let mut members = IndexMap::<Path, usize>::new();
        for field in self.rows.values() {
            let place = self.check_place(field);
            errors.keep(place.at(&field.path.to_string()).at("field"));
            if field.path.name().is_some() {
                *members
                    .entry(field.path.parent().unwrap_or_default())
                    .or_default() += 1;
            }
        }
        for (object, count) in members {
            let checked = within(count, MAX_MEMBERS, "an object has", "members");
            errors.keep(checked.at(&object.to_string()).at("field"));
        }
    }

    /// Checks that a row is inside one of the right type, and that a list has its items.
    fn check_place(&self, field: &Field) -> Result<(), LoadError> {
        let path = &field.path;
        let parent = path.parent().unwrap_or_default();
        let wanted = match path.steps().last() {
            Some(Step::Items) => Type::Array,
            Some(Step::Member(_)) | None => Type::Object,
        };
        if parent != *Path::ROOT && !self.is_unread(&parent) {
            let Some(above) = self.rows.get(&parent) else {
                // The missing row of the items is reported for the list itself.
                if parent.is_item() && parent.parent().is_some_and(|list| self.is_known(&list)) {
                    return Err(LoadError::follow_up());
                }
                return Err(LoadError::new(format!(
                    "`{path}` is in `{parent}`, which has no row"
                )));
            };
            if above.kind != wanted {
                return Err(LoadError::new(format!(
                    "`{path}` needs `{parent}` to be {}, but it is {}",
                    wanted.with_article(),
                    above.kind.with_article()
                )));
            }
        }
        if field.kind != Type::Array {
            return Ok(());
        }
        let items = path.items();
        if !self.is_known(&items) {
            let message = format!("the list `{path}` has no row `{items}` for its items");
            return Err(LoadError::new(message));
        }
        if path.is_inside_list() {
            return Err(LoadError::new(format!(
                "`{path}` is a list inside a list, which contracts do not support"
            )));
        }
        Ok(())
    }

    /// Checks that a request says which model it is for.
    pub(super) fn check_model(&self, id: &str) -> Result<(), LoadError> {
        let model = Path::ROOT.member("model");
        if self.is_unread(&model) {
            return Err(LoadError::follow_up());
        }
        let expected = [Scalar::String(id.to_owned())];
        match self.rows.get(&model) {
            Some(field) if field.closed_values() == Some(&expected) && field.required.is_some() => {
                Ok(())
            }
            Some(_) => Err(LoadError::new("`model` does not name this model")
                .expecting(format!("`required = true` and `values = [\"{id}\"]`")))
            .at("model"),
            None => Err(LoadError::new("the row `[field.model]` is missing")),
        }
    }
}

/// Checks that a contract does not have too many addons.
pub(super) fn check_limits(spec: &Spec, errors: &mut LoadErrors) {
    let addons = spec
        .billing
        .as_ref()
        .map_or(0, |billing| billing.addons.len());
    errors.keep(within(addons, MAX_ADDONS, "the contract has", "addons").at("billing"));
}

pub(super) fn within(
    count: usize,
    limit: usize,
    what: &str,
    things: &str,
) -> Result<(), LoadError> {
    if count > limit {
        let message = format!("{what} {count} {things}; the limit is {limit}");
        return Err(LoadError::new(message));
    }
    Ok(())
}
