//! A flat index of one document.

use std::fmt;

use crate::cursor::{Cursor, DEFAULT_MAX_DEPTH, Kind};
use crate::error::SyntaxError;
use crate::number::Number;
use crate::pointer::{array_index, escape_token, unescape_token};
use crate::span::Span;
use crate::text::{Escapes, Text};

/// The values of one document with their places, in text order, each followed by what it contains.
///
/// Accepts what [`Cursor`] accepts. Takes one entry of fixed size a value, and no recursion.
///
/// ```
/// # fn main() -> Result<(), kling_json::SyntaxError> {
/// let tape = kling_json::Tape::parse(r#"{"list": [{"type": "first"}]}"#)?;
/// let node = tape.pointer("/list/0/type").unwrap();
/// assert!(node.text().unwrap().equals("first"));
/// assert_eq!(node.pointer(), "/list/0/type");
/// assert_eq!(tape.node_at(12), tape.pointer("/list/0/type"));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Tape<'t> {
    text: &'t str,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    kind: Kind,
    span: Span,
    /// The place of the key with its quotation marks; empty for the root and for items.
    key: Span,
    key_escapes: Escapes,
    /// The escapes of a string.
    escapes: Escapes,
    /// For a number: it is written as an integer.
    flag: bool,
    parent: usize,
    /// The index after the last value inside this one.
    past: usize,
}

impl<'t> Tape<'t> {
    /// The index of `text`, with at most [`DEFAULT_MAX_DEPTH`] containers inside one another.
    ///
    /// # Errors
    /// The first place at which `text` is not JSON.
    pub fn parse(text: &'t str) -> Result<Self, SyntaxError> {
        Self::with_max_depth(text, DEFAULT_MAX_DEPTH)
    }

    /// The index of `text`, with at most `max_depth` containers inside one another.
    ///
    /// # Errors
    /// The first place at which `text` is not JSON.
    pub fn with_max_depth(text: &'t str, max_depth: usize) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::with_max_depth(text, max_depth);
        let mut tape = Self {
            text,
            entries: Vec::new(),
        };
        let mut open: Option<(usize, bool)> = None;
        let mut key = None;
        loop {
            let index = tape.read(&mut cursor, open.map_or(0, |(index, _)| index), key)?;
            let kind = tape.entry(index).kind;
            if matches!(kind, Kind::Object | Kind::Array) {
                open = Some((index, true));
            }
            // The next value, in the innermost container that has one.
            loop {
                let Some((container, first)) = &mut open else {
                    cursor.finish()?;
                    return Ok(tape);
                };
                let container = *container;
                let goes_on = if tape.entry(container).kind == Kind::Object {
                    key = cursor.next_key(first)?;
                    key.is_some()
                } else {
                    key = None;
                    cursor.next_item(first)?
                };
                if goes_on {
                    break;
                }
                open = tape.close(container, cursor.offset());
            }
        }
    }

    /// Reads a value up to its end, or up to its first member or item, and gives its entry.
    fn read(
        &mut self,
        cursor: &mut Cursor<'t>,
        parent: usize,
        key: Option<Text<'t>>,
    ) -> Result<usize, SyntaxError> {
        let kind = cursor.kind()?;
        let start = cursor.offset();
        let mut escapes = Escapes::None;
        let flag = match kind {
            Kind::Object => {
                cursor.begin_object()?;
                false
            }
            Kind::Array => {
                cursor.begin_array()?;
                false
            }
            Kind::String => {
                escapes = cursor.string()?.escapes();
                false
            }
            Kind::Number => cursor.number()?.is_integer_text(),
            Kind::Boolean => cursor.boolean()?,
            Kind::Null => {
                cursor.null()?;
                false
            }
        };
        let index = self.entries.len();
        self.entries.push(Entry {
            kind,
            span: Span::new(start, cursor.offset()),
            key: key.map_or(Span::default(), |key| key.span()),
            key_escapes: key.map_or(Escapes::None, |key| key.escapes()),
            escapes,
            flag,
            parent,
            past: index + 1,
        });
        Ok(index)
    }

    /// Completes the container's entry and gives the one around it, which has had a first value.
    fn close(&mut self, container: usize, end: usize) -> Option<(usize, bool)> {
        let past = self.entries.len();
        let entry = self.entries.get_mut(container)?;
        entry.span.end = end;
        entry.past = past;
        (container > 0).then_some((entry.parent, false))
    }

    /// The whole text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The document's value.
    pub fn root(&self) -> Node<'_> {
        Node {
            tape: self,
            index: 0,
        }
    }

    /// All values in text order, containers before what they contain.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.entries.len()).map(|index| Node { tape: self, index })
    }

    /// The value at a JSON Pointer (RFC 6901); of members with equal keys the first.
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

    /// The innermost value whose text, or whose member's text from the key on, holds the byte at `offset`.
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

    fn entry(&self, index: usize) -> &Entry {
        self.entries
            .get(index)
            .expect("an index is only made together with its entry, and entries are never removed")
    }
}

