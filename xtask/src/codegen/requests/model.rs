//! The file of one model: its structs, then the enums of its values.

use std::fmt::Write as _;

use kling_spec::{Field, Path, Scalar, Spec, Type};

use super::INFALLIBLE;
use super::docs::{self, Docs};
use super::names::{Scope, integer_variant, pascal_case, snake_case, text_variant};
use crate::codegen::compare::MARK;

/// Makes the setter of a list of texts accept anything that converts to texts.
const TEXTS: &str = "with = |list: impl IntoIterator<Item = impl Into<String>>| texts(list)";

/// Returns the text of the file.
pub(super) fn file(spec: &Spec) -> String {
    let mut writer = Writer {
        spec,
        types: Scope::default(),
        objects: Vec::new(),
        structs: String::new(),
        enums: String::new(),
    };
    let root = writer.types.unique(&pascal_case(spec.id()));
    let about = Docs::about(&format!("{}. {}", spec.title(), spec.about()))
        .with_items([format!("endpoint: `{}`", spec.endpoint())]);
    writer.object(Path::ROOT, &root, &about);
    while !writer.objects.is_empty() {
        let (path, name, about) = writer.objects.remove(0);
        writer.object(&path, &name, &about);
    }
    let texts = if writer.structs.contains(TEXTS) {
        "\nuse crate::request::texts;\n"
    } else {
        ""
    };
    let title = docs::escaped(spec.title());
    format!(
        "{MARK}\n//!\n//! Requests to {title}.\n\nuse bon::Builder;\nuse serde::Serialize;\n{texts}{}{}",
        writer.structs, writer.enums
    )
}

/// The type of a member, and what its setter accepts.
struct Member {
    rust: String,
    /// An attribute of the builder.
    setter: Option<String>,
}

impl Member {
    fn plain(rust: impl Into<String>) -> Self {
        Self {
            rust: rust.into(),
            setter: None,
        }
    }
}

struct Writer<'s> {
    spec: &'s Spec,
    types: Scope,
    /// The objects that were named but not written yet.
    objects: Vec<(Path, String, Docs)>,
    structs: String,
    enums: String,
}

