//! Values that are in the right place, and what is wrong with them.

use kling_json::{Kind, Node, Text};
use kling_spec::{Field, Format, Mistake, Scalar, Type};

use super::{Broken, Walk};
use crate::facts::{ratio_parts, scalar};
use crate::finding::FindingKind;
use crate::media;
use crate::spelling::alike;
use crate::table::{FieldId, FieldKind, Table};

impl<'d> Walk<'d> {
    /// Reads a text as the value of a string field.
    pub(super) fn text(&mut self, field: FieldId, listed: &[Box<str>], node: Node<'d>) {
        let Some(text) = node.text() else { return };
        if let Some(place) = listed.iter().position(|value| text.equals(value)) {
            self.facts.listed(field, node, place + 1);
            return;
        }
        self.facts.written(field, node);
        let table: &'d Table = self.table;
        let compiled = table.field(field);
        if !listed.is_empty() && !self.wrong_text(field, node, &text) {
            return;
        }
        if text.raw_bytes().len() as u64 > compiled.max_characters {
            let characters = text.chars().count() as u64;
            if characters > compiled.max_characters {
                self.add(node, FindingKind::TooLong { field, characters });
            }
        }
        match compiled.format {
            Some(Format::NonBlank) if is_blank(&text) => {
                self.add(node, FindingKind::Blank(field));
            }
            Some(Format::PublicUrl | Format::AssetUrl)
                if text.has_escapes() || !kling_url::is_plainly_public(text.raw()) =>
            {
                self.address(field, node);
            }
            Some(Format::CallbackUrl) => self.address(field, node),
            // With a list of values, the shape is reported with the value.
            Some(Format::Ratio) if listed.is_empty() && ratio_parts(&text.decode()).is_none() => {
                self.add(node, FindingKind::InvalidRatio(field));
                self.facts.open(field);
            }
            Some(Format::NonBlank | Format::PublicUrl | Format::AssetUrl | Format::Ratio)
            | None => {}
        }
    }

    /// Reports a text that is not among the listed values. Returns whether it is used nevertheless.
    fn wrong_text(&mut self, field: FieldId, node: Node<'d>, text: &Text<'d>) -> bool {
        let table: &'d Table = self.table;
        let row = table.row(field);
        let compiled = table.field(field);
        if !compiled.closed {
            if compiled.format == Some(Format::Ratio) && ratio_parts(&text.decode()).is_none() {
                self.add(node, FindingKind::InvalidRatio(field));
                self.facts.open(field);
                return false;
            }
            self.add(node, FindingKind::Uncommon(field));
            return true;
        }
        if compiled.is_model {
            let models = self.context.models;
            let named = models.named(&text.decode());
            let is_slip =
                named.is_some_and(|index| models.table(index).spec.id() == table.spec.id());
            self.add(node, FindingKind::UnknownModel { is_slip });
            return false;
        }
        let written = Scalar::String(text.decode().into_owned());
        let meant = reading(
            row,
            &table.key_meanings().of_value(&table.spec, field),
            &written,
        );
        self.note_meant(field, meant.as_ref());
        self.add(node, FindingKind::NotListed { field, meant });
        false
    }

    /// Reads a number as the value of an integer field.
    pub(super) fn number(&mut self, field: FieldId, listed: &[i64], node: Node<'d>) {
        let Some(number) = node.number() else { return };
        let table: &'d Table = self.table;
        let closed = table.field(field).closed;
        // A number at which the text breaks off may be incomplete.
        let may_go_on = node.span().end == self.context.document.text().len();
        let value = number.to_i64();
        let is_whole = !number.is_finite_f64() || number.is_integer();
        let place = value.and_then(|value| listed.iter().position(|listed| *listed == value));
        let is_listed = place.is_some();
        let fits = match value {
            Some(_) => is_listed || listed.is_empty() || !closed,
            // A whole number beyond 64 bits is still one, but never a listed one.
            None => listed.is_empty() && number.is_finite_f64() && is_whole,
        };
        if may_go_on {
            self.facts.open(field);
            return;
        }
        if !fits || !(is_listed || listed.is_empty()) {
            if !is_whole {
                self.add(node, FindingKind::NotWhole(field));
            } else if closed || !number.is_finite_f64() {
                self.add(node, FindingKind::NotListed { field, meant: None });
            } else {
                self.add(node, FindingKind::Uncommon(field));
            }
            if !fits {
                self.facts.open(field);
                return;
            }
        }
        let listed_number = place.map_or(0, |place| place + 1);
        self.facts.listed(field, node, listed_number);
        if let Some(value) = value
            && !number.is_integer_text()
        {
            self.add(node, FindingKind::Notation { field, value });
        }
    }

