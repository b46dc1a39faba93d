//! The mutations that a contract makes possible: what each breaks, what it needs, and how it is made.

use kling_spec::{Common, CommonRule, Condition, EMBEDDED, Ground, Level, Path, Scalar, Spec};

use crate::choices::Choices;
use crate::json::Json;
use crate::json::pointer::{behind_items, overlap};
use crate::solve::{Goals, Invariant};
use crate::value::Values;

mod address;
mod edit;
mod member;
mod mistake;
mod placeholder;
mod rule;
mod types;
mod values;

pub(crate) use edit::{Edit, Written};

/// A URL without faults.
const ADDRESS: &str = "https://example.com/cat.png";

/// What a mutation breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// A description of the mutation: `wrong-type at duration: a string`.
    pub what: String,
    /// The id of the broken rule, which is a common one or one of the contract.
    pub rule: String,
    /// How bad that is according to the contract.
    pub level: Level,
    /// Whether the JSON Schema of the contract refuses the request because of it.
    pub expressible: bool,
    /// The name of the mistake, if the mutation comes from the contract's table of mistakes.
    pub mistake: Option<String>,
    /// Whether an object in the text has equal keys.
    pub duplicate: bool,
}

/// A mutation that can be made in requests of the contract it was listed for.
#[derive(Debug, Clone)]
pub struct Mutation {
    planted: Planted,
    pub(crate) goals: Goals,
    /// The fields that the mutation concerns; two mutations of one field may hide one another.
    touches: Vec<Path>,
    pub(crate) edit: Edit,
}

impl Mutation {
    /// Returns what the mutation breaks.
    pub const fn planted(&self) -> &Planted {
        &self.planted
    }

    /// Returns whether one request can have both mutations without one hiding the other.
    pub(crate) fn is_apart_from(&self, other: &Self) -> bool {
        !self
            .touches
            .iter()
            .any(|one| other.touches.iter().any(|two| overlap(one, two)))
    }

    fn new(what: String, rule: &str, level: Level, expressible: bool) -> Self {
        let rule = rule.to_owned();
        let planted = Planted {
            what,
            rule,
            level,
            expressible,
            mistake: None,
            duplicate: false,
        };
        Self {
            planted,
            goals: Goals::default(),
            touches: Vec::new(),
            edit: Edit::Nothing,
        }
    }

    fn needing(mut self, condition: Condition) -> Self {
        self.goals.needs.push(condition);
        self
    }

    fn preferring(mut self, condition: Condition) -> Self {
        self.goals.wishes.push(condition);
        self
    }

    fn except(mut self, kept: Invariant) -> Self {
        self.goals.except.push(kept);
        self
    }

    fn touching(mut self, path: &Path) -> Self {
        self.touches.push(path.clone());
        self
    }

    fn by(mut self, edit: Edit) -> Self {
        self.edit = edit;
        self
    }
}

/// Returns all mutations that the contract makes possible, in a fixed order.
///
/// ```
/// let spec = kling_spec::Spec::embedded("kling-v3").expect("a known model");
/// let mutations = kling_testgen::mutations(&spec);
/// assert!(mutations.iter().any(|mutation| mutation.planted().rule == "image-to-video-length"));
/// ```
pub fn mutations(spec: &Spec) -> Vec<Mutation> {
    let catalogue = Catalogue::new(spec);
    let mut mutations = Vec::new();
    catalogue.members(&mut mutations);
    catalogue.types(&mut mutations);
    catalogue.values(&mut mutations);
    catalogue.addresses(&mut mutations);
    catalogue.placeholders(&mut mutations);
    catalogue.mistakes(&mut mutations);
    catalogue.rules(&mut mutations);
    mutations
}

/// What the lists of mutations are made from.
struct Catalogue<'s> {
    spec: &'s Spec,
    common: Common,
    /// The other contracts that a checker of the embedded ones knows.
    others: Vec<Spec>,
    model: Path,
}

impl<'s> Catalogue<'s> {
    fn new(spec: &'s Spec) -> Self {
        // A checker of a user's contract may not know the embedded ones.
        let is_embedded = EMBEDDED.iter().any(|contract| contract.id == spec.id());
        let others = EMBEDDED
            .iter()
            .filter(|contract| is_embedded && contract.id != spec.id());
        Self {
            spec,
            common: Common::embedded(),
            others: others.map(kling_spec::EmbeddedContract::parse).collect(),
            model: Path::ROOT.member("model"),
        }
    }

    /// Makes a mutation of a common rule at a path, with the rule's own level or else the claim's.
    fn mutation(
        &self,
        rule: CommonRule,
        path: &Path,
        detail: &str,
        claim: &Ground,
        expressible: bool,
    ) -> Mutation {
        let level = self.common.rule(rule).level.unwrap_or(claim.level);
        let at = if path.steps().is_empty() {
            "the request".to_owned()
        } else {
            path.to_string()
        };
        let what = if detail.is_empty() {
            format!("{rule} at {at}")
        } else {
            format!("{rule} at {at}: {detail}")
        };
        let mutation = Mutation::new(what, rule.id(), level, expressible);
        // Without a readable model, nothing else is found.
        if *path == self.model {
            mutation.touching(Path::ROOT)
        } else {
            mutation.touching(path)
        }
    }

    /// Returns the ground of a field, for rules whose level is fixed.
    fn ground(&self, path: &Path) -> &Ground {
        let field = self
            .spec
            .fields()
            .get(path)
            .or_else(|| self.spec.fields().get(&self.model));
        &field.expect("every contract has a row for `model`").ground
    }

    /// Returns whether the name is known outside lists at another place, or at this place in another model.
    fn belongs_elsewhere(&self, path: &Path) -> bool {
        let Some(name) = path.name() else {
            return false;
        };
        let named =
            |field: &Path| !field.is_inside_list() && field.name() == Some(name) && field != path;
        let own = self.spec.fields().keys().any(named);
        own || self.others.iter().any(|other| {
            other
                .fields()
                .keys()
                .any(|field| field == path || named(field))
        })
    }
}

/// Returns the condition that the field is present at least once; always true for the root.
fn there(path: &Path) -> Condition {
    let relative = behind_items(path);
    match path.list() {
        _ if path.steps().is_empty() => Condition::AllOf(Vec::new()),
        None => Condition::Present(path.clone()),
        Some(list) if relative.steps().is_empty() => Condition::Present(list),
        Some(list) => Condition::Contains(list, Box::new(Condition::Present(relative))),
    }
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

fn is_error(ground: &Ground) -> bool {
    ground.level == Level::Error
}

/// Returns the simplest value that satisfies everything the row of the field says.
fn simple_value(spec: &Spec, path: &Path) -> Json {
    Values { spec, optional: 0 }.value(path, &mut Choices::new(Vec::new()))
}

fn scalars(values: &[Scalar]) -> Vec<Json> {
    values.iter().map(Json::from).collect()
}
