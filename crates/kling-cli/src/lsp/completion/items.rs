//! The completions themselves.

use std::fmt::Write as _;

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, InsertTextFormat, MarkupContent, Range, TextEdit,
};
use kling_json::{Kind, Span, quoted};
use kling_spec::{Field, Placeholders, Scalar, Spec, Type};

use super::context::Context;
use super::range;
use super::snippet::{Insert, Values};
use crate::lsp::hover::{described, shortened};
use crate::lsp::placeholder;
use crate::lsp::question::Question;
use crate::output::field::with_unit;

/// The member that names the contract.
const MODEL: &str = "model";

/// The maximum number of items of one list that are offered: nobody reads through more.
const MAX_REFERENCES: usize = 100;

/// The input for completions.
pub(super) struct Items<'a> {
    pub(super) question: &'a Question<'a>,
    pub(super) context: &'a Context,
    /// What a completion replaces, unless it says otherwise.
    pub(super) range: Range,
    /// The request without what is being written.
    pub(super) json: &'a kling_json::Document<'a>,
    pub(super) spec: Option<&'a Spec>,
}

impl Items<'_> {
    /// Returns the members that an object can have but does not; required ones come first.
    pub(super) fn fields(&self) -> Vec<CompletionItem> {
        let object = self.json.pointer(&self.context.container);
        let is_there = |name: &str| object.is_some_and(|object| object.member(name).is_some());
        // Without a model nothing else is known about a request.
        let Some(spec) = self.spec else {
            return if self.context.path.steps().is_empty() && !is_there(MODEL) {
                vec![self.model_field()]
            } else {
                Vec::new()
            };
        };
        let mut fields: Vec<&Field> = spec.members(&self.context.path).collect();
        fields.sort_by_key(|field| field.required.is_none());
        let missing = fields.into_iter().filter_map(|field| {
            let name = field.path.name()?;
            (!is_there(name)).then_some((name, field))
        });
        missing
            .enumerate()
            .map(|(index, (name, field))| {
                let value = Values::of(Some(spec)).value(field);
                self.field(index, name, detail(field), Some(described(field)), &value)
            })
            .collect()
    }

    fn model_field(&self) -> CompletionItem {
        let ids: Vec<Scalar> = self
            .question
            .checker
            .models()
            .map(|id| Scalar::String(id.to_owned()))
            .collect();
        let value = Values::of(None).choice(&ids);
        self.field(0, MODEL, Type::String.as_str().to_owned(), None, &value)
    }

    fn field(
        &self,
        index: usize,
        name: &str,
        detail: String,
        documentation: Option<String>,
        value: &Insert,
    ) -> CompletionItem {
        let key = quoted(name);
        let follows = self.context.follows(self.question.text);
        let comma = if follows == Some('"') { "," } else { "" };
        let insert = if follows == Some(':') {
            Insert::of(&key)
        } else {
            Insert::of(&format!("{key}: "))
                .then(value)
                .then(&Insert::of(comma))
        };
        let markup = |value| MarkupContent {
            kind: self.question.capabilities.completion_markup.clone(),
            value,
        };
        // Where no quotation mark has been written, the editor compares without one.
        let is_quoted = self.context.is_quoted;
        CompletionItem {
            label: name.to_owned(),
            documentation: documentation.map(|text| markup(text).into()),
            filter_text: Some(if is_quoted { key } else { name.to_owned() }),
            ..self.item(index, CompletionItemKind::Field, detail, insert)
        }
    }

    /// Returns the listed values of a field, or a template for its value.
    pub(super) fn values(&self) -> Vec<CompletionItem> {
        let path = &self.context.path;
        let is_model = path.steps().len() == 1 && path.name() == Some(MODEL);
        if is_model {
            let checker = self.question.checker;
            let ids = checker.models().enumerate();
            return ids
                .map(|(index, id)| {
                    let title = checker.spec(id).map(|spec| spec.title().to_owned());
                    self.value(index, Insert::of(&quoted(id)), title.unwrap_or_default())
                })
                .collect();
        }
        let Some(field) = self.spec.and_then(|spec| spec.fields().get(path)) else {
            return Vec::new();
        };
        let mut values: Vec<Scalar> = match (&field.values, field.kind) {
            (Some(values), _) => values.value.list.clone(),
            (None, Type::Boolean) => [true, false].map(Scalar::Boolean).to_vec(),
            (None, Type::Object | Type::Array) => {
                let shape = Values::of(self.spec).value(field);
                return vec![self.value(0, shape, field.kind.as_str().to_owned())];
            }
            (None, Type::String | Type::Integer) => field.examples.clone(),
        };
        let default = field.default.as_ref().map(|default| &default.value);
        if let Some(default) = default
            && !values.contains(default)
        {
            values.insert(0, default.clone());
        }
        values
            .iter()
            .enumerate()
            .map(|(index, value)| {
                let detail = match &field.unit {
                    _ if Some(value) == default => "default".to_owned(),
                    Some(_) => with_unit(field, value.to_string()),
                    None => String::new(),
                };
                self.value(index, Insert::of(&value.to_string()), detail)
            })
            .collect()
    }

    fn value(&self, index: usize, insert: Insert, detail: String) -> CompletionItem {
        self.item(index, CompletionItemKind::Value, detail, insert)
    }

    /// Returns the placeholders for existing items, if one has been started.
    pub(super) fn placeholders(&self, placeholders: &Placeholders) -> Vec<CompletionItem> {
        let text = self.question.text;
        let Some(begun) = begun_mark(text, self.context.token.start, self.context.offset) else {
            return Vec::new();
        };
        let placed = Items {
            range: range(self.question, begun.start, begun.end),
            ..*self
        };
        let mut found = Vec::new();
        for kind in &placeholders.kinds {
            let Some(list) = &kind.list else { continue };
            let items = placeholder::items(self.json, list).take(MAX_REFERENCES);
            for (number, item) in (1..).zip(items) {
                let mark = kling_prompt::write_placeholder(&kind.name, number);
                let what = item
                    .children()
                    .find(|child| child.kind() == Kind::String)
                    .unwrap_or(item);
                let detail = format!("{list}: {}", shortened(what.raw()));
                found.push(placed.item(
                    found.len(),
                    CompletionItemKind::Reference,
                    detail,
                    Insert::of(&mark),
                ));
            }
        }
        found
    }

    /// Makes an item that is shown and matched as what it inserts.
    fn item(
        &self,
        index: usize,
        kind: CompletionItemKind,
        detail: String,
        insert: Insert,
    ) -> CompletionItem {
        let label = insert.plain.clone();
        let (insert_text_format, new_text) = if self.question.capabilities.snippets {
            (InsertTextFormat::Snippet, insert.snippet)
        } else {
            (InsertTextFormat::PlainText, insert.plain)
        };
        let edit = TextEdit {
            range: self.range,
            new_text,
        };
        CompletionItem {
            filter_text: Some(label.clone()),
            label,
            kind: Some(kind),
            detail: Some(detail).filter(|detail| !detail.is_empty()),
            // Keeps the order of the contract.
            sort_text: Some(format!("{index:04}")),
            insert_text_format: Some(insert_text_format),
            text_edit: Some(edit.into()),
            ..CompletionItem::default()
        }
    }
}

