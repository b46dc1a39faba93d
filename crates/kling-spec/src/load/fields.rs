//! The rows of a contract's fields: checked one by one, and looked up by other tables.

use indexmap::IndexMap;

use super::error::{At, LoadError, LoadErrors};
use super::grounds::{claim, ground};
use super::read::Rows;
use super::{fits, not_blank, one_of};
use crate::contract::{FieldRow, GroundRow};
use crate::field::{Claim, Field, Type, Values};
use crate::ground::Service;
use crate::path::Path;
use crate::scalar::Scalar;
use crate::suggest::nearest;

/// The fields of a contract, for checking whatever names them.
#[derive(Default)]
pub(super) struct Fields {
    /// The rows by path, in the order of the text.
    pub(super) rows: IndexMap<Path, Field>,
    /// The paths of the rows that are wrong: whatever names them cannot be checked.
    unread: Vec<Path>,
}

impl Fields {
    /// Reads the rows of a contract, then adds those that all models share, except those that the contract has itself.
    pub(super) fn new(
        own: Rows<FieldRow>,
        shared: &IndexMap<String, FieldRow>,
        errors: &mut LoadErrors,
    ) -> Self {
        let mut fields = Self::default();
        let paths = own.unread.iter().filter_map(|name| Path::parse(name).ok());
        fields.unread.extend(paths);
        for (name, row) in own.read {
            let Some(path) = errors.keep(
                Path::parse(&name)
                    .map_err(LoadError::new)
                    .at(&name)
                    .at("field"),
            ) else {
                continue;
            };
            match errors.keep(field(&path, row, false).at(&name).at("field")) {
                Some(field) => {
                    fields.rows.insert(path, field);
                }
                None => fields.unread.push(path),
            }
        }
        for (name, row) in shared {
            let path = Path::parse(name).expect("a test reads what all models share");
            if !fields.is_known(&path) {
                let field =
                    field(&path, row.clone(), true).expect("a test reads what all models share");
                fields.rows.insert(path, field);
            }
        }
        fields
    }

    /// Returns whether the contract has a row with this path that is wrong.
    pub(super) fn is_unread(&self, path: &Path) -> bool {
        self.unread.contains(path)
    }

    /// Returns whether the contract has a row with this path, right or wrong.
    pub(super) fn is_known(&self, path: &Path) -> bool {
        self.rows.contains_key(path) || self.is_unread(path)
    }

    /// Returns the row of a path that begins at `base`.
    pub(super) fn resolve(&self, path: &Path, base: &Path) -> Result<&Field, LoadError> {
        let whole = base.join(path);
        if let Some(field) = self.rows.get(&whole) {
            return Ok(field);
        }
        if self.is_unread(&whole) {
            return Err(LoadError::follow_up());
        }
        let (around, prefix) = if base == Path::ROOT {
            ("this contract".to_owned(), String::new())
        } else {
            (format!("`{base}`"), format!("{base}."))
        };
        let known: Vec<String> = self
            .rows
            .keys()
            .filter_map(|known| known.to_string().strip_prefix(&prefix).map(str::to_owned))
            .collect();
        let text = path.to_string();
        let nearest = nearest(&text, known.iter().map(String::as_str));
        Err(LoadError::new(format!("`{text}` is not a field of {around}")).suggesting(nearest))
    }

    /// Returns a field that a request, or an item, has at most once.
    pub(super) fn single(&self, path: &Path, base: &Path) -> Result<&Field, LoadError> {
        let field = self.resolve(path, base)?;
        if path.is_inside_list() {
            return Err(LoadError::new(format!(
                "`{path}` looks into a list; use `contains` or `max-contains` on the list"
            )));
        }
        Ok(field)
    }

    /// Checks that the path is a list of the request; conditions on lists inside lists cannot be expressed.
    pub(super) fn list(&self, path: &Path, base: &Path) -> Result<(), LoadError> {
        let field = self.single(path, base)?;
        if field.kind != Type::Array {
            return Err(LoadError::new(format!(
                "`{path}` is {}; it must be a list",
                field.kind.with_article()
            )));
        }
        Ok(())
    }
}