impl Writer<'_> {
    fn object(&mut self, path: &Path, name: &str, about: &Docs) {
        let spec = self.spec;
        let is_root = path == Path::ROOT;
        let mut fields = Scope::default();
        let mut members = String::new();
        for field in spec.members(path) {
            let Some(member) = field.path.name() else {
                continue;
            };
            if is_for_editors(member) {
                continue;
            }
            let ident = fields.unique(&snake_case(member));
            let Member { rust, setter } = self.member(field, name, is_root);
            if members.is_empty() {
                members.push('\n');
            }
            members.push_str(&docs::of_field(field).indented(1));
            if let Some(setter) = setter {
                writeln!(members, "    #[builder({setter})]").expect(INFALLIBLE);
            }
            if ident.trim_start_matches("r#") != member {
                writeln!(members, "    #[serde(rename = {member:?})]").expect(INFALLIBLE);
            }
            if field.required.is_some() {
                writeln!(members, "    pub {ident}: {rust},").expect(INFALLIBLE);
            } else {
                writeln!(
                    members,
                    "    #[serde(skip_serializing_if = \"Option::is_none\")]\n    \
                     pub {ident}: Option<{rust}>,"
                )
                .expect(INFALLIBLE);
            }
        }
        write!(
            self.structs,
            "\n{}#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Builder)]\n#[builder(on(String, into))]\n\
             #[non_exhaustive]\npub struct {name} {{{members}}}\n",
            about.indented(0)
        )
        .expect(INFALLIBLE);
        if is_root {
            write!(
                self.structs,
                "\nimpl {name} {{\n    /// The text of the request, as it is sent.\n    \
                 pub fn to_json(&self) -> String {{\n        crate::request::to_json(self)\n    }}\n}}\n"
            )
            .expect(INFALLIBLE);
        }
    }

    fn member(&mut self, field: &Field, owner: &str, top: bool) -> Member {
        match field.kind {
            Type::Array => self.list(field, owner, top),
            Type::String | Type::Integer | Type::Boolean | Type::Object => {
                let name = field.path.name().unwrap_or_default();
                let owner = if top { "" } else { owner };
                self.value(field, &format!("{owner}{}", pascal_case(name)), name)
            }
        }
    }

    fn list(&mut self, field: &Field, owner: &str, top: bool) -> Member {
        let Some(items) = self.spec.fields().get(&field.path.items()) else {
            return Member::plain("Vec<String>");
        };
        // Placeholders have a word for an item of the list.
        let kinds = self
            .spec
            .placeholders()
            .into_iter()
            .flat_map(|all| &all.kinds);
        let word = kinds
            .filter(|kind| kind.list.as_ref() == Some(&field.path))
            .map(|kind| pascal_case(&kind.name))
            .next();
        let name = field.path.name().unwrap_or_default();
        let owner = if top { "" } else { owner };
        let word = word.unwrap_or_else(|| format!("{owner}{}Item", pascal_case(name)));
        let item = self.value(items, &word, name);
        let setter = if item.rust == "String" {
            TEXTS
        } else {
            "with = FromIterator::from_iter"
        };
        Member {
            rust: format!("Vec<{}>", item.rust),
            setter: Some(setter.to_owned()),
        }
    }

    /// Returns the type of a value that is not a list; if it needs its own type, that is called `name`.
    fn value(&mut self, field: &Field, name: &str, member: &str) -> Member {
        let open = field.values.as_ref().is_some_and(|claim| claim.value.open);
        let values = field
            .values
            .as_ref()
            .map(|claim| claim.value.list.as_slice());
        match (field.kind, values) {
            (Type::Object, _) => {
                let name = self.types.unique(name);
                let about = Docs::about(&field.about);
                self.objects.push((field.path.clone(), name.clone(), about));
                Member::plain(name)
            }
            (Type::String, Some(values)) if !open => {
                let name = self.types.unique(name);
                let mut scope = Scope::default();
                let variants: Vec<String> = values
                    .iter()
                    .map(|value| text_variant(member, value.as_str().unwrap_or_default()))
                    .map(|variant| scope.unique(&variant))
                    .collect();
                self.texts(&name, field, values, &variants);
                let setter = match variants.as_slice() {
                    [only] if field.required.is_some() => Some(format!("skip = {name}::{only}")),
                    _ => None,
                };
                Member { rust: name, setter }
            }
            (Type::Integer, Some(values)) if !open => {
                let name = self.types.unique(name);
                let unit = field.unit.as_deref();
                let mut scope = Scope::default();
                let variants: Vec<String> = values
                    .iter()
                    .map(|value| match value {
                        Scalar::Integer(number) => integer_variant(member, unit, *number),
                        Scalar::Boolean(_) | Scalar::String(_) => pascal_case(&value.to_string()),
                    })
                    .map(|variant| scope.unique(&variant))
                    .collect();
                self.integers(&name, field, values, &variants);
                Member::plain(name)
            }
            (Type::Integer, _) => Member::plain("i64"),
            (Type::Boolean, _) => Member::plain("bool"),
            (Type::String | Type::Array, _) => Member::plain("String"),
        }
    }

    /// Writes the enum of the only texts that a member accepts.
    fn texts(&mut self, name: &str, field: &Field, values: &[Scalar], variants: &[String]) {
        let mut rows = String::new();
        for (value, variant) in values.iter().zip(variants) {
            let about = about_value(field, value);
            let text = value.as_str().unwrap_or_default();
            write!(
                rows,
                "{about}    #[serde(rename = {text:?})]\n    {variant},\n"
            )
            .expect(INFALLIBLE);
        }
        write!(
            self.enums,
            "\n{}#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]\n#[non_exhaustive]\n\
             pub enum {name} {{\n{rows}}}\n",
            about_values(field)
        )
        .expect(INFALLIBLE);
    }

    /// Writes the enum of the only integers that a member accepts.
    fn integers(&mut self, name: &str, field: &Field, values: &[Scalar], variants: &[String]) {
        let mut rows = String::new();
        for (value, variant) in values.iter().zip(variants) {
            let about = about_value(field, value);
            writeln!(rows, "{about}    {variant} = {value},").expect(INFALLIBLE);
        }
        write!(
            self.enums,
            "\n{}#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]\n#[non_exhaustive]\n\
             #[repr(i64)]\n#[serde(into = \"i64\")]\npub enum {name} {{\n{rows}}}\n\n\
             impl From<{name}> for i64 {{\n    fn from(value: {name}) -> Self {{\n        \
             value as Self\n    }}\n}}\n",
            about_values(field)
        )
        .expect(INFALLIBLE);
    }
}

