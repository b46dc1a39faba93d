//! The body of a submit.

use bytes::Bytes;
use kling_json::{Document, Kind as JsonKind, Node};
use serde::Serialize;

use crate::error::{Error, Kind};

/// A request as it is sent: JSON text, unchanged except that a top-level `$schema`, which is for editors, is removed.
///
/// ```
/// use kling_http::Body;
///
/// let body = Body::from_json_text(r#"{"model": "kling-v3", "client_business_id": "order-7"}"#);
/// assert_eq!(body.client_business_id(), Some("order-7"));
///
/// let body = Body::from_json_text(r#"{"$schema": "kling-v3.json", "model": "kling-v3"}"#);
/// assert_eq!(body.text(), r#"{"model": "kling-v3"}"#);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    text: Bytes,
    client_business_id: Option<String>,
    has_unusable_id: bool,
}

impl Body {
    /// Makes a body from a text, sent byte for byte except for its `$schema`. The text is not checked here.
    pub fn from_json_text(text: impl Into<String>) -> Self {
        let text = kling_json::without_member(&text.into(), "$schema").into_owned();
        let ids = client_business_ids(&text);
        let client_business_id = only_id(&ids);
        Self {
            text: Bytes::from(text),
            has_unusable_id: !ids.is_empty() && client_business_id.is_none(),
            client_business_id,
        }
    }

    /// Makes a body from a request of [`request`](crate::request), or from any other value that is a JSON object.
    ///
    /// # Errors
    /// [`is_input`](Error::is_input) if the value cannot be written as JSON.
    pub fn from_request(request: &impl Serialize) -> Result<Self, Error> {
        match serde_json::to_string(request) {
            Ok(text) => Ok(Self::from_json_text(text)),
            Err(error) => Err(
                Error::new(Kind::Input, "the request cannot be written as JSON").with_source(error),
            ),
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// The `client_business_id`, if there is only one value for it and it is a string: the id to look the task up by if the answer
    /// is lost. Newer pages take it at the top level or in `metadata`.
    pub fn client_business_id(&self) -> Option<&str> {
        self.client_business_id.as_deref()
    }

    /// Whether it has a `client_business_id` by which its task could not be looked up: it is empty, too long or not a
    /// string, or there are two. If the answer to such a request is lost, its outcome stays unknown.
    pub const fn has_unusable_client_business_id(&self) -> bool {
        self.has_unusable_id
    }

    pub(crate) fn bytes(&self) -> Bytes {
        self.text.clone()
    }
}

impl std::fmt::Debug for Body {
    /// Shows the length only: a prompt is private, and a media URL may be signed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body")
            .field("bytes", &self.text.len())
            .field("client_business_id", &self.client_business_id)
            .field("has_unusable_id", &self.has_unusable_id)
            .finish()
    }
}

/// Returns the values of all members `client_business_id`, at the top level and in `metadata`; `None` for one that is
/// not a string.
fn client_business_ids(text: &str) -> Vec<Option<String>> {
    let Ok(document) = Document::parse(text) else {
        return Vec::new();
    };
    let root = document.root();
    if root.kind() != JsonKind::Object {
        return Vec::new();
    }
    let named = |node: Node<'_>, name: &str| node.key().is_some_and(|key| key.equals(name));
    let places = root.children().flat_map(|member| {
        let is_outer = named(member, "metadata");
        let inner = member.children().filter(move |_| is_outer);
        std::iter::once(member).chain(inner)
    });
    places
        .filter(|member| named(*member, "client_business_id"))
        .map(|member| Some(member.text()?.decode().into_owned()))
        .collect()
}

/// Returns the only id, if it can be used to look the task up. If there are two, it is not known which one the service
/// reads.
fn only_id(ids: &[Option<String>]) -> Option<String> {
    let (first, others) = ids.split_first()?;
    let id = first.as_ref()?;
    let is_only = others.iter().all(|other| other == first);
    (is_only && crate::task_ref::is_usable_id(id)).then(|| id.clone())
}

#[cfg(test)]
mod tests {
    use super::Body;

    fn id(text: &str) -> Option<String> {
        Body::from_json_text(text)
            .client_business_id()
            .map(str::to_owned)
    }

