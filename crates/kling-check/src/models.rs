//! The contracts of a checker, compiled on first use, and which of them a request is for.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use kling_json::{Document, Kind, Node, Text};
use kling_spec::{
    Candidates, Common, EDITIONS, EMBEDDED, EmbeddedContract, Path, SEED, Spec, nearest,
};

use crate::counterparts::Counterparts;
use crate::spelling::{Spellings, digits};
use crate::table::{FieldId, Names, Table};

/// The contracts, in order, and what is derived from all of them together.
#[derive(Debug)]
pub(crate) struct Models {
    all: Vec<Model>,
    /// The model that is assumed for a request that names none.
    assumed: Option<usize>,
    /// The edition of the contracts that come with `kling-spec`.
    edition: &'static str,
    /// The models in the other editions, the newest first.
    others: OnceLock<Vec<Models>>,
    common: OnceLock<Common>,
    /// By name: the fields outside lists that have it, on the pages of this edition first, then on the others, the
    /// newest first.
    owners: OnceLock<Names<Vec<Owner>>>,
    /// The top-level names of all models, to recognise slips of `model`.
    top_names: OnceLock<Candidates>,
    /// The keys known to be written for `model`.
    mistakes_for_model: OnceLock<Names<()>>,
    /// The ids of the models, to recognise slips of them.
    spellings: OnceLock<Spellings>,
}

#[derive(Debug)]
struct Model {
    id: String,
    embedded: Option<Embedded>,
    table: OnceLock<Table>,
    /// Its pages in the other editions: the place of the edition, that of the model there, and what is where.
    other_pages: OnceLock<Vec<(usize, usize, Counterparts)>>,
}

impl Model {
    const fn new(id: String, embedded: Option<Embedded>, table: OnceLock<Table>) -> Self {
        Self {
            id,
            embedded,
            table,
            other_pages: OnceLock::new(),
        }
    }
}

/// A field of a page, by its name.
#[derive(Debug)]
struct Owner {
    /// The place of the edition among the others; `None` for this one.
    edition: Option<usize>,
    /// The place of the model in the edition.
    model: usize,
    /// The id of its contract, if that comes with `kling-spec`.
    contract: Option<&'static str>,
    field: FieldId,
}

/// The page of a model in another edition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OtherPage<'m> {
    /// All models in that edition.
    pub(crate) models: &'m Models,
    pub(crate) table: &'m Table,
    pub(crate) counterparts: &'m Counterparts,
}

/// A contract that comes with `kling-spec`.
#[derive(Debug, Clone, Copy)]
struct Embedded {
    contract: &'static EmbeddedContract,
    /// The edition whose page holds.
    edition: &'static str,
}

impl Models {
    /// Returns the models whose contracts come with `kling-spec`.
    pub(crate) fn embedded() -> Self {
        Self::in_edition(SEED)
    }

    /// Returns the models that have a page in an edition.
    pub(crate) fn in_edition(edition: &'static str) -> Self {
        let models = EMBEDDED.iter().filter_map(|contract| {
            let edition = contract.holding_in(edition)?;
            Some(Model::new(
                contract.id_in(edition).to_owned(),
                Some(Embedded { contract, edition }),
                OnceLock::new(),
            ))
        });
        Self::of(models.collect(), edition)
    }

