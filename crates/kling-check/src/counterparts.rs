//! What of one page of a model is where on another page of it.

use kling_spec::{Path, Rule};

use crate::table::{FieldId, FieldKind, ObjectId, Table};

/// The parts of a page, and what they are on another page.
#[derive(Debug)]
pub(crate) struct Counterparts {
    /// By field of this page: the same field of the other.
    fields: Vec<Option<FieldId>>,
    /// By object of this page: the same object of the other.
    objects: Vec<Option<ObjectId>>,
    /// By rule of this page: whether the other page allows what the rule forbids.
    allowed: Vec<bool>,
}

impl Counterparts {
    pub(crate) fn new(here: &Table, there: &Table) -> Self {
        let fields: Vec<Option<FieldId>> = here
            .spec
            .fields()
            .keys()
            .map(|path| there.field_id(path))
            .collect();
        let objects = here.objects.iter().map(|object| match object.field {
            None => Some(0),
            Some(field) => match there.field(fields[field]?).kind {
                FieldKind::Object(object) => Some(object),
                FieldKind::String(_)
                | FieldKind::Integer(_)
                | FieldKind::Boolean
                | FieldKind::Array(_) => None,
            },
        });
        Self {
            objects: objects.collect(),
            allowed: here
                .spec
                .rules()
                .iter()
                .map(|rule| is_allowed(there, rule))
                .collect(),
            fields,
        }
    }

    /// Returns the field of the other page.
    pub(crate) fn field(&self, field: FieldId) -> Option<FieldId> {
        self.fields[field]
    }

    /// Returns the object of the other page.
    pub(crate) fn object(&self, object: ObjectId) -> Option<ObjectId> {
        self.objects[object]
    }

    /// Returns whether the other page allows what a rule of this one forbids.
    pub(crate) fn allows(&self, rule: usize) -> bool {
        self.allowed[rule]
    }
}

/// Whether a page has everything that a rule is about, but not the rule.
fn is_allowed(table: &Table, rule: &Rule) -> bool {
    let has = |path: &Path| table.field_id(path).is_some();
    let mut has_all = rule.blame.iter().all(has);
    for condition in rule.when.iter().chain([&rule.must]) {
        condition.paths(&mut |list, path| {
            has_all &= match list {
                Some(list) => has(&list.items().join(path)),
                None => has(path),
            };
        });
    }
    has_all && !table.spec.rules().iter().any(|known| known.id == rule.id)
}
