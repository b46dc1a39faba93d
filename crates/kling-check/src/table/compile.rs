//! From a contract to its table.

use std::sync::OnceLock;

use kling_spec::{Billing, Condition, Field, Path, Scalar, Spec, Step, Type};

use crate::facts::{Ratio, ratio_parts};

use super::{
    ArrayTable, Bits, Blame, Capture, DecisionTable, Expression, FieldId, FieldKind, FieldTable,
    Formula, ItemCondition, ListedText, Lookup, ObjectId, ObjectTable, PlaceholderTable,
    ReadingTable, RuleTable, SumLeaf, Table, TierTable,
};

impl Table {
    /// Compiles a contract. The loader has made sure that everything fits.
    pub(crate) fn compile(spec: Spec) -> Self {
        let mut compiler = Compiler::new(&spec);
        let rules: Vec<RuleTable> = spec
            .rules()
            .iter()
            .enumerate()
            .map(|(rule, text)| {
                let when = text.when.as_ref().map(|when| compiler.expression(when));
                let must = compiler.expression(&text.must);
                let fails = Expression::Not(Box::new(must.clone()));
                let broken = Expression::All(when.iter().cloned().chain([fails]).collect());
                RuleTable {
                    rule,
                    when,
                    must,
                    broken: Formula::new(broken),
                    blame: text.blame.iter().map(|path| compiler.blame(path)).collect(),
                }
            })
            .collect();
        let breaks = RuleTable::clauses_of_all(&rules);
        let reading = |compiler: &mut Compiler<'_>, reading: &Option<kling_spec::Reading>| {
            reading.as_ref().map(|reading| ReadingTable {
                seconds: spec.default_of(&reading.field).and_then(whole_seconds),
                ratio: spec
                    .default_of(&reading.field)
                    .and_then(Scalar::as_str)
                    .and_then(ratio_parts),
                unless: reading
                    .unless
                    .as_ref()
                    .map(|unless| Formula::new(compiler.expression(unless))),
            })
        };
        let seconds = reading(&mut compiler, &spec.output().seconds);
        let ratio = reading(&mut compiler, &spec.output().ratio);
        let sound = spec.output().sound.as_ref();
        let sound = sound.map(|sound| Formula::new(compiler.expression(sound)));
        let billing = spec.billing();
        let tiers: Vec<TierTable> = billing
            .into_iter()
            .flat_map(|billing| &billing.tiers)
            .map(|tier| TierTable {
                when: Formula::new(compiler.expression(&tier.when)),
                short_side: tier.short_side,
            })
            .collect();
        let addons: Vec<Formula> = billing
            .into_iter()
            .flat_map(|billing| &billing.addons)
            .map(|addon| Formula::new(compiler.expression(&addon.when)))
            .collect();
        let decisions = DecisionTable::new(seconds, ratio, sound, tiers, addons);
        let fields = compiler.fields();
        let objects = compiler.objects();
        let placeholders = compiler.placeholders();
        let Compiler {
            leaves,
            sums,
            item_conditions,
            ..
        } = compiler;
        let initial = leaves
            .iter()
            .enumerate()
            .filter(|(_, leaf)| leaf.list.is_none() && leaf.holds_for_nothing)
            .fold(0, |bits, (index, _)| bits | 1 << index);
        let bills = spec.billing().map(Billing::names).unwrap_or_default();
        Self {
            spec,
            objects,
            fields,
            strays: OnceLock::new(),
            initial,
            rules,
            breaks,
            sums,
            item_conditions,
            placeholders,
            decisions,
            bills,
        }
    }
}

/// One leaf of conditions, distinct from all others.
struct Leaf {
    kind: LeafKind,
    /// The list inside whose items it is.
    list: Option<Path>,
    holds_for_nothing: bool,
}

#[derive(PartialEq)]
enum LeafKind {
    Present(Path),
    Const(Path, Scalar),
    MaxItems(Vec<Path>, u64),
    Contains(usize),
    MaxContains(usize, u64),
}

