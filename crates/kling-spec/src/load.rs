//! Turns the TOML text of a contract into a checked [`Spec`], or into all its errors.

use crate::contract::Contract;
use crate::error::SpecErrors;
use crate::field::Type;
use crate::scalar::Scalar;
use crate::shared::Shared;
use crate::spec::Spec;

mod conditions;
mod error;
mod fields;
mod grounds;
mod meanings;
mod mistakes;
mod parts;
mod patch;
mod read;
mod text;
mod tree;
mod words;

use error::{At, LoadError, LoadErrors};
use fields::Fields;
use read::{read, table_in, take, take_rows};
use text::{Lines, Texts};
use tree::{check_limits, within};

/// The maximum number of members of an object: a checker keeps each set of them in 64 bits.
pub(crate) const MAX_MEMBERS: usize = 64;
/// The maximum number of rows of a contract.
pub(crate) const MAX_ROWS: usize = 4096;
/// The maximum number of addons of a contract: a checker names every set of them.
pub(crate) const MAX_ADDONS: usize = 8;

impl Spec {
    /// Reads a contract, adds what all models share, and checks everything.
    ///
    /// # Errors
    /// All errors of the text with their lines and columns, but only the first of each table.
    pub fn from_toml(text: &str) -> Result<Self, SpecErrors> {
        load(Texts {
            contract: text,
            patch: None,
        })
    }

    /// Reads the contract of another edition: a contract, and the patch that says what is different there.
    ///
    /// # Errors
    /// All errors of both texts, as [`from_toml`](Self::from_toml) reports them. A row that the patch removes or changes
    /// must be in the contract; one that it adds must not.
    ///
    /// ```
    /// use kling_spec::{EMBEDDED, Spec};
    ///
    /// let patch = r#"
    /// [edition]
    /// id = "2031-01"
    /// about = "a page with shorter videos"
    /// read-from = "page"
    ///
    /// [change.field.duration]
    /// values = [5]
    /// "#;
    /// let spec = Spec::patched(EMBEDDED[0].text, patch).expect("a valid patch");
    /// assert_eq!(spec.edition().map(|edition| &*edition.id), Some("2031-01"));
    /// ```
    pub fn patched(text: &str, patch: &str) -> Result<Self, SpecErrors> {
        load(Texts {
            contract: text,
            patch: Some(patch),
        })
    }
}

fn load(texts: Texts<'_>) -> Result<Spec, SpecErrors> {
    let mut errors = LoadErrors::default();
    let spec = spec(texts, &mut errors);
    errors.unless_any(spec, || {
        let lines = Lines::of(texts);
        (texts.parse_recoverable(), move |offset| lines.place(offset))
    })
}

/// Returns the contract as far as it can be read.
fn spec(texts: Texts<'_>, errors: &mut LoadErrors) -> Option<Spec> {
    let mut document = texts.parse(errors)?;
    let table = document.get_mut();
    let shared = Shared::embedded();

    let rows = take_rows(Some(table), "field", errors);
    let count = rows.read.len() + rows.unread.len();
    errors.keep(within(count, MAX_ROWS, "the contract has", "rows").at("field"))?;
    let fields = Fields::new(rows, &shared.field, errors);
    fields.check_tree(errors);

    let rules = fields.rules(take_rows(Some(table), "rule", errors), errors);
    let mistakes = take_rows(Some(table), "mistake", errors);
    let mistakes = fields.mistakes(mistakes, &shared.mistake, errors);
    let meanings = take_rows(Some(table), "meaning", errors);
    let meanings = fields.meanings(meanings, &shared.meaning, errors);
    let kinds = take_rows(table_in(table, "placeholders"), "kind", errors);
    let placeholders = fields.placeholders(take(table, "placeholders", errors), kinds, errors);
    let output = fields.output(take(table, "output", errors), errors);
    let tiers = take_rows(table_in(table, "billing"), "tier", errors);
    let addons = take_rows(table_in(table, "billing"), "addon", errors);
    let billing = fields.billing(take(table, "billing", errors), tiers, addons, errors);

    let edition = take(table, "edition", errors);
    // Only the keys of the contract itself are left.
    let head = errors.keep(read::<Contract>(document));
    if let Some(head) = &head {
        check_head(head, &fields, errors);
    }
    let head = head.unwrap_or_default();
    let spec = Spec {
        id: head.id,
        title: head.title,
        endpoint: head.endpoint,
        about: head.about,
        edition,
        fields: fields.rows,
        placeholders,
        rules,
        mistakes,
        meanings,
        output,
        billing,
    };
    check_limits(&spec, errors);
    Some(spec)
}

fn check_head(head: &Contract, fields: &Fields, errors: &mut LoadErrors) {
    if errors.keep(check_id(&head.id).at("id")).is_some() {
        errors.keep(fields.check_model(&head.id).at("field"));
    }
    for (key, text) in [
        ("title", &head.title),
        ("endpoint", &head.endpoint),
        ("about", &head.about),
    ] {
        errors.keep(not_blank(key, text));
    }
}

fn check_id(id: &str) -> Result<(), LoadError> {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
    if id.is_empty() || !id.bytes().all(plain) {
        return Err(LoadError::new(format!("`{id}` is not a valid id"))
            .expecting("lower-case letters, digits, `-`, `.` and `_`"));
    }
    Ok(())
}

/// Checks that the text under a key is not blank.
fn not_blank(key: &str, text: &str) -> Result<(), LoadError> {
    if text.trim().is_empty() {
        return Err(LoadError::new(format!("`{key}` is blank"))).at(key);
    }
    Ok(())
}

/// Returns whether a field of this type can have the value.
const fn fits(value: &Scalar, kind: Type) -> bool {
    matches!(
        (value, kind),
        (Scalar::String(_), Type::String)
            | (Scalar::Integer(_), Type::Integer)
            | (Scalar::Boolean(_), Type::Boolean)
    )
}

/// Lists the values that a closed list allows, as errors show them.
fn one_of(values: &[Scalar]) -> String {
    let known: Vec<String> = values.iter().map(ToString::to_string).collect();
    format!("one of {}", known.join(", "))
}
