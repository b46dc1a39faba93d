//! Values that are no containers.

use kling_json::{Number, Text};
use kling_spec::{Format, Scalar};

use super::{Fault, Halt, Sink, Walker};
use crate::facts::{Ratio, Seconds, integer_value, ratio_parts};
use crate::table::{Bits, Capture, FieldId, FieldTable, ListedText};

impl<'t, 'c, S: Sink<'t, 'c>> Walker<'t, 'c, S> {
    /// Checks a text that has been read as the value of a string field.
    #[expect(
        clippy::inline_always,
        reason = "run for every member of every request; a call costs more than it does"
    )]
    #[inline(always)]
    pub(crate) fn text(
        &mut self,
        field: FieldId,
        compiled: &FieldTable,
        values: &[ListedText],
        text: Text<'t>,
    ) -> Result<(), Halt> {
        if !values.is_empty() {
            if let Some((index, listed)) = listed(values, &text) {
                self.listed_text(compiled, index, listed);
                return Ok(());
            }
            let usable = S::fault(self, field, Fault::Text(text))?;
            if compiled.closed || !usable {
                return Ok(());
            }
        }
        self.free_text(field, compiled, values, text)
    }

    /// Takes note of a listed text.
    #[inline]
    pub(crate) fn listed_text(&mut self, compiled: &FieldTable, index: usize, listed: &ListedText) {
        self.facts.compared(compiled.compared, listed.leaves);
        if compiled.capture == Capture::Ratio {
            self.facts.ratio = compiled.ratios[index];
        }
    }

    /// Checks a text that no list of values accepts by itself.
    fn free_text(
        &mut self,
        field: FieldId,
        compiled: &FieldTable,
        values: &[ListedText],
        text: Text<'t>,
    ) -> Result<(), Halt> {
        let leaves =
            compiled.leaves_of(|value| value.as_str().is_some_and(|value| text.equals(value)));
        self.facts.compared(compiled.compared, leaves);
        if text.raw_bytes().len() as u64 > compiled.max_characters {
            let characters = text.chars().count() as u64;
            if characters > compiled.max_characters {
                S::fault(self, field, Fault::TooLong(text, characters))?;
            }
        }
        match compiled.format {
            Some(Format::NonBlank) => {
                if is_blank(&text) {
                    S::fault(self, field, Fault::Blank(text))?;
                }
            }
            Some(Format::PublicUrl | Format::AssetUrl) => {
                if text.has_escapes() || !kling_url::is_plainly_public(text.raw()) {
                    S::fault(self, field, Fault::Address(text))?;
                }
            }
            // Beside a list of values, the shape is told with the value.
            Some(Format::Ratio) if values.is_empty() && shape(&text) == Ratio::Open => {
                S::fault(self, field, Fault::Text(text))?;
            }
            Some(Format::Ratio) | None => {}
        }
        match compiled.capture {
            Capture::Prompt => self.facts.prompt = Some(text),
            Capture::Ratio => self.facts.ratio = shape(&text),
            Capture::Nothing | Capture::Model | Capture::Seconds => {}
        }
        Ok(())
    }

    /// Checks a number that has been read as the value of an integer field.
    #[expect(
        clippy::inline_always,
        reason = "run for every member of every request; a call costs more than it does"
    )]
    #[inline(always)]
    pub(crate) fn number(
        &mut self,
        field: FieldId,
        compiled: &FieldTable,
        values: &[(i64, Bits)],
        number: Number<'t>,
    ) -> Result<(), Halt> {
        let value = integer_value(&number);
        let listed = value.and_then(|value| values.iter().find(|(listed, _)| *listed == value));
        let fits = match value {
            Some(_) => listed.is_some() || values.is_empty() || !compiled.closed,
            // Beyond 64 bits a whole number is still one, but never a listed one.
            None => values.is_empty() && number.is_finite_f64() && number.decimal().is_integer(),
        };
        if !fits || (listed.is_none() && !values.is_empty()) {
            let usable = S::fault(self, field, Fault::Number(number))?;
            if !fits || !usable {
                self.facts.unusable(self.table, field);
                return Ok(());
            }
        }
        if let Some(value) = value {
            if !number.is_integer_text() {
                S::fault(self, field, Fault::Notation(number, value))?;
            }
            self.integer(compiled, value);
        }
        Ok(())
    }

    /// Takes note of an integer that the field may have.
    pub(crate) fn integer(&mut self, compiled: &FieldTable, value: i64) {
        let leaves = compiled.leaves_of(|constant| *constant == Scalar::Integer(value));
        self.facts.compared(compiled.compared, leaves);
        if compiled.capture == Capture::Seconds {
            self.facts.seconds = Seconds::Known(value);
        }
    }
}

/// The listed text that a text says, with its place in the list.
#[inline]
fn listed<'l>(values: &'l [ListedText], text: &Text<'_>) -> Option<(usize, &'l ListedText)> {
    let mut values = values.iter().enumerate();
    values.find(|(_, listed)| text.equals(&listed.text))
}

/// The shape of a video that a text names.
fn shape(text: &Text<'_>) -> Ratio {
    ratio_parts(&text.decode()).map_or(Ratio::Open, |(width, height)| Ratio::Known(width, height))
}

/// Whether a text is empty or nothing but Unicode white space.
#[inline]
fn is_blank(text: &Text<'_>) -> bool {
    match text.raw_bytes().first() {
        None => true,
        // Most texts begin with a letter; only others need a closer look.
        Some(first) if first.is_ascii_graphic() && *first != b'\\' => false,
        Some(_) => text.chars().all(char::is_whitespace),
    }
}
