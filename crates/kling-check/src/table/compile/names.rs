//! What keys that no object has may mean, made ready for being looked up.

use kling_spec::{Field, Path, Words};

use super::Compiler;
use crate::table::{FieldId, Names};

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
    pub(super) fn mistakes(&self, object: &Path) -> Names<usize> {
        let mistakes = self.spec.mistakes.iter().enumerate();
        Names::new(mistakes.filter_map(|(index, mistake)| {
            let is_here = mistake.at.parent().as_ref() == Some(object);
            Some((mistake.at.name().filter(|_| is_here)?, index))
        }))
    }

    /// By name the first field for which `wanted` holds.
    pub(super) fn by_name(&self, wanted: impl Fn(&Field) -> bool) -> Names<FieldId> {
        let fields = self.spec.fields.values().filter(|field| wanted(field));
        Names::new(
            fields.filter_map(|field| Some((field.path.name()?, self.field_id(&field.path)))),
        )
    }
}
