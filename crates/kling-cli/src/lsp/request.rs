//! The text of a request in readable form: unchanged, or repaired where it is half typed.

use kling_json::{Document, Kind, Node, OffsetMap, Span, SyntaxError};
use kling_spec::Path;

/// A text that is valid JSON, and how it maps to its source.
#[derive(Debug)]
pub(super) struct Readable {
    json: Document<'static>,
    errors: Vec<SyntaxError>,
    /// `None`: the text is unchanged.
    map: Option<OffsetMap>,
}

impl Readable {
    pub(super) fn new(source: &str) -> Self {
        let json = Document::read(source.to_owned());
        if json.error().is_none() {
            return Self {
                json,
                errors: Vec::new(),
                map: None,
            };
        }
        let repair = kling_json::repair(source);
        Self {
            json: Document::read(repair.text),
            errors: repair.errors,
            map: Some(repair.map),
        }
    }

    pub(super) const fn json(&self) -> &Document<'static> {
        &self.json
    }

    /// Returns what had to be repaired, in source order.
    pub(super) fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// Returns the corresponding span of the source.
    pub(super) fn to_source(&self, span: Span) -> Span {
        match &self.map {
            Some(map) => map.span_to_source(span),
            None => span,
        }
    }

    /// Returns the offset for one in the source, before anything inserted there.
    pub(super) fn place_of(&self, offset: usize) -> usize {
        let Some(map) = &self.map else {
            return offset;
        };
        let text = self.json.text();
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if map.to_source(middle) < offset {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        text.floor_char_boundary(low)
    }

    /// Whether a byte was inserted and corresponds to nothing in the source.
    pub(super) fn is_added(&self, offset: usize) -> bool {
        let byte = Span::new(offset, offset + 1);
        self.map
            .as_ref()
            .is_some_and(|map| map.touches_inserted(byte) && map.span_to_source(byte).is_empty())
    }

    /// Whether a span begins or ends with inserted text: it is not yet completely written.
    pub(super) fn is_unfinished(&self, span: Span) -> bool {
        if span.is_empty() {
            return self
                .map
                .as_ref()
                .is_some_and(|map| map.touches_inserted(span));
        }
        self.is_added(span.start) || self.is_added(span.end - 1)
    }
}

/// Whether a value contains others.
pub(super) fn is_container(node: Node<'_>) -> bool {
    matches!(node.kind(), Kind::Object | Kind::Array)
}

/// Returns the value with this path, which must lead through no list.
pub(super) fn value_at<'a>(json: &'a Document<'a>, path: &Path) -> Option<Node<'a>> {
    let mut node = json.root();
    for step in path.steps() {
        node = match step {
            kling_spec::Step::Member(name) => node.member(name)?,
            kling_spec::Step::Items => return None,
        };
    }
    Some(node)
}

/// Returns the value whose key or own text contains a place or ends there; of objects and lists only the keys count.
pub(super) fn node_under<'a>(json: &'a Document<'a>, offset: usize) -> Option<Node<'a>> {
    [Some(offset), offset.checked_sub(1)]
        .into_iter()
        .flatten()
        .find_map(|at| {
            let node = json.node_at(at)?;
            let on_key = node.key_span().is_some_and(|key| key.contains(at));
            let on_value = !is_container(node) && node.span().contains(at);
            (on_key || on_value).then_some(node)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_half_typed_text_lead_back_and_forth() {
        let source = "{'a': 1, \"b\": [true, \"c";
        let readable = Readable::new(source);
        assert_eq!(readable.json().text(), "{\"a\": 1, \"b\": [true, \"c\"]}");
        for offset in 0..=source.len() {
            let there = readable.place_of(offset);
            assert_eq!(readable.to_source(Span::new(there, there)).start, offset);
        }
        let json = readable.json();
        let half = json.pointer("/b/1").unwrap();
        assert!(readable.is_unfinished(half.span()));
        let quoted = json.pointer("/a").unwrap();
        assert!(!readable.is_unfinished(quoted.key_span().unwrap()));
        assert_eq!(crate::input::path::path_of(half).to_string(), "b[]");
    }
}
