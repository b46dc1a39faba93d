//! Turns a contract into its table.

use std::sync::OnceLock;

use kling_spec::{Billing, Field, OutputField, Path, Scalar, Spec, Step, Type};

use super::{
    ArrayTable, Blame, Condition, FieldId, FieldKind, FieldTable, ItemCondition, ObjectId,
    ObjectTable, OutputFieldTable, PlaceholderTable, RuleTable, Table, TierTable,
};

impl Table {
    /// Compiles a contract. The loader has checked that everything fits.
    pub(crate) fn compile(spec: Spec) -> Self {
        let mut compiler = Compiler {
            spec: &spec,
            item_conditions: Vec::new(),
        };
        let rules = compiler.rules();
        let seconds = compiler.output_field(spec.output().seconds.as_ref());
        let ratio = compiler.output_field(spec.output().ratio.as_ref());
        let sound = spec.output().sound.as_ref();
        let sound = sound.map(|sound| compiler.condition(sound, None));
        let billing = spec.billing();
        let tiers = billing.into_iter().flat_map(|billing| &billing.tiers);
        let tiers = tiers.map(|tier| TierTable {
            when: compiler.condition(&tier.when, None),
            short_side: tier.short_side,
        });
        let tiers = tiers.collect();
        let addons = billing.into_iter().flat_map(|billing| &billing.addons);
        let addons = addons.map(|addon| compiler.condition(&addon.when, None));
        let addons = addons.collect();
        let fields = compiler.fields();
        let objects = compiler.objects();
        let placeholders = compiler.placeholders();
        let item_conditions = compiler.item_conditions;
        let bills = spec.billing().map(Billing::names).unwrap_or_default();
        Self {
            objects,
            fields,
            key_meanings: OnceLock::new(),
            rules,
            item_conditions,
            placeholders,
            seconds,
            ratio,
            sound,
            tiers,
            addons,
            bills,
            spec,
        }
    }
}

struct Compiler<'s> {
    spec: &'s Spec,
    item_conditions: Vec<ItemCondition>,
}

