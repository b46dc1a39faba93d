//! Common mistakes, from the contract's table of mistakes.

use kling_spec::{CommonRule, Convert, Field, Format, Ground, Mistake, Path, Type};

use super::{ADDRESS, Catalogue, Edit, Mutation, Written, is_error, simple_value, there};
use crate::json::Json;

impl Catalogue<'_> {
    pub(super) fn mistakes(&self, mutations: &mut Vec<Mutation>) {
        for mistake in self.spec.mistakes() {
            let before = mutations.len();
            match self.spec.fields().get(&mistake.at) {
                Some(field) => self.wrong_values(mistake, field, mutations),
                None => mutations.push(self.wrong_name(mistake)),
            }
            for mutation in &mut mutations[before..] {
                mutation.planted.mistake = Some(mistake.name.clone());
            }
        }
    }

    /// Adds a known field with values in the form used elsewhere.
    fn wrong_values(&self, mistake: &Mistake, field: &Field, mutations: &mut Vec<Mutation>) {
        let mut written: Vec<Json> = mistake.values.iter().map(|(from, _)| from.into()).collect();
        let right = simple_value(self.spec, &field.path);
        match mistake.convert {
            Some(Convert::Integer) => written.push(Json::String(crate::plain(&right))),
            Some(Convert::List) => written.extend(right.items().first().cloned()),
            Some(Convert::Objects) => written.push(Json::string(ADDRESS)),
            Some(Convert::ByHand) => written.push(Json::Integer(160)),
            None if written.is_empty() && field.kind == Type::Object => {
                written.push(Json::string(ADDRESS));
            }
            None if written.is_empty() => written.push(Json::Object(vec![(
                "url".to_owned(),
                Json::string(ADDRESS),
            )])),
            None => {}
        }
        for value in written {
            let Some((rule, ground, expressible)) = broken_claim(field, &value) else {
                continue;
            };
            let mutation = self.mutation(
                rule,
                &field.path,
                &format!("mistake {}", mistake.name),
                ground,
                expressible,
            );
            mutations.push(
                self.beside(&field.path, mutation)
                    .by(Edit::Set(field.path.clone(), vec![value])),
            );
        }
    }

    /// Makes a member with a name that is used elsewhere.
    fn wrong_name(&self, mistake: &Mistake) -> Mutation {
        let to = &mistake.at;
        let around = to.parent().unwrap_or_default();
        let rule = if self.belongs_elsewhere(to) {
            CommonRule::MisplacedField
        } else {
            CommonRule::MisnamedField
        };
        let detail = format!("mistake {}", mistake.name);
        let mutation = self
            .mutation(rule, to, &detail, self.ground(&around), true)
            .needing(there(&around));
        let Some(from) = &mistake.means else {
            return mutation.by(Edit::Set(
                to.clone(),
                vec![Json::string(ADDRESS), Json::Boolean(true), Json::Integer(1)],
            ));
        };
        let mutation = if *from == self.model {
            mutation.touching(Path::ROOT)
        } else {
            mutation.touching(from)
        };
        let written = self.written(mistake, from);
        let mutation = match &written {
            Written::Values(_) => mutation.preferring(there(from)),
            Written::AsItWas | Written::Members(_) | Written::OneItem => {
                mutation.needing(there(from))
            }
        };
        mutation.by(Edit::Move {
            from: from.clone(),
            to: to.clone(),
            written,
        })
    }

    /// Returns what is written under a wrong name.
    fn written(&self, mistake: &Mistake, means: &Path) -> Written {
        let right = simple_value(self.spec, means);
        let mut values: Vec<Json> = mistake.values.iter().map(|(from, _)| from.into()).collect();
        match mistake.convert {
            Some(Convert::Integer) => values.extend([Json::String(crate::plain(&right)), right]),
            Some(Convert::List) => return Written::OneItem,
            Some(Convert::Objects) => {
                let items = means.items();
                let required = |field: &&Field| field.required.is_some();
                let address = self.spec.members(&items).find(required);
                if let Some(name) = address.and_then(|field| field.path.name()) {
                    return Written::Members(name.to_owned());
                }
                values.push(Json::string(ADDRESS));
            }
            Some(Convert::ByHand) => values.extend([Json::Integer(160), Json::string("160")]),
            None if values.is_empty() => return Written::AsItWas,
            None => {}
        }
        Written::Values(values)
    }
}

/// Returns which claim of a field a value breaks, if any, and whether a schema detects it.
fn broken_claim<'f>(field: &'f Field, value: &Json) -> Option<(CommonRule, &'f Ground, bool)> {
    let fits = match value {
        Json::String(_) => field.kind == Type::String,
        Json::Integer(_) => field.kind == Type::Integer,
        Json::Boolean(_) => field.kind == Type::Boolean,
        Json::Array(_) => field.kind == Type::Array,
        Json::Object(_) => field.kind == Type::Object,
        Json::Null | Json::Number(_) => false,
    };
    if !fits {
        return Some((
            CommonRule::WrongType,
            &field.ground,
            is_error(&field.ground),
        ));
    }
    let values = field.values.as_ref()?;
    if values
        .value
        .list
        .iter()
        .any(|listed| Json::from(listed) == *value)
    {
        return None;
    }
    if values.value.open
        && field
            .format
            .as_ref()
            .is_some_and(|claim| claim.value == Format::Ratio)
    {
        let format = field.format.as_ref()?;
        return Some((
            CommonRule::InvalidRatio,
            &format.ground,
            is_error(&format.ground),
        ));
    }
    let rule = if values.value.open {
        CommonRule::UncommonValue
    } else {
        CommonRule::WrongValue
    };
    Some((
        rule,
        &values.ground,
        !values.value.open && is_error(&values.ground),
    ))
}
