//! The completions themselves.

use std::fmt::Write as _;

use kling_json::{Kind, Span, Tape, quoted};
use kling_spec::{Field, Placeholders, Scalar, Spec, Type};

use super::context::{Context, Place};
use super::range;
use crate::lsp::hover::{described, shortened};
use crate::lsp::placeholder;
use crate::lsp::protocol::{
    CompletionItem, MarkupContent, TextEdit, completion_kind, insert_format,
};
use crate::lsp::server::Question;
use crate::output::field::with_unit;

/// The member that names the contract.
const MODEL: &str = "model";

/// What completions are made from.
pub(super) struct Items<'a> {
    pub(super) question: &'a Question<'a>,
    pub(super) context: &'a Context,
    /// The request without what is being written.
    pub(super) tape: &'a Tape<'a>,
    pub(super) spec: Option<&'a Spec>,
}

/// A text to insert, with places to fill in where the editor has them.
struct Insert {
    plain: String,
    snippet: String,
}

impl Items<'_> {
    /// The members that an object can have and has not; those it must have come first.
    pub(super) fn fields(&self) -> Vec<CompletionItem> {
        let object = self.tape.pointer(&self.context.container);
        let is_there = |name: &str| object.is_some_and(|object| object.member(name).is_some());
        // Without a model nothing else is known of a request.
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
                let value = self.value_of(field);
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
        let value = choice(ids.iter());
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
            Insert {
                snippet: escaped(&key),
                plain: key.clone(),
            }
        } else {
            Insert {
                snippet: format!("{}: {}{comma}", escaped(&key), value.snippet),
                plain: format!("{key}: {}{comma}", value.plain),
            }
        };
        self.item(index, completion_kind::FIELD, name.to_owned(), insert)
            .with(detail, documentation.map(|text| self.markup(text)), &key)
    }

    /// What a member may be.
    fn value_of(&self, field: &Field) -> Insert {
        if let Some(values) = &field.values {
            let default = field.default.as_ref().map(|default| &default.value);
            let others = values
                .value
                .list
                .iter()
                .filter(|value| Some(*value) != default);
            return choice(default.into_iter().chain(others));
        }
        match (field.kind, &field.default) {
            (Type::Boolean, default) => {
                let first = matches!(
                    default.as_ref().map(|default| &default.value),
                    Some(Scalar::Boolean(true))
                );
                choice([Scalar::Boolean(first), Scalar::Boolean(!first)].iter())
            }
            (Type::String | Type::Integer | Type::Array | Type::Object, Some(default)) => {
                let text = default.value.to_string();
                Insert {
                    snippet: format!("${{1:{}}}", escaped(&text)),
                    plain: text,
                }
            }
            (Type::Integer, None) => insert("", "0", ""),
            (Type::String, None) => insert("\"", "", "\""),
            (Type::Object, None) => insert("{", "", "}"),
            (Type::Array, None) => {
                let item = self.spec.and_then(|spec| {
                    let item = spec.fields.get(&field.path.items())?;
                    Some(item.kind)
                });
                match item {
                    Some(Type::Object) => insert("[{", "", "}]"),
                    Some(Type::String) => insert("[\"", "", "\"]"),
                    Some(Type::Integer | Type::Boolean | Type::Array) | None => {
                        insert("[", "", "]")
                    }
                }
            }
        }
    }

    /// The listed values of a field.
    pub(super) fn values(&self) -> Vec<CompletionItem> {
        let path = &self.context.path;
        let is_model = path.steps().len() == 1 && path.name() == Some(MODEL);
        if is_model {
            let checker = self.question.checker;
            let ids = checker.models().enumerate();
            return ids
                .map(|(index, id)| {
                    let title = checker.spec(id).map(|spec| spec.title.clone());
                    self.value(index, &quoted(id), title.unwrap_or_default())
                })
                .collect();
        }
        let Some(field) = self.spec.and_then(|spec| spec.fields.get(path)) else {
            return Vec::new();
        };
        let mut values: Vec<Scalar> = match &field.values {
            Some(values) => values.value.list.clone(),
            None if field.kind == Type::Boolean => [true, false].map(Scalar::Boolean).to_vec(),
            None => field.examples.clone(),
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
                self.value(index, &value.to_string(), detail)
            })
            .collect()
    }

    fn value(&self, index: usize, text: &str, detail: String) -> CompletionItem {
        let insert = Insert {
            snippet: escaped(text),
            plain: text.to_owned(),
        };
        self.item(index, completion_kind::VALUE, text.to_owned(), insert)
            .with(detail, None, text)
    }

    /// The placeholders of the items that are there, where one has been begun.
    pub(super) fn placeholders(&self, placeholders: &Placeholders) -> Vec<CompletionItem> {
        let text = self.question.text;
        let Some(begun) = begun_mark(text, self.context.token.start, self.context.offset) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for kind in &placeholders.kinds {
            let Some(list) = &kind.list else { continue };
            for (number, item) in (1..).zip(placeholder::items(self.tape, list)) {
                let mark = kling_prompt::write_mark(&kind.name, number);
                let what = item
                    .children()
                    .find(|child| child.kind() == Kind::String)
                    .unwrap_or(item);
                let detail = format!("{list}: {}", shortened(what.raw()));
                let insert = Insert {
                    snippet: escaped(&mark),
                    plain: mark.clone(),
                };
                let index = found.len();
                let mut completion =
                    self.item(index, completion_kind::REFERENCE, mark.clone(), insert);
                completion.text_edit.range = range(self.question, begun.start, begun.end);
                found.push(completion.with(detail, None, &mark));
            }
        }
        found
    }

    fn item(&self, index: usize, kind: u8, label: String, insert: Insert) -> CompletionItem {
        let Span { start, end } = self.context.token;
        let (insert_text_format, new_text) = if self.question.settled.snippets {
            (insert_format::SNIPPET, insert.snippet)
        } else {
            (insert_format::PLAIN_TEXT, insert.plain)
        };
        CompletionItem {
            label,
            kind,
            detail: String::new(),
            documentation: None,
            sort_text: format!("{index:04}"),
            filter_text: String::new(),
            insert_text_format,
            text_edit: TextEdit {
                range: range(self.question, start, end),
                new_text,
            },
        }
        .unquoted(self.context)
    }

    fn markup(&self, value: String) -> MarkupContent {
        MarkupContent {
            kind: self.question.settled.completion_markup,
            value,
        }
    }
}