/// Describes type and default in a few words.
fn detail(field: &Field) -> String {
    let mut text = field.kind.as_str().to_owned();
    if field.required.is_some() {
        text.push_str(", required");
    }
    if let Some(default) = &field.default {
        let value = with_unit(field, default.value.to_string());
        write!(text, ", default {value}").expect("writing to a String cannot fail");
    }
    text
}

/// Returns the span of the placeholder started before `offset` in the string that begins at `string`, including the
/// part after `offset`.
fn begun_mark(text: &str, string: usize, offset: usize) -> Option<Span> {
    let belongs = |character: char| character.is_alphanumeric() || character == '_';
    let before = text.get(string + 1..offset)?;
    let word = before.trim_end_matches(belongs);
    let signs = word.len() - word.trim_end_matches('<').len();
    if signs == 0 {
        return None;
    }
    let behind = text.get(offset..)?;
    let rest = behind.trim_start_matches(belongs);
    let closing = rest.len() - rest.trim_start_matches('>').len();
    let end = offset + (behind.len() - rest.len()) + closing.min(3);
    Some(Span::new(string + 1 + word.len() - signs.min(3), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(marked: &str, expected: Option<&str>) {
        let offset = marked.find('|').unwrap();
        let text = marked.replace('|', "");
        let found = begun_mark(&text, 0, offset).map(|span| span.of(&text).to_owned());
        assert_eq!(found.as_deref(), expected, "{marked}");
    }

    #[test]
    fn a_placeholder_is_begun_with_its_signs() {
        check("\"a <<<|", Some("<<<"));
        check("\"a <|", Some("<"));
        check("\"a <<<<im|age_1>>>> b\"", Some("<<<image_1>>>"));
        check("\"a <<<image_|\"", Some("<<<image_"));
        check("\"a < b|\"", None);
        check("\"|<<<\"", None);
    }
}
