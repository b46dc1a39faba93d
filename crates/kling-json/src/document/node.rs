//! A value of a document: what it is, where it is, what encloses it, and what it contains.

use std::fmt::{self, Write as _};

use super::{Document, Entry};

use crate::number::Number;
use crate::pointer::escape_token;
use crate::span::Span;
use crate::text::Text;

/// The type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
}

/// The number of a value in its document: 0 for the root, then in text order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord, Default)]
pub struct NodeId(u32);

impl NodeId {
    pub(super) const fn new(index: u32) -> Self {
        Self(index)
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A value of a [`Document`].
#[derive(Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document<'d>,
    entry: &'d Entry,
    id: NodeId,
}

impl<'d> Node<'d> {
    /// Returns the value with this number; `None` if the document has fewer.
    pub(super) fn of(document: &'d Document<'d>, id: NodeId) -> Option<Self> {
        let entry = document.entries.get(id.index())?;
        Some(Self {
            document,
            entry,
            id,
        })
    }

    /// Returns the value's number in its document; [`Document::node`] turns it back into the value.
    pub const fn id(&self) -> NodeId {
        self.id
    }

    /// Returns the document that the value belongs to.
    pub const fn document(&self) -> &'d Document<'d> {
        self.document
    }

    /// Returns the type of the value.
    pub const fn kind(&self) -> Kind {
        self.entry.kind
    }

    /// Returns whether the value was read to its end; in a [parsed](Document::parse) document, every value was.
    pub const fn is_whole(&self) -> bool {
        self.entry.is_whole()
    }

    /// Returns the value's place.
    pub const fn span(&self) -> Span {
        let entry = self.entry;
        Span::new(entry.start as usize, entry.end as usize)
    }

    /// Returns the value's text as written.
    pub fn raw(&self) -> &'d str {
        self.span().of(self.document.text())
    }

    /// Returns the value's key, if it is a member of an object.
    pub fn key(&self) -> Option<Text<'d>> {
        let key = self.key_span()?;
        let content = Span::new(key.start + 1, key.end - 1);
        let escapes = self.entry.key_escapes();
        Some(Text::new(self.document.text(), content, escapes))
    }

    /// Returns the place of the value's key with its quotation marks, if the value is a member of an object.
    pub fn key_span(&self) -> Option<Span> {
        let entry = self.entry;
        let key = Span::new(entry.key_start as usize, entry.key_end as usize);
        (!key.is_empty()).then_some(key)
    }

    /// Returns the place from the key, if there is one, to the end of the value.
    pub fn member_span(&self) -> Span {
        let start = self.key_span().map_or(self.span().start, |key| key.start);
        Span::new(start, self.span().end)
    }

    /// Returns the string, if the value is one.
    pub fn text(&self) -> Option<Text<'d>> {
        let entry = self.entry;
        (entry.kind == Kind::String).then(|| {
            let content = Span::new(entry.start as usize + 1, entry.end as usize - 1);
            Text::new(self.document.text(), content, entry.escapes())
        })
    }

    /// Returns the number, if the value is one.
    pub fn number(&self) -> Option<Number<'d>> {
        let entry = self.entry;
        (entry.kind == Kind::Number)
            .then(|| Number::new(self.document.text(), self.span(), entry.flag()))
    }

    /// Returns the boolean, if the value is one.
    pub fn boolean(&self) -> Option<bool> {
        let entry = self.entry;
        (entry.kind == Kind::Boolean).then(|| entry.flag())
    }

    /// Iterates over the members of an object or the items of an array, in text order; other values have none.
    pub fn children(&self) -> Children<'d> {
        Children {
            document: self.document,
            next: self.id.0 + 1,
            past: self.entry.past,
        }
    }

    /// Returns the first member with that key, if the value is an object.
    pub fn member(&self, key: &str) -> Option<Self> {
        self.children()
            .find(|child| child.key().is_some_and(|text| text.equals(key)))
    }

    /// Returns the item with that index from 0, if the value is an array.
    pub fn item(&self, index: usize) -> Option<Self> {
        if self.kind() == Kind::Array {
            self.children().nth(index)
        } else {
            None
        }
    }

    /// Returns the object or array that encloses the value; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        Self::of(self.document, NodeId(self.entry.parent))
    }

    /// Returns the value's index among the members or items of its parent, from 0; 0 for the root.
    pub const fn index(&self) -> usize {
        self.entry.index as usize
    }

    /// Returns the value's JSON Pointer, which leads back to the value unless an earlier member has the same key.
    pub fn pointer(&self) -> String {
        let mut pointer = String::with_capacity(32);
        self.push_tokens(&mut pointer);
        pointer
    }

    /// Appends the tokens from the root, which has none, to the value. As deep as the document, which has a limit.
    fn push_tokens(&self, pointer: &mut String) {
        let Some(parent) = self.parent() else { return };
        parent.push_tokens(pointer);
        pointer.push('/');
        match self.key() {
            Some(key) => pointer.push_str(&escape_token(&key.decode())),
            None => {
                write!(pointer, "{}", self.index()).expect("writing to a String cannot fail");
            }
        }
    }
}

impl PartialEq for Node<'_> {
    /// Compares by identity: both are the same value of the same document.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.entry, other.entry)
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
pub struct Children<'d> {
    document: &'d Document<'d>,
    next: u32,
    past: u32,
}

impl<'d> Iterator for Children<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        if self.next >= self.past {
            return None;
        }
        let node = Node::of(self.document, NodeId(self.next))?;
        self.next = node.entry.past.max(self.next + 1);
        Some(node)
    }
}
