//! From the TOML text of a contract to a checked [`Spec`].

use indexmap::IndexMap;
use serde::de::DeserializeOwned;

use crate::common::COMMON_TEXT;
use crate::condition::Condition;
use crate::error::SpecError;
use crate::field::{Claim, Field, Format, Type, Values};
use crate::ground::{Evidence, Ground, Service};
use crate::locate::{line_column, offset_of};
use crate::path::{Path, Step};
use crate::raw::{RawCommon, RawField, RawFormat, RawGround, RawSpec, RawType};
use crate::scalar::Scalar;
use crate::spec::Spec;
use crate::suggest::nearest;

mod conditions;
mod parts;

/// The most members of an object and the most leaves of conditions in a contract: the checker keeps
/// each set in 128 bits.
pub(crate) const LIMIT: usize = 128;
/// The most rows of a contract.
pub(crate) const MAX_ROWS: usize = 4096;
/// The most lists of a contract: a checker counts the items of each in an array of this length.
pub const MAX_LISTS: usize = 16;
/// The most conditions on items in a contract: a checker counts the hits of each in an array of this
/// length.
pub const MAX_ITEM_CONDITIONS: usize = 32;
/// The most addons of a contract: a checker names every set of them.
pub(crate) const MAX_ADDONS: usize = 8;

/// Reads a contract, adds what all models share, and checks all of it.
pub(crate) fn load(text: &str) -> Result<Spec, SpecError> {
    let loader = Loader::new(text);
    let raw: RawSpec = loader.parse()?;
    loader.check_id(&["id"], &raw.id)?;
    for (key, value) in [
        ("title", &raw.title),
        ("endpoint", &raw.endpoint),
        ("about", &raw.about),
    ] {
        loader.check_text(&[key], value)?;
    }
    let mut fields = IndexMap::new();
    for (name, row) in &raw.field {
        let field = loader.field(name, row, false)?;
        fields.insert(field.path.clone(), field);
    }
    let common_loader = Loader::new(COMMON_TEXT);
    let common: RawCommon = common_loader.parse()?;
    for (name, row) in &common.field {
        let field = common_loader.field(name, row, true)?;
        fields.entry(field.path.clone()).or_insert(field);
    }
    loader.check_tree(&fields)?;
    loader.check_model(&raw.id, &fields)?;

    let mut mistakes = Vec::new();
    for (name, mistake) in &raw.mistake {
        mistakes.push(loader.mistake(name, mistake, &fields)?);
    }
    for (name, mistake) in &common.mistake {
        let taken = mistakes
            .iter()
            .any(|known| known.at.to_string() == mistake.at);
        if let (false, Some(shared)) = (taken, common_loader.shared_mistake(name, mistake, &fields))
        {
            mistakes.push(shared);
        }
    }
    let placeholders = raw
        .placeholders
        .as_ref()
        .map(|raw| loader.placeholders(raw, &fields))
        .transpose()?;
    let rules = raw
        .rule
        .iter()
        .map(|(id, rule)| loader.rule(id, rule, &fields))
        .collect::<Result<Vec<_>, _>>()?;
    let output = raw
        .output
        .as_ref()
        .map(|raw| loader.output(raw, &fields))
        .transpose()?;
    let billing = raw
        .billing
        .as_ref()
        .map(|raw| loader.billing(raw, &fields))
        .transpose()?;
    let spec = Spec {
        id: raw.id,
        title: raw.title,
        endpoint: raw.endpoint,
        about: raw.about,
        fields,
        placeholders,
        rules,
        mistakes,
        output: output.unwrap_or_default(),
        billing,
    };
    loader.check_leaves(&spec)?;
    Ok(spec)
}

/// Turns raw parts into checked ones and says where a fault is.
pub(crate) struct Loader<'t> {
    text: &'t str,
}

/// The fields of a contract by path.
pub(crate) type Fields = IndexMap<Path, Field>;

