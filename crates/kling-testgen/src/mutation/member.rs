//! Mutations of members themselves: missing, `null`, repeated, unknown, misplaced; and of the request itself.

use kling_spec::{CommonRule, Path, Type};

use super::{Catalogue, Edit, Mutation, Written, is_error, not, simple_value, there};
use crate::json::Json;

/// Names that occur in no contract and no mistake, and are unlike any that do.
const UNKNOWN_NAMES: &[&str] = &["zz", "xyzzy_quux", "", "ключ", "a/b~c", "\u{1f39e}"];

impl Catalogue<'_> {
    pub(super) fn members(&self, mutations: &mut Vec<Mutation>) {
        self.request(mutations);
        for field in self.spec.fields().values() {
            let path = &field.path;
            if let Some(ground) = &field.required {
                let around = path.parent().unwrap_or_default();
                let mutation =
                    self.mutation(CommonRule::MissingField, path, "", ground, is_error(ground));
                mutations.push(
                    mutation
                        .needing(there(&around))
                        .by(Edit::Remove(path.clone())),
                );
            }
            let mutation = self.mutation(CommonRule::NullValue, path, "", &field.ground, true);
            mutations.push(
                self.beside(path, mutation)
                    .by(Edit::Set(path.clone(), vec![Json::Null])),
            );
            if !path.is_item() {
                let mutation =
                    self.mutation(CommonRule::DuplicateKey, path, "", &field.ground, false);
                let other = simple_value(self.spec, path);
                let mut mutation = mutation
                    .needing(there(path))
                    .by(Edit::Duplicate(path.clone(), vec![other]));
                mutation.planted.duplicate = true;
                mutations.push(mutation);
            }
            if field.kind == Type::Array {
                let mutation = self.mutation(CommonRule::EmptyList, path, "", &field.ground, false);
                mutations.push(
                    self.beside(path, mutation)
                        .by(Edit::Set(path.clone(), vec![Json::Array(Vec::new())])),
                );
            }
        }
        let objects = self
            .spec
            .fields()
            .values()
            .filter(|field| field.kind == Type::Object);
        let objects: Vec<&Path> = [Path::ROOT]
            .into_iter()
            .chain(objects.map(|field| &field.path))
            .collect();
        for object in &objects {
            self.unknown(object, mutations);
        }
        self.misplaced(&objects, mutations);
    }

    fn request(&self, mutations: &mut Vec<Mutation>) {
        let ground = self.ground(&self.model);
        let values = vec![
            Json::Array(vec![Json::object()]),
            Json::Array(Vec::new()),
            Json::string("prompt"),
            Json::Integer(5),
            Json::Boolean(true),
            Json::Null,
        ];
        let mutation = self.mutation(CommonRule::NotAnObject, Path::ROOT, "", ground, true);
        mutations.push(mutation.by(Edit::Replace(values)));
    }

    /// Adds what a mutation in place of the value at `path` needs: that what encloses it exists, and for a list, that
    /// it is absent, so that nothing mentions its items.
    pub(super) fn beside(&self, path: &Path, mutation: Mutation) -> Mutation {
        let around = path.parent().unwrap_or_default();
        if path.is_item() {
            return mutation.needing(there(path));
        }
        let is_list = self
            .spec
            .fields()
            .get(path)
            .is_some_and(|field| field.kind == Type::Array);
        let holds_lists = self.spec.fields().values().any(|field| {
            field.kind == Type::Array
                && field.path != *path
                && field.path.steps().starts_with(path.steps())
        });
        let mutation = mutation.needing(there(&around));
        if is_list || holds_lists {
            mutation.preferring(not(there(path)))
        } else {
            mutation.preferring(there(path))
        }
    }

    fn unknown(&self, object: &Path, mutations: &mut Vec<Mutation>) {
        let values = [
            Json::string("x"),
            Json::Integer(1),
            Json::Boolean(false),
            Json::object(),
        ];
        for name in UNKNOWN_NAMES {
            let path = object.member(name);
            if self.is_unknown(&path, name) {
                let mutation = self.mutation(
                    CommonRule::UnknownField,
                    &path,
                    "",
                    self.ground(object),
                    true,
                );
                let edit = Edit::Set(path, values.to_vec());
                mutations.push(mutation.needing(there(object)).by(edit));
            }
        }
        // Slips of real names are unknown as well.
        for field in self.spec.members(object) {
            let Some(name) = field.path.name().filter(|_| field.path != self.model) else {
                continue;
            };
            for slip in [name.to_uppercase(), format!("{name}x")] {
                let to = object.member(&slip);
                if self.is_unknown(&to, &slip) {
                    let mutation =
                        self.mutation(CommonRule::UnknownField, &to, "", &field.ground, true);
                    let mutation = mutation.touching(&field.path).needing(there(&field.path));
                    let from = field.path.clone();
                    let written = Written::AsItWas;
                    mutations.push(mutation.by(Edit::Move { from, to, written }));
                }
            }
        }
    }

    fn is_unknown(&self, path: &Path, name: &str) -> bool {
        let is_mistake = self
            .spec
            .mistakes()
            .iter()
            .any(|mistake| mistake.at == *path);
        !is_mistake && !self.belongs_elsewhere(path) && !self.is_known_in_items(name)
    }

    fn is_known_in_items(&self, name: &str) -> bool {
        let specs = [self.spec].into_iter().chain(&self.others);
        specs
            .into_iter()
            .any(|spec| spec.fields().keys().any(|path| path.name() == Some(name)))
    }

    /// Adds fields at another level, and fields of other models.
    fn misplaced(&self, objects: &[&Path], mutations: &mut Vec<Mutation>) {
        let levels: Vec<&&Path> = objects
            .iter()
            .filter(|object| !object.is_inside_list())
            .collect();
        let mut push = |from: &Path, to: Path, value: Option<Json>| {
            let is_taken = self.spec.fields().contains_key(&to) || *from == self.model;
            let is_schema = to.name() == Some("$schema");
            let is_mistake = self.spec.mistakes().iter().any(|mistake| mistake.at == to);
            let below_itself = to.steps().starts_with(from.steps());
            if is_taken || is_schema || is_mistake || below_itself {
                return;
            }
            let around = to.parent().unwrap_or_default();
            let mutation = self.mutation(
                CommonRule::MisplacedField,
                &to,
                &format!("from {from}"),
                self.ground(from),
                true,
            );
            let mutation = mutation.needing(there(&around)).touching(from);
            mutations.push(match value {
                None => mutation.needing(there(from)).by(Edit::Move {
                    from: from.clone(),
                    to,
                    written: Written::AsItWas,
                }),
                Some(value) => mutation.by(Edit::Set(to, vec![value])),
            });
        };
        for field in self
            .spec
            .fields()
            .values()
            .filter(|field| !field.path.is_inside_list())
        {
            let Some(name) = field.path.name() else {
                continue;
            };
            for level in &levels {
                push(&field.path, level.member(name), None);
            }
        }
        for other in &self.others {
            for field in other
                .fields()
                .values()
                .filter(|field| !field.path.is_inside_list())
            {
                let around = field.path.parent().unwrap_or_default();
                if levels.iter().any(|level| ***level == around) {
                    push(
                        &field.path,
                        field.path.clone(),
                        Some(simple_value(other, &field.path)),
                    );
                }
            }
        }
    }
}
