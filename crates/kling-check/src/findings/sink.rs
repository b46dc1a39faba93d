//! What the collector does at each event of the walk.

use kling_json::{Kind, Span, Text};
use kling_spec::{CommonRule, Convert, Format, Mistake, Scalar};

use super::advice::{advice, items_to_keep, reading};
use super::conversion::address_in;
use super::words::{expected, expected_type, field_name, found_kind, found_number, found_text};
use super::{Collector, Finder};
use crate::table::{ArrayTable, Capture, FieldId, FieldKind, ItemCondition, ObjectId};
use crate::walk::{Enter, Fault, Halt, Sink, Walker};

impl<'t, 'c> Sink<'t, 'c> for Collector<'t, 'c> {
    fn fault(walker: &mut Finder<'t, 'c>, field: FieldId, fault: Fault<'t>) -> Result<bool, Halt> {
        if let Fault::Address(text) = fault {
            return Ok(walker.wrong_address(field, &text, text.span()));
        }
        walker.back_to_value();
        Ok(walker.value_fault(field, fault))
    }

    fn wrong_type(walker: &mut Finder<'t, 'c>, field: FieldId, kind: Kind) -> Result<(), Halt> {
        walker.back_to_value();
        walker.mistyped(field, kind)
    }

    fn duplicate(walker: &mut Finder<'t, 'c>, key: Text<'t>) -> Result<(), Halt> {
        walker.back_to_value();
        walker.remember_key(&key);
        walker.sink.duplicate_key(walker.checker, &key);
        walker.skip()
    }

    fn stray(
        walker: &mut Finder<'t, 'c>,
        object: ObjectId,
        start: usize,
        key: Text<'t>,
        seen: u64,
    ) -> Result<u64, Halt> {
        walker.back_to_value();
        walker.stray_key(object, start, key, seen)
    }

    fn missing(
        walker: &mut Finder<'t, 'c>,
        object: ObjectId,
        missing: u64,
        span: Span,
    ) -> Result<(), Halt> {
        walker.back_to_value();
        walker.missing_members(object, missing, span);
        Ok(())
    }

    #[expect(
        clippy::inline_always,
        reason = "run for every member of every request; a call costs more than it does"
    )]
    #[inline(always)]
    fn enter(walker: &mut Finder<'t, 'c>, step: Enter) {
        let open = walker.cursor.depth();
        let memory = &mut walker.sink.memory;
        match step {
            Enter::Member(field, start) => {
                memory.step_to_key(open, start);
                if !walker.table.field(field).inside_list {
                    memory.begin_reading(field, walker.cursor.offset());
                }
            }
            Enter::Item(index) => memory.step_to_index(open, index as usize),
        }
    }

    #[inline]
    fn item(walker: &mut Finder<'t, 'c>, array: &'c ArrayTable, index: u32) {
        let Walker {
            facts, table, sink, ..
        } = walker;
        facts.end_item(table, array, |condition| {
            sink.hit(&table.item_conditions[condition], condition, index);
        });
    }
}

impl Collector<'_, '_> {
    /// Takes note of an item that satisfies a condition, if a rule may point at it.
    #[inline(never)]
    fn hit(&mut self, condition: &ItemCondition, number: usize, item: u32) {
        let most = condition.max_contains.iter().map(|(_, limit)| limit + 1);
        if (self.hits_of(number).count() as u64) < most.max().unwrap_or(1) {
            self.hit_items.push((number, item));
        }
    }
}

impl<'t, 'c> Finder<'t, 'c> {
    /// Goes back to the value that is being read, from those in it that have been read to their ends. To be called before a
    /// finding is kept.
    pub(super) fn back_to_value(&mut self) {
        self.sink.memory.go_back(self.cursor.depth());
    }

    /// Takes the step to the value of a key that has just been read.
    pub(super) fn remember_key(&mut self, key: &Text<'t>) {
        let open = self.cursor.depth();
        self.sink.memory.step_to_key(open, key.span().start);
    }

