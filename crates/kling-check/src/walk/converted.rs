//! Reading a value under a wrong key, or of a wrong shape, as the only thing that it can mean.

use kling_json::{Kind, Node};
use kling_spec::{Convert, Mistake, Scalar};

use super::{Broken, Walk};
use crate::facts::scalar;
use crate::finding::FindingKind;
use crate::rewritten::{Rewritten, RewrittenValue};
use crate::table::{ArrayTable, FieldId, FieldKind, Table};

impl<'d> Walk<'d> {
    /// Reads a value as that of a field, converted as a mistake says.
    pub(super) fn read_as(
        &mut self,
        target: FieldId,
        mistake: Option<&'d Mistake>,
        node: Node<'d>,
    ) -> Result<(), Broken> {
        self.displaced += 1;
        self.facts.found(target, node, true);
        let read = self.converted(target, mistake, node);
        self.displaced -= 1;
        read
    }

    fn converted(
        &mut self,
        target: FieldId,
        mistake: Option<&'d Mistake>,
        node: Node<'d>,
    ) -> Result<(), Broken> {
        let table: &'d Table = self.table;
        let convert = mistake.and_then(|mistake| mistake.convert);
        match (&table.field(target).kind, node.kind(), convert) {
            (FieldKind::Array(array), Kind::String, Some(Convert::List | Convert::Objects)) => {
                self.facts.begin_list(table, array);
                self.facts.begin_item(table, array);
                self.item_text(array, node);
                self.facts.end_item(table, array, 0);
                self.facts.end_list(target, node, 1);
                Ok(())
            }
            (FieldKind::Array(array), Kind::Array, Some(Convert::Objects)) => {
                self.items(target, array, node, |walk, item| {
                    if item.kind() == Kind::String {
                        walk.item_text(array, item);
                        Ok(())
                    } else {
                        walk.value(array.item, item)
                    }
                })
            }
            (FieldKind::String(_) | FieldKind::Integer(_) | FieldKind::Boolean, _, _) => {
                self.scalar_as(target, mistake, node)
            }
            (FieldKind::Array(_) | FieldKind::Object(_), _, _) => self.value(target, node),
        }
    }

    /// Reads a scalar that a mistake turns into another one; any other is read as the field's own.
    fn scalar_as(
        &mut self,
        target: FieldId,
        mistake: Option<&'d Mistake>,
        node: Node<'d>,
    ) -> Result<(), Broken> {
        let Some((written, mistake)) = scalar(node).zip(mistake) else {
            return self.value(target, node);
        };
        let row = self.table.row(target);
        let Some(meant) = converted(mistake, &written) else {
            let closed = row.closed_values();
            let is_listed = closed.is_some_and(|list| list.contains(&written));
            if mistake.values.is_empty() || is_listed {
                return self.value(target, node);
            }
            // A word of another vocabulary, with no known meaning: nothing more can be said about it.
            self.facts.open(target);
            return Ok(());
        };
        self.single(target, meant, node);
        Ok(())
    }

    /// Reads a value that a field of another page has, as the field of this page that means the same.
    pub(super) fn rewritten(&mut self, rewritten: Rewritten<'d>, node: Node<'d>) {
        let table: &'d Table = self.table;
        let target = rewritten.target;
        self.facts.found(target, node, true);
        match rewritten.value {
            RewrittenValue::Single(value) => self.single(target, value, node),
            RewrittenValue::List { items, .. } => {
                let Some(array) = table.array(target) else {
                    return;
                };
                self.facts.begin_list(table, array);
                let mut count = 0;
                for item in items {
                    self.facts.begin_item(table, array);
                    self.item_text(array, item);
                    self.facts.end_item(table, array, count);
                    count += 1;
                }
                self.facts.end_list(target, node, count);
            }
            RewrittenValue::Unknown => self.facts.open(target),
        }
        self.skip(node);
    }

    /// Reads a value that means another one.
    fn single(&mut self, target: FieldId, meant: Scalar, node: Node<'d>) {
        self.note_meant(target, Some(&meant));
        let closed = self.table.row(target).closed_values();
        if closed.is_some_and(|list| !list.contains(&meant)) {
            // Even under the right name and with the right type, the value would be wrong.
            let kind = FindingKind::Converted {
                field: target,
                value: meant,
            };
            self.add(node, kind);
        }
    }

    /// Checks a text in place of an item as the URL it must be.
    fn item_text(&mut self, array: &ArrayTable, node: Node<'d>) {
        let address = match self.table.field(array.item).kind {
            FieldKind::String(_) => Some(array.item),
            FieldKind::Object(_) => self.table.address_in(array.item),
            FieldKind::Integer(_) | FieldKind::Boolean | FieldKind::Array(_) => None,
        };
        if let Some(address) = address {
            self.facts.written(address, node);
            self.address(address, node);
        }
    }
}

/// Returns what a mistaken value is known to mean.
pub(crate) fn converted(mistake: &Mistake, written: &Scalar) -> Option<Scalar> {
    if let Some((_, meant)) = mistake.values.iter().find(|(from, _)| from == written) {
        return Some(meant.clone());
    }
    match (mistake.convert, written) {
        (Some(Convert::Integer), Scalar::String(text)) => {
            text.trim().parse().ok().map(Scalar::Integer)
        }
        _ => None,
    }
}
