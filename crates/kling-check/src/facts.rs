//! What a walk has learnt of a request for the rules that look at several members, and whether conditions hold.

use kling_json::{Kind, Node};
use kling_spec::Scalar;

use crate::table::{ArrayTable, Condition, FieldId, Table};

/// What is known of a condition: a malformed member leaves it open.
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

/// Whose reading of a request is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// As it is meant: what is under a wrong key is the member that it can only be.
    Meant,
    /// As the service reads it: what is under a wrong key is not there.
    Sent,
}

/// What a member says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Reading<'d> {
    /// It is not there.
    #[default]
    Absent,
    /// What is written.
    Written(Node<'d>),
    /// What the value can only mean: a place among the meant values.
    Meant(usize),
    /// It is there, and nobody knows what it says.
    Open,
}

/// What is known of a field; inside a list, of that of the last item.
#[derive(Debug, Clone, Copy, Default)]
struct Fact<'d> {
    reading: Reading<'d>,
    /// For a list: how many items it has.
    count: u32,
    /// Whether it was read under a wrong key, where the service does not see it.
    elsewhere: bool,
    /// Where it was found.
    node: Option<Node<'d>>,
}

/// How many items satisfy a condition: of some it is not known.
#[derive(Debug, Clone, Copy, Default)]
struct Hits {
    sure: u64,
    open: u64,
    /// The same as the service sees the items.
    sent_sure: u64,
    sent_open: u64,
    /// The first item that settles the matter: that satisfies it, or is one too many.
    witness: Option<u32>,
}

/// The facts of one request.
#[derive(Debug)]
pub(crate) struct Facts<'d> {
    fields: Vec<Fact<'d>>,
    hits: Vec<Hits>,
    meant: Vec<Scalar>,
    /// Whether anything was read under a wrong key.
    pub(crate) any_elsewhere: bool,
}

impl<'d> Facts<'d> {
    pub(crate) fn new(table: &Table) -> Self {
        Self {
            fields: vec![Fact::default(); table.fields.len()],
            hits: vec![Hits::default(); table.item_conditions.len()],
            meant: Vec::new(),
            any_elsewhere: false,
        }
    }

    /// The value of a field is about to be read.
    #[inline]
    pub(crate) fn found(&mut self, field: FieldId, node: Node<'d>, elsewhere: bool) {
        self.fields[field] = Fact {
            reading: Reading::Absent,
            count: 0,
            elsewhere,
            node: Some(node),
        };
        self.any_elsewhere |= elsewhere;
    }

    /// A member says what is written.
    #[inline]
    pub(crate) fn written(&mut self, field: FieldId, node: Node<'d>) {
        self.fields[field].reading = Reading::Written(node);
    }

    /// A member can only mean this value.
    pub(crate) fn meant(&mut self, field: FieldId, value: Scalar) {
        self.fields[field].reading = Reading::Meant(self.meant.len());
        self.meant.push(value);
    }

    /// A member is there, and it is not known what it says.
    pub(crate) fn open(&mut self, field: FieldId) {
        self.fields[field].reading = Reading::Open;
    }

    /// The same of a member and of all that it should have inside.
    pub(crate) fn open_with_inner(&mut self, table: &Table, field: FieldId) {
        for &inner in &table.field(field).with_inner {
            self.fields[inner].reading = Reading::Open;
        }
    }

    pub(crate) fn begin_list(&mut self, array: &ArrayTable) {
        for &condition in &array.conditions {
            self.hits[condition] = Hits::default();
        }
    }

    /// The next item of a list is about to be read.
    pub(crate) fn begin_item(&mut self, table: &Table, array: &ArrayTable) {
        for &inner in &table.field(array.item).with_inner {
            self.fields[inner] = Fact::default();
        }
    }

    /// An item has been read: counts which conditions it satisfies.
    pub(crate) fn end_item(&mut self, table: &Table, array: &ArrayTable, index: u32) {
        for &place in &array.conditions {
            let condition = &table.item_conditions[place];
            let meant = self.truth(table, &condition.item, View::Meant);
            let sent = if self.any_elsewhere {
                self.truth(table, &condition.item, View::Sent)
            } else {
                meant
            };
            let hits = &mut self.hits[place];
            match meant {
                Truth::Yes => {
                    if hits.sure == condition.before_witness() {
                        hits.witness = Some(index);
                    }
                    hits.sure += 1;
                }
                Truth::Open => hits.open += 1,
                Truth::No => {}
            }
            match sent {
                Truth::Yes => hits.sent_sure += 1,
                Truth::Open => hits.sent_open += 1,
                Truth::No => {}
            }
        }
    }

    pub(crate) fn end_list(&mut self, list: FieldId, node: Node<'d>, count: u32) {
        let fact = &mut self.fields[list];
        fact.reading = Reading::Written(node);
        fact.count = count;
    }