    /// Reports the problem of a URL, if it has one.
    pub(super) fn address(&mut self, field: FieldId, node: Node<'d>) {
        let format = self.table.field(field).format;
        let Some(text) = node.text() else { return };
        let trusted = &self.context.settings.trusted;
        if let Some(problem) = media::problem(trusted, format, &text.decode()) {
            self.add(node, FindingKind::Address { field, problem });
        }
    }

    /// Reports a value whose type is not the field's.
    pub(super) fn mistyped(&mut self, field: FieldId, node: Node<'d>) -> Result<(), Broken> {
        let table: &'d Table = self.table;
        if node.kind() == Kind::Null {
            self.add(node, FindingKind::Null(field));
            self.facts.open_with_inner(table, field);
            return Ok(());
        }
        let row = table.row(field);
        let mistakes = table.key_meanings().of_value(&table.spec, field);
        let meant = scalar(node).and_then(|written| reading(row, &mistakes, &written));
        self.note_meant(field, meant.as_ref());
        self.add(node, FindingKind::WrongType { field, meant });
        if node.kind() == Kind::String
            && let Some(address) = table.address_in(field)
        {
            // A text in place of an object is read as the object's URL.
            self.facts.written(address, node);
            self.address(address, node);
            return Ok(());
        }
        if let FieldKind::Object(_) = table.field(field).kind {
            self.facts.open_with_inner(table, field);
        }
        self.skip(node);
        if node.is_whole() { Ok(()) } else { Err(Broken) }
    }

    /// Records the only thing that a value can mean; without such a meaning, leaves the field open.
    pub(super) fn note_meant(&mut self, field: FieldId, meant: Option<&Scalar>) {
        let row = self.table.row(field);
        let usable =
            meant.filter(|value| row.closed_values().is_none_or(|list| list.contains(value)));
        match usable {
            None => self.facts.open(field),
            Some(value) => self.facts.meant(field, value.clone()),
        }
    }
}

/// Returns whether a text is empty or only Unicode white space.
fn is_blank(text: &Text<'_>) -> bool {
    match text.raw_bytes().first() {
        None => true,
        // Most texts begin with a letter; only others need a closer look.
        Some(first) if first.is_ascii_graphic() && *first != b'\\' => false,
        Some(_) => text.chars().all(char::is_whitespace),
    }
}

/// Returns the only thing that a wrongly written value of a field can mean.
fn reading(field: &Field, mistakes: &[&Mistake], written: &Scalar) -> Option<Scalar> {
    for mistake in mistakes {
        if let Some((_, meant)) = mistake.values.iter().find(|(from, _)| from == written) {
            return Some(meant.clone());
        }
    }
    let text = written.as_str()?;
    match field.kind {
        Type::Integer => text.trim().parse().ok().map(Scalar::Integer),
        Type::String => {
            let is_alike = |value: &&Scalar| value.as_str().is_some_and(|value| alike(value, text));
            let mut alike = field.closed_values()?.iter().filter(is_alike);
            match (alike.next(), alike.next()) {
                (Some(value), None) => Some(value.clone()),
                _ => None,
            }
        }
        Type::Boolean | Type::Array | Type::Object => None,
    }
}
