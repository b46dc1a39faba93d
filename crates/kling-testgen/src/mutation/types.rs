//! Values of the wrong JSON type, and integers written in another form.

use kling_spec::{CommonRule, Field, Type};

use super::{ADDRESS, Catalogue, Edit, Mutation, is_error, simple_value, there};
use crate::json::Json;

impl Catalogue<'_> {
    pub(super) fn types(&self, mutations: &mut Vec<Mutation>) {
        for field in self.spec.fields().values() {
            for (found, value) in self.wrong_types(field) {
                let mutation = self.mutation(
                    CommonRule::WrongType,
                    &field.path,
                    found,
                    &field.ground,
                    is_error(&field.ground),
                );
                mutations.push(
                    self.beside(&field.path, mutation)
                        .by(Edit::Set(field.path.clone(), vec![value])),
                );
            }
            if field.kind == Type::Integer {
                let mutation = self.mutation(
                    CommonRule::NumberNotation,
                    &field.path,
                    "",
                    &field.ground,
                    false,
                );
                mutations.push(
                    mutation
                        .needing(there(&field.path))
                        .by(Edit::Notation(field.path.clone())),
                );
            }
        }
    }

    /// Returns one value of each JSON type that the field does not have.
    fn wrong_types(&self, field: &Field) -> Vec<(&'static str, Json)> {
        let simple = simple_value(self.spec, &field.path);
        // For a list, the item alone.
        let right = simple.items().first().unwrap_or(&simple).clone();
        // A value that is not text is written as text, and an object as a URL.
        let text = match right.as_str() {
            Some(text) => text.to_owned(),
            None if matches!(right, Json::Object(_)) => ADDRESS.to_owned(),
            None => crate::plain(&right),
        };
        let all = [
            (Type::String, "a string", Json::String(text)),
            (Type::Integer, "an integer", Json::Integer(1)),
            (Type::Integer, "zero", Json::Integer(0)),
            (Type::Boolean, "a boolean", Json::Boolean(true)),
            (Type::Array, "a list", Json::Array(vec![right.clone()])),
            (
                Type::Object,
                "an object",
                Json::Object(vec![("value".to_owned(), right)]),
            ),
        ];
        let all = all.into_iter().filter(|(kind, _, _)| *kind != field.kind);
        let mut wrong: Vec<(&'static str, Json)> =
            all.map(|(_, found, value)| (found, value)).collect();
        // No field accepts a fraction; `-0.5` and `5.5` are exact as floats.
        wrong.push(("a fraction", Json::Number("5.5".to_owned())));
        wrong.push(("a small fraction", Json::Number("-5e-1".to_owned())));
        wrong
    }
}