    /// What a member says.
    pub(crate) fn reading(&self, field: FieldId, view: View) -> Reading<'d> {
        let fact = &self.fields[field];
        if fact.elsewhere && view == View::Sent {
            Reading::Absent
        } else {
            fact.reading
        }
    }

    /// Where a member was found, whatever it says.
    pub(crate) fn node(&self, field: FieldId) -> Option<Node<'d>> {
        self.fields[field].node
    }

    /// How many items a list has; `None` if it is malformed.
    pub(crate) fn count(&self, list: FieldId, view: View) -> Option<u64> {
        match self.reading(list, view) {
            Reading::Absent => Some(0),
            Reading::Written(_) | Reading::Meant(_) => Some(u64::from(self.fields[list].count)),
            Reading::Open => None,
        }
    }

    /// The item that settled a condition on items.
    pub(crate) fn witness(&self, condition: usize) -> Option<u32> {
        self.hits[condition].witness
    }

    /// Whether a condition holds.
    pub(crate) fn truth(&self, table: &Table, condition: &Condition, view: View) -> Truth {
        match condition {
            Condition::Present(field) => match self.reading(*field, view) {
                Reading::Absent => Truth::No,
                Reading::Open => Truth::Open,
                Reading::Meant(_) => Truth::Yes,
                Reading::Written(node) => {
                    Truth::of(node.kind() != Kind::Array || self.fields[*field].count > 0)
                }
            },
            Condition::Const {
                field,
                value,
                by_default,
            } => match self.reading(*field, view) {
                Reading::Absent => Truth::of(*by_default),
                Reading::Open => Truth::Open,
                Reading::Meant(place) => Truth::of(self.meant[place] == *value),
                Reading::Written(node) => Truth::of(is(node, value)),
            },
            Condition::MaxItems(lists, limit) => {
                let counts = lists.iter().map(|list| self.count(*list, view));
                let total: u64 = counts.clone().flatten().sum();
                match total <= *limit {
                    false => Truth::No,
                    true if counts.clone().any(|count| count.is_none()) => Truth::Open,
                    true => Truth::Yes,
                }
            }
            Condition::Items(place) => self.items(table, *place, view),
            Condition::Not(inner) => self.truth(table, inner, view).not(),
            Condition::All(several) => self.fold(table, several, view, Truth::No),
            Condition::Any(several) => self.fold(table, several, view, Truth::Yes),
        }
    }

    fn items(&self, table: &Table, place: usize, view: View) -> Truth {
        let condition = &table.item_conditions[place];
        let hits = self.hits[place];
        let (sure, open) = match (self.count(condition.list, view), view) {
            (None, _) => return Truth::Open,
            // Not read at all, or not seen.
            (Some(0), _) => (0, 0),
            (Some(_), View::Meant) => (hits.sure, hits.open),
            (Some(_), View::Sent) => (hits.sent_sure, hits.sent_open),
        };
        match condition.most {
            None if sure > 0 => Truth::Yes,
            None if open > 0 => Truth::Open,
            None => Truth::No,
            Some(most) if sure > most => Truth::No,
            Some(most) if sure + open > most => Truth::Open,
            Some(_) => Truth::Yes,
        }
    }

    /// `deciding` decides the whole as soon as one part has it.
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

    /// The scalar that a member says, as far as contracts can name it; `None` where it is not known.
    pub(crate) fn scalar(
        &self,
        field: FieldId,
        default: Option<&Scalar>,
        view: View,
    ) -> Option<Scalar> {
        match self.reading(field, view) {
            Reading::Absent => default.cloned(),
            Reading::Written(node) => scalar(node),
            Reading::Meant(place) => Some(self.meant[place].clone()),
            Reading::Open => None,
        }
    }
}

/// Whether a value is the one that a contract names.
fn is(node: Node<'_>, value: &Scalar) -> bool {
    match value {
        Scalar::String(text) => node.text().is_some_and(|written| written.equals(text)),
        Scalar::Boolean(truth) => node.boolean() == Some(*truth),
        Scalar::Integer(number) => {
            node.number().and_then(|written| written.to_i64()) == Some(*number)
        }
    }
}

/// A value as contracts name it, if they can.
pub(crate) fn scalar(node: Node<'_>) -> Option<Scalar> {
    match node.kind() {
        Kind::String => Some(Scalar::String(node.text()?.decode().into_owned())),
        Kind::Number => node.number()?.to_i64().map(Scalar::Integer),
        Kind::Boolean => node.boolean().map(Scalar::Boolean),
        Kind::Object | Kind::Array | Kind::Null => None,
    }
}

/// The parts of a ratio: two whole numbers from 1 to 9999 with a colon between them.
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
