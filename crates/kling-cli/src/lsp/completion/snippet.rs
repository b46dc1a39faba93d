//! Texts to insert, with places to fill in.

use kling_json::quoted;
use kling_spec::{Field, Path, Scalar, Spec, Type};

/// A text to insert.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Insert {
    /// For editors that support only plain text.
    pub(super) plain: String,
    /// With places to fill in.
    pub(super) snippet: String,
}

impl Insert {
    /// Makes a text without places to fill in.
    pub(super) fn of(text: &str) -> Self {
        Self {
            plain: text.to_owned(),
            snippet: escaped(text),
        }
    }

    /// Appends another text.
    pub(super) fn then(mut self, next: &Self) -> Self {
        self.plain.push_str(&next.plain);
        self.snippet.push_str(&next.snippet);
        self
    }

    /// Surrounds it with two texts.
    fn between(&self, before: &str, behind: &str) -> Self {
        Self::of(before).then(self).then(&Self::of(behind))
    }
}

/// Makes values of fields, whose places to fill in are numbered from 1.
#[derive(Debug)]
pub(super) struct Values<'s> {
    spec: Option<&'s Spec>,
    places: u32,
}

impl<'s> Values<'s> {
    pub(super) const fn of(spec: Option<&'s Spec>) -> Self {
        Self { spec, places: 0 }
    }

    /// Returns a value for a field: its default if it has one; for an object, its required members.
    pub(super) fn value(&mut self, field: &Field) -> Insert {
        let default = field.default.as_ref().map(|default| &default.value);
        if let Some(values) = &field.values {
            let others = values.value.list.iter();
            let others = others.filter(|value| Some(*value) != default);
            let all: Vec<Scalar> = default.into_iter().chain(others).cloned().collect();
            return self.choice(&all);
        }
        match (field.kind, default) {
            (Type::Boolean, default) => {
                let first = default == Some(&Scalar::Boolean(true));
                self.choice(&[first, !first].map(Scalar::Boolean))
            }
            (_, Some(default)) => self.place(&default.to_string()),
            (Type::Integer, None) => self.place("0"),
            (Type::String, None) => self.place("").between("\"", "\""),
            (Type::Object, None) => self.object(&field.path),
            (Type::Array, None) => {
                let item = self
                    .spec
                    .and_then(|spec| spec.fields().get(&field.path.items()));
                let inside = match item {
                    Some(item) => self.value(item),
                    None => self.place(""),
                };
                inside.between("[", "]")
            }
        }
    }

    fn object(&mut self, path: &Path) -> Insert {
        let members = self.spec.into_iter().flat_map(|spec| spec.members(path));
        let required: Vec<&Field> = members.filter(|field| field.required.is_some()).collect();
        let mut inside = Insert::default();
        for (index, field) in required.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let key = quoted(field.path.name().unwrap_or_default());
            let member = Insert::of(&format!("{comma}{key}: ")).then(&self.value(field));
            inside = inside.then(&member);
        }
        if required.is_empty() {
            inside = self.place("");
        }
        inside.between("{", "}")
    }

    /// Returns a choice of values, the first of which is preselected.
    pub(super) fn choice(&mut self, values: &[Scalar]) -> Insert {
        let values: Vec<String> = values.iter().map(Scalar::to_string).collect();
        let plain = values.first().cloned().unwrap_or_default();
        if values.len() < 2 {
            return Insert::of(&plain);
        }
        let choices: Vec<String> = values
            .iter()
            .map(|value| escaped(value).replace(',', "\\,").replace('|', "\\|"))
            .collect();
        let number = self.next();
        Insert {
            snippet: format!("${{{number}|{}|}}", choices.join(",")),
            plain,
        }
    }

    /// Makes a place to fill in, with its initial text.
    fn place(&mut self, text: &str) -> Insert {
        let number = self.next();
        Insert {
            plain: text.to_owned(),
            snippet: if text.is_empty() {
                format!("${number}")
            } else {
                format!("${{{number}:{}}}", escaped(text))
            },
        }
    }

    const fn next(&mut self) -> u32 {
        self.places += 1;
        self.places
    }
}

/// Escapes a text so that a snippet inserts it unchanged.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('$', "\\$")
        .replace('}', "\\}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_mean_what_they_say() {
        let values = [Scalar::String("a,b|$".to_owned()), Scalar::Integer(5)];
        let both = Values::of(None).choice(&values);
        assert_eq!(both.snippet, r#"${1|"a\,b\|\$",5|}"#);
        assert_eq!(both.plain, r#""a,b|$""#);
        assert_eq!(Values::of(None).choice(&values[1..]).snippet, "5");
    }

    #[test]
    fn objects_have_what_they_must_have() {
        let spec = Spec::embedded("kling-v3-omni").unwrap();
        let value = |path: &str| Values::of(Some(&spec)).value(spec.field(path).unwrap());
        let list = value("metadata.element_list");
        assert_eq!(list.plain, r#"[{"url": ""}]"#);
        assert_eq!(list.snippet, r#"[{"url": "$1"\}]"#);
        assert_eq!(value("metadata").snippet, r"{$1\}");
        let root = Values::of(Some(&spec)).object(Path::ROOT);
        assert_eq!(
            root.snippet,
            r#"{"model": "kling-v3-omni", "prompt": "$1"\}"#
        );
    }
}