impl CompletionItem {
    /// Where no quotation mark has been written, the editor compares without one.
    fn unquoted(mut self, context: &Context) -> Self {
        if !context.is_quoted && context.place == Place::Key {
            self.filter_text.clone_from(&self.label);
        }
        self
    }

    fn with(
        mut self,
        detail: String,
        documentation: Option<MarkupContent>,
        filter_text: &str,
    ) -> Self {
        self.detail = detail;
        self.documentation = documentation;
        if self.filter_text.is_empty() {
            filter_text.clone_into(&mut self.filter_text);
        }
        self
    }
}

/// Type and default in a few words.
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

/// A value with a place inside of it.
fn insert(before: &str, inside: &str, behind: &str) -> Insert {
    let place = if inside.is_empty() {
        "$1".to_owned()
    } else {
        format!("${{1:{inside}}}")
    };
    Insert {
        plain: format!("{before}{inside}{behind}"),
        snippet: format!("{}{place}{}", escaped(before), escaped(behind)),
    }
}

/// One of several values, the first of them unless another is chosen.
fn choice<'v>(values: impl Iterator<Item = &'v Scalar>) -> Insert {
    let values: Vec<String> = values.map(Scalar::to_string).collect();
    let plain = values.first().cloned().unwrap_or_default();
    let snippet = if values.len() > 1 {
        let choices: Vec<String> = values
            .iter()
            .map(|value| escaped(value).replace(',', "\\,").replace('|', "\\|"))
            .collect();
        format!("${{1|{}|}}", choices.join(","))
    } else {
        escaped(&plain)
    };
    Insert { plain, snippet }
}

/// A text that a snippet takes as it is.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('$', "\\$")
        .replace('}', "\\}")
}

/// The placeholder that has been begun before `offset` in the string that begins at `string`, with what of it stands
/// behind.
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

    #[test]
    fn snippets_mean_what_they_say() {
        let values = [Scalar::String("a,b|$".to_owned()), Scalar::Integer(5)];
        let both = choice(values.iter());
        assert_eq!(both.snippet, r#"${1|"a\,b\|\$",5|}"#);
        assert_eq!(both.plain, r#""a,b|$""#);
        assert_eq!(choice(values[1..].iter()).snippet, "5");
        assert_eq!(insert("[{", "", "}]").snippet, r"[{$1\}]");
    }
}
