//! Reading a value under a wrong key, or of a wrong shape, as what it can only mean.

use kling_json::{Kind, Span, Text};
use kling_spec::{CommonRule, Convert, Mistake, Scalar};

use super::Finder;
use super::words::{expected, field_name, value_named};
use crate::table::{ArrayTable, FieldId, FieldKind, Table};
use crate::walk::{Enter, Halt, Sink};

impl<'t, 'c> Finder<'t, 'c> {
    /// Reads the next value as that of a field, converted as a mistake says. The pointer is that of
    /// the value as it stands.
    pub(super) fn read_as(
        &mut self,
        target: FieldId,
        mistake: Option<&'c Mistake>,
    ) -> Result<(), Halt> {
        let kind = self.cursor.kind()?;
        self.sink.memory.displaced += 1;
        if !self.table.field(target).inside_list {
            let behind = self.cursor.offset();
            self.sink.memory.begin_reading(target, behind);
        }
        let table: &'c Table = self.table;
        match (
            &table.field(target).kind,
            kind,
            mistake.and_then(|mistake| mistake.convert),
        ) {
            (FieldKind::Array(array), Kind::String, Some(Convert::List | Convert::Objects)) => {
                let text = self.cursor.string()?;
                self.single_item(target, array, &text)?;
            }
            (FieldKind::Array(array), Kind::Array, Some(Convert::Objects)) => {
                self.object_items(target, array)?;
            }
            (FieldKind::String(_) | FieldKind::Integer(_) | FieldKind::Boolean(_), _, _) => {
                self.scalar_as(target, mistake)?;
            }
            (FieldKind::Array(_) | FieldKind::Object(_), _, _) => self.value(target)?,
        }
        self.sink.memory.displaced -= 1;
        Ok(())
    }

    /// The next value, if it is a scalar that contracts can name; nothing is consumed.
    pub(super) fn scalar_ahead(&self) -> Option<Scalar> {
        let mut ahead = self.cursor.clone();
        match ahead.kind().ok()? {
            Kind::String => Some(Scalar::String(ahead.string().ok()?.decode().into_owned())),
            Kind::Boolean => Some(Scalar::Boolean(ahead.boolean().ok()?)),
            Kind::Number => ahead.number().ok()?.to_i64().map(Scalar::Integer),
            Kind::Object | Kind::Array | Kind::Null => None,
        }
    }

    /// Reads a scalar that a mistake turns into another; any other is read as the field's own.
    fn scalar_as(&mut self, target: FieldId, mistake: Option<&'c Mistake>) -> Result<(), Halt> {
        let start = self.cursor.offset();
        let Some((written, mistake)) = self.scalar_ahead().zip(mistake) else {
            return self.value(target);
        };
        let Some(meant) = converted(mistake, &written) else {
            let listed = self
                .row_of(target)
                .closed_values()
                .is_some_and(|list| list.contains(&written));
            if mistake.values.is_empty() || listed {
                return self.value(target);
            }
            // A word of another vocabulary that nobody has translated: nothing more can be said of it.
            self.cursor.skip()?;
            self.facts.unusable(self.table, target);
            return Ok(());
        };
        self.cursor.skip()?;
        let span = Span::new(start, self.cursor.offset());
        let spec = &self.table.spec;
        let row = self.row_of(target);
        if let Some(values) = &row.values
            && !values.value.open
            && !values.value.list.contains(&meant)
        {
            // Under its right name and in its right type the value would still be wrong.
            let claim = Some(self.claimed(&values.ground));
            self.sink
                .here(self.checker, CommonRule::WrongValue, claim, span, |texts| {
                    texts.push(("field", field_name(&row.path)));
                    texts.push(("expected", expected(spec, row)));
                    texts.push(("found", value_named(&meant)));
                    texts.push(("advice", format!("use {}", expected(spec, row))));
                });
        }
        self.facts.present(self.table, target);
        self.note_value(target, Some(&meant));
        Ok(())
    }

    /// Reads a text as a list of one item.
    fn single_item(
        &mut self,
        list: FieldId,
        array: &'c ArrayTable,
        text: &Text<'t>,
    ) -> Result<(), Halt> {
        self.facts.begin_list(array);
        self.facts.begin_item(array);
        self.item_text(array, text);
        <super::Collector<'t, 'c> as Sink<'t, 'c>>::item(self, array, 0);
        self.end_array(list, array, 1, text.span())
    }

    /// Reads a list whose items may be texts in the place of objects.
    fn object_items(&mut self, list: FieldId, array: &'c ArrayTable) -> Result<(), Halt> {
        let start = self.cursor.offset();
        self.cursor.begin_array()?;
        self.facts.begin_list(array);
        let mut first = true;
        let mut count = 0u32;
        while self.cursor.next_item(&mut first)? {
            <super::Collector<'t, 'c> as Sink<'t, 'c>>::enter(self, Enter::Item(count));
            self.facts.begin_item(array);
            if self.cursor.kind()? == Kind::String {
                let text = self.cursor.string()?;
                self.item_text(array, &text);
            } else {
                self.value(array.item)?;
            }
            <super::Collector<'t, 'c> as Sink<'t, 'c>>::item(self, array, count);
            count = count.saturating_add(1);
        }
        self.end_array(list, array, count, Span::new(start, self.cursor.offset()))
    }

    /// Checks a text that stands for an item as the address it must be.
    fn item_text(&mut self, array: &ArrayTable, text: &Text<'t>) {
        let address = match self.table.field(array.item).kind {
            FieldKind::String(_) => Some(array.item),
            FieldKind::Object(_) => address_in(self.table, array.item),
            FieldKind::Integer(_) | FieldKind::Boolean(_) | FieldKind::Array(_) => None,
        };
        if let Some(address) = address {
            self.wrong_address(address, text, text.span());
        }
    }
}

/// The required address among the members of an item.
pub(crate) fn address_in(table: &Table, item: FieldId) -> Option<FieldId> {
    let FieldKind::Object(object) = table.field(item).kind else {
        return None;
    };
    let members = &table.object(object).members;
    members.iter().copied().find(|&member| {
        let row = table.row(member);
        row.required.is_some() && row.format.is_some()
    })
}

/// What a mistaken value is known to mean.
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
