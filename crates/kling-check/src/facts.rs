//! What a walk has learnt about a request for the rules over several members, and whether conditions hold.

use kling_json::{Document, Kind, Node, NodeId};
use kling_spec::Scalar;

use crate::table::{ArrayTable, Condition, FieldId, Table};

/// What is known about a condition: a malformed member leaves it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    Yes,
    No,
    Open,
}

impl Truth {
    const fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Open => Self::Open,
        }
    }

    const fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// The view of a request that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// As it is meant: what is under a wrong key is the only member that it can be.
    Meant,
    /// As the service reads it: what is under a wrong key does not exist.
    Sent,
}

/// How a member is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum ReadAs {
    /// It is absent.
    #[default]
    Absent,
    /// It is what is written.
    Written,
    /// It is a list without items, which counts as absent.
    NoItems,
    /// It is one of the meant values.
    Meant,
    /// It is present, but its value is not known.
    Open,
}

/// What is known about a field; inside a list, about that of the last item.
#[derive(Debug, Clone, Copy, Default)]
struct Fact {
    /// Where it was found; the request itself if it was not.
    node: NodeId,
    /// For a list, the number of its items; for a meant value, its place among the meant values; for a written value,
    /// its number among the listed values, from 1.
    number: u32,
    read_as: ReadAs,
    /// Whether it was read under a wrong key, which the service does not read.
    elsewhere: bool,
}

/// How many items satisfy a condition, and for how many that is not known.
#[derive(Debug, Clone, Copy, Default)]
struct ItemCounts {
    sure: u32,
    open: u32,
    /// The same from the view of the service.
    sent_sure: u32,
    sent_open: u32,
    /// The first item that decides the condition: it satisfies it, or is one too many.
    witness: Option<u32>,
}

/// The facts of one request.
#[derive(Debug)]
pub(crate) struct Facts<'d> {
    document: &'d Document<'d>,
    fields: Vec<Fact>,
    item_counts: Vec<ItemCounts>,
    meant: Vec<Scalar>,
    /// Whether anything was read under a wrong key.
    pub(crate) any_elsewhere: bool,
}

impl<'d> Facts<'d> {
    pub(crate) fn new(table: &Table, document: &'d Document<'d>) -> Self {
        Self {
            document,
            fields: vec![Fact::default(); table.fields.len()],
            item_counts: Vec::new(),
            meant: Vec::new(),
            any_elsewhere: false,
        }
    }

    /// Records that the value of a field is about to be read.
    #[inline]
    pub(crate) fn found(&mut self, field: FieldId, node: Node<'d>, elsewhere: bool) {
        self.fields[field] = Fact {
            node: node.id(),
            elsewhere,
            ..Fact::default()
        };
        self.any_elsewhere |= elsewhere;
    }

    /// Records that a member is what is written.
    #[inline]
    pub(crate) fn written(&mut self, field: FieldId, node: Node<'d>) {
        self.listed(field, node, 0);
    }

    /// Records that a member is what is written, which is one of the listed values: its number, from 1.
    #[inline]
    pub(crate) fn listed(&mut self, field: FieldId, node: Node<'d>, number: usize) {
        let fact = &mut self.fields[field];
        fact.read_as = ReadAs::Written;
        fact.node = node.id();
        fact.number = u32::try_from(number).unwrap_or_default();
    }

    /// Records that a member can only mean this value.
    pub(crate) fn meant(&mut self, field: FieldId, value: Scalar) {
        let fact = &mut self.fields[field];
        fact.read_as = ReadAs::Meant;
        fact.number = u32::try_from(self.meant.len()).unwrap_or(u32::MAX);
        self.meant.push(value);
    }

    /// Records that a member is present, but that its value is not known.
    pub(crate) fn open(&mut self, field: FieldId) {
        self.fields[field].read_as = ReadAs::Open;
    }

    /// Records the same for a member and everything that it should contain.
    pub(crate) fn open_with_inner(&mut self, table: &Table, field: FieldId) {
        for &inner in &table.field(field).with_inner {
            self.fields[inner].read_as = ReadAs::Open;
        }
    }

    pub(crate) fn begin_list(&mut self, table: &Table, array: &ArrayTable) {
        // Many requests have no lists.
        if self.item_counts.is_empty() {
            self.item_counts = vec![ItemCounts::default(); table.item_conditions.len()];
        }
        for &condition in &array.conditions {
            self.item_counts[condition] = ItemCounts::default();
        }
    }

    /// Records that the next item of a list is about to be read.
    pub(crate) fn begin_item(&mut self, table: &Table, array: &ArrayTable) {
        for &inner in &table.field(array.item).with_inner {
            self.fields[inner] = Fact::default();
        }
    }

