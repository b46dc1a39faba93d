//! A text read once into a flat index of its values.

mod node;
mod read;

use std::borrow::Cow;
use std::fmt;

use crate::error::SyntaxError;
use crate::pointer::{array_index, unescape_token};
use crate::text::Escapes;
use crate::utf8::validate_utf8;
use read::Key;

pub use node::{Children, Kind, Node, NodeId};

/// The index that means no entry.
pub(crate) const NONE: u32 = u32::MAX;

/// A text and the places of its values, in text order, each followed by what it contains.
///
/// Reads strict RFC 8259; the crate's README says which texts are JSON. Takes 32 bytes per value, and no recursion.
///
/// ```
/// # fn main() -> Result<(), kling_json::SyntaxError> {
/// let document = kling_json::Document::parse(r#"{"list": [{"type": "first"}]}"#)?;
/// let node = document.pointer("/list/0/type").unwrap();
/// assert!(node.text().unwrap().equals("first"));
/// assert_eq!(node.pointer(), "/list/0/type");
/// assert_eq!(document.node_at(12), document.pointer("/list/0/type"));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Document<'t> {
    text: Cow<'t, str>,
    entries: Vec<Entry>,
    error: Option<SyntaxError>,
}

/// The memory of a [`Document`], for reuse by the next one.
///
/// ```
/// use kling_json::{Buffer, Document};
/// let mut buffer = Buffer::default();
/// for line in ["{\"a\": 1}", "[2, 3]"] {
///     let document = Document::read_into(line, buffer);
///     assert!(document.error().is_none());
///     buffer = document.into_buffer();
/// }
/// ```
#[derive(Debug, Default)]
pub struct Buffer(Vec<Entry>);

/// A value: its place, its key's place, and its relation to other values.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The key with its quotation marks; empty for the root and for items.
    pub(crate) key_start: u32,
    pub(crate) key_end: u32,
    /// The entry of the enclosing container; [`NONE`] for the root.
    pub(crate) parent: u32,
    /// The entry after the last one inside this value.
    pub(crate) past: u32,
    /// The index among the members or items of the container, from 0.
    pub(crate) index: u32,
    pub(crate) kind: Kind,
    /// The escapes of the value and of the key, then the bits below.
    flags: u8,
}

/// The value is `true`, or an integer without fraction and exponent.
const FLAG: u8 = 1 << 4;
/// The value was read to its end.
const WHOLE: u8 = 1 << 5;

impl Entry {
    /// Makes the entry of a value that begins here and has not been read.
    pub(crate) const fn new(start: u32, key: Key, parent: u32, index: u32) -> Self {
        Self {
            start,
            end: start,
            key_start: key.start,
            key_end: key.end,
            parent,
            // A value that could not be read contains nothing.
            past: 0,
            index,
            kind: Kind::Null,
            flags: key.escapes.0 << 2,
        }
    }

    pub(crate) const fn string(&mut self, end: u32, escapes: Escapes) {
        self.kind = Kind::String;
        self.end = end;
        self.flags |= escapes.0 | WHOLE;
    }

    pub(crate) const fn scalar(&mut self, kind: Kind, end: u32, flag: bool) {
        self.kind = kind;
        self.end = end;
        self.flags |= if flag { FLAG | WHOLE } else { WHOLE };
    }

    /// Marks the beginning of an object or an array.
    pub(crate) const fn open(&mut self, kind: Kind) {
        self.kind = kind;
    }

    /// Marks the end of an object or an array.
    pub(crate) const fn close(&mut self, end: u32, past: u32) {
        self.end = end;
        self.past = past;
        self.flags |= WHOLE;
    }

    /// Ends an object or an array where the text is cut off.
    pub(crate) fn cut(&mut self, end: u32, past: u32) {
        self.end = end.max(self.start);
        self.past = past;
    }

    pub(crate) const fn escapes(&self) -> Escapes {
        Escapes(self.flags & 3)
    }

    pub(crate) const fn key_escapes(&self) -> Escapes {
        Escapes(self.flags >> 2 & 3)
    }

    pub(crate) const fn flag(&self) -> bool {
        self.flags & FLAG != 0
    }

    pub(crate) const fn is_whole(&self) -> bool {
        self.flags & WHOLE != 0
    }
}

impl<'t> Document<'t> {
    /// Parses `text`.
    ///
    /// # Errors
    /// The first place at which `text` is not JSON.
    pub fn parse(text: impl Into<Cow<'t, str>>) -> Result<Self, SyntaxError> {
        let document = Self::read(text);
        document.error.map_or(Ok(document), Err)
    }

    /// Reads `text` as far as it is JSON; [`error`](Self::error) says where it stops being JSON.
    ///
    /// Everything read before the error is there. What the error cuts short is not [whole](Node::is_whole): the
    /// enclosing objects and arrays, and the value that was being read, which is then a `null` without length.
    ///
    /// ```
    /// let document = kling_json::Document::read(r#"{"a": [1, tru"#);
    /// assert_eq!(document.error().unwrap().offset, 13);
    /// assert_eq!(document.pointer("/a/0").unwrap().raw(), "1");
    /// assert!(!document.pointer("/a").unwrap().is_whole());
    /// ```
    pub fn read(text: impl Into<Cow<'t, str>>) -> Self {
        Self::of(text.into(), Vec::new())
    }

    /// Does the same as [`read`](Self::read), in the memory of an earlier document.
    pub fn read_into(text: &'t str, buffer: Buffer) -> Self {
        Self::of(Cow::Borrowed(text), buffer.0)
    }