impl<'t> Loader<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self { text }
    }

    /// A fault at the value under `keys`.
    pub(crate) fn error(&self, keys: &[&str], message: impl Into<String>) -> SpecError {
        let (line, column) = line_column(self.text, offset_of(self.text, keys));
        SpecError {
            line,
            column,
            message: message.into(),
            expected: None,
            suggestion: None,
        }
    }

    fn parse<T: DeserializeOwned>(&self) -> Result<T, SpecError> {
        toml::from_str(self.text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let (line, column) = line_column(self.text, offset);
            let text = error.message().lines().collect::<Vec<_>>().join("; ");
            let (message, expected) = match text.split_once(", expected ") {
                Some((message, expected)) => (message.to_owned(), Some(expected.to_owned())),
                None => (text, None),
            };
            let suggestion = suggestion(&message, expected.as_deref());
            SpecError {
                line,
                column,
                message,
                expected,
                suggestion,
            }
        })
    }

    fn check_text(&self, keys: &[&str], text: &str) -> Result<(), SpecError> {
        if text.trim().is_empty() {
            return Err(self.error(keys, format!("`{}` is blank", keys[keys.len() - 1])));
        }
        Ok(())
    }

    fn check_id(&self, keys: &[&str], id: &str) -> Result<(), SpecError> {
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
        if id.is_empty() || !id.bytes().all(plain) {
            let mut error = self.error(keys, format!("`{}` is no id", id.escape_debug()));
            error.expected = Some("lower-case letters, digits, `-`, `.` and `_`".to_owned());
            return Err(error);
        }
        Ok(())
    }

    /// One ground: exactly one evidence, and a reason for another level.
    fn ground(
        &self,
        keys: &[&str],
        raw: &RawGround,
        service: Service,
    ) -> Result<Ground, SpecError> {
        let given = [
            raw.source
                .as_ref()
                .map(|text| Evidence::Source(text.clone())),
            raw.edition
                .as_ref()
                .map(|text| Evidence::Edition(text.clone())),
            raw.inferred
                .as_ref()
                .map(|text| Evidence::Inferred(text.clone())),
            raw.upstream
                .as_ref()
                .map(|text| Evidence::Upstream(text.clone())),
        ];
        let mut given = given.into_iter().flatten();
        let (Some(evidence), None) = (given.next(), given.next()) else {
            let mut error = self.error(keys, "a claim needs exactly one ground");
            error.expected = Some("one of `source`, `edition`, `inferred`, `upstream`".to_owned());
            return Err(error);
        };
        let (Evidence::Source(text)
        | Evidence::Edition(text)
        | Evidence::Inferred(text)
        | Evidence::Upstream(text)) = &evidence;
        self.check_text(keys, text)?;
        if raw.level.is_some() && raw.reason.is_none() {
            return Err(self.error(keys, "a `level` of its own needs a `reason`"));
        }
        let documented = matches!(evidence, Evidence::Source(_) | Evidence::Edition(_));
        let service = raw.service.unwrap_or(if documented {
            service
        } else {
            Service::Unknown
        });
        Ok(Ground {
            level: raw.level.unwrap_or_else(|| evidence.level(service)),
            evidence,
            service,
            reason: raw.reason.clone(),
        })
    }

    fn field(&self, name: &str, raw: &RawField, common: bool) -> Result<Field, SpecError> {
        let keys = ["field", name];
        let path = Path::parse(name).map_err(|message| self.error(&keys, message))?;
        self.check_text(&["field", name, "about"], &raw.about)?;
        let own = RawGround {
            source: raw.source.clone(),
            edition: raw.edition.clone(),
            inferred: raw.inferred.clone(),
            ..RawGround::default()
        };
        let row = self.ground(&keys, &own, Service::Refuses)?;
        let kind = match raw.kind {
            RawType::String => Type::String,
            RawType::Integer => Type::Integer,
            RawType::Boolean => Type::Boolean,
            RawType::Array => Type::Array,
            RawType::Object => Type::Object,
        };
        // A claim without a ground of its own rests on the row's.
        let ground = |key: &str, given: bool, raw: &Option<RawGround>| match raw {
            Some(_) if !given => {
                let keys = ["field", name, "grounds", key];
                Err(self.error(
                    &keys,
                    format!("the ground of `{key}` has no claim: the row has no `{key}`"),
                ))
            }
            Some(raw) => self.ground(&["field", name, "grounds", key], raw, Service::Refuses),
            None => Ok(row.clone()),
        };
        let grounds = &raw.grounds;
        let required = ground("required", raw.required, &grounds.required)?;
        let values = ground("values", raw.values.is_some(), &grounds.values)?;
        let format = ground("format", raw.format.is_some(), &grounds.format)?;
        let max_characters = ground(
            "max-characters",
            raw.max_characters.is_some(),
            &grounds.max_characters,
        )?;
        let max_items = ground("max-items", raw.max_items.is_some(), &grounds.max_items)?;
        let default = ground("default", raw.default.is_some(), &grounds.default)?;
        let only_for = |key: &str, given: bool, wanted: Type| {
            if given && kind != wanted {
                let message = format!(
                    "`{key}` is for {}, and this field is {}",
                    plural(wanted),
                    kind.with_article()
                );
                return Err(self.error(&["field", name, key], message));
            }
            Ok(())
        };
        only_for("format", raw.format.is_some(), Type::String)?;
        only_for("max-characters", raw.max_characters.is_some(), Type::String)?;
        only_for("max-items", raw.max_items.is_some(), Type::Array)?;
        if raw.required && path.name().is_none() {
            return Err(self.error(
                &["field", name, "required"],
                "an item cannot be required; only a member can",
            ));
        }
        if raw.open && raw.values.is_none() {
            return Err(self.error(
                &["field", name, "open"],
                "`open` says that other values may work, but there are no `values`",
            ));
        }
        let field = Field {
            kind,
            required: raw.required.then_some(required),
            values: raw.values.clone().map(|list| Claim {
                value: Values {
                    list,
                    open: raw.open,
                },
                ground: values,
            }),
            format: raw.format.map(|value| Claim {
                value: read_format(value),
                ground: format,
            }),
            max_characters: raw.max_characters.map(|value| Claim {
                value,
                ground: max_characters,
            }),
            max_items: raw.max_items.map(|value| Claim {
                value,
                ground: max_items,
            }),
            default: raw.default.clone().map(|value| Claim {
                value,
                ground: default,
            }),
            examples: raw.examples.clone(),
            unit: raw.unit.clone(),
            about: raw.about.clone(),
            ground: row,
            common,
            path,
        };
        self.check_values(name, &field)?;
        Ok(field)
    }

    fn check_values(&self, name: &str, field: &Field) -> Result<(), SpecError> {
        let check = |key: &str, value: &Scalar| {
            if fits(value, field.kind) {
                return Ok(());
            }
            let message = format!(
                "{value} is {}, and the field is {}",
                value.kind(),
                field.kind.with_article()
            );
            Err(self.error(&["field", name, key], message))
        };
        if let Some(values) = &field.values {
            let list = &values.value.list;
            if list.is_empty() {
                return Err(self.error(&["field", name, "values"], "`values` is empty"));
            }
            for (index, value) in list.iter().enumerate() {
                check("values", value)?;
                if list[..index].contains(value) {
                    return Err(self.error(
                        &["field", name, "values"],
                        format!("{value} is listed twice"),
                    ));
                }
            }
        }
        for example in &field.examples {
            check("examples", example)?;
        }
        if let Some(default) = &field.default {
            check("default", &default.value)?;
            if field
                .closed_values()
                .is_some_and(|list| !list.contains(&default.value))
            {
                let message = format!("the default {} is not one of `values`", default.value);
                return Err(self.error(&["field", name, "default"], message));
            }
        }
        Ok(())
    }

    /// Every row hangs on a row of the right type, every list has its items, no object is too wide.
    fn check_tree(&self, fields: &Fields) -> Result<(), SpecError> {
        let root = Path::root();
        if fields.len() > MAX_ROWS {
            let message = format!(
                "the contract has {} rows; the limit is {MAX_ROWS}",
                fields.len()
            );
            return Err(self.error(&["field"], message));
        }
        let lists = fields
            .values()
            .filter(|field| field.kind == Type::Array)
            .count();
        if lists > MAX_LISTS {
            let message = format!("the contract has {lists} lists; the limit is {MAX_LISTS}");
            return Err(self.error(&["field"], message));
        }
        for (path, field) in fields {
            let text = path.to_string();
            let keys = ["field", text.as_str()];
            let parent = path.parent().unwrap_or_default();
            let wanted = match path.steps().last() {
                Some(Step::Items) => Type::Array,
                Some(Step::Member(_)) | None => Type::Object,
            };
            if parent != root || wanted == Type::Array {
                match fields.get(&parent) {
                    None => {
                        return Err(self.error(
                            &keys,
                            format!("`{text}` stands in `{parent}`, which has no row"),
                        ));
                    }
                    Some(above) if above.kind != wanted => {
                        let message = format!(
                            "`{text}` needs `{parent}` to be {}, but it is {}",
                            wanted.with_article(),
                            above.kind.with_article()
                        );
                        return Err(self.error(&keys, message));
                    }
                    Some(_) => {}
                }
            }
            let is_list = field.kind == Type::Array;
            if is_list && !fields.contains_key(&path.items()) {
                return Err(self.error(
                    &keys,
                    format!("the list `{text}` has no row `{text}[]` for its items"),
                ));
            }
            if is_list && path.is_inside_list() {
                return Err(self.error(
                    &keys,
                    format!("`{text}` is a list inside a list, which contracts do not support"),
                ));
            }
        }
        for object in fields
            .values()
            .filter(|field| field.kind == Type::Object)
            .map(|field| &field.path)
            .chain([&root])
        {
            let members = fields
                .keys()
                .filter(|path| path.parent().as_ref() == Some(object) && !path.is_item())
                .count();
            if members > LIMIT {
                let text = object.to_string();
                return Err(self.error(
                    &["field", &text],
                    format!("an object has {members} members; the limit is {LIMIT}"),
                ));
            }
        }
        Ok(())
    }

    /// The request says which model it is for.
    fn check_model(&self, id: &str, fields: &Fields) -> Result<(), SpecError> {
        let model = Path::root().member("model");
        let expected = [Scalar::String(id.to_owned())];
        match fields.get(&model) {
            Some(field) if field.closed_values() == Some(&expected) && field.required.is_some() => {
                Ok(())
            }
            Some(_) => {
                let mut error = self.error(&["field", "model"], "`model` does not name this model");
                error.expected = Some(format!("`required = true` and `values = [\"{id}\"]`"));
                Err(error)
            }
            None => Err(self.error(&["field"], "there is no row `[field.model]`")),
        }
    }

    fn check_leaves(&self, spec: &Spec) -> Result<(), SpecError> {
        let (mut leaves, mut item_conditions) = (0, 0);
        for condition in spec.conditions() {
            count_leaves(condition, &mut leaves, &mut item_conditions);
        }
        if item_conditions > MAX_ITEM_CONDITIONS {
            let message = format!(
                "the contract has {item_conditions} conditions on items; the limit is {MAX_ITEM_CONDITIONS}"
            );
            return Err(self.error(&["rule"], message));
        }
        let addons = spec
            .billing
            .as_ref()
            .map_or(0, |billing| billing.addons.len());
        if addons > MAX_ADDONS {
            let message = format!("the contract has {addons} addons; the limit is {MAX_ADDONS}");
            return Err(self.error(&["billing"], message));
        }
        if leaves > LIMIT {
            let message = format!("the conditions have {leaves} leaves; the limit is {LIMIT}");
            return Err(self.error(&["rule"], message));
        }
        Ok(())
    }
}

