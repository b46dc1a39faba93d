//! What a page says otherwise than a contract.
//!
//! A claim that rests on the page (`source`) is looked for there. A claim that rests on something else is not, but the
//! page must not say otherwise.

use std::collections::BTreeMap;

use kling_spec::{Claim, Field, Path, Scalar, Spec, Step, Type};

use super::anchors::{BETWEEN, Claimed, of_contract, source};
use super::page::{Page, Row};
use super::rows::{Rows, type_of};
use super::said;
use crate::failure::{Failure, Result};

/// A difference between a page and a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The field that it is about; `None` for a heading.
    pub path: Option<Path>,
    /// The line of the page, counted from 1; `None` for what the page does not have.
    pub line: Option<usize>,
    /// What differs.
    pub what: What,
    /// The place on the page that the contract names.
    pub source: Option<String>,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The page does not have a place that claims rest on.
    PlaceGone(String, Vec<Claimed>),
    /// The page does not have the field.
    FieldGone,
    /// The contract does not have the field of the page.
    FieldNew(Shape),
    /// The page has another type, of the field or of its items.
    Type(Shape),
    /// The page requires the field, or no longer does.
    Required(bool),
    /// The page has other values; `None` if it does not list the contract's.
    Values(Option<Listed>),
    /// The page has another default, or none.
    Default(Option<Scalar>),
    /// The page has another maximum number of items, or none.
    MaxItems(Option<u64>),
}

/// Values as a page lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// The values, in the order of the page.
    pub values: Vec<Scalar>,
    /// Whether the page leaves others open.
    pub open: bool,
}

/// What a page says of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shape {
    /// Its type.
    pub kind: Type,
    /// The type of its items, if it is a list.
    pub items: Option<Type>,
    /// Whether it is required.
    pub required: bool,
    /// Its values.
    pub values: Option<Listed>,
    /// Its default.
    pub default: Option<Scalar>,
    /// Its maximum number of items.
    pub max_items: Option<u64>,
}

/// What a page says otherwise than a contract, and what it does not show.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Drift {
    /// The differences, in the order of the contract; then what only the page has.
    pub differences: Vec<Difference>,
    /// What the copy of the page does not show, so that it was not compared.
    pub hidden: Vec<String>,
}

/// Compares a saved page with a contract.
///
/// # Errors
/// The section of the parameters, or most of them, cannot be found on the page.
pub fn drift(page: &str, spec: &Spec) -> Result<Drift> {
    let anchors = of_contract(spec);
    let section = spec.field("model").and_then(|model| source(&model.ground));
    let section = section.and_then(|source| source.split(" / ").next());
    let section = section.ok_or_else(|| {
        Failure::new("the contract does not say where the page has its parameters; give `field.model` a `source`")
    })?;
    let headings: Vec<&str> = anchors
        .keys()
        .filter_map(|place| place.split(" / ").next())
        .collect();
    let page = Page::read(page, section, &headings)?;
    let rows = Rows::of(&page, spec)?;
    let badges = Badges::of(&rows);
    let mut drift = Drift {
        differences: Vec::new(),
        hidden: hidden(&rows, badges),
    };
    for field in spec.fields().values().filter(|field| !field.common) {
        drift.field(field, spec, &rows, badges);
    }
    drift.places(&anchors, &page, &rows, spec);
    for (path, row) in &rows.new {
        drift.differences.push(Difference {
            path: Some(path.clone()),
            line: Some(row.line),
            what: What::FieldNew(shape(row)),
            source: None,
        });
    }
    Ok(drift)
}

/// Which badges the copy of the page has.
#[derive(Clone, Copy)]
struct Badges {
    required: bool,
    defaults: bool,
}

impl Badges {
    fn of(rows: &Rows) -> Self {
        Self {
            required: rows.all().any(|row| row.required),
            defaults: rows.all().any(|row| default(row).is_some()),
        }
    }
}