struct Compiler<'s> {
    spec: &'s Spec,
    leaves: Vec<Leaf>,
    lists: Vec<Path>,
    sums: Vec<SumLeaf>,
    item_conditions: Vec<ItemCondition>,
}

impl<'s> Compiler<'s> {
    fn new(spec: &'s Spec) -> Self {
        let lists = spec
            .fields()
            .values()
            .filter(|field| field.kind == Type::Array);
        let lists = lists.map(|field| field.path.clone()).collect();
        Self {
            spec,
            leaves: Vec::new(),
            lists,
            sums: Vec::new(),
            item_conditions: Vec::new(),
        }
    }

    fn list_index(&self, path: &Path) -> usize {
        self.lists
            .iter()
            .position(|list| list == path)
            .expect("the loader knows every list")
    }

    fn expression(&mut self, condition: &Condition) -> Expression {
        self.expression_in(condition, None)
    }

    fn expression_in(&mut self, condition: &Condition, list: Option<&Path>) -> Expression {
        let absolute =
            |path: &Path| list.map_or_else(|| path.clone(), |list| list.items().join(path));
        match condition {
            Condition::Present(path) => self.leaf(LeafKind::Present(absolute(path)), list, false),
            Condition::Const(path, value) => {
                let path = absolute(path);
                let by_default = self.spec.default_of(&path) == Some(value);
                self.leaf(LeafKind::Const(path, value.clone()), list, by_default)
            }
            Condition::MaxItems(paths, limit) => {
                let lists = paths.iter().map(|path| self.list_index(path)).collect();
                let expression = self.leaf(LeafKind::MaxItems(paths.clone(), *limit), None, true);
                if let Expression::Leaf(leaf) = expression
                    && self.sums.iter().all(|sum| sum.leaf != leaf)
                {
                    self.sums.push(SumLeaf {
                        leaf,
                        lists,
                        limit: *limit,
                    });
                }
                expression
            }
            Condition::Contains(path, item) => {
                let index = self.item_condition(path, item);
                let expression = self.leaf(LeafKind::Contains(index), None, false);
                if let Expression::Leaf(leaf) = expression {
                    self.item_conditions[index].contains = Some(leaf);
                    self.item_conditions[index].contains_leaf = 1 << leaf;
                }
                expression
            }
            Condition::MaxContains(path, item, limit) => {
                let index = self.item_condition(path, item);
                let expression = self.leaf(LeafKind::MaxContains(index, *limit), None, true);
                if let Expression::Leaf(leaf) = expression {
                    let known = &mut self.item_conditions[index].max_contains;
                    if !known.contains(&(leaf, *limit)) {
                        known.push((leaf, *limit));
                    }
                }
                expression
            }
            Condition::Not(inner) => Expression::Not(Box::new(self.expression_in(inner, list))),
            Condition::AllOf(several) => Expression::All(
                several
                    .iter()
                    .map(|inner| self.expression_in(inner, list))
                    .collect(),
            ),
            Condition::AnyOf(several) => Expression::Any(
                several
                    .iter()
                    .map(|inner| self.expression_in(inner, list))
                    .collect(),
            ),
        }
    }

    fn item_condition(&mut self, list: &Path, item: &Condition) -> usize {
        let expression = self.expression_in(item, Some(list));
        let list = self.list_index(list);
        let known =
            |known: &ItemCondition| known.list == list && *known.formula.expression() == expression;
        if let Some(index) = self.item_conditions.iter().position(known) {
            return index;
        }
        self.item_conditions.push(ItemCondition {
            list,
            formula: Formula::new(expression),
            contains: None,
            contains_leaf: 0,
            max_contains: Vec::new(),
        });
        self.item_conditions.len() - 1
    }

