//! Checks of a contract as a whole: its rows make a tree, and nothing of it is too large.

use super::{Fields, LIMIT, Loader, MAX_ADDONS, MAX_ITEM_CONDITIONS, MAX_LISTS, MAX_ROWS};
use crate::condition::Condition;
use crate::error::SpecError;
use crate::field::{Field, Type};
use crate::path::{Path, Step};
use crate::scalar::Scalar;
use crate::spec::Spec;

impl Loader<'_> {
    /// Every row hangs on a row of the right type, every list has its items, no object is too wide.
    pub(super) fn check_tree(&self, fields: &Fields) -> Result<(), SpecError> {
        let root = Path::root();
        if fields.len() > MAX_ROWS {
            let message = format!(
                "the contract has {} rows; the limit is {MAX_ROWS}",
                fields.len()
            );
            return Err(self.error(&["field"], message));
        }
        let lists = fields
            .values()
            .filter(|field| field.kind == Type::Array)
            .count();
        if lists > MAX_LISTS {
            let message = format!("the contract has {lists} lists; the limit is {MAX_LISTS}");
            return Err(self.error(&["field"], message));
        }
        for field in fields.values() {
            check_place(field, fields)
                .map_err(|message| self.error(&["field", &field.path.to_string()], message))?;
        }
        for object in fields
            .values()
            .filter(|field| field.kind == Type::Object)
            .map(|field| &field.path)
            .chain([&root])
        {
            let members = fields
                .keys()
                .filter(|path| path.is_member_of(object))
                .count();
            if members > LIMIT {
                let text = object.to_string();
                return Err(self.error(
                    &["field", &text],
                    format!("an object has {members} members; the limit is {LIMIT}"),
                ));
            }
        }
        Ok(())
    }

    /// The request says which model it is for.
    pub(super) fn check_model(&self, id: &str, fields: &Fields) -> Result<(), SpecError> {
        let model = Path::root().member("model");
        let expected = [Scalar::String(id.to_owned())];
        match fields.get(&model) {
            Some(field) if field.closed_values() == Some(&expected) && field.required.is_some() => {
                Ok(())
            }
            Some(_) => {
                let expected = format!("`required = true` and `values = [\"{id}\"]`");
                let message = "`model` does not name this model";
                Err(self
                    .error(&["field", "model"], message)
                    .expecting(&expected))
            }
            None => Err(self.error(&["field"], "there is no row `[field.model]`")),
        }
    }

    pub(super) fn check_leaves(&self, spec: &Spec) -> Result<(), SpecError> {
        let (mut leaves, mut item_conditions) = (0, 0);
        for condition in spec.conditions() {
            count_leaves(condition, &mut leaves, &mut item_conditions);
        }
        if item_conditions > MAX_ITEM_CONDITIONS {
            let message = format!(
                "the contract has {item_conditions} conditions on items; the limit is {MAX_ITEM_CONDITIONS}"
            );
            return Err(self.error(&["rule"], message));
        }
        let addons = spec
            .billing
            .as_ref()
            .map_or(0, |billing| billing.addons.len());
        if addons > MAX_ADDONS {
            let message = format!("the contract has {addons} addons; the limit is {MAX_ADDONS}");
            return Err(self.error(&["billing"], message));
        }
        if leaves > LIMIT {
            let message = format!("the conditions have {leaves} leaves; the limit is {LIMIT}");
            return Err(self.error(&["rule"], message));
        }
        Ok(())
    }
}

/// Whether a row hangs on one of the right type, and a list has its items; otherwise what is wrong.
fn check_place(field: &Field, fields: &Fields) -> Result<(), String> {
    let path = &field.path;
    let parent = path.parent().unwrap_or_default();
    let wanted = match path.steps().last() {
        Some(Step::Items) => Type::Array,
        Some(Step::Member(_)) | None => Type::Object,
    };
    if parent != Path::root() || wanted == Type::Array {
        match fields.get(&parent) {
            None => return Err(format!("`{path}` is in `{parent}`, which has no row")),
            Some(above) if above.kind != wanted => {
                return Err(format!(
                    "`{path}` needs `{parent}` to be {}, but it is {}",
                    wanted.with_article(),
                    above.kind.with_article()
                ));
            }
            Some(_) => {}
        }
    }
    let is_list = field.kind == Type::Array;
    if is_list && !fields.contains_key(&path.items()) {
        return Err(format!(
            "the list `{path}` has no row `{path}[]` for its items"
        ));
    }
    if is_list && path.is_inside_list() {
        return Err(format!(
            "`{path}` is a list inside a list, which contracts do not support"
        ));
    }
    Ok(())
}

fn count_leaves(condition: &Condition, leaves: &mut usize, item_conditions: &mut usize) {
    match condition {
        Condition::Present(_) | Condition::Const(..) | Condition::MaxItems(..) => *leaves += 1,
        Condition::Contains(_, item) | Condition::MaxContains(_, item, _) => {
            *leaves += 1;
            *item_conditions += 1;
            count_leaves(item, leaves, item_conditions);
        }
        Condition::Not(inner) => count_leaves(inner, leaves, item_conditions),
        Condition::AllOf(several) | Condition::AnyOf(several) => {
            for inner in several {
                count_leaves(inner, leaves, item_conditions);
            }
        }
    }
}