    /// Does the same as [`read`](Self::read) for bytes that may not be UTF-8: if they are not, the text ends before the
    /// first invalid byte, and no value of it is read.
    pub fn read_bytes(bytes: &'t [u8], buffer: Buffer) -> Self {
        match validate_utf8(bytes) {
            Ok(text) => Self::read_into(text, buffer),
            Err(error) => {
                let valid = bytes.get(..error.offset).unwrap_or_default();
                let mut entries = buffer.0;
                entries.clear();
                entries.push(Entry::new(0, Key::NONE, NONE, 0));
                Self {
                    text: String::from_utf8_lossy(valid),
                    entries,
                    error: Some(error),
                }
            }
        }
    }

    fn of(text: Cow<'t, str>, mut entries: Vec<Entry>) -> Self {
        entries.clear();
        let error = read::read(&text, &mut entries).err();
        Self {
            text,
            entries,
            error,
        }
    }

    /// Returns the memory, for the next document. The memory of a huge text is freed.
    #[must_use]
    pub fn into_buffer(self) -> Buffer {
        /// More entries than any usual text needs: 1 MiB of them.
        const USUAL: usize = (1 << 20) / size_of::<Entry>();
        let mut entries = self.entries;
        if entries.capacity() > USUAL {
            entries.clear();
            entries.shrink_to(USUAL);
        }
        Buffer(entries)
    }

    /// Returns the whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the first place at which the text is not JSON.
    pub const fn error(&self) -> Option<SyntaxError> {
        self.error
    }

    /// Returns the document's value.
    #[expect(clippy::missing_panics_doc, reason = "each document has a root")]
    pub fn root(&self) -> Node<'_> {
        Node::of(self, NodeId::default()).expect("each document has a root")
    }

    /// Returns the value with this number; `None` if the document has fewer values.
    ///
    /// ```
    /// let document = kling_json::Document::read("[1, 2]");
    /// let item = document.root().item(1).unwrap();
    /// assert_eq!(document.node(item.id()), Some(item));
    /// ```
    #[inline]
    pub fn node(&self, id: NodeId) -> Option<Node<'_>> {
        Node::of(self, id)
    }

    /// Iterates over all values in text order, containers before what they contain.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..).map_while(|index| self.node(NodeId::new(index)))
    }

    /// Returns the value at a JSON Pointer (RFC 6901); of members with equal keys, the first.
    pub fn pointer(&self, pointer: &str) -> Option<Node<'_>> {
        let mut node = self.root();
        if pointer.is_empty() {
            return Some(node);
        }
        for token in pointer.strip_prefix('/')?.split('/') {
            let token = unescape_token(token)?;
            node = match node.kind() {
                Kind::Object => node.member(&token)?,
                Kind::Array => node.item(array_index(&token)?)?,
                Kind::String | Kind::Number | Kind::Boolean | Kind::Null => return None,
            };
        }
        Some(node)
    }

    /// Returns the innermost value whose text holds the byte at `offset`; the text of a member includes its key.
    pub fn node_at(&self, offset: usize) -> Option<Node<'_>> {
        let mut node = self.root();
        if !node.span().contains(offset) {
            return None;
        }
        while let Some(inner) = node
            .children()
            .find(|child| child.member_span().contains(offset))
        {
            node = inner;
        }
        Some(node)
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.nodes()).finish()
    }
}

/// Checks that `text` is one JSON value.
///
/// # Errors
/// The first place at which it is not one.
pub fn check(text: &str) -> Result<(), SyntaxError> {
    Document::parse(text).map(drop)
}

#[cfg(test)]
mod tests {
    use super::Kind;
    use super::{Buffer, Document, Entry};
    use crate::error::SyntaxErrorKind;

    #[test]
    fn bytes_are_read_like_the_text_they_hold() {
        let text = "{\"é\": [1, 2";
        let document = Document::read_bytes(text.as_bytes(), Buffer::default());
        assert_eq!(document.text(), text);
        assert_eq!(document.error(), Document::read(text).error());
        assert_eq!(document.nodes().count(), 4);
    }

    #[test]
    fn nothing_is_read_of_invalid_utf8() {
        for (bytes, text, kind) in [
            (
                &b"[1, \"\xff\"]"[..],
                "[1, \"",
                SyntaxErrorKind::InvalidUtf8,
            ),
            (b"[\"\xc3", "[\"", SyntaxErrorKind::InvalidUtf8),
            (b"\x80", "", SyntaxErrorKind::InvalidUtf8),
        ] {
            // Nothing of the earlier document is left in the buffer.
            let buffer = Document::read("[1, 2, 3]").into_buffer();
            let document = Document::read_bytes(bytes, buffer);
            assert_eq!(document.text(), text);
            let error = document.error().unwrap();
            assert_eq!((error.kind, error.offset), (kind, text.len()));
            assert_eq!(document.nodes().count(), 1);
            let root = document.root();
            assert_eq!((root.kind(), root.is_whole()), (Kind::Null, false));
            assert_eq!((root.raw(), root.pointer().as_str()), ("", ""));
        }
        let wide = Document::read_bytes(b"\xff\xfe{\0}\0", Buffer::default());
        let error = wide.error().unwrap();
        assert!(matches!(error.kind, SyntaxErrorKind::WideEncoding(_)));
        assert_eq!((wide.text(), error.offset), ("", 0));
    }

    #[test]
    fn a_buffer_keeps_usual_memory_and_gives_huge_memory_back() {
        let usual = format!("[{}0]", "0,".repeat(1_000));
        let document = Document::read(usual.as_str());
        let taken = document.entries.capacity();
        let Buffer(kept) = document.into_buffer();
        assert_eq!(kept.capacity(), taken);
        let huge = format!("[{}0]", "0,".repeat(100_000));
        let Buffer(kept) = Document::read_into(&huge, Buffer(kept)).into_buffer();
        assert!(kept.capacity() * size_of::<Entry>() <= 1 << 20);
        assert!(kept.capacity() >= taken);
    }
}