    fn leaf(&mut self, kind: LeafKind, list: Option<&Path>, holds_for_nothing: bool) -> Expression {
        let index = self
            .leaves
            .iter()
            .position(|leaf| leaf.kind == kind)
            .unwrap_or_else(|| {
                self.leaves.push(Leaf {
                    kind,
                    list: list.cloned(),
                    holds_for_nothing,
                });
                self.leaves.len() - 1
            });
        Expression::Leaf(u8::try_from(index).expect("the loader limits the leaves of conditions"))
    }

    /// The leaves for which `wanted` holds.
    fn bits(&self, wanted: impl Fn(&Leaf) -> bool) -> Bits {
        let holding = self
            .leaves
            .iter()
            .enumerate()
            .filter(|(_, leaf)| wanted(leaf));
        holding.fold(0, |bits, (index, _)| bits | 1 << index)
    }

    fn field_id(&self, path: &Path) -> FieldId {
        let index = self
            .spec
            .fields()
            .get_index_of(path)
            .expect("the loader checks every path");
        FieldId::try_from(index).expect("the loader limits the rows")
    }

    fn objects(&self) -> Vec<ObjectTable> {
        object_paths(self.spec)
            .map(|path| {
                let members: Vec<&Field> = self.spec.members(path).collect();
                let required = members
                    .iter()
                    .enumerate()
                    .filter(|(_, field)| field.required.is_some());
                ObjectTable {
                    lookup: Lookup::new(members.iter().filter_map(|field| field.path.name())),
                    keys: members
                        .iter()
                        .map(|field| kling_json::Token::key(field.path.name()?))
                        .collect(),
                    required: required.fold(0, |bits, (place, _)| bits | 1 << place),
                    members: members
                        .iter()
                        .map(|field| self.field_id(&field.path))
                        .collect(),
                    field: (!path.steps().is_empty()).then(|| self.field_id(path)),
                }
            })
            .collect()
    }

    fn fields(&self) -> Vec<FieldTable> {
        let objects: Vec<&Path> = object_paths(self.spec).collect();
        self.spec
            .fields()
            .values()
            .map(|field| self.field(field, &objects))
            .collect()
    }

    fn field(&self, field: &Field, objects: &[&Path]) -> FieldTable {
        let path = &field.path;
        let of_value = |wanted: &Scalar| {
            self.bits(|leaf| matches!(&leaf.kind, LeafKind::Const(at, value) if at == path && value == wanted))
        };
        let mut constants: Vec<(Scalar, Bits)> = Vec::new();
        for leaf in &self.leaves {
            if let LeafKind::Const(at, value) = &leaf.kind
                && at == path
            {
                constants.push((value.clone(), of_value(value)));
            }
        }
        let listed = field.values.iter().flat_map(|claim| &claim.value.list);
        let kind = match field.kind {
            Type::String => FieldKind::String(
                listed
                    .filter_map(|value| Some(ListedText::new(value.as_str()?, of_value(value))))
                    .collect(),
            ),
            Type::Integer => FieldKind::Integer(
                listed
                    .filter_map(|value| match value {
                        Scalar::Integer(number) => Some((*number, of_value(value))),
                        Scalar::Boolean(_) | Scalar::String(_) => None,
                    })
                    .collect(),
            ),
            Type::Boolean => {
                FieldKind::Boolean([false, true].map(|value| of_value(&Scalar::Boolean(value))))
            }
            Type::Array => FieldKind::Array(self.array(field)),
            Type::Object => {
                let index = objects.iter().position(|object| *object == path);
                let index = index.expect("every object row has its place");
                FieldKind::Object(ObjectId::try_from(index).expect("the loader limits the rows"))
            }
        };
        FieldTable {
            kind,
            present: self.bits(|leaf| matches!(&leaf.kind, LeafKind::Present(at) if at == path)),
            compared: self.bits(|leaf| matches!(&leaf.kind, LeafKind::Const(at, _) if at == path)),
            constants,
            ratios: ratios(field),
            capture: self.capture(path),
            inside_list: path.is_inside_list(),
            max_characters: field
                .max_characters
                .as_ref()
                .map_or(u64::MAX, |claim| claim.value),
            format: field.format.as_ref().map(|claim| claim.value),
            closed: field.closed_values().is_some(),
        }
    }