    /// Counts which conditions an item satisfies that has been read.
    pub(crate) fn end_item(&mut self, table: &Table, array: &ArrayTable, index: u32) {
        for &place in &array.conditions {
            let condition = &table.item_conditions[place];
            let meant = self.truth(table, &condition.item, View::Meant);
            let sent = if self.any_elsewhere {
                self.truth(table, &condition.item, View::Sent)
            } else {
                meant
            };
            let item_counts = &mut self.item_counts[place];
            match meant {
                Truth::Yes => {
                    if u64::from(item_counts.sure) == condition.before_witness() {
                        item_counts.witness = Some(index);
                    }
                    item_counts.sure += 1;
                }
                Truth::Open => item_counts.open += 1,
                Truth::No => {}
            }
            match sent {
                Truth::Yes => item_counts.sent_sure += 1,
                Truth::Open => item_counts.sent_open += 1,
                Truth::No => {}
            }
        }
    }

    pub(crate) fn end_list(&mut self, list: FieldId, node: Node<'d>, count: u32) {
        self.fields[list] = Fact {
            node: node.id(),
            number: count,
            read_as: if count == 0 {
                ReadAs::NoItems
            } else {
                ReadAs::Written
            },
            ..self.fields[list]
        };
    }

    /// Returns how a member is read.
    #[inline]
    fn read_as(&self, field: FieldId, view: View) -> ReadAs {
        let fact = &self.fields[field];
        if fact.elsewhere && view == View::Sent {
            ReadAs::Absent
        } else {
            fact.read_as
        }
    }

    /// Returns the value of a member that is what is written.
    pub(crate) fn value(&self, field: FieldId) -> Option<Node<'d>> {
        let is_written = self.fields[field].read_as == ReadAs::Written;
        self.node(field).filter(|_| is_written)
    }

    /// Returns where a member was found, whatever its value.
    #[inline]
    pub(crate) fn node(&self, field: FieldId) -> Option<Node<'d>> {
        let id = self.fields[field].node;
        // The default id is that of the request, which is not a field.
        (id != NodeId::default())
            .then(|| self.document.node(id))
            .flatten()
    }

    /// Returns how many items a list has; `None` if it is malformed.
    pub(crate) fn count(&self, list: FieldId, view: View) -> Option<u64> {
        match self.read_as(list, view) {
            ReadAs::Absent | ReadAs::NoItems | ReadAs::Meant => Some(0),
            ReadAs::Written => Some(u64::from(self.fields[list].number)),
            ReadAs::Open => None,
        }
    }

    /// Returns the item that decided a condition on items.
    pub(crate) fn witness(&self, condition: usize) -> Option<u32> {
        self.item_counts.get(condition)?.witness
    }

    /// Returns whether a condition holds.
    #[expect(
        clippy::inline_always,
        reason = "most conditions look at one fact, and a call costs more than the look"
    )]
    #[inline(always)]
    pub(crate) fn truth(&self, table: &Table, condition: &Condition, view: View) -> Truth {
        match condition {
            Condition::Present(field) => match self.read_as(*field, view) {
                ReadAs::Absent | ReadAs::NoItems => Truth::No,
                ReadAs::Open => Truth::Open,
                ReadAs::Meant | ReadAs::Written => Truth::Yes,
            },
            Condition::Const {
                field,
                value,
                listed,
                by_default,
            } => match self.read_as(*field, view) {
                ReadAs::Absent => Truth::of(*by_default),
                ReadAs::Open => Truth::Open,
                ReadAs::Written if *listed > 0 => Truth::of(self.fields[*field].number == *listed),
                ReadAs::Written | ReadAs::NoItems | ReadAs::Meant => {
                    Truth::of(self.says(*field, value))
                }
            },
            Condition::Items(place) => self.items(table, *place, view),
            Condition::MaxItems(lists, limit) => self.max_items(lists, *limit, view),
            Condition::Not(inner) => self.opposite(table, inner, view),
            Condition::All(several) => self.fold(table, several, view, Truth::No),
            Condition::Any(several) => self.fold(table, several, view, Truth::Yes),
        }
    }

    /// Negates a condition. Recursion, here and below, is bounded by the contract.
    #[inline(never)]
    fn opposite(&self, table: &Table, condition: &Condition, view: View) -> Truth {
        self.truth(table, condition, view).not()
    }

    /// Returns whether a member that is present has a value that the contract names.
    #[inline(never)]
    fn says(&self, field: FieldId, value: &Scalar) -> bool {
        match self.fields[field].read_as {
            ReadAs::Meant => self.meant_value(field) == Some(value),
            ReadAs::Written => self.node(field).is_some_and(|node| is(node, value)),
            ReadAs::Absent | ReadAs::NoItems | ReadAs::Open => false,
        }
    }

    #[inline(never)]
    fn max_items(&self, lists: &[FieldId], limit: u64, view: View) -> Truth {
        let (mut total, mut is_open) = (0, false);
        for list in lists {
            match self.count(*list, view) {
                Some(count) => total += count,
                None => is_open = true,
            }
        }
        match (total > limit, is_open) {
            (true, _) => Truth::No,
            (false, true) => Truth::Open,
            (false, false) => Truth::Yes,
        }
    }

    fn items(&self, table: &Table, place: usize, view: View) -> Truth {
        let condition = &table.item_conditions[place];
        let (sure, open) = match (
            self.count(condition.list, view),
            self.item_counts.get(place),
        ) {
            (None, _) => return Truth::Open,
            // Not read at all, or not visible to the service.
            (Some(0), _) | (Some(_), None) => (0, 0),
            (Some(_), Some(item_counts)) => match view {
                View::Meant => (item_counts.sure, item_counts.open),
                View::Sent => (item_counts.sent_sure, item_counts.sent_open),
            },
        };
        match condition.most {
            None if sure > 0 => Truth::Yes,
            None if open > 0 => Truth::Open,
            None => Truth::No,
            Some(most) if u64::from(sure) > most => Truth::No,
            Some(most) if u64::from(sure) + u64::from(open) > most => Truth::Open,
            Some(_) => Truth::Yes,
        }
    }

    /// Combines several conditions; `deciding` is the truth of one that decides the whole.
    #[inline(never)]
    fn fold(&self, table: &Table, several: &[Condition], view: View, deciding: Truth) -> Truth {
        let mut result = deciding.not();
        for inner in several {
            match self.truth(table, inner, view) {
                truth if truth == deciding => return deciding,
                Truth::Open => result = Truth::Open,
                Truth::Yes | Truth::No => {}
            }
        }
        result
    }

    /// Returns the value of a member, or its default if it is absent; `None` if it is not known.
    pub(crate) fn field_value<'f>(
        &'f self,
        field: FieldId,
        default: Option<&'f Scalar>,
        view: View,
    ) -> Option<FieldValue<'f>> {
        match self.read_as(field, view) {
            ReadAs::Absent => default.map(FieldValue::Known),
            ReadAs::Written | ReadAs::NoItems => self.node(field).map(FieldValue::Written),
            ReadAs::Meant => self.meant_value(field).map(FieldValue::Known),
            ReadAs::Open => None,
        }
    }

    fn meant_value(&self, field: FieldId) -> Option<&Scalar> {
        self.meant.get(self.fields[field].number as usize)
    }
}