impl Compiler<'_> {
    fn field_id(&self, path: &Path) -> FieldId {
        let index = self.spec.fields().get_index_of(path);
        index.expect("the loader checks every path")
    }

    fn rules(&mut self) -> Vec<RuleTable> {
        let rules = self.spec.rules().iter().enumerate();
        rules
            .map(|(index, rule)| RuleTable {
                rule: index,
                when: rule.when.as_ref().map(|when| self.condition(when, None)),
                must: self.condition(&rule.must, None),
                blame: rule.blame.iter().map(|path| self.blame(path)).collect(),
            })
            .collect()
    }

    fn blame(&self, path: &Path) -> Blame {
        match path.list() {
            None => Blame::Single(self.field_id(path)),
            Some(list) => Blame::Item {
                list: self.field_id(&list),
                name: path.name().map(str::to_owned),
            },
        }
    }

    fn output_field(&mut self, output_field: Option<&OutputField>) -> Option<OutputFieldTable> {
        let output_field = output_field?;
        let unless = output_field.unless.as_ref();
        Some(OutputFieldTable {
            field: self.field_id(&output_field.field),
            default: self.spec.default_of(&output_field.field).cloned(),
            unless: unless.map(|unless| self.condition(unless, None)),
        })
    }

    /// Compiles a condition whose paths begin at the request, or at the items of a list.
    fn condition(&mut self, condition: &kling_spec::Condition, list: Option<&Path>) -> Condition {
        use kling_spec::Condition as Written;
        let absolute =
            |path: &Path| list.map_or_else(|| path.clone(), |list| list.items().join(path));
        match condition {
            Written::Present(path) => Condition::Present(self.field_id(&absolute(path))),
            Written::Const(path, value) => {
                let path = absolute(path);
                let field = self.field_id(&path);
                Condition::Const {
                    field,
                    by_default: self.spec.default_of(&path) == Some(value),
                    listed: listed_number(&self.spec.fields()[field], value),
                    value: value.clone(),
                }
            }
            Written::MaxItems(paths, limit) => {
                let lists = paths.iter().map(|path| self.field_id(path));
                Condition::MaxItems(lists.collect(), *limit)
            }
            Written::Contains(path, item) => self.items(path, item, None),
            Written::MaxContains(path, item, most) => self.items(path, item, Some(*most)),
            Written::Not(inner) => Condition::Not(Box::new(self.condition(inner, list))),
            Written::AllOf(several) => Condition::All(self.conditions(several, list)),
            Written::AnyOf(several) => Condition::Any(self.conditions(several, list)),
        }
    }

    fn conditions(
        &mut self,
        several: &[kling_spec::Condition],
        list: Option<&Path>,
    ) -> Vec<Condition> {
        let several = several.iter();
        several.map(|inner| self.condition(inner, list)).collect()
    }

    /// Compiles a condition on items, which is counted only once, however many rules use it.
    fn items(&mut self, list: &Path, item: &kling_spec::Condition, most: Option<u64>) -> Condition {
        let condition = ItemCondition {
            list: self.field_id(list),
            item: self.condition(item, Some(list)),
            most,
        };
        let mut known = self.item_conditions.iter();
        let index = known
            .position(|known| *known == condition)
            .unwrap_or_else(|| {
                self.item_conditions.push(condition);
                self.item_conditions.len() - 1
            });
        Condition::Items(index)
    }

    fn objects(&self) -> Vec<ObjectTable> {
        let object = |path| {
            let members: Vec<&Field> = self.spec.members(path).collect();
            let required = members.iter().enumerate();
            let required = required.filter(|(_, field)| field.required.is_some());
            ObjectTable {
                names: members
                    .iter()
                    .map(|field| Box::from(field.path.name().unwrap_or_default()))
                    .collect(),
                required: required.fold(0, |bits, (place, _)| bits | 1 << place),
                members: members
                    .iter()
                    .map(|field| self.field_id(&field.path))
                    .collect(),
                field: (!path.steps().is_empty()).then(|| self.field_id(path)),
            }
        };
        object_paths(self.spec).map(object).collect()
    }

    fn fields(&self) -> Vec<FieldTable> {
        let objects: Vec<&Path> = object_paths(self.spec).collect();
        let rows = self.spec.fields().values();
        rows.map(|field| self.field(field, &objects)).collect()
    }

    fn field(&self, field: &Field, objects: &[&Path]) -> FieldTable {
        let path = &field.path;
        let listed = field.values.iter().flat_map(|claim| &claim.value.list);
        let kind = match field.kind {
            Type::String => {
                FieldKind::String(listed.filter_map(Scalar::as_str).map(Box::from).collect())
            }
            Type::Integer => FieldKind::Integer(
                listed
                    .filter_map(|value| match value {
                        Scalar::Integer(number) => Some(*number),
                        Scalar::Boolean(_) | Scalar::String(_) => None,
                    })
                    .collect(),
            ),
            Type::Boolean => FieldKind::Boolean,
            Type::Array => FieldKind::Array(self.array(field)),
            Type::Object => {
                let index: Option<ObjectId> = objects.iter().position(|object| *object == path);
                FieldKind::Object(index.expect("every object row has its place"))
            }
        };
        let rows = self.spec.fields().keys().enumerate();
        FieldTable {
            kind,
            inside_list: path.is_inside_list(),
            with_inner: rows
                .filter(|(_, inner)| inner.steps().starts_with(path.steps()))
                .map(|(index, _)| index)
                .collect(),
            max_characters: field
                .max_characters
                .as_ref()
                .map_or(u64::MAX, |claim| claim.value),
            format: field.format.as_ref().map(|claim| claim.value),
            closed: field.closed_values().is_some(),
            is_model: *path.steps() == [Step::Member("model".to_owned())],
            phrases: OnceLock::new(),
        }
    }

    fn array(&self, field: &Field) -> ArrayTable {
        let list = self.field_id(&field.path);
        let conditions = self.item_conditions.iter().enumerate();
        ArrayTable {
            item: self.field_id(&field.path.items()),
            max_items: field
                .max_items
                .as_ref()
                .map_or(u64::MAX, |claim| claim.value),
            conditions: conditions
                .filter(|(_, condition)| condition.list == list)
                .map(|(index, _)| index)
                .collect(),
        }
    }

    fn placeholders(&self) -> Option<PlaceholderTable> {
        let placeholders = self.spec.placeholders()?;
        let kinds = placeholders.kinds.iter().map(|kind| {
            let list = kind.list.as_ref().map(|list| self.field_id(list));
            (kind.name.clone(), list)
        });
        Some(PlaceholderTable {
            field: self.field_id(&placeholders.field),
            kinds: kinds.collect(),
            unsupported: placeholders.unsupported.is_some(),
        })
    }
}

/// Returns the number of a value among those listed for a field, from 1; 0 if it is not one of them. Of booleans,
/// `false` is the first.
fn listed_number(field: &Field, value: &Scalar) -> u32 {
    if let Scalar::Boolean(truth) = value {
        return u32::from(*truth) + 1;
    }
    let list = field.values.as_ref().map(|values| &values.value.list);
    let place = list.and_then(|list| list.iter().position(|listed| listed == value));
    place.map_or(0, |place| u32::try_from(place + 1).unwrap_or_default())
}

/// Returns the objects in the order of their ids: the request, then the rows that are objects.
pub(super) fn object_paths(spec: &Spec) -> impl Iterator<Item = &Path> {
    let fields = spec.fields().values();
    let rows = fields.filter(|field| field.kind == Type::Object);
    std::iter::once(Path::ROOT).chain(rows.map(|field| &field.path))
}
