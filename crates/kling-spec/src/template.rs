//! Texts with named placeholders: `{field} is missing`.

/// A text in which names in braces are replaced by the values of a finding. `{{` and `}}` are literal braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Text(String),
    Name(String),
}

impl Template {
    /// Reads a template that may use the given names.
    ///
    /// # Errors
    /// A text that says what is wrong: an unclosed brace, or a name that is not allowed.
    pub fn parse(text: &str, allowed: &[&str]) -> Result<Self, String> {
        let mut segments = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            let after = &rest[at + 1..];
            if let Some(after) = after.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let end = after.find('}').filter(|_| brace == "{");
            let Some(end) = end else {
                return Err(format!("`{text}` has a brace without its pair"));
            };
            let name = &after[..end];
            if !allowed.contains(&name) {
                let known = allowed
                    .iter()
                    .map(|name| format!("{{{name}}}"))
                    .collect::<Vec<_>>();
                return Err(format!("`{{{name}}}` is not one of {}", known.join(", ")));
            }
            if !plain.is_empty() {
                segments.push(Segment::Text(std::mem::take(&mut plain)));
            }
            segments.push(Segment::Name(name.to_owned()));
            rest = &after[end + 1..];
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            segments.push(Segment::Text(plain));
        }
        Ok(Self { segments })
    }

    /// Returns the text with each name replaced by its value; a name without a value becomes empty.
    pub fn render(&self, values: &[(&str, impl AsRef<str>)]) -> String {
        let mut text = String::with_capacity(96);
        for segment in &self.segments {
            match segment {
                Segment::Text(plain) => text.push_str(plain),
                Segment::Name(name) => {
                    if let Some((_, value)) = values.iter().find(|(known, _)| known == name) {
                        text.push_str(value.as_ref());
                    }
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_and_braces_kept() {
        let template = Template::parse("{field} is {{x}} {found}.", &["field", "found"]).unwrap();
        assert_eq!(
            template.render(&[("field", "`a`"), ("found", "3")]),
            "`a` is {x} 3."
        );
    }

    #[test]
    fn a_wrong_template_is_refused() {
        for text in ["{", "}", "{unknown}", "{field", "a } b"] {
            assert!(Template::parse(text, &["field"]).is_err(), "{text}");
        }
    }
}