/// The value of a member.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FieldValue<'f> {
    /// What is written.
    Written(Node<'f>),
    /// This value, which is not as written.
    Known(&'f Scalar),
}

impl FieldValue<'_> {
    /// Returns the whole number, if it is one.
    pub(crate) fn integer(self) -> Option<i64> {
        match self {
            Self::Written(node) => node.number()?.to_i64(),
            Self::Known(Scalar::Integer(number)) => Some(*number),
            Self::Known(Scalar::String(_) | Scalar::Boolean(_)) => None,
        }
    }

    /// Returns the parts of the ratio, if it is one.
    pub(crate) fn ratio(self) -> Option<(u16, u16)> {
        match self {
            Self::Written(node) => ratio_parts(&node.text()?.decode()),
            Self::Known(value) => ratio_parts(value.as_str()?),
        }
    }
}

/// Returns whether a value is the one that a contract names.
pub(crate) fn is(node: Node<'_>, value: &Scalar) -> bool {
    match value {
        Scalar::String(text) => node.text().is_some_and(|written| written.equals(text)),
        Scalar::Boolean(truth) => node.boolean() == Some(*truth),
        Scalar::Integer(number) => {
            node.number().and_then(|written| written.to_i64()) == Some(*number)
        }
    }
}

/// Returns a value in the form in which contracts name it, if they can.
pub(crate) fn scalar(node: Node<'_>) -> Option<Scalar> {
    match node.kind() {
        Kind::String => Some(Scalar::String(node.text()?.decode().into_owned())),
        Kind::Number => node.number()?.to_i64().map(Scalar::Integer),
        Kind::Boolean => node.boolean().map(Scalar::Boolean),
        Kind::Object | Kind::Array | Kind::Null => None,
    }
}

/// Writes a value as JSON text.
pub(crate) fn json(value: &Scalar) -> String {
    match value {
        Scalar::String(text) => kling_json::quoted(text),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Boolean(truth) => truth.to_string(),
    }
}

/// Returns the parts of a ratio: two whole numbers from 1 to 9999 with a colon between them.
pub(crate) fn ratio_parts(text: &str) -> Option<(u16, u16)> {
    let (width, height) = text.split_once(':')?;
    Some((ratio_part(width)?, ratio_part(height)?))
}

fn ratio_part(text: &str) -> Option<u16> {
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || text.starts_with('0') {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_two_whole_numbers() {
        assert_eq!(ratio_parts("16:9"), Some((16, 9)));
        assert_eq!(ratio_parts("9999:1"), Some((9999, 1)));
        for text in [
            "", ":", "16", "16:", "0:1", "16:09", "16x9", "10000:1", "16:9:1", " 16:9", "+1:1",
            "１:1",
        ] {
            assert_eq!(ratio_parts(text), None, "{text}");
        }
    }
}