/// Returns what the copy of the page does not show of any parameter.
fn hidden(rows: &Rows, badges: Badges) -> Vec<String> {
    let has_types = rows.all().any(|row| row.kind.is_some());
    let all = [
        (
            rows.named,
            "the names of the parameters, so new ones are not seen",
        ),
        (has_types, "types"),
        (badges.required, "which parameters are required"),
        (badges.defaults, "defaults"),
    ];
    let hidden = all.into_iter().filter(|(shown, _)| !shown);
    hidden
        .map(|(_, what)| format!("the copy of the page does not show {what}"))
        .collect()
}

fn rests_on_page<T>(claim: Option<&Claim<T>>) -> bool {
    claim.is_some_and(|claim| source(&claim.ground).is_some())
}

impl Drift {
    fn field(&mut self, field: &Field, spec: &Spec, rows: &Rows, badges: Badges) {
        let path = &field.path;
        if path.name().is_none() {
            return;
        }
        let Some(row) = rows.known.get(path) else {
            self.gone(field, rows);
            return;
        };
        let mut add = |what| {
            self.differences.push(Difference {
                path: Some(path.clone()),
                line: Some(row.line),
                what,
                source: source(&field.ground).map(str::to_owned),
            });
        };
        let shape = shape(row);
        let kind = if row.kind.as_deref().and_then(type_of).is_some() {
            shape.kind
        } else {
            field.kind
        };
        let items = spec.fields().get(&path.items()).map(|items| items.kind);
        let has_type = row.kind.as_deref().and_then(type_of).is_some();
        let other_items = shape.items.is_some() && items.is_some() && shape.items != items;
        if has_type && (shape.kind != field.kind || other_items) {
            add(What::Type(shape));
        }
        if badges.required {
            let on_page = field
                .required
                .as_ref()
                .is_some_and(|ground| source(ground).is_some());
            let is_gone = on_page && !row.required;
            if is_gone || (row.required && field.required.is_none()) {
                add(What::Required(row.required));
            }
        }
        if let Some(what) = other_values(field, row, kind) {
            add(what);
        }
        let value = field.default.as_ref();
        match default(row).map(|text| scalar(&text, kind)) {
            Some(said) if value.is_none_or(|claim| claim.value != said) => {
                add(What::Default(Some(said)));
            }
            None if badges.defaults && rests_on_page(value) => add(What::Default(None)),
            Some(_) | None => {}
        }
        if kind == Type::Array {
            let most = field.max_items.as_ref();
            match said::most(&row.body) {
                Some(said) if most.is_none_or(|claim| claim.value != said) => {
                    add(What::MaxItems(Some(said)));
                }
                None if rests_on_page(most) => add(What::MaxItems(None)),
                Some(_) | None => {}
            }
        }
    }

    /// Notes that a field is gone, unless what it is in is gone too, or the copy does not show the inside of that.
    fn gone(&mut self, field: &Field, rows: &Rows) {
        let Some(source) = source(&field.ground) else {
            return;
        };
        let path = &field.path;
        if is_in_prose(path, source, rows) {
            return;
        }
        let outer = outer(path);
        let is_follow_up = outer
            .as_ref()
            .is_some_and(|outer| !rows.known.contains_key(outer));
        if is_follow_up {
            return;
        }
        if let Some(outer) = outer.filter(|outer| !rows.shows_inside(outer)) {
            let text = format!("the copy of the page does not show what is in `{outer}`");
            if !self.hidden.contains(&text) {
                self.hidden.push(text);
            }
            return;
        }
        self.differences.push(Difference {
            path: Some(path.clone()),
            line: None,
            what: What::FieldGone,
            source: Some(source.to_owned()),
        });
    }

    /// Looks for each place that claims rest on. A place that is a field is gone with it.
    fn places(
        &mut self,
        anchors: &BTreeMap<String, Vec<Claimed>>,
        page: &Page,
        rows: &Rows,
        spec: &Spec,
    ) {
        for (place, claims) in anchors {
            let mut parts = place.split(" / ");
            let heading = parts.next().unwrap_or_default();
            let names: Vec<&str> = parts.collect();
            let has_heading = match heading {
                "Introduction" => page.has_introduction,
                _ => page.has_heading(heading),
            };
            let own = spec.fields().values().filter(|field| !field.common);
            let mut paths = rows.known.keys().chain(own.map(|field| &field.path));
            let is_shown = names.is_empty() || paths.any(|path| member_names(path) == names);
            if !(has_heading && is_shown) {
                self.differences.push(Difference {
                    path: None,
                    line: None,
                    what: What::PlaceGone(place.clone(), claims.clone()),
                    source: None,
                });
            }
        }
    }
}