fn count_leaves(condition: &Condition, leaves: &mut usize, item_conditions: &mut usize) {
    match condition {
        Condition::Present(_) | Condition::Const(..) | Condition::MaxItems(..) => *leaves += 1,
        Condition::Contains(_, item) | Condition::MaxContains(_, item, _) => {
            *leaves += 1;
            *item_conditions += 1;
            count_leaves(item, leaves, item_conditions);
        }
        Condition::Not(inner) => count_leaves(inner, leaves, item_conditions),
        Condition::AllOf(several) | Condition::AnyOf(several) => {
            for inner in several {
                count_leaves(inner, leaves, item_conditions);
            }
        }
    }
}

/// Whether a value can stand in a field of this type.
pub(crate) const fn fits(value: &Scalar, kind: Type) -> bool {
    matches!(
        (value, kind),
        (Scalar::String(_), Type::String)
            | (Scalar::Integer(_), Type::Integer)
            | (Scalar::Boolean(_), Type::Boolean)
    )
}

const fn plural(kind: Type) -> &'static str {
    match kind {
        Type::String => "strings",
        Type::Integer => "integers",
        Type::Boolean => "booleans",
        Type::Array => "lists",
        Type::Object => "objects",
    }
}

const fn read_format(raw: RawFormat) -> Format {
    match raw {
        RawFormat::NonBlank => Format::NonBlank,
        RawFormat::PublicUrl => Format::PublicUrl,
        RawFormat::AssetUrl => Format::AssetUrl,
        RawFormat::Ratio => Format::Ratio,
    }
}

/// What was probably meant by the first quoted word of a message, out of the quoted words expected.
fn suggestion(message: &str, expected: Option<&str>) -> Option<String> {
    let word = message.split('`').nth(1)?;
    let known = expected?.split('`').skip(1).step_by(2);
    nearest(word, known).map(str::to_owned)
}
