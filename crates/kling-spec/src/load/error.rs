//! Errors found while a contract is read: reported from the inside out, and located at the end.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Place, SpecError, SpecErrors};

/// Something wrong in a contract.
#[derive(Debug)]
pub(super) struct LoadError {
    location: Location,
    message: String,
    expected: Option<String>,
    suggestion: Option<String>,
    /// Whether this is only a consequence of another problem.
    follows: bool,
}

#[derive(Debug)]
enum Location {
    /// A byte offset from the TOML reader.
    Offset(usize),
    /// Keys and indexes that lead to the value, the innermost first.
    Keys(Vec<String>),
}

impl LoadError {
    /// Makes a problem of the value being checked; [`At`] adds where that is.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            location: Location::Keys(Vec::new()),
            message: message.into(),
            expected: None,
            suggestion: None,
            follows: false,
        }
    }

    /// Makes a problem at a byte of the text.
    pub(super) fn at_offset(offset: usize, message: impl Into<String>) -> Self {
        Self {
            location: Location::Offset(offset),
            ..Self::new(message)
        }
    }

    /// Makes a problem that is only a consequence of another one; that one is reported, this one is not.
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
    /// Adds that the value is under this key, or inside the value there.
    fn at(self, key: &str) -> Self;
    /// Adds that the value is this item of a list, or inside it.
    fn at_index(self, index: usize) -> Self;
}

impl<T> At for Result<T, LoadError> {
    fn at(mut self, key: &str) -> Self {
        if let Err(LoadError {
            location: Location::Keys(keys),
            ..
        }) = &mut self
        {
            keys.push(key.to_owned());
        }
        self
    }

    fn at_index(self, index: usize) -> Self {
        // Only a failure needs the index as text.
        if self.is_ok() {
            return self;
        }
        self.at(&index.to_string())
    }
}

/// All problems of a contract.
#[derive(Debug, Default)]
pub(super) struct LoadErrors(Vec<LoadError>);

impl LoadErrors {
    /// Records a problem.
    pub(super) fn add(&mut self, problem: LoadError) {
        self.0.push(problem);
    }

    /// Returns the result, if there is one; otherwise records its problem.
    pub(super) fn keep<T>(&mut self, result: Result<T, LoadError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                if !error.follows {
                    self.0.push(error);
                }
                None
            }
        }
    }

    /// Returns the value, if nothing is wrong; otherwise every error with its place in the text. `texts` returns the
    /// tables of the text, and the place of a byte offset; it is only called for errors.
    pub(super) fn unless_any<'t, T, P: Fn(usize) -> Place>(
        self,
        value: Option<T>,
        texts: impl FnOnce() -> (Spanned<DeTable<'t>>, P),
    ) -> Result<T, SpecErrors> {
        if self.0.is_empty()
            && let Some(value) = value
        {
            return Ok(value);
        }
        let (document, place) = texts();
        let mut placed: Vec<(usize, LoadError)> = self
            .0
            .into_iter()
            .map(|error| (offset_of(&document, &error.location), error))
            .collect();
        placed.sort_by_key(|(offset, _)| *offset);
        let errors = placed.into_iter().map(|(offset, error)| {
            SpecError::new(
                place(offset),
                &error.message,
                error.expected.as_deref(),
                error.suggestion.as_deref(),
            )
        });
        Err(SpecErrors::new(errors.collect()))
    }
}

/// Returns the byte offset of a location; if not all of its keys exist, that of the innermost that does.
///
/// A table in brackets has the span of its header, which is its key's.
fn offset_of(document: &Spanned<DeTable<'_>>, location: &Location) -> usize {
    let keys = match location {
        Location::Offset(offset) => return *offset,
        Location::Keys(keys) => keys,
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
