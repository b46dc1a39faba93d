//! Reading the rows of fields, and grounds.

use super::{Loader, fits, is_blank, one_of};
use crate::error::SpecError;
use crate::field::{Claim, Field, Format, Type, Values};
use crate::ground::{Evidence, Ground, Service};
use crate::path::Path;
use crate::raw::{RawField, RawFormat, RawGround, RawType};
use crate::scalar::Scalar;

impl Loader<'_> {
    /// One ground: exactly one evidence, and a reason for another level.
    pub(super) fn ground(
        &self,
        keys: &[&str],
        raw: RawGround,
        service: Service,
    ) -> Result<Ground, SpecError> {
        let given = [
            ("source", raw.source.map(Evidence::Source)),
            ("edition", raw.edition.map(Evidence::Edition)),
            ("inferred", raw.inferred.map(Evidence::Inferred)),
            ("upstream", raw.upstream.map(Evidence::Upstream)),
        ];
        let mut given = given
            .into_iter()
            .filter_map(|(key, evidence)| Some((key, evidence?)));
        let (Some((key, evidence)), None) = (given.next(), given.next()) else {
            return Err(self
                .error(keys, "a claim needs exactly one ground")
                .expecting("one of `source`, `edition`, `inferred`, `upstream`"));
        };
        let (Evidence::Source(text)
        | Evidence::Edition(text)
        | Evidence::Inferred(text)
        | Evidence::Upstream(text)) = &evidence;
        // Its place is put together only where there is a fault.
        if is_blank(text) {
            self.check_text(&[keys, &[key]].concat(), text)?;
        }
        if raw.level.is_some() && raw.reason.is_none() {
            let keys = [keys, &["level"]].concat();
            return Err(self.error(&keys, "a `level` of its own needs a `reason`"));
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
            reason: raw.reason,
        })
    }

    pub(super) fn field(
        &self,
        name: &str,
        raw: RawField,
        common: bool,
    ) -> Result<Field, SpecError> {
        let keys = ["field", name];
        let path = Path::parse(name).map_err(|message| self.error(&keys, message))?;
        self.check_text(&["field", name, "about"], &raw.about)?;
        let own = RawGround {
            source: raw.source,
            edition: raw.edition,
            inferred: raw.inferred,
            ..RawGround::default()
        };
        let row = self.ground(&keys, own, Service::Refuses)?;
        let kind = match raw.kind {
            RawType::String => Type::String,
            RawType::Integer => Type::Integer,
            RawType::Boolean => Type::Boolean,
            RawType::Array => Type::Array,
            RawType::Object => Type::Object,
        };
        // A claim without a ground of its own rests on the row's.
        let ground = |key: &str, given: bool, raw: Option<RawGround>| match (raw, given) {
            (Some(_), false) => {
                let keys = ["field", name, "grounds", key];
                Err(self.error(
                    &keys,
                    format!("the ground of `{key}` has no claim: the row has no `{key}`"),
                ))
            }
            (Some(raw), true) => self
                .ground(&["field", name, "grounds", key], raw, Service::Refuses)
                .map(Some),
            (None, given) => Ok(given.then(|| row.clone())),
        };
        let grounds = raw.grounds.map(|grounds| *grounds).unwrap_or_default();
        let required = ground("required", raw.required, grounds.required)?;
        let values = ground("values", raw.values.is_some(), grounds.values)?;
        let format = ground("format", raw.format.is_some(), grounds.format)?;
        let max_characters = ground(
            "max-characters",
            raw.max_characters.is_some(),
            grounds.max_characters,
        )?;
        let max_items = ground("max-items", raw.max_items.is_some(), grounds.max_items)?;
        let default = ground("default", raw.default.is_some(), grounds.default)?;
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
        if raw.for_editors && !path.is_member_of(Path::ROOT) {
            return Err(self.error(
                &["field", name, "for-editors"],
                "only a member of the request itself can be for editors",
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
            required,
            values: claim(raw.values, values).map(|claim| Claim {
                value: Values {
                    list: claim.value,
                    open: raw.open,
                },
                ground: claim.ground,
            }),
            format: claim(raw.format.map(read_format), format),
            max_characters: claim(raw.max_characters, max_characters),
            max_items: claim(raw.max_items, max_items),
            default: claim(raw.default, default),
            examples: raw.examples,
            unit: raw.unit,
            for_editors: raw.for_editors,
            about: raw.about,
            ground: row,
            common,
            path,
        };
        self.check_values(name, &field)?;
        Ok(field)
    }

    fn check_values(&self, name: &str, field: &Field) -> Result<(), SpecError> {
        let check = |keys: &[&str], value: &Scalar| {
            if fits(value, field.kind) {
                return Ok(());
            }
            let message = format!(
                "{value} is {}, and the field is {}",
                value.kind(),
                field.kind.with_article()
            );
            Err(self.error(keys, message))
        };
        if let Some(values) = &field.values {
            let list = &values.value.list;
            if list.is_empty() {
                return Err(self.error(&["field", name, "values"], "`values` is empty"));
            }
            for (index, value) in list.iter().enumerate() {
                let place = index.to_string();
                let keys = ["field", name, "values", place.as_str()];
                check(&keys, value)?;
                if list[..index].contains(value) {
                    return Err(self.error(&keys, format!("{value} is listed twice")));
                }
            }
        }
        for (index, example) in field.examples.iter().enumerate() {
            check(&["field", name, "examples", &index.to_string()], example)?;
        }
        if let Some(default) = &field.default {
            let keys = ["field", name, "default"];
            check(&keys, &default.value)?;
            if let Some(list) = field.closed_values()
                && !list.contains(&default.value)
            {
                let message = format!("the default {} is not one of `values`", default.value);
                return Err(self.error(&keys, message).expecting(&one_of(list)));
            }
        }
        Ok(())
    }
}

/// What is claimed, with what it rests on.
fn claim<T>(value: Option<T>, ground: Option<Ground>) -> Option<Claim<T>> {
    value
        .zip(ground)
        .map(|(value, ground)| Claim { value, ground })
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