impl fmt::Debug for Tape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.nodes()).finish()
    }
}

/// A value of a [`Tape`].
#[derive(Clone, Copy)]
pub struct Node<'a> {
    tape: &'a Tape<'a>,
    index: usize,
}

impl<'a> Node<'a> {
    fn entry(&self) -> &'a Entry {
        self.tape.entry(self.index)
    }

    /// The tape that the value belongs to.
    pub fn tape(&self) -> &'a Tape<'a> {
        self.tape
    }

    /// What the value is.
    pub fn kind(&self) -> Kind {
        self.entry().kind
    }

    /// The value's place.
    pub fn span(&self) -> Span {
        self.entry().span
    }

    /// The value's text as written.
    pub fn raw(&self) -> &'a str {
        self.span().of(self.tape.text)
    }

    /// The value's key, when it is a member of an object.
    pub fn key(&self) -> Option<Text<'a>> {
        let key = self.key_span()?;
        let content = Span::new(key.start + 1, key.end - 1);
        Some(Text::new(self.tape.text, content, self.entry().key_escapes))
    }

    /// The place of the value's key with its quotation marks, when it is a member of an object.
    pub fn key_span(&self) -> Option<Span> {
        let key = self.entry().key;
        (!key.is_empty()).then_some(key)
    }

    /// The place from the key, if there is one, to the end of the value.
    pub fn member_span(&self) -> Span {
        let start = self.key_span().map_or(self.span().start, |key| key.start);
        Span::new(start, self.span().end)
    }

    /// The string, when the value is one.
    pub fn text(&self) -> Option<Text<'a>> {
        let Entry { span, escapes, .. } = *self.entry();
        (self.kind() == Kind::String).then(|| {
            Text::new(
                self.tape.text,
                Span::new(span.start + 1, span.end - 1),
                escapes,
            )
        })
    }

    /// The number, when the value is one.
    pub fn number(&self) -> Option<Number<'a>> {
        let Entry { span, flag, .. } = *self.entry();
        (self.kind() == Kind::Number).then(|| Number::new(self.tape.text, span, flag))
    }

    /// The truth value, when the value is one.
    pub fn boolean(&self) -> Option<bool> {
        (self.kind() == Kind::Boolean).then(|| self.entry().flag)
    }

    /// The members of an object or the items of an array, in text order; none for other values.
    pub fn children(&self) -> Children<'a> {
        Children {
            tape: self.tape,
            next: self.index + 1,
            past: self.entry().past,
        }
    }

    /// The first member with that key, when the value is an object.
    pub fn member(&self, key: &str) -> Option<Self> {
        self.children()
            .find(|child| child.key().is_some_and(|text| text.equals(key)))
    }

    /// The item with that index from 0, when the value is an array.
    pub fn item(&self, index: usize) -> Option<Self> {
        if self.kind() == Kind::Array {
            self.children().nth(index)
        } else {
            None
        }
    }

    /// The object or array around the value; none for the root.
    pub fn parent(&self) -> Option<Self> {
        (self.index > 0).then(|| Self {
            tape: self.tape,
            index: self.entry().parent,
        })
    }

    /// The value's place among the members or items of its parent, from 0; 0 for the root.
    pub fn position(&self) -> usize {
        self.parent().map_or(0, |parent| {
            parent
                .children()
                .take_while(|child| child.index < self.index)
                .count()
        })
    }

    /// The value's JSON Pointer. It leads back to the value, unless an earlier member has the same key.
    pub fn pointer(&self) -> String {
        let mut path = Vec::new();
        let mut node = *self;
        while let Some(parent) = node.parent() {
            path.push(node);
            node = parent;
        }
        let mut pointer = String::new();
        for node in path.iter().rev() {
            pointer.push('/');
            match node.key() {
                Some(key) => pointer.push_str(&escape_token(&key.decode())),
                None => pointer.push_str(&node.position().to_string()),
            }
        }
        pointer
    }
}

impl PartialEq for Node<'_> {
    /// Whether both are the same value of the same tape.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tape, other.tape) && self.index == other.index
    }
}

impl Eq for Node<'_> {}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node")
            .field("kind", &self.kind())
            .field("span", &self.span())
            .finish()
    }
}

/// The members or items of a value, from [`Node::children`].
#[derive(Clone, Debug)]
pub struct Children<'a> {
    tape: &'a Tape<'a>,
    next: usize,
    past: usize,
}

impl<'a> Iterator for Children<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        if self.next >= self.past {
            return None;
        }
        let node = Node {
            tape: self.tape,
            index: self.next,
        };
        self.next = node.entry().past;
        Some(node)
    }
}