    /// Returns the edition of the contracts that come with `kling-spec`.
    pub(crate) const fn edition(&self) -> &'static str {
        self.edition
    }

    /// Returns the same models in the other editions, the newest first.
    fn others(&self) -> &[Self] {
        self.others.get_or_init(|| {
            let others = EDITIONS.iter().rev().copied();
            let others = others.filter(|edition| *edition != self.edition);
            others
                .map(|edition| self.in_other_edition(edition))
                .collect()
        })
    }

    /// Returns whether the other editions have been read.
    #[cfg(test)]
    pub(crate) fn has_read_others(&self) -> bool {
        self.others.get().is_some()
    }

    /// Returns the field with a name that a request can have only once, on the first page that has one: another page of
    /// the same model, or else one of another model.
    pub(crate) fn owner(&self, model: &str, name: &str) -> Option<(&Table, FieldId)> {
        let owners = self.owners.get_or_init(|| self.make_owners()).get(name)?;
        let index = self.index_of(model)?;
        let contract = self.all[index].embedded.map(|here| here.contract.id);
        let is_other_page = |owner: &&Owner| owner.edition.is_some() && owner.contract == contract;
        let is_other_model = |owner: &&Owner| owner.edition.is_some() || owner.model != index;
        let mut pages = owners.iter();
        let same = contract.and_then(|_| pages.find(is_other_page));
        let owner = same.or_else(|| owners.iter().find(is_other_model))?;
        let models = owner
            .edition
            .map_or(self, |edition| &self.others()[edition]);
        Some((models.table(owner.model), owner.field))
    }

    fn make_owners(&self) -> Names<Vec<Owner>> {
        let mut owners = BTreeMap::<&str, Vec<Owner>>::new();
        let others = self.others().iter().enumerate();
        let others = others.map(|(edition, models)| (Some(edition), models));
        for (edition, models) in [(None, self)].into_iter().chain(others) {
            for (model, table) in models.tables().enumerate() {
                let contract = models.all[model].embedded.map(|here| here.contract.id);
                for (field, row) in table.spec.fields().values().enumerate() {
                    let is_single = !row.path.is_inside_list() && !row.common;
                    if let Some(name) = row.path.name().filter(|_| is_single) {
                        owners.entry(name).or_default().push(Owner {
                            edition,
                            model,
                            contract,
                            field,
                        });
                    }
                }
            }
        }
        Names::new(owners)
    }

    fn in_other_edition(&self, edition: &'static str) -> Self {
        let mut other = Self::in_edition(edition);
        let assumed = self.assumed.and_then(|index| self.all[index].embedded);
        other.assumed = assumed.and_then(|assumed| other.of_contract(assumed.contract));
        other
    }

    /// Returns the place of the model with this contract.
    fn of_contract(&self, contract: &EmbeddedContract) -> Option<usize> {
        let ids = self.all.iter().map(|model| model.embedded);
        let mut ids = ids.map(|embedded| embedded.map(|embedded| embedded.contract.id));
        ids.position(|id| id == Some(contract.id))
    }

    /// Iterates over the pages that a model has in the other editions, the newest first.
    pub(crate) fn other_pages(&self, index: usize) -> impl Iterator<Item = OtherPage<'_>> {
        let pages = self.all[index].other_pages.get_or_init(|| {
            let others = self.others().iter().enumerate();
            let pages = others.filter_map(|(edition, other)| {
                let place = self.place_in(index, other)?;
                let counterparts = Counterparts::new(self.table(index), other.table(place));
                Some((edition, place, counterparts))
            });
            pages.collect()
        });
        pages.iter().map(|(edition, place, counterparts)| {
            let models = &self.others()[*edition];
            OtherPage {
                models,
                table: models.table(*place),
                counterparts,
            }
        })
    }

    /// Returns the place in another edition of a model of this one, if it has another page there, of that edition.
    fn place_in(&self, index: usize, other: &Self) -> Option<usize> {
        let here = self.all[index].embedded?;
        let place = other.of_contract(here.contract)?;
        let there = other.all[place].embedded?;
        (there.edition == other.edition && there.edition != here.edition).then_some(place)
    }

    /// Returns the model that is assumed for a request that names none.
    pub(crate) const fn assumed(&self) -> Option<usize> {
        self.assumed
    }

    /// Sets the model that is assumed for a request that names none.
    pub(crate) fn assume(&mut self, index: usize) {
        self.assumed = Some(index);
        self.others = OnceLock::new();
    }

    /// Puts the given contracts before the existing ones.
    pub(crate) fn with(specs: Vec<Spec>, others: Self) -> Self {
        // The assumed model moves behind the new ones.
        let assumed = others.assumed.map(|index| index + specs.len());
        let given = specs.into_iter().map(|spec| {
            Model::new(
                spec.id().to_owned(),
                None,
                OnceLock::from(Table::compile(spec)),
            )
        });
        Self {
            assumed,
            ..Self::of(given.chain(others.all).collect(), others.edition)
        }
    }

    /// Returns no models.
    pub(crate) const fn none() -> Self {
        Self::of(Vec::new(), SEED)
    }

    const fn of(all: Vec<Model>, edition: &'static str) -> Self {
        Self {
            all,
            assumed: None,
            edition,
            others: OnceLock::new(),
            common: OnceLock::new(),
            owners: OnceLock::new(),
            top_names: OnceLock::new(),
            mistakes_for_model: OnceLock::new(),
            spellings: OnceLock::new(),
        }
    }

    /// Iterates over the ids, in order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|model| model.id.as_str())
    }

    pub(crate) fn index_of(&self, id: &str) -> Option<usize> {
        self.all.iter().position(|model| model.id == id)
    }

    pub(crate) fn table(&self, index: usize) -> &Table {
        let model = &self.all[index];
        model.table.get_or_init(|| {
            let Embedded { contract, edition } = model
                .embedded
                .expect("a contract that was given is compiled at once");
            let spec = contract.parse_edition(edition);
            Table::compile(spec.expect("only a page that the model has was chosen"))
        })
    }

    pub(crate) fn tables(&self) -> impl Iterator<Item = &Table> {
        (0..self.all.len()).map(|index| self.table(index))
    }

    /// Returns the rules that do not belong to a single contract.
    pub(crate) fn common(&self) -> &Common {
        self.common.get_or_init(Common::embedded)
    }

    /// Returns the contract that a text names, or may mean.
    pub(crate) fn named(&self, written: &str) -> Option<usize> {
        self.known_as(written).or_else(|| {
            let make = || Spellings::new(self.ids());
            self.spellings.get_or_init(make).only(written)
        })
    }

    /// Returns the contract with this id, or with this id in another edition.
    pub(crate) fn known_as(&self, id: &str) -> Option<usize> {
        self.index_of(id).or_else(|| {
            self.all.iter().position(|model| {
                model.embedded.is_some_and(|Embedded { contract, .. }| {
                    let mut patches = contract.patches().iter();
                    contract.id == id || patches.any(|patch| patch.id == id)
                })
            })
        })
    }

    /// The id that may be meant by one that no contract has: that of the same model, or one alike; none with other digits,
    /// which is another model.
    pub(crate) fn alike(&self, written: &str) -> Option<&str> {
        if let Some(index) = self.known_as(written) {
            return self.ids().nth(index);
        }
        let same_digits = |id: &&str| digits(id).eq(digits(written));
        nearest(written, self.ids().filter(same_digits))
    }

    /// Returns whether a key is known to be written for `model`, or is a slip of it.
    fn means_model(&self, key: &Text<'_>) -> bool {
        let name = key.decode();
        self.is_mistake_for_model(&name)
            // A field of some model is not a slip of `model`: `mode` differs by one letter.
            || !self.tables().any(|table| table.object(0).named(&name).is_some())
                && self.top_name(&name) == Some("model")
    }

    /// Returns the top-level member that a key is, or may be a slip of.
    fn top_name(&self, key: &str) -> Option<&str> {
        let names = || {
            let rows = self
                .tables()
                .flat_map(|table| table.spec.members(Path::ROOT));
            Candidates::new(rows.filter_map(|row| row.path.name()))
        };
        self.top_names.get_or_init(names).nearest(key)
    }

    /// Returns whether some contract's table of mistakes says that this top-level key is written for `model`.
    fn is_mistake_for_model(&self, key: &str) -> bool {
        let names = || {
            let tables = self.tables();
            let names =
                tables.flat_map(|table| table.key_meanings().written_for(&table.spec, "model"));
            Names::new(names.map(|name| (name, ())))
        };
        let names = self.mistakes_for_model.get_or_init(names);
        names.get(key).is_some()
    }
}

