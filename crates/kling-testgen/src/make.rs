//! Changing a plan so that a condition becomes true or false, with which generators keep and break rules they do not
//! know.

use kling_spec::{Condition, Path, Scalar, Step};

use crate::choices::Choices;
use crate::holds::{holds_in, total};
use crate::json::Json;
use crate::json::pointer::{Key, Pointer, with};
use crate::value::Values;

/// The maximum number of items added to make a list too long.
const MOST_ADDED: u64 = 200;

/// A plan that is being changed, seen from one of its objects.
pub(crate) struct Maker<'m> {
    pub(crate) values: Values<'m>,
    pub(crate) plan: &'m mut Json,
    pub(crate) choices: &'m mut Choices,
}

/// The object at which paths begin.
#[derive(Debug, Clone, Default)]
pub(crate) struct Base {
    path: Path,
    place: Pointer,
}

impl Maker<'_> {
    fn holds(&self, base: &Base, condition: &Condition) -> bool {
        let here = self.plan.at(&base.place);
        here.is_some_and(|here| holds_in(self.values.spec, here, &base.path, condition))
    }

    /// Tries to make the condition true. Returns whether it now is.
    pub(crate) fn make_true(&mut self, base: &Base, condition: &Condition) -> bool {
        if self.holds(base, condition) {
            return true;
        }
        match condition {
            Condition::Present(path) => self.add(base, path),
            Condition::Const(path, value) => self.equal(base, path, value),
            Condition::MaxItems(lists, most) => self.shorten(base, lists, *most),
            Condition::Contains(list, item) => self.add_fitting(base, list, item),
            Condition::MaxContains(list, item, most) => self.spoil_fitting(base, list, item, *most),
            Condition::Not(inner) => self.make_false(base, inner),
            Condition::AllOf(several) => several.iter().all(|inner| self.make_true(base, inner)),
            Condition::AnyOf(several) => {
                let first = self.choices.index(several.len());
                let (before, after) = several.split_at(first);
                after
                    .iter()
                    .chain(before)
                    .any(|inner| self.make_true(base, inner))
            }
        }
    }

    /// Tries to make the condition false. Returns whether it now is.
    pub(crate) fn make_false(&mut self, base: &Base, condition: &Condition) -> bool {
        if !self.holds(base, condition) {
            return true;
        }
        match condition {
            Condition::Present(path) => self.remove(base, path),
            Condition::Const(path, value) => self.differ(base, path, value),
            Condition::MaxItems(lists, most) => self.lengthen(base, lists, *most),
            Condition::Contains(list, item) => self.spoil_fitting(base, list, item, 0),
            Condition::MaxContains(list, item, most) => {
                for _ in 0..=*most.min(&MOST_ADDED) {
                    if self.holds(base, condition) && !self.add_fitting(base, list, item) {
                        return false;
                    }
                }
                !self.holds(base, condition)
            }
            Condition::Not(inner) => self.make_true(base, inner),
            Condition::AllOf(several) => {
                let first = self.choices.index(several.len());
                let (before, after) = several.split_at(first);
                after
                    .iter()
                    .chain(before)
                    .any(|inner| self.make_false(base, inner))
            }
            Condition::AnyOf(several) => several.iter().all(|inner| self.make_false(base, inner)),
        }
    }

    /// Puts a value at a path, creating the objects around it.
    fn put(&mut self, base: &Base, path: &Path, value: Json) -> bool {
        let Some((last, objects)) = path.steps().split_last() else {
            return false;
        };
        let Step::Member(name) = last else {
            return false;
        };
        let mut at = base.clone();
        for step in objects {
            let Step::Member(object) = step else {
                return false;
            };
            at.path = at.path.member(object);
            let inner = with(&at.place, Key::Member(object.clone()));
            if self.plan.at(&inner).is_none() {
                let required_only = Values {
                    optional: 0,
                    ..self.values
                };
                let created = required_only.value(&at.path, self.choices);
                if let Some(around) = self.plan.at_mut(&at.place) {
                    around.set(object, created);
                }
            }
            at.place = inner;
        }
        let around = self.plan.at_mut(&at.place);
        let is_object = matches!(around, Some(Json::Object(_)));
        if let Some(around) = around {
            around.set(name, value);
        }
        is_object
    }

    fn add(&mut self, base: &Base, path: &Path) -> bool {
        let value = self.values.value(&base.path.join(path), self.choices);
        self.put(base, path, value)
    }

    /// Removes an optional member.
    fn remove(&mut self, base: &Base, path: &Path) -> bool {
        let Some((place, name)) = member_place(base, path) else {
            return false;
        };
        let field = self.values.spec.fields().get(&base.path.join(path));
        if field.is_some_and(|field| field.required.is_some()) {
            return false;
        }
        self.plan.at_mut(&place).is_none_or(|around| {
            around.remove(&name);
            true
        })
    }

    fn equal(&mut self, base: &Base, path: &Path, value: &Scalar) -> bool {
        let by_default = self.values.spec.default_of(&base.path.join(path)) == Some(value);
        if by_default && self.choices.chance(50) && self.remove(base, path) {
            return true;
        }
        self.put(base, path, value.into())
    }

    fn differ(&mut self, base: &Base, path: &Path, value: &Scalar) -> bool {
        let Some(field) = self.values.spec.fields().get(&base.path.join(path)) else {
            return false;
        };
        let by_default = self.values.spec.default_of(&field.path) == Some(value);
        if !by_default && self.choices.chance(50) && self.remove(base, path) {
            return true;
        }
        match self.values.another(field, value, self.choices) {
            Some(other) => self.put(base, path, other),
            None => !by_default && self.remove(base, path),
        }
    }

    fn list(&self, base: &Base, list: &Path) -> &[Json] {
        member_place(base, list)
            .and_then(|(place, name)| self.plan.at(&place)?.member(&name))
            .map_or(&[], Json::items)
    }

    /// Removes an item, and the list with it if that leaves it empty. Returns false if a list must keep its last item.
    fn drop_item(&mut self, base: &Base, list: &Path, index: usize) -> bool {
        if self.list(base, list).len() <= 1 {
            return self.remove(base, list);
        }
        let Some((place, name)) = member_place(base, list) else {
            return false;
        };
        if let Some(Json::Array(items)) = self.plan.at_mut(&with(&place, Key::Member(name))) {
            items.remove(index);
        }
        true
    }

    /// Adds an item, and the list if there is none. Returns its index.
    fn push_item(&mut self, base: &Base, list: &Path) -> Option<usize> {
        let item = self
            .values
            .value(&base.path.join(list).items(), self.choices);
        let (place, name) = member_place(base, list)?;
        if let Some(Json::Array(items)) = self.plan.at_mut(&with(&place, Key::Member(name))) {
            items.push(item);
            return Some(items.len() - 1);
        }
        self.put(base, list, Json::Array(vec![item])).then_some(0)
    }

    fn shorten(&mut self, base: &Base, lists: &[Path], most: u64) -> bool {
        loop {
            let Some(here) = self.plan.at(&base.place) else {
                return false;
            };
            if total(here, lists) <= most {
                return true;
            }
            let filled: Vec<&Path> = lists
                .iter()
                .filter(|list| !self.list(base, list).is_empty())
                .collect();
            let first = self.choices.index(filled.len());
            let (before, after) = filled.split_at(first);
            let dropped = after.iter().chain(before).any(|list| {
                let last = self.list(base, list).len() - 1;
                self.drop_item(base, list, last)
            });
            if !dropped {
                return false;
            }
        }
    }

    fn lengthen(&mut self, base: &Base, lists: &[Path], most: u64) -> bool {
        if most > MOST_ADDED {
            return false;
        }
        loop {
            let Some(here) = self.plan.at(&base.place) else {
                return false;
            };
            if total(here, lists) > most {
                return true;
            }
            let has_room = |list: &&Path| {
                let limit = self
                    .values
                    .spec
                    .fields()
                    .get(&base.path.join(list))
                    .and_then(|field| field.max_items.as_ref());
                let count = u64::try_from(self.list(base, list).len()).unwrap_or(u64::MAX);
                limit.is_none_or(|limit| count < limit.value)
            };
            let roomy: Vec<&Path> = lists.iter().filter(has_room).collect();
            let chosen = self.choices.one(&roomy).copied().or(lists.first());
            let Some(list) = chosen else { return false };
            if self.push_item(base, list).is_none() {
                return false;
            }
        }
    }

    /// Makes one more item of the list satisfy the condition: an existing item, or a new one.
    fn add_fitting(&mut self, base: &Base, list: &Path, item: &Condition) -> bool {
        let others: Vec<usize> = (0..self.list(base, list).len())
            .filter(|&index| !item_base(base, list, index).is_some_and(|at| self.holds(&at, item)))
            .collect();
        if self.choices.chance(50)
            && let Some(&index) = self.choices.one(&others)
            && let Some(at) = item_base(base, list, index)
            && self.make_true(&at, item)
        {
            return true;
        }
        let Some(index) = self.push_item(base, list) else {
            return false;
        };
        item_base(base, list, index).is_some_and(|at| self.make_true(&at, item))
    }

    /// Leaves at most this many items of the list that satisfy the condition.
    fn spoil_fitting(&mut self, base: &Base, list: &Path, item: &Condition, most: u64) -> bool {
        loop {
            let fitting: Vec<usize> = (0..self.list(base, list).len())
                .filter(|&index| {
                    item_base(base, list, index).is_some_and(|at| self.holds(&at, item))
                })
                .collect();
            if u64::try_from(fitting.len()).unwrap_or(u64::MAX) <= most {
                return true;
            }
            let Some(&index) = self.choices.one(&fitting) else {
                return false;
            };
            let Some(at) = item_base(base, list, index) else {
                return false;
            };
            let spoiled = self.choices.chance(60) && self.make_false(&at, item);
            if !spoiled && !self.drop_item(base, list, index) && !self.make_false(&at, item) {
                return false;
            }
        }
    }
}

/// Returns the place of the object around the last step of a path of members, and the step's name.
fn member_place(base: &Base, path: &Path) -> Option<(Pointer, String)> {
    let mut place = base.place.clone();
    for step in path.steps() {
        let Step::Member(name) = step else {
            return None;
        };
        place.push(Key::Member(name.clone()));
    }
    let Some(Key::Member(name)) = place.pop() else {
        return None;
    };
    Some((place, name))
}

fn item_base(base: &Base, list: &Path, index: usize) -> Option<Base> {
    let (place, name) = member_place(base, list)?;
    let place = with(&with(&place, Key::Member(name)), Key::Index(index));
    Some(Base {
        path: base.path.join(list).items(),
        place,
    })
}