    #[test]
    fn what_the_contracts_mark_as_for_editors_is_what_is_left_out() {
        for contract in kling_spec::EMBEDDED {
            let spec = contract.parse();
            let marked: Vec<&str> = spec.for_editors().collect();
            assert_eq!(marked, ["$schema"], "{}", spec.id());
        }
    }

    #[test]
    fn what_is_for_editors_is_not_sent() {
        for (text, sent) in [
            (
                "{\n  \"$schema\": \"a.json\",\n  \"model\": \"kling-v3\"\n}",
                "{\n  \"model\": \"kling-v3\"\n}",
            ),
            (r#"{"a":1,"\u0024schema":{"b":[2]}}"#, r#"{"a":1}"#),
            (r#"{"$schema":1,"a":1,"$schema":2}"#, r#"{"a":1}"#),
            // Elsewhere `$schema` is a member like any other, and text that cannot be parsed is sent unchanged.
            (r#"{"a":{"$schema":1}}"#, r#"{"a":{"$schema":1}}"#),
            (r#"{"$schema":1"#, r#"{"$schema":1"#),
        ] {
            assert_eq!(Body::from_json_text(text).text(), sent);
        }
        let request = std::collections::BTreeMap::from([("$schema", "a.json"), ("model", "m")]);
        assert_eq!(
            Body::from_request(&request).unwrap().text(),
            r#"{"model":"m"}"#
        );
    }

    #[test]
    fn its_client_business_id_is_known() {
        assert_eq!(
            id(r#"{"a":{"client_business_id":"no"},"client_business_id":"yes"}"#).as_deref(),
            Some("yes")
        );
        assert_eq!(
            id(r#"{"client_business_i\u0064":"\u0061"}"#).as_deref(),
            Some("a")
        );
    }

    #[test]
    fn it_may_be_in_metadata() {
        let text = r#"{"metadata":{"a":1,"client_business_id":"order-7"}}"#;
        assert_eq!(id(text).as_deref(), Some("order-7"));
        let both = |one: &str, other: &str| {
            format!(
                r#"{{"client_business_id":"{one}","metadata":{{"client_business_id":"{other}"}}}}"#
            )
        };
        assert_eq!(id(&both("a", "a")).as_deref(), Some("a"));
        // Which of two the service reads is not known.
        assert_eq!(id(&both("a", "b")), None);
    }

    #[test]
    fn an_ambiguous_or_unusable_id_is_none() {
        for (text, is_unusable) in [
            (
                r#"{"client_business_id":"a","client_business_id":"b"}"#,
                true,
            ),
            (r#"{"client_business_id":7}"#, true),
            (r#"{"client_business_id":""}"#, true),
            (r#"{"metadata":{"client_business_id":null}}"#, true),
            (r#"["client_business_id"]"#, false),
            (r#"{"client_business_ids":""}"#, false),
            ("{", false),
        ] {
            let body = Body::from_json_text(text);
            assert_eq!(body.client_business_id(), None, "{text}");
            assert_eq!(
                body.has_unusable_client_business_id(),
                is_unusable,
                "{text}"
            );
        }
    }

    #[test]
    fn the_text_stays_as_it_is() {
        let text = " {\"a\" : 1.0e0,\r\n\"a\":\"\\u00e9é\"}\n";
        assert_eq!(Body::from_json_text(text).bytes(), text.as_bytes());
    }

    #[test]
    fn anything_that_is_json_can_be_a_request() {
        let body = Body::from_request(&serde_json::json!({"client_business_id": "a"})).unwrap();
        assert_eq!(
            (body.text(), body.client_business_id()),
            (r#"{"client_business_id":"a"}"#, Some("a"))
        );
        let unwritable = std::collections::HashMap::from([((1, 2), 3)]);
        assert!(Body::from_request(&unwritable).unwrap_err().is_input());
    }

    #[test]
    fn debug_shows_no_prompt() {
        let shown = format!("{:?}", Body::from_json_text(r#"{"prompt":"a cat"}"#));
        assert!(!shown.contains("cat"), "{shown}");
    }
}
