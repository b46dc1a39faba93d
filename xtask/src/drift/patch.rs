//! The patch that makes a contract say what a page says.
//!
//! It is a whole patch of the contract: that of the edition compared, if it has one, with the differences put into it.

use kling_spec::{Condition, Kind, Path, Scalar, Spec, Type};
use toml::{Table, Value};

use super::anchors::{BETWEEN, Claimed, grounds, source};
use super::compare::{Difference, Drift, Listed, Shape, What};
use super::tables::{FIELD, KIND, Patch, RULE, is_at_or_in, overlay};

/// Returns the patch with the differences in it.
pub(super) fn with(drift: &Drift, spec: &Spec, patch: Patch) -> Table {
    let kinds = spec.placeholders().into_iter().flat_map(|all| &all.kinds);
    let mut proposal = Proposal {
        spec,
        patch,
        kinds: kinds.collect(),
    };
    // What goes takes the changed grounds of its claims with it, so places come first.
    let (places, others): (Vec<&Difference>, Vec<&Difference>) = drift
        .differences
        .iter()
        .partition(|difference| difference.path.is_none());
    for difference in places.into_iter().chain(others) {
        proposal.apply(difference);
    }
    proposal.patch.finish()
}

struct Proposal<'s> {
    spec: &'s Spec,
    patch: Patch,
    /// The kinds of placeholders that are left.
    kinds: Vec<&'s Kind>,
}