/// Whether the description of another field, which the source names, names the field.
fn is_in_prose(path: &Path, source: &str, rows: &Rows) -> bool {
    source.split(BETWEEN).any(|place| {
        let names: Vec<&str> = place.split(" / ").skip(1).collect();
        let mut others = rows.known.iter();
        let row = others.find(|(other, _)| *other != path && member_names(other) == names);
        row.is_some_and(|(_, row)| said::mentions(&row.body, &path.to_string()))
    })
}

/// Returns the field that holds a field.
fn outer(path: &Path) -> Option<Path> {
    let mut outer = path.parent()?;
    while outer.is_item() {
        outer = outer.parent()?;
    }
    (outer != *Path::ROOT).then_some(outer)
}

fn member_names(path: &Path) -> Vec<&str> {
    let names = path.steps().iter().filter_map(|step| match step {
        Step::Member(name) => Some(&**name),
        Step::Items => None,
    });
    names.collect()
}

/// Returns how the values of a page differ from the contract's, if they do.
fn other_values(field: &Field, row: &Row, kind: Type) -> Option<What> {
    if matches!(kind, Type::Boolean | Type::Array | Type::Object) {
        return None;
    }
    let claim = field.values.as_ref();
    let listed = said::list(&row.body).filter(|list| list.labelled || claim.is_some());
    let Some(list) = listed else {
        let claim = claim.filter(|claim| source(&claim.ground).is_some())?;
        let text = |value: &Scalar| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        let mut values = claim.value.list.iter();
        let are_named = values.all(|value| said::mentions(&row.body, &text(value)));
        return (!are_named).then_some(What::Values(None));
    };
    let listed = Listed {
        values: list.values.iter().map(|text| scalar(text, kind)).collect(),
        open: list.open,
    };
    let is_same = claim.is_some_and(|Claim { value, .. }| {
        let same_values = value.list.len() == listed.values.len()
            && value.list.iter().all(|value| listed.values.contains(value));
        same_values && (value.open == listed.open || !list.labelled)
    });
    (!is_same).then_some(What::Values(Some(listed)))
}

fn default(row: &Row) -> Option<String> {
    row.default.clone().or_else(|| said::default(&row.body))
}

/// Reads a value of a page as one of a type, if it can be; otherwise as a text.
fn scalar(text: &str, kind: Type) -> Scalar {
    let number = text.strip_suffix('s').unwrap_or(text).parse();
    match (kind, number) {
        (Type::Integer, Ok(number)) => Scalar::Integer(number),
        (Type::Boolean, _) if matches!(text, "true" | "false") => Scalar::Boolean(text == "true"),
        (Type::String | Type::Integer | Type::Boolean | Type::Array | Type::Object, _) => {
            Scalar::String(text.to_owned())
        }
    }
}

/// Returns what a row says.
fn shape(row: &Row) -> Shape {
    let written = row.kind.as_deref().unwrap_or("any");
    let kind = type_of(written).unwrap_or(Type::String);
    let items = match written {
        "object[]" => Some(Type::Object),
        "string[]" => Some(Type::String),
        _ => None,
    };
    let is_single = !matches!(kind, Type::Array | Type::Object | Type::Boolean);
    let listed = said::list(&row.body).filter(|list| list.labelled && is_single);
    Shape {
        kind,
        items,
        required: row.required,
        values: listed.map(|list| Listed {
            values: list.values.iter().map(|text| scalar(text, kind)).collect(),
            open: list.open,
        }),
        default: default(row).map(|text| scalar(&text, kind)),
        max_items: said::most(&row.body).filter(|_| kind == Type::Array),
    }
}