    fn capture(&self, path: &Path) -> Capture {
        let output = self.spec.output();
        let reads = |reading: &Option<kling_spec::Reading>| {
            reading
                .as_ref()
                .is_some_and(|reading| reading.field == *path)
        };
        if path.steps() == [Step::Member("model".to_owned())] {
            Capture::Model
        } else if self
            .spec
            .placeholders()
            .is_some_and(|placeholders| placeholders.field == *path)
        {
            Capture::Prompt
        } else if reads(&output.seconds) {
            Capture::Seconds
        } else if reads(&output.ratio) {
            Capture::Ratio
        } else {
            Capture::Nothing
        }
    }

    fn array(&self, field: &Field) -> ArrayTable {
        let list = self.list_index(&field.path);
        let inside = |leaf: &Leaf| leaf.list.as_ref() == Some(&field.path);
        let conditions = self.item_conditions.iter().enumerate();
        let conditions: Vec<usize> = conditions
            .filter(|(_, condition)| condition.list == list)
            .map(|(index, _)| index)
            .collect();
        let counts = |kind: &LeafKind| match kind {
            LeafKind::Contains(index) | LeafKind::MaxContains(index, _) => {
                conditions.contains(index)
            }
            LeafKind::Present(_) | LeafKind::Const(..) | LeafKind::MaxItems(..) => false,
        };
        ArrayTable {
            item: self.field_id(&field.path.items()),
            max_items: field
                .max_items
                .as_ref()
                .map_or(u64::MAX, |claim| claim.value),
            list,
            counting: self.bits(|leaf| counts(&leaf.kind)),
            counting_initial: self.bits(|leaf| counts(&leaf.kind) && leaf.holds_for_nothing),
            item_leaves: self.bits(inside),
            item_initial: self.bits(|leaf| inside(leaf) && leaf.holds_for_nothing),
            depends: self.bits(|leaf| match &leaf.kind {
                LeafKind::Present(path) => *path == field.path,
                LeafKind::MaxItems(paths, _) => paths.contains(&field.path),
                LeafKind::Contains(index) | LeafKind::MaxContains(index, _) => {
                    conditions.contains(index)
                }
                LeafKind::Const(..) => false,
            }),
            conditions,
        }
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

    fn placeholders(&self) -> Option<PlaceholderTable> {
        let placeholders = self.spec.placeholders()?;
        Some(PlaceholderTable {
            field: self.field_id(&placeholders.field),
            kinds: placeholders
                .kinds
                .iter()
                .map(|kind| kind.name.clone())
                .collect(),
            list_fields: placeholders
                .kinds
                .iter()
                .map(|kind| kind.list.as_ref().map(|list| self.field_id(list)))
                .collect(),
            lists: placeholders
                .kinds
                .iter()
                .map(|kind| kind.list.as_ref().map(|list| self.list_index(list)))
                .collect(),
            unsupported: placeholders.unsupported.is_some(),
        })
    }
}

/// The objects in the order of their ids: the request, then the rows that are objects.
pub(super) fn object_paths(spec: &Spec) -> impl Iterator<Item = &Path> {
    let fields = spec.fields().values();
    let rows = fields.filter(|field| field.kind == Type::Object);
    std::iter::once(Path::ROOT).chain(rows.map(|field| &field.path))
}

fn whole_seconds(value: &Scalar) -> Option<u32> {
    match value {
        Scalar::Integer(value) => u32::try_from(*value).ok(),
        Scalar::Boolean(_) | Scalar::String(_) => None,
    }
}

/// The listed texts of a field as ratios.
fn ratios(field: &Field) -> Vec<Ratio> {
    let listed = field
        .values
        .iter()
        .flat_map(|claim| &claim.value.list)
        .filter_map(Scalar::as_str);
    listed
        .map(|text| {
            ratio_parts(text).map_or(Ratio::Open, |(width, height)| Ratio::Known(width, height))
        })
        .collect()
}