/// Returns the doc comment of the enum of a member's values.
fn about_values(field: &Field) -> String {
    Docs::about(&format!("Values of `{}`.", field.path)).indented(0)
}

/// Returns the doc comment of one of the values.
fn about_value(field: &Field, value: &Scalar) -> String {
    let default = field.default.as_ref().map(|claim| &claim.value);
    let note = if default == Some(value) {
        "; what an absent member means"
    } else {
        ""
    };
    Docs::about(&format!("`{value}`{note}.")).indented(1)
}

/// Whether a member is for tools that read files: its name begins like a keyword of JSON Schema. Such members are not
/// part of a request.
fn is_for_editors(name: &str) -> bool {
    name.starts_with('$')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and values that are not valid Rust names, or are reserved.
    const ODD: &str = r#"
        id = "odd-1"
        title = "Odd [1]"
        endpoint = "POST /v1/odd"
        about = "Draws."
        [field.model]
        type = "string"
        required = true
        values = ["odd-1"]
        about = "The model."
        source = "P"
        [field.self]
        type = "string"
        values = ["", "4k", "Other", "other"]
        default = "4k"
        about = "Odd values."
        source = "P"
        [field.ratio]
        type = "string"
        values = ["1:1"]
        open = true
        about = "Any text."
        source = "P"
        [field.option]
        type = "object"
        required = true
        about = "A taken name."
        source = "P"
        [field."option.type"]
        type = "integer"
        values = [-1, 1]
        about = "Signed."
        source = "P"
        [field.flags]
        type = "array"
        about = "Flags."
        source = "P"
        [field."flags[]"]
        type = "boolean"
        about = "A flag."
        source = "P"
        [field.words]
        type = "array"
        required = true
        about = "Words."
        source = "P"
        [field."words[]"]
        type = "string"
        about = "A word."
        source = "P"
    "#;

    #[test]
    fn any_contract_becomes_rust() {
        let spec = Spec::from_toml(ODD).unwrap_or_else(|error| panic!("{error}"));
        let text = file(&spec);
        for part in [
            "//! Requests to Odd \\[1].\n",
            "\nuse serde::Serialize;\n\nuse crate::request::texts;\n",
            "\npub struct Odd1 {\n",
            "\n    #[builder(skip = Model::Odd1)]\n    pub model: Model,\n",
            "\n    #[serde(rename = \"self\")]\n    #[serde(skip_serializing_if = \"Option::is_none\")]\n    \
             pub self_value: Option<Self2>,\n",
            "\n    pub ratio: Option<String>,\n",
            "\n    pub option: Option2,\n",
            "\n    #[builder(with = FromIterator::from_iter)]\n    \
             #[serde(skip_serializing_if = \"Option::is_none\")]\n    pub flags: Option<Vec<bool>>,\n",
            "\n    pub words: Vec<String>,\n",
            "\npub struct Option2 {\n",
            "\n    pub r#type: Option<Option2Type>,\n",
            "\n    #[serde(rename = \"\")]\n    Value,\n",
            "\n    /// `\"4k\"`; what an absent member means.\n    #[serde(rename = \"4k\")]\n    K4,\n",
            "\n    #[serde(rename = \"Other\")]\n    Other,\n",
            "\n    #[serde(rename = \"other\")]\n    Other2,\n",
            "\n#[serde(into = \"i64\")]\npub enum Option2Type {\n",
            "\n    TypeMinus1 = -1,\n",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        assert!(!text.contains("rename = \"type\""), "{text}");
    }

    #[test]
    fn every_member_that_is_sent_is_a_field() {
        for contract in kling_spec::EMBEDDED {
            let spec = contract.parse();
            let text = file(&spec);
            let fields = text.lines().filter(|line| {
                line.strip_prefix("    pub ")
                    .is_some_and(|rest| !rest.starts_with("fn "))
            });
            let members = spec.fields().keys().filter_map(|path| path.name());
            let sent = members.filter(|name| !is_for_editors(name));
            assert_eq!(fields.count(), sent.count(), "{}", spec.id());
        }
    }
}