    pub(super) fn mistakes_of(&self, field: FieldId) -> Vec<&'c Mistake> {
        let table: &'c crate::table::Table = self.table;
        table.strays().of_value(&table.spec, field)
    }

    fn value_fault(&mut self, field: FieldId, fault: Fault<'t>) -> bool {
        match fault {
            // A number that the text breaks off at may go on.
            Fault::Number(number) | Fault::Notation(number, _)
                if number.span().end == self.cursor.text().len() =>
            {
                false
            }
            Fault::Text(text) => self.wrong_text(field, &text),
            Fault::Number(number) => self.wrong_number(field, &number),
            Fault::Notation(number, value) => {
                let path = &self.row_of(field).path;
                self.mean_value(field, Some(&Scalar::Integer(value)));
                self.sink.here(
                    self.checker,
                    CommonRule::NumberNotation,
                    None,
                    number.span(),
                    |values| {
                        values.push(("field", field_name(path)));
                        values.push(("found", found_number(&number)));
                        values.push(("expected", format!("`{value}`")));
                    },
                );
                true
            }
            Fault::Blank(text) => {
                let claim = self
                    .row_of(field)
                    .format
                    .as_ref()
                    .map(|claim| self.claimed(&claim.ground));
                let path = &self.row_of(field).path;
                self.sink.here(
                    self.checker,
                    CommonRule::BlankText,
                    claim,
                    text.span(),
                    |values| {
                        values.push(("field", field_name(path)));
                    },
                );
                false
            }
            Fault::TooLong(text, characters) => {
                let row = self.row_of(field);
                if let Some(limit) = &row.max_characters {
                    let claim = Some(self.claimed(&limit.ground));
                    self.sink.here(
                        self.checker,
                        CommonRule::TooLong,
                        claim,
                        text.span(),
                        |values| {
                            values.push(("field", field_name(&row.path)));
                            values.push(("count", characters.to_string()));
                            values.push(("limit", limit.value.to_string()));
                        },
                    );
                }
                true
            }
            Fault::Address(text) => self.wrong_address(field, &text, text.span()),
            Fault::EmptyList(span) => {
                let path = &self.row_of(field).path;
                self.mean_value(field, None);
                self.sink
                    .here(self.checker, CommonRule::EmptyList, None, span, |values| {
                        values.push(("field", field_name(path)));
                    });
                true
            }
            Fault::TooManyItems(span, count) => {
                let row = self.row_of(field);
                if let Some(limit) = &row.max_items {
                    let claim = Some(self.claimed(&limit.ground));
                    let ignored = limit.ground.service == kling_spec::Service::Ignores;
                    self.mean_value(field, None);
                    self.sink.here(
                        self.checker,
                        CommonRule::TooManyItems,
                        claim,
                        span,
                        |values| {
                            values.push(("field", field_name(&row.path)));
                            values.push(("count", count.to_string()));
                            values.push(("limit", limit.value.to_string()));
                            let advice = items_to_keep(limit.value, ignored);
                            values.push(("advice", advice));
                        },
                    );
                }
                true
            }
        }
    }

    fn wrong_text(&mut self, field: FieldId, text: &Text<'t>) -> bool {
        let spec = &self.table.spec;
        let row = self.row_of(field);
        let written = Scalar::String(text.decode().into_owned());
        let is_ratio = row
            .format
            .as_ref()
            .is_some_and(|claim| claim.value == Format::Ratio);
        let closed = row.closed_values().is_some();
        if is_ratio && !closed && crate::facts::ratio_parts(&text.decode()).is_none() {
            let claim = row.format.as_ref().map(|claim| self.claimed(&claim.ground));
            self.mean_value(field, None);
            self.sink.here(
                self.checker,
                CommonRule::InvalidRatio,
                claim,
                text.span(),
                |values| {
                    values.push(("field", field_name(&row.path)));
                    values.push(("found", found_text(text)));
                    values.push(("advice", format!("the page names {}", expected(spec, row))));
                },
            );
            self.facts.unusable(self.table, field);
            return false;
        }
        let claim = row.values.as_ref().map(|claim| self.claimed(&claim.ground));
        if !closed {
            self.mean_value(field, None);
            self.sink.here(
                self.checker,
                CommonRule::UncommonValue,
                claim,
                text.span(),
                |values| {
                    values.push(("field", field_name(&row.path)));
                    values.push(("found", found_text(text)));
                    values.push(("expected", expected(spec, row)));
                },
            );
            return true;
        }
        if self.table.field(field).capture == Capture::Model {
            self.wrong_model(field, text);
            return false;
        }
        let mistakes = self.mistakes_of(field);
        let meant = reading(row, &mistakes, &written);
        self.mean_value(field, meant.as_ref());
        self.sink.here(
            self.checker,
            CommonRule::WrongValue,
            claim,
            text.span(),
            |values| {
                values.push(("field", field_name(&row.path)));
                values.push(("expected", expected(spec, row)));
                values.push(("found", found_text(text)));
                values.push((
                    "advice",
                    advice(spec, row, &mistakes, &written, meant.as_ref()),
                ));
            },
        );
        self.note_value(field, meant.as_ref());
        false
    }

    fn wrong_number(&mut self, field: FieldId, number: &kling_json::Number<'t>) -> bool {
        let spec = &self.table.spec;
        let row = self.row_of(field);
        let whole = !number.is_finite_f64() || number.decimal().is_integer();
        let closed = row.closed_values().is_some();
        let rule = match (whole, closed || !number.is_finite_f64()) {
            (false, _) => CommonRule::WrongType,
            (true, true) => CommonRule::WrongValue,
            (true, false) => CommonRule::UncommonValue,
        };
        let ground = match (&row.values, rule) {
            (Some(claim), CommonRule::WrongValue | CommonRule::UncommonValue) => &claim.ground,
            _ => &row.ground,
        };
        let claim = Some(self.claimed(ground));
        self.sink
            .here(self.checker, rule, claim, number.span(), |values| {
                values.push(("field", field_name(&row.path)));
                values.push((
                    "expected",
                    if whole {
                        expected(spec, row)
                    } else {
                        expected_type(spec, row)
                    },
                ));
                values.push(("found", found_number(number)));
                values.push(("advice", format!("use {}", expected(spec, row))));
            });
        rule == CommonRule::UncommonValue
    }

    /// Reports the problem of an address, if it has one.
    pub(super) fn wrong_address(&mut self, field: FieldId, text: &Text<'t>, span: Span) -> bool {
        let row = self.row_of(field);
        let Some(format) = &row.format else {
            return true;
        };
        let Some(problem) = crate::media::problem(self.checker, Some(format.value), text) else {
            return true;
        };
        self.back_to_value();
        let claim = Some(self.claimed(&format.ground));
        let rule = match problem.class() {
            kling_url::Class::InlineMedia => CommonRule::InlineMedia,
            kling_url::Class::LocalFile => CommonRule::LocalFile,
            kling_url::Class::UnsupportedScheme => CommonRule::UnsupportedScheme,
            kling_url::Class::UnknownScheme => CommonRule::UnknownScheme,
            kling_url::Class::Relative => CommonRule::RelativeUrl,
            kling_url::Class::Invalid => CommonRule::InvalidUrl,
            kling_url::Class::NotPublic => CommonRule::PrivateHost,
            kling_url::Class::Suspicious => CommonRule::SuspiciousHost,
        };
        self.mean_value(field, None);
        self.sink.here(self.checker, rule, claim, span, |values| {
            values.push(("field", field_name(&row.path)));
            values.push(("what", problem.to_string()));
            values.push(("advice", problem.help().to_owned()));
        });
        false
    }

    /// A value of another type than the field's; it is unread.
    fn mistyped(&mut self, field: FieldId, kind: Kind) -> Result<(), Halt> {
        let spec = &self.table.spec;
        let row = self.row_of(field);
        let start = self.cursor.offset();
        let claim = Some(self.claimed(&row.ground));
        if kind == Kind::Null {
            self.cursor.null()?;
            let span = Span::new(start, self.cursor.offset());
            let path = &row.path;
            self.mean_value(field, None);
            self.sink
                .here(self.checker, CommonRule::NullValue, None, span, |values| {
                    values.push(("field", field_name(path)));
                });
            self.unusable(field);
            return Ok(());
        }
        let mistakes = self.mistakes_of(field);
        let (mut text, mut number) = (None, None);
        let written = match kind {
            Kind::String => {
                let string = self.cursor.string()?;
                text = Some(string);
                Some(Scalar::String(string.decode().into_owned()))
            }
            Kind::Number => {
                let found = self.cursor.number()?;
                number = Some(found);
                found.to_i64().map(Scalar::Integer)
            }
            Kind::Boolean => Some(Scalar::Boolean(self.cursor.boolean()?)),
            Kind::Object | Kind::Array | Kind::Null => None,
        };
        let meant = written
            .as_ref()
            .and_then(|written| reading(row, &mistakes, written));
        let span = Span::new(start, self.cursor.offset());
        let at = if matches!(kind, Kind::Object | Kind::Array) {
            Span::new(start, start + 1)
        } else {
            span
        };
        self.mean_value(field, meant.as_ref());
        self.sink
            .here(self.checker, CommonRule::WrongType, claim, at, |values| {
                values.push(("field", field_name(&row.path)));
                values.push(("expected", expected_type(spec, row)));
                values.push((
                    "found",
                    match (&text, &number, &written) {
                        (Some(text), _, _) => format!("the string {}", found_text(text)),
                        (_, Some(number), _) => format!("the number {}", found_number(number)),
                        (_, _, Some(value)) => format!("`{value}`"),
                        (None, None, None) => found_kind(kind).to_owned(),
                    },
                ));
                let scalar = written.clone().unwrap_or(Scalar::Boolean(false));
                let help = match mistakes
                    .iter()
                    .find(|mistake| mistake.convert == Some(Convert::Objects))
                {
                    Some(mistake) => mistake.say.clone(),
                    None => advice(spec, row, &mistakes, &scalar, meant.as_ref()),
                };
                values.push(("advice", help));
            });
        if !matches!(self.table.field(field).kind, FieldKind::Array(_)) {
            self.facts.present(self.table, field);
        }
        self.note_value(field, meant.as_ref());
        if let Some(text) = text
            && let Some(address) = address_in(self.table, field)
        {
            // A text in the place of an object is read as the object's address.
            self.facts.present(self.table, address);
            self.wrong_address(address, &text, text.span());
            return Ok(());
        }
        if matches!(self.table.field(field).kind, FieldKind::Object(_)) {
            self.unusable(field);
        }
        if matches!(kind, Kind::Object | Kind::Array) {
            self.skip()?;
        }
        Ok(())
    }

    /// Takes note that a value says nothing, nor do the members that it should have.
    fn unusable(&mut self, field: FieldId) {
        let path = &self.row_of(field).path;
        let table: &'c crate::table::Table = self.table;
        for index in 0..table.fields.len() {
            if table.spec.fields()[index]
                .path
                .steps()
                .starts_with(path.steps())
                && let Ok(inner) = FieldId::try_from(index)
            {
                self.facts.unusable(table, inner);
            }
        }
    }

    /// Takes note of what a value can only mean; nothing of one that has no reading.
    pub(super) fn note_value(&mut self, field: FieldId, meant: Option<&Scalar>) {
        let compiled = self.table.field(field);
        let row = self.row_of(field);
        let usable =
            meant.filter(|value| row.closed_values().is_none_or(|list| list.contains(value)));
        match usable {
            None => self.facts.unusable(self.table, field),
            Some(Scalar::Integer(value)) => self.integer(compiled, *value),
            Some(value @ (Scalar::String(_) | Scalar::Boolean(_))) => {
                let leaves = compiled.leaves_of(|constant| constant == value);
                self.facts.compared(compiled.compared, leaves);
                if compiled.capture == Capture::Ratio {
                    self.facts.ratio = match value.as_str().and_then(crate::facts::ratio_parts) {
                        Some((width, height)) => crate::facts::Ratio::Known(width, height),
                        None => crate::facts::Ratio::Open,
                    };
                }
            }
        }
    }
}

impl<'t> Finder<'t, '_> {
    /// A `model` that does not name the contract by which the request is read.
    fn wrong_model(&mut self, field: FieldId, text: &Text<'t>) {
        let id = self.table.spec.id();
        // Only words and fixes tell a slip from another model.
        let is_slip = !self.sink.kept.with_places_only()
            && crate::model::named(self.checker, &text.decode())
                .is_some_and(|index| self.checker.table(index).spec.id() == id);
        let meant = is_slip.then(|| Scalar::String(id.to_owned()));
        self.mean_value(field, meant.as_ref());
        self.sink.here(
            self.checker,
            CommonRule::UnknownModel,
            None,
            text.span(),
            |values| {
                let [found, advice] = crate::run::model_values(self.checker, text);
                let advice = if is_slip {
                    ("advice", format!("write `\"{id}\"`"))
                } else {
                    advice
                };
                values.extend([found, advice]);
            },
        );
    }
}
