//! The one walker over a request's text: it drives the cursor along a contract's table.
//!
//! It is generic over a [`Sink`]. [`Verdict`](crate::verdict::Verdict) stops at the first finding;
//! [`Collector`](crate::findings::Collector) keeps them with their places. Both see the same text
//! through the same code, so they cannot disagree on whether there is a finding.

mod value;

use kling_json::{Cursor, Kind, Span, SyntaxError, Text};

use crate::facts::Facts;
use crate::table::{FieldId, FieldKind, ListedText, ObjectId, Table};

/// Why a walk ended before the end of the request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Halt {
    /// The text is not JSON from here on.
    Syntax(SyntaxError),
    /// The sink wants no more than this first finding.
    Found,
}

impl From<SyntaxError> for Halt {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(error)
    }
}

/// What is wrong with one value that has the right type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault<'t> {
    /// A text that is not among the listed values.
    Text(Text<'t>),
    /// A number that is not among the listed values, or not a whole number.
    Number(kling_json::Number<'t>),
    /// An integer written with a fraction or an exponent.
    Notation(kling_json::Number<'t>, i64),
    /// A text that says nothing.
    Blank(Text<'t>),
    /// A text longer than the limit, with its length in characters.
    TooLong(Text<'t>, u64),
    /// The address of media that has a problem.
    Address(Text<'t>),
    /// A list without items.
    EmptyList(Span),
    /// A list with too many items, with their number.
    TooManyItems(Span, u32),
}

/// What happens at findings.
pub(crate) trait Sink<'t, 'c>: Sized {
    /// A value that has the right type has a fault. Gives whether its value can still be used.
    fn fault(
        walker: &mut Walker<'t, 'c, Self>,
        field: FieldId,
        fault: Fault<'t>,
    ) -> Result<bool, Halt>;

    /// A value has another type than the field; it is still unread.
    fn wrong_type(
        walker: &mut Walker<'t, 'c, Self>,
        field: FieldId,
        kind: Kind,
    ) -> Result<(), Halt>;

    /// A key stands in an object a second time; its value is still unread.
    fn duplicate(walker: &mut Walker<'t, 'c, Self>, key: Text<'t>) -> Result<(), Halt>;

    /// A key that the object, which began at `start`, does not have; its value is still unread.
    /// Gives the members of the object that the value was read as.
    fn stray(
        walker: &mut Walker<'t, 'c, Self>,
        object: ObjectId,
        start: usize,
        key: Text<'t>,
        seen: u64,
    ) -> Result<u64, Halt>;

    /// Required members (by their place in the object) are not there.
    fn missing(
        walker: &mut Walker<'t, 'c, Self>,
        object: ObjectId,
        missing: u64,
        span: Span,
    ) -> Result<(), Halt>;

    /// A known member's value, or an item, is about to be read.
    fn enter(walker: &mut Walker<'t, 'c, Self>, step: Enter);

    /// An item of a list has been read.
    fn item(walker: &mut Walker<'t, 'c, Self>, array: &'c crate::table::ArrayTable, index: u32);
}

/// A step down into the request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Enter {
    /// With where its key begins.
    Member(FieldId, usize),
    Item(u32),
}

/// A walk over one request.
pub(crate) struct Walker<'t, 'c, S> {
    pub(crate) cursor: Cursor<'t>,
    pub(crate) table: &'c Table,
    pub(crate) checker: &'c crate::Checker,
    pub(crate) facts: Facts<'t>,
    pub(crate) sink: S,
}

impl<'t, 'c, S: Sink<'t, 'c>> Walker<'t, 'c, S> {
    #[inline]
    pub(crate) fn new(
        text: &'t str,
        table: &'c Table,
        checker: &'c crate::Checker,
        sink: S,
    ) -> Self {
        Self {
            cursor: Cursor::new(text),
            table,
            checker,
            facts: Facts::new(table),
            sink,
        }
    }

    /// Reads the whole text: the request, nothing behind it, then what is missing.
    pub(crate) fn request(&mut self) -> Result<(), Halt> {
        let start = self.cursor.offset();
        let seen = self.members(0)?;
        let span = Span::new(start, self.cursor.offset());
        self.cursor.finish()?;
        self.require(0, seen, span)?;
        self.facts.settle(self.table);
        Ok(())
    }

    /// Reads an object and what is missing in it.
    fn object(&mut self, object: ObjectId) -> Result<(), Halt> {
        let start = self.cursor.offset();
        let seen = self.members(object)?;
        self.require(object, seen, Span::new(start, self.cursor.offset()))
    }

    #[inline]
    fn require(&mut self, object: ObjectId, seen: u64, span: Span) -> Result<(), Halt> {
        let missing = self.table.object(object).required & !seen;
        if missing != 0 {
            S::missing(self, object, missing, span)
        } else {
            Ok(())
        }
    }

    /// Reads an object's members; gives which of the table's were there.
    #[inline]
    fn members(&mut self, object: ObjectId) -> Result<u64, Halt> {
        let table = self.table.object(object);
        let start = self.cursor.offset();
        self.cursor.begin_object()?;
        let mut first = true;
        let (mut seen, mut claimed) = (0u64, 0u64);
        let mut hint = 0;
        loop {
            // Members mostly come in the contract's order.
            let taken = match table.keys.get(hint) {
                Some(Some(token)) => self.cursor.take_key(&mut first, token),
                _ => None,
            };
            let (place, key) = if let Some(key) = taken {
                (hint, key)
            } else {
                let Some(key) = self.cursor.next_key(&mut first)? else {
                    break;
                };
                let Some(place) = table.lookup.find(&key) else {
                    claimed |= S::stray(self, object, start, key, seen | claimed)?;
                    continue;
                };
                (place, key)
            };
            hint = place + 1;
            let bit = 1 << place;
            if seen & bit != 0 {
                S::duplicate(self, key)?;
                continue;
            }
            seen |= bit;
            let field = table.members[place];
            S::enter(self, Enter::Member(field, key.span().start));
            self.value(field)?;
        }
        Ok(seen | claimed)
    }

    /// Reads the value of a field.
    #[inline]
    pub(crate) fn value(&mut self, field: FieldId) -> Result<(), Halt> {
        let table = self.table;
        let compiled = table.field(field);
        let kind = self.cursor.kind()?;
        match (&compiled.kind, kind) {
            (FieldKind::String(values), Kind::String) => {
                let as_written = |listed: &ListedText| {
                    let token = listed.token.as_ref();
                    token.is_some_and(|token| self.cursor.take_string(token))
                };
                if let Some(index) = values.iter().position(as_written) {
                    self.facts.holds |= compiled.present;
                    self.listed_text(compiled, index, &values[index]);
                    return Ok(());
                }
                let text = self.cursor.string_here()?;
                self.facts.holds |= compiled.present;
                self.text(field, compiled, values, text)
            }
            (FieldKind::Integer(values), Kind::Number) => {
                let number = self.cursor.number()?;
                self.facts.holds |= compiled.present;
                self.number(field, compiled, values, number)
            }
            (FieldKind::Boolean(leaves), Kind::Boolean) => {
                let value = self.cursor.boolean()?;
                self.facts.holds |= compiled.present;
                self.facts
                    .compared(compiled.compared, leaves[usize::from(value)]);
                Ok(())
            }
            (FieldKind::Array(array), Kind::Array) => self.array(field, array),
            (FieldKind::Object(object), Kind::Object) => {
                self.facts.holds |= compiled.present;
                self.object(*object)
            }
            (
                FieldKind::String(_)
                | FieldKind::Integer(_)
                | FieldKind::Boolean(_)
                | FieldKind::Array(_)
                | FieldKind::Object(_),
                _,
            ) => S::wrong_type(self, field, kind),
        }
    }

    fn array(&mut self, field: FieldId, array: &'c crate::table::ArrayTable) -> Result<(), Halt> {
        let start = self.cursor.offset();
        self.cursor.begin_array()?;
        self.facts.begin_list(array);
        let mut first = true;
        let mut count = 0u32;
        while self.cursor.next_item(&mut first)? {
            S::enter(self, Enter::Item(count));
            self.facts.begin_item(array);
            self.value(array.item)?;
            S::item(self, array, count);
            count = count.saturating_add(1);
        }
        self.end_array(field, array, count, Span::new(start, self.cursor.offset()))
    }

    /// What is true of a list as a whole.
    pub(crate) fn end_array(
        &mut self,
        field: FieldId,
        array: &'c crate::table::ArrayTable,
        count: u32,
        span: Span,
    ) -> Result<(), Halt> {
        self.facts.end_list(self.table, field, array, count);
        if count == 0 {
            S::fault(self, field, Fault::EmptyList(span))?;
        } else if u64::from(count) > array.max_items {
            S::fault(self, field, Fault::TooManyItems(span, count))?;
        }
        Ok(())
    }
}
