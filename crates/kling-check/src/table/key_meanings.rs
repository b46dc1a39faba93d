//! The possible meanings of keys that are not members of their object, prepared for lookup.

use kling_spec::{Candidates, Field, Mistake, Path, Spec};

use super::{FieldId, Names, ObjectId};

/// What is known about the names of a contract.
#[derive(Debug)]
pub(crate) struct KeyMeanings {
    /// By name: the first field that a request can have only once.
    single: Names<FieldId>,
    /// By name: the first field.
    named: Names<FieldId>,
    objects: Vec<ObjectKeyMeanings>,
    /// By field: the entries of the table of mistakes for its value, as their places in [`Spec::mistakes`].
    of_value: Vec<Vec<usize>>,
}

/// What a key of an object may mean.
#[derive(Debug)]
struct ObjectKeyMeanings {
    /// What the key may be a slip of: the members, then fields that can occur only once.
    near: Candidates,
    /// By key: the first entry of the table of mistakes for it, as its place in [`Spec::mistakes`].
    mistakes: Names<usize>,
}

impl KeyMeanings {
    /// Prepares the names of a contract, with its objects in the order of their ids.
    pub(super) fn new<'p>(spec: &Spec, objects: impl IntoIterator<Item = &'p Path>) -> Self {
        Self {
            single: by_name(spec, |field| !field.path.is_inside_list()),
            named: by_name(spec, |_| true),
            objects: objects
                .into_iter()
                .map(|object| ObjectKeyMeanings {
                    near: near(spec, object),
                    mistakes: mistakes(spec, object),
                })
                .collect(),
            of_value: of_value(spec),
        }
    }

    /// Returns the entries of the table of mistakes for the value of a field.
    pub(crate) fn of_value<'s>(&self, spec: &'s Spec, field: FieldId) -> Vec<&'s Mistake> {
        let places = self.of_value[field].iter();
        places.map(|&place| &spec.mistakes()[place]).collect()
    }

    /// Returns the first field with a name that a request can have only once.
    pub(crate) fn single(&self, name: &str) -> Option<FieldId> {
        self.single.get(name).copied()
    }

    /// Returns the first field with a name.
    pub(crate) fn named(&self, name: &str) -> Option<FieldId> {
        self.named.get(name).copied()
    }

    /// Returns the name that a key of an object is probably a slip of.
    pub(crate) fn near(&self, object: ObjectId, key: &str) -> Option<&str> {
        self.objects[object].near.nearest(key)
    }

    /// Returns the first entry of the table of mistakes for a key of an object.
    pub(crate) fn mistake<'s>(
        &self,
        spec: &'s Spec,
        object: ObjectId,
        key: &str,
    ) -> Option<&'s Mistake> {
        let index = self.objects[object].mistakes.get(key)?;
        spec.mistakes().get(*index)
    }

    /// Returns the top-level keys that the table of mistakes lists as written for the top-level member with this name.
    pub(crate) fn written_for<'s>(
        &'s self,
        spec: &'s Spec,
        name: &'s str,
    ) -> impl Iterator<Item = &'s str> {
        let request = self.objects.first();
        let entries = request
            .into_iter()
            .flat_map(|request| request.mistakes.iter());
        entries.filter_map(move |(key, &place)| {
            let means = spec.mistakes().get(place)?.means.as_ref()?;
            (means.name() == Some(name)).then_some(key)
        })
    }
}

fn near(spec: &Spec, object: &Path) -> Candidates {
    let own = spec.members(object);
    let fields = spec.fields().values();
    let single = fields.filter(|field| !field.path.is_inside_list());
    Candidates::new(own.chain(single).filter_map(|field| field.path.name()))
}

fn mistakes(spec: &Spec, object: &Path) -> Names<usize> {
    let mistakes = spec.mistakes().iter().enumerate();
    Names::new(mistakes.filter_map(|(index, mistake)| {
        let is_here = mistake.at.is_member_of(object);
        Some((mistake.at.name().filter(|_| is_here)?, index))
    }))
}

fn of_value(spec: &Spec) -> Vec<Vec<usize>> {
    let mut places = vec![Vec::new(); spec.fields().len()];
    for (place, mistake) in spec.mistakes().iter().enumerate() {
        if let Some(field) = spec.fields().get_index_of(&mistake.at) {
            places[field].push(place);
        }
    }
    places
}

/// Maps each name to the first field for which `wanted` holds.
fn by_name(spec: &Spec, wanted: impl Fn(&Field) -> bool) -> Names<FieldId> {
    let fields = spec.fields().values().enumerate();
    let fields = fields.filter(|(_, field)| wanted(field));
    Names::new(fields.filter_map(|(index, field)| Some((field.path.name()?, index))))
}