/// What a request says about its model.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Naming<'d> {
    /// The text is not an object, or breaks off before its model is named.
    Nothing,
    /// It names a contract; `settled` if in a `model` member.
    Known { index: usize, settled: bool },
    /// It has a text that does not name a contract.
    Unknown(Node<'d>),
    /// Its `model` is not a string.
    Mistyped(Node<'d>),
    /// It has no model.
    Missing,
}

impl Naming<'_> {
    /// Returns whether the request has a `model` under that name, so that no other member is read as it.
    pub(crate) const fn is_settled(self) -> bool {
        match self {
            Self::Known { settled, .. } => settled,
            Self::Unknown(_) | Self::Mistyped(_) => true,
            Self::Nothing | Self::Missing => false,
        }
    }

    /// Returns the contract by which the request is read, by its place among the models; `assumed` if it names none.
    pub(crate) fn contract(self, document: &Document<'_>, assumed: Option<usize>) -> Option<usize> {
        let index = match self {
            Self::Known { index, .. } => Some(index),
            Self::Nothing | Self::Unknown(_) | Self::Mistyped(_) | Self::Missing => assumed,
        };
        index.filter(|_| document.root().kind() == Kind::Object)
    }

    /// Returns what a request says about its model, slips and wrong names included.
    pub(crate) fn of<'d>(models: &Models, document: &'d Document<'d>) -> Naming<'d> {
        let root = document.root();
        if root.kind() != Kind::Object {
            return Naming::Nothing;
        }
        let of_text = |node: Node<'d>, settled| {
            let text = node.text()?;
            Some(match models.named(&text.decode()) {
                Some(index) => Naming::Known { index, settled },
                None => Naming::Unknown(node),
            })
        };
        let is_model = |node: &Node<'_>| node.key().is_some_and(|key| key.equals("model"));
        if let Some(node) = root.children().find(is_model)
            && node.is_whole()
        {
            return of_text(node, true).unwrap_or(Naming::Mistyped(node));
        }
        // Other names count only if there is no `model`.
        let others = root.children().filter(|node| {
            node.kind() == Kind::String && node.key().is_some_and(|key| models.means_model(&key))
        });
        let mut others = others.filter_map(|node| of_text(node, false));
        let nothing = if document.error().is_some() {
            Naming::Nothing
        } else {
            Naming::Missing
        };
        others.next().unwrap_or(nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expected: Option<&str>) {
        let models = Models::embedded();
        let ids: Vec<&str> = models.ids().collect();
        let named = models.named(written).map(|index| ids[index]);
        assert_eq!(named, expected, "{written}");
    }

    #[test]
    fn a_slip_names_its_model() {
        check("kling-v3", Some("kling-v3"));
        check("Kling-V3-Omni", Some("kling-v3-omni"));
        check(" kling-v3-fast ", Some("kling-v3-fast"));
        check("kling_v3_omni", Some("kling-v3-omni"));
        check("kling v3", Some("kling-v3"));
        check("kling-v3-onmi", Some("kling-v3-omni"));
        check("klign-v3", Some("kling-v3"));
        check("klingv3", Some("kling-v3"));
    }

    #[test]
    fn a_far_longer_text_is_not_a_misspelling() {
        let blanks = |count: usize| format!("kling-v3{}", " ".repeat(count));
        check(&blanks(16), Some("kling-v3"));
        check(&blanks(17), None);
        check(&"kling-v3".repeat(1_000_000), None);
    }

    #[test]
    fn slips_of_a_contract_that_is_given_later_are_seen() {
        let models = Models::embedded();
        assert_eq!(models.named("wavse-1"), None);
        let contract = include_str!("../../kling-spec/models/kling-v3-fast.toml")
            .replacen("id = \"kling-v3-fast\"", "id = \"waves-1\"", 1)
            .replace("\"kling-v3-fast\"", "\"waves-1\"");
        let spec = Spec::from_toml(&contract).unwrap();
        let models = Models::with(vec![spec], models);
        assert_eq!(models.named("wavse-1"), Some(0));
    }

    #[test]
    fn another_model_is_not_a_misspelling() {
        for other in [
            "kling-v4",
            "kling-v3-omni-pro",
            "kling-v3.0",
            "kling",
            "v3",
            "kling-video-o1",
            "kling/kling-v3",
            "",
            "kling-v3-pro",
            "kling-v2-6",
        ] {
            check(other, None);
        }
    }
}