impl Proposal<'_> {
    fn apply(&mut self, difference: &Difference) {
        let Some(path) = &difference.path else {
            if let What::PlaceGone(place, claims) = &difference.what {
                for claim in claims {
                    self.place_gone(place, claim);
                }
            }
            return;
        };
        let name = path.to_string();
        match &difference.what {
            What::PlaceGone(..) => {}
            What::FieldGone => {
                self.drop_dependents(&|other, _| is_at_or_in(&other.to_string(), &name));
                self.patch.remove_field(&name);
            }
            What::FieldNew(shape) => {
                for mistake in self.spec.mistakes() {
                    if mistake.at == *path && !mistake.common {
                        self.patch.remove_mistake(&mistake.name);
                    }
                }
                let mut row = Table::new();
                row.insert(
                    "about".to_owned(),
                    format!("Stub: what `{name}` is for.").into(),
                );
                row.insert("source".to_owned(), self.place_of(path).into());
                self.add(path, shape, row);
            }
            What::Type(shape) => {
                self.drop_dependents(&|other, _| is_at_or_in(&other.to_string(), &name));
                let mut row = self.patch.row(FIELD, &name);
                row.retain(|key, _| {
                    matches!(key, "about" | "unit" | "source" | "edition" | "inferred")
                });
                self.patch.remove_field(&name);
                self.add(path, shape, row);
            }
            What::Required(is) => self.patch.put(FIELD, &name, of("required", *is)),
            What::Values(Some(listed)) => self.values(path, listed),
            What::Values(None) => self.rest_on_edition(path, "values"),
            What::Default(Some(value)) => {
                self.patch.put(FIELD, &name, of("default", value_of(value)));
                self.rest_on_page(path, "default");
            }
            What::Default(None) => self.rest_on_edition(path, "default"),
            What::MaxItems(Some(most)) => {
                self.patch
                    .put(FIELD, &name, of("max-items", integer(*most)));
                self.rest_on_page(path, "max-items");
            }
            What::MaxItems(None) => self.rest_on_edition(path, "max-items"),
        }
    }

    /// Adds a row that says what the page says, and the row of its items.
    fn add(&mut self, path: &Path, shape: &Shape, known: Table) {
        let mut row = of("type", shape.kind.as_str());
        if shape.required {
            row.insert("required".to_owned(), true.into());
        }
        if let Some(listed) = &shape.values {
            row.extend(listed_keys(listed));
        }
        if let Some(most) = shape.max_items {
            row.insert("max-items".to_owned(), integer(most));
        }
        if let Some(value) = &shape.default {
            row.insert("default".to_owned(), value_of(value));
        }
        row.extend(known);
        let source = row.get("source").cloned();
        self.patch.add(FIELD, &path.to_string(), row);
        if shape.kind == Type::Array {
            let kind = shape.items.unwrap_or(Type::String);
            let mut items = of("type", kind.as_str());
            items.insert(
                "about".to_owned(),
                format!("Stub: one item of `{path}`.").into(),
            );
            items.extend(source.map(|source| ("source".to_owned(), source)));
            self.patch.add(FIELD, &path.items().to_string(), items);
        }
    }

    fn values(&mut self, path: &Path, listed: &Listed) {
        let name = path.to_string();
        self.patch.put(FIELD, &name, listed_keys(listed));
        if listed.open {
            return;
        }
        self.rest_on_page(path, "values");
        let is_lost = |other: &Path, value: Option<&Scalar>| {
            other == path && value.is_some_and(|value| !listed.values.contains(value))
        };
        self.drop_dependents(&is_lost);
        let is_listed = |value: &Value| listed.values.iter().any(|known| value_of(known) == *value);
        self.patch.drop_corrections(&name, is_listed);
        self.patch.drop_meanings(&name, is_listed);
        if let [Scalar::String(id)] = &listed.values[..]
            && name == "model"
        {
            self.patch.set(&["change"], of("id", &**id));
        }
    }

    /// Lets a claim rest on the edition that the page is compared with.
    fn rest_on_edition(&mut self, path: &Path, key: &'static str) {
        let name = path.to_string();
        let row = self.patch.row(FIELD, &name);
        let own = row.get("grounds").and_then(|grounds| grounds.get(key));
        let says = format!("the edition {} of the page says so", self.edition());
        let ground = replaced(own, of("edition", says));
        self.patch.put(FIELD, &name, of("grounds", of(key, ground)));
    }

    /// Returns the edition that the page is compared with.
    fn edition(&self) -> &str {
        self.spec.edition().map_or("seed", |edition| &edition.id)
    }

    /// Lets a claim rest on the page, if it rested on something else.
    fn rest_on_page(&mut self, path: &Path, key: &'static str) {
        let name = path.to_string();
        let row = self.patch.row(FIELD, &name);
        let has_own = row
            .get("grounds")
            .is_some_and(|grounds| grounds.get(key).is_some());
        if has_own {
            let ground = of("source", self.place_of(path));
            self.patch.put(FIELD, &name, of("grounds", of(key, ground)));
        }
    }

    /// Returns the place on the page where a field is, or would be.
    fn place_of(&self, path: &Path) -> String {
        let known = self
            .spec
            .fields()
            .get(path)
            .and_then(|field| source(&field.ground));
        if let Some(source) = known {
            return source.to_owned();
        }
        let model = self
            .spec
            .field("model")
            .and_then(|field| source(&field.ground));
        let section = model
            .and_then(|source| source.split(" / ").next())
            .unwrap_or_default();
        let names = path.to_string().replace("[]", "").replace('.', " / ");
        format!("{section} / {names}")
    }

    /// Lets a claim rest on the other places that it names, or on the edition that has the place.
    fn place_gone(&mut self, place: &str, claim: &Claimed) {
        let edition = self.edition();
        let new = |old: &str| {
            let rest: Vec<&str> = old.split(BETWEEN).filter(|other| *other != place).collect();
            if rest.is_empty() {
                let says = format!("the edition {edition} of the page says so under `{place}`");
                of("edition", says)
            } else {
                of("source", rest.join(BETWEEN))
            }
        };
        if *claim == Claimed::Billing {
            let billing = self.spec.billing().map_or("", |billing| &billing.source);
            match new(billing) {
                rest if rest.contains_key("source") => self.patch.set(&["change", "billing"], rest),
                _ => self.patch.remove_table("billing"),
            }
            return;
        }
        let grounds = grounds(self.spec);
        let ground = grounds.iter().find(|(other, _)| other == claim);
        let Some(old) = ground.and_then(|(_, ground)| source(ground)) else {
            return;
        };
        let ground = new(old);
        match claim {
            Claimed::Billing => {}
            Claimed::Field(path) => self.patch.put(FIELD, &path.to_string(), ground),
            Claimed::OfField(path, key) => {
                let name = path.to_string();
                let row = self.patch.row(FIELD, &name);
                let own = row.get("grounds").and_then(|grounds| grounds.get(key));
                let ground = replaced(own, ground);
                self.patch.put(FIELD, &name, of("grounds", of(key, ground)));
            }
            Claimed::Placeholders(key) => {
                self.patch.set(&["change", "placeholders", key], ground);
            }
            Claimed::Kind(kind, key) => {
                let row = self.patch.row(KIND, kind);
                let ground = replaced(row.get(*key), ground);
                self.patch.put(KIND, kind, of(key, ground));
            }
            Claimed::Rule(id) => self.patch.put(RULE, id, ground),
        }
    }

    /// Removes the rules, and what else has a condition, if a test finds a path, or a value that it is compared with.
    fn drop_dependents(&mut self, affects: &dyn Fn(&Path, Option<&Scalar>) -> bool) {
        let is_affected = |condition: &Condition| is_affected(condition, None, affects);
        for rule in self.spec.rules() {
            if is_affected(&rule.must)
                || rule.when.as_ref().is_some_and(is_affected)
                || rule.blame.iter().any(|path| affects(path, None))
            {
                self.patch.remove(RULE, &rule.id);
            }
        }
        if let Some(placeholders) = self.spec.placeholders() {
            let is_gone =
                |list: &Option<Path>| list.as_ref().is_some_and(|list| affects(list, None));
            let gone = self.kinds.extract_if(.., |kind| is_gone(&kind.list));
            for kind in gone.collect::<Vec<_>>() {
                self.patch.remove(KIND, &kind.name);
            }
            if self.kinds.is_empty() || affects(&placeholders.field, None) {
                self.patch.remove_table("placeholders");
            }
        }
        let output = self.spec.output();
        let reads = [("seconds", &output.seconds), ("ratio", &output.ratio)];
        let mut gone: Vec<&str> = Vec::new();
        for (key, read) in reads {
            let is_gone = read.as_ref().is_some_and(|read| {
                affects(&read.field, None) || read.unless.as_ref().is_some_and(is_affected)
            });
            gone.extend(is_gone.then_some(key));
        }
        gone.extend(
            output
                .sound
                .as_ref()
                .is_some_and(is_affected)
                .then_some("sound"),
        );
        if !gone.is_empty() {
            self.patch.rewrite_table("output", |table| {
                table.retain(|key, _| !gone.contains(&key));
            });
        }
        self.drop_from_bill(&is_affected);
    }

    fn drop_from_bill(&mut self, is_affected: &dyn Fn(&Condition) -> bool) {
        let Some(billing) = self.spec.billing() else {
            return;
        };
        let tiers = billing.tiers.iter().filter(|tier| is_affected(&tier.when));
        let tiers: Vec<&str> = tiers.map(|tier| &*tier.name).collect();
        let addons = billing
            .addons
            .iter()
            .filter(|addon| is_affected(&addon.when));
        let addons: Vec<&str> = addons.map(|addon| &*addon.name).collect();
        if tiers.len() == billing.tiers.len() {
            self.patch.remove_table("billing");
        } else if !(tiers.is_empty() && addons.is_empty()) {
            self.patch.rewrite_table("billing", |table| {
                for (key, gone) in [("tier", &tiers), ("addon", &addons)] {
                    if let Some(Value::Array(rows)) = table.get_mut(key) {
                        rows.retain(|row| {
                            let name = row.get("name").and_then(Value::as_str);
                            !name.is_some_and(|name| gone.contains(&name))
                        });
                    }
                }
            });
        }
    }
}

