//! What keys that no object has may mean, made ready for being looked up.

use std::collections::HashMap;

use kling_spec::{Field, Path, Words};

use super::Compiler;
use crate::table::FieldId;

impl Compiler<'_> {
    /// The names that a key of an object may be a slip of.
    pub(super) fn near(&self, object: &Path) -> Words {
        let own = self.spec.members(object);
        let single = self
            .spec
            .fields
            .values()
            .filter(|field| !field.path.is_inside_list());
        Words::new(own.chain(single).filter_map(|field| field.path.name()))
    }

    /// The mistakes that are written as members of an object.
    pub(super) fn mistakes(&self, object: &Path) -> HashMap<String, usize> {
        let mut mistakes = HashMap::new();
        for (index, mistake) in self.spec.mistakes.iter().enumerate() {
            if let Some(name) = mistake.at.name()
                && mistake.at.parent().as_ref() == Some(object)
            {
                mistakes.entry(name.to_owned()).or_insert(index);
            }
        }
        mistakes
    }

    /// By name the first field for which `wanted` holds.
    pub(super) fn by_name(&self, wanted: impl Fn(&Field) -> bool) -> HashMap<String, FieldId> {
        let mut names = HashMap::new();
        for field in self.spec.fields.values().filter(|field| wanted(field)) {
            if let Some(name) = field.path.name() {
                names
                    .entry(name.to_owned())
                    .or_insert_with(|| self.field_id(&field.path));
            }
        }
        names
    }
}
