//! Errors found while a contract is read: reported from the inside out, and located at the end.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{SpecError, SpecErrors};

/// Something wrong in a contract.
#[derive(Debug)]
pub(super) struct Fault {
    place: Place,
    message: String,
    expected: Option<String>,
    suggestion: Option<String>,
    /// Whether this only follows from another fault.
    follows: bool,
}

#[derive(Debug)]
enum Place {
    /// A byte offset that the TOML reader gave.
    Offset(usize),
    /// Keys and indexes that lead to the value, the innermost first.
    Keys(Vec<String>),
}

impl Fault {
    /// A fault of the value that is looked at; [`At`] says where that is.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            place: Place::Keys(Vec::new()),
            message: message.into(),
            expected: None,
            suggestion: None,
            follows: false,
        }
    }

    /// A fault at a byte of the text.
    pub(super) fn at_offset(offset: usize, message: impl Into<String>) -> Self {
        Self {
            place: Place::Offset(offset),
            ..Self::new(message)
        }
    }

    /// A fault that only follows from another one, which is reported; this one is not.
    pub(super) fn follow_up() -> Self {
        Self {
            follows: true,
            ..Self::new("the ground is not valid")
        }
    }

    #[must_use]
    pub(super) fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    #[must_use]
    pub(super) fn suggesting(mut self, suggestion: Option<&str>) -> Self {
        self.suggestion = suggestion.map(str::to_owned);
        self
    }
}

/// Adds the place of the value that failed a check.
pub(super) trait At {
    /// It is under this key, or inside its value.
    fn at(self, key: &str) -> Self;
    /// It is this item of a list, or in it.
    fn at_index(self, index: usize) -> Self;
}

impl<T> At for Result<T, Fault> {
    fn at(mut self, key: &str) -> Self {
        if let Err(Fault {
            place: Place::Keys(keys),
            ..
        }) = &mut self
        {
            keys.push(key.to_owned());
        }
        self
    }

    fn at_index(self, index: usize) -> Self {
        // Only what failed needs the text of its index.
        if self.is_ok() {
            return self;
        }
        self.at(&index.to_string())
    }
}

/// All that is wrong in a contract.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    /// The result, if there is one; otherwise its fault is noted.
    pub(super) fn keep<T>(&mut self, result: Result<T, Fault>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(fault) => {
                if !fault.follows {
                    self.0.push(fault);
                }
                None
            }
        }
    }

    /// The value, if nothing is wrong; otherwise every fault with its place in the text.
    pub(super) fn unless_any<T>(self, text: &str, value: Option<T>) -> Result<T, SpecErrors> {
        if self.0.is_empty()
            && let Some(value) = value
        {
            return Ok(value);
        }
        let (document, _) = DeTable::parse_recoverable(text);
        let lines = Lines::of(text);
        let mut placed: Vec<(usize, Fault)> = self
            .0
            .into_iter()
            .map(|fault| (offset_of(&document, &fault.place), fault))
            .collect();
        placed.sort_by_key(|(offset, _)| *offset);
        let errors = placed.into_iter().map(|(offset, fault)| {
            let (line, column) = lines.line_column(offset);
            SpecError::new(
                (line, column),
                &fault.message,
                fault.expected.as_deref(),
                fault.suggestion.as_deref(),
            )
        });
        Err(SpecErrors::new(errors.collect()))
    }
}

/// The byte offset of a place; for keys that are not all there, of the innermost that is.
///
/// A table in brackets has the span of its header, which is its key's.
fn offset_of(document: &Spanned<DeTable<'_>>, place: &Place) -> usize {
    let keys = match place {
        Place::Offset(offset) => return *offset,
        Place::Keys(keys) => keys,
    };
    let mut offset = 0;
    let mut table = Some(document.get_ref());
    let mut array = None;
    for key in keys.iter().rev() {
        let next = match (table, array) {
            (Some(members), _) => members
                .get_key_value(key.as_str())
                .map(|(name, value)| (name.span().start, value)),
            (None, Some(items)) => item(items, key),
            (None, None) => None,
        };
        let Some((start, value)) = next else {
            return offset;
        };
        offset = start;
        table = value.get_ref().as_table();
        array = value.get_ref().as_array().map(AsRef::as_ref);
    }
    offset
}

fn item<'d, 't>(
    items: &'d [Spanned<DeValue<'t>>],
    index: &str,
) -> Option<(usize, &'d Spanned<DeValue<'t>>)> {
    let value = items.get(index.parse::<usize>().ok()?)?;
    Some((value.span().start, value))
}

/// A text with the offsets at which its lines begin.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(after).collect(),
        }
    }

    /// Line and column of a byte offset, both from 1; columns are Unicode scalar values.
    fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let before = self.text.get(start..offset).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}