/// Returns whether a test finds a path of a condition, or a value that it is compared with.
fn is_affected(
    condition: &Condition,
    list: Option<&Path>,
    affects: &dyn Fn(&Path, Option<&Scalar>) -> bool,
) -> bool {
    let whole = |path: &Path| list.map_or_else(|| path.clone(), |list| list.items().join(path));
    match condition {
        Condition::Present(path) => affects(&whole(path), None),
        Condition::Const(path, value) => affects(&whole(path), Some(value)),
        Condition::MaxItems(paths, _) => paths.iter().any(|path| affects(&whole(path), None)),
        Condition::Contains(path, item) | Condition::MaxContains(path, item, _) => {
            affects(&whole(path), None) || is_affected(item, Some(path), affects)
        }
        Condition::Not(inner) => is_affected(inner, list, affects),
        Condition::AllOf(all) | Condition::AnyOf(all) => {
            all.iter().any(|inner| is_affected(inner, list, affects))
        }
    }
}

fn of(key: &str, value: impl Into<Value>) -> Table {
    Table::from_iter([(key.to_owned(), value.into())])
}

/// Returns a ground with other evidence.
fn replaced(old: Option<&Value>, evidence: Table) -> Table {
    let mut ground = old.and_then(Value::as_table).cloned().unwrap_or_default();
    overlay(&mut ground, evidence);
    ground
}

fn listed_keys(listed: &Listed) -> Table {
    let mut keys = of(
        "values",
        listed.values.iter().map(value_of).collect::<Vec<_>>(),
    );
    keys.insert("open".to_owned(), listed.open.into());
    keys
}

fn value_of(value: &Scalar) -> Value {
    match value {
        Scalar::String(text) => text.clone().into(),
        Scalar::Integer(number) => (*number).into(),
        Scalar::Boolean(value) => (*value).into(),
    }
}

fn integer(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}