/// Makes the field that a row describes.
fn field(path: &Path, row: FieldRow, common: bool) -> Result<Field, LoadError> {
    not_blank("about", &row.about)?;
    check_keys(path, &row)?;
    let own = GroundRow {
        source: row.source,
        edition: row.edition,
        inferred: row.inferred,
        ..GroundRow::default()
    };
    let own = ground(own, Service::Refuses)?;
    let grounds = row.grounds;
    let required = row.required.then_some(());
    let values = row.values.map(|list| Values {
        list,
        open: row.open,
    });
    let field = Field {
        required: claim("required", required, grounds.required, &own)?.map(|claim| claim.ground),
        values: claim("values", values, grounds.values, &own)?,
        format: claim("format", row.format, grounds.format, &own)?,
        max_characters: claim(
            "max-characters",
            row.max_characters,
            grounds.max_characters,
            &own,
        )?,
        max_items: claim("max-items", row.max_items, grounds.max_items, &own)?,
        default: claim("default", row.default, grounds.default, &own)?,
        kind: row.kind,
        examples: row.examples,
        unit: row.unit,
        for_editors: row.for_editors,
        about: row.about,
        ground: own,
        common,
        path: path.clone(),
    };
    check_values(&field)?;
    Ok(field)
}

/// Checks that the keys of a row fit its type and its place.
fn check_keys(path: &Path, row: &FieldRow) -> Result<(), LoadError> {
    let for_type = [
        ("format", row.format.is_some(), Type::String, "strings"),
        (
            "max-characters",
            row.max_characters.is_some(),
            Type::String,
            "strings",
        ),
        ("max-items", row.max_items.is_some(), Type::Array, "lists"),
    ];
    for (key, is_given, wanted, those) in for_type {
        if is_given && row.kind != wanted {
            let message = format!(
                "`{key}` is for {those}, and this field is {}",
                row.kind.with_article()
            );
            return Err(LoadError::new(message)).at(key);
        }
    }
    let message = if row.required && path.name().is_none() {
        ("required", "an item cannot be required; only a field can")
    } else if row.for_editors && !path.is_member_of(Path::ROOT) {
        (
            "for-editors",
            "only a top-level field of the request can be for editors",
        )
    } else if row.open && row.values.is_none() {
        (
            "open",
            "`open` says that other values may work, but there are no `values`",
        )
    } else {
        return Ok(());
    };
    Err(LoadError::new(message.1)).at(message.0)
}

/// Checks that every value of a field has its type, and that its default is one of its values.
fn check_values(field: &Field) -> Result<(), LoadError> {
    if let Some(Claim { value, .. }) = &field.values {
        check_list(&value.list, field.kind).at("values")?;
    }
    for (index, example) in field.examples.iter().enumerate() {
        check_type(example, field.kind)
            .at_index(index)
            .at("examples")?;
    }
    if let Some(Claim { value, .. }) = &field.default {
        check_type(value, field.kind).at("default")?;
        if let Some(list) = field.closed_values()
            && !list.contains(value)
        {
            let message = format!("the default {value} is not one of `values`");
            return Err(LoadError::new(message).expecting(one_of(list))).at("default");
        }
    }
    Ok(())
}

fn check_list(values: &[Scalar], kind: Type) -> Result<(), LoadError> {
    if values.is_empty() {
        return Err(LoadError::new("`values` is empty"));
    }
    for (index, value) in values.iter().enumerate() {
        check_type(value, kind).at_index(index)?;
        if values[..index].contains(value) {
            return Err(LoadError::new(format!("{value} is listed twice"))).at_index(index);
        }
    }
    Ok(())
}

fn check_type(value: &Scalar, kind: Type) -> Result<(), LoadError> {
    if fits(value, kind) {
        return Ok(());
    }
    Err(LoadError::new(format!(
        "{value} is {}, and the field is {}",
        value.kind(),
        kind.with_article()
    )))
}
