//! Where a field is in a request: `metadata.image_list[].type`.

#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::{fmt, iter};

#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The member of an object with this name.
    Member(String),
    /// Any item of a list, written `[]`.
    Items,
}

/// The place of a field, from the root of a request or of a list's item.
///
/// ```
/// let path = kling_spec::Path::parse("metadata.image_list[].type").expect("well formed");
/// assert_eq!(path.to_string(), "metadata.image_list[].type");
/// assert_eq!(path.parent().expect("not the root").to_string(), "metadata.image_list[]");
/// assert_eq!(path.name(), Some("type"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Path(Vec<Step>);

impl Path {
    /// The path of the request itself.
    pub const ROOT: &'static Self = &Self(Vec::new());

    /// Reads a path: names joined by dots, each followed by `[]` for the items of a list.
    ///
    /// # Errors
    /// A text that says what is wrong: an empty name or a stray bracket.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        for part in text.split('.') {
            let (mut name, mut items) = (part, 0);
            while let Some(list) = name.strip_suffix("[]") {
                (name, items) = (list, items + 1);
            }
            if name.is_empty() {
                return Err(format!("the path `{text}` has an empty name"));
            }
            if name.contains(['[', ']']) {
                return Err(format!(
                    "the path `{text}` has a bracket that is not a `[]` at the end of a name"
                ));
            }
            steps.push(Step::Member(name.to_owned()));
            steps.extend(iter::repeat_n(Step::Items, items));
        }
        Ok(Self(steps))
    }

    /// Returns the steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Returns the path of what holds this field; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, front) = self.0.split_last()?;
        Some(Self(front.to_vec()))
    }

    /// Returns the member name of the last step; `None` for the root and for items.
    pub fn name(&self) -> Option<&str> {
        match self.0.last()? {
            Step::Member(name) => Some(name),
            Step::Items => None,
        }
    }

    /// Returns whether the last step is `[]`.
    pub fn is_item(&self) -> bool {
        matches!(self.0.last(), Some(Step::Items))
    }

    /// Returns whether this is a member of the object at the other path itself, not of one inside it.
    pub fn is_member_of(&self, object: &Self) -> bool {
        matches!(self.0.split_last(), Some((Step::Member(_), above)) if above == object.0)
    }

    /// Returns whether any step is `[]`, that is, whether a request can have the field more than once.
    pub fn is_inside_list(&self) -> bool {
        self.0.contains(&Step::Items)
    }

    /// Returns the path of the innermost list around this field, if it is inside one.
    pub fn list(&self) -> Option<Self> {
        let last = self.0.iter().rposition(|step| *step == Step::Items)?;
        Some(Self(self.0[..last].to_vec()))
    }

    /// Returns the path of the items of this list.
    #[must_use]
    pub fn items(&self) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Items);
        Self(steps)
    }

    /// Returns the path of the member of this object.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Member(name.to_owned()));
        Self(steps)
    }

    /// Returns this path followed by the other.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let mut steps = self.0.clone();
        steps.extend(other.0.iter().cloned());
        Self(steps)
    }
}

/// Parses the path during deserialisation, so that an error has the place of the text.
impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PathVisitor;

        impl Visitor<'_> for PathVisitor {
            type Value = Path;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the path of a field")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Path, E> {
                Path::parse(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(PathVisitor)
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for Path {
    fn schema_name() -> Cow<'static, str> {
        "Path".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The path of a field, such as `metadata.image_list[].type`.",
            "type": "string",
        })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Member(name) if index == 0 => f.write_str(name)?,
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Items => f.write_str("[]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_back_as_written() {
        for text in ["a", "a.b", "a[].b", "metadata.image_list[]", "$schema"] {
            assert_eq!(Path::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_malformed_path_is_refused() {
        for text in ["", "a..b", ".a", "a.", "a[1]", "[]", "a[]b"] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_member_is_directly_in_its_object() {
        let is_member = |path: &str, object: &Path| Path::parse(path).unwrap().is_member_of(object);
        let object = Path::parse("a").unwrap();
        assert!(is_member("a.b", &object));
        assert!(is_member("a", Path::ROOT));
        for other in ["a", "a[]", "a.b.c", "b.a", "a[].b"] {
            assert!(!is_member(other, &object), "{other}");
        }
        assert!(!Path::ROOT.is_member_of(Path::ROOT));
    }

    #[test]
    fn the_list_of_a_field_is_the_innermost() {
        let path = Path::parse("a[].b[].c").unwrap();
        assert_eq!(path.list().unwrap().to_string(), "a[].b");
        assert_eq!(Path::parse("a.b").unwrap().list(), None);
    }
}
