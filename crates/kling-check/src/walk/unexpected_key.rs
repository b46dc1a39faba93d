//! Keys that an object does not have: what they mean, and reading their values accordingly.

use std::collections::btree_map::Entry;

use kling_json::Node;
use kling_spec::{Convert, Mistake};

use super::{Broken, Walk};
use crate::finding::{FindingKind, Meaning, UnexpectedKey};
use crate::rewritten::rewritten;
use crate::table::{FieldId, ObjectId, Table};

impl<'d> Walk<'d> {
    /// Reports an unexpected key and reads its value as the only thing that it can mean. Returns the members of the
    /// object that are present under a wrong name; `seen` are the members read so far.
    #[cold]
    pub(super) fn unexpected_key(
        &mut self,
        object: ObjectId,
        node: Node<'d>,
        seen: u64,
    ) -> Result<u64, Broken> {
        let Some(key) = node.key() else { return Ok(0) };
        let name = key.decode();
        let place = node.parent().map_or(0, |around| around.span().start);
        if !self.unexpected_keys.insert((place, name.clone())) {
            self.duplicate(node);
            return Ok(0);
        }
        let table: &'d Table = self.table;
        let mistake = table.key_meanings().mistake(&table.spec, object, &name);
        let meaning = self.meaning(object, &name, mistake);
        let (target, mistake) = match &meaning {
            Meaning::Misplaced(field) => (Some(*field), mistake),
            Meaning::Unknown(_) => (None, None),
            Meaning::Foreign(_) => (
                mistake.and_then(|mistake| target_of(table, mistake)),
                mistake,
            ),
            Meaning::Misnamed(mistake) => (target_of(table, mistake), Some(*mistake)),
        };
        let rewritten = match target {
            None => rewritten(&self.context, table, object, &name, node),
            Some(_) => None,
        };
        let target = match (&rewritten, &meaning) {
            (Some(rewritten), _) => Some(rewritten.target),
            (None, Meaning::Unknown(near)) => *near,
            (None, _) => target,
        };
        let place = target.and_then(|target| table.object(object).place_of(target));
        let is_taken =
            target.is_some_and(|target| self.is_taken(object, node, target, place, seen));
        // Members of items can be read only inside the item.
        let read_as = target
            .filter(|target| !is_taken && (place.is_some() || !table.field(*target).inside_list));
        let unexpected = UnexpectedKey {
            object,
            meaning,
            target,
            is_taken,
            is_here: place.is_some(),
            is_read: read_as.is_some(),
            mistake,
            rewritten: rewritten.clone(),
        };
        self.add(node, FindingKind::UnexpectedKey(Box::new(unexpected)));
        let Some(target) = read_as else {
            self.skip(node);
            return Ok(0);
        };
        if let Some(rewritten) = rewritten {
            self.rewritten(rewritten, node);
        } else if mistake.and_then(|mistake| mistake.convert) == Some(Convert::ByHand) {
            self.facts.found(target, node, true);
            self.facts.open(target);
            self.skip(node);
        } else {
            self.read_as(target, mistake, node)?;
        }
        Ok(place.map_or(0, |place| 1 << place))
    }

    fn meaning(&self, object: ObjectId, name: &str, mistake: Option<&'d Mistake>) -> Meaning<'d> {
        let table: &'d Table = self.table;
        let here = table.object(object).field;
        if !here.is_some_and(|field| table.field(field).inside_list) {
            if let Some(home) = table.key_meanings().single(name) {
                return Meaning::Misplaced(home);
            }
            let owns = |table: &&Table| {
                let field = table.key_meanings().single(name);
                field.is_some_and(|field| !table.row(field).common)
            };
            let owners = self.context.models.tables().filter(owns);
            let owners: Vec<&'d str> = owners.map(|table| table.spec.id()).collect();
            if !owners.is_empty() {
                return Meaning::Foreign(owners);
            }
        }
        if let Some(mistake) = mistake {
            return Meaning::Misnamed(mistake);
        }
        if let Some(home) = table.key_meanings().named(name) {
            return Meaning::Misplaced(home);
        }
        // A slip names a member of this object, or one that can occur only once.
        let near = table.key_meanings().near(object, name);
        Meaning::Unknown(near.and_then(|near| {
            let members = table.object(object);
            let own = members.named(near).map(|place| members.members[place]);
            own.or_else(|| table.key_meanings().single(near))
        }))
    }

    /// Returns whether another member already is what an unexpected key means.
    fn is_taken(
        &mut self,
        object: ObjectId,
        node: Node<'d>,
        target: FieldId,
        place: Option<usize>,
        seen: u64,
    ) -> bool {
        let field = self.table.field(target);
        if field.is_model && self.is_model_settled {
            return true;
        }
        if !field.inside_list && self.facts.node(target).is_some() {
            return true;
        }
        let Some(place) = place else { return false };
        (seen | self.members_of(object, node)) >> place & 1 == 1
    }

    /// Returns the members that the object around a value has under their own names, one bit each.
    fn members_of(&mut self, object: ObjectId, node: Node<'d>) -> u64 {
        let Some(around) = node.parent() else {
            return 0;
        };
        match self.members.entry(around.span().start) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(entry) => {
                let members = self.table.object(object);
                let keys = around.children().filter_map(|child| child.key());
                let places = keys.filter_map(|key| members.place(&key, 0));
                *entry.insert(places.fold(0, |bits, place| bits | 1 << place))
            }
        }
    }
}

fn target_of(table: &Table, mistake: &Mistake) -> Option<FieldId> {
    table.field_id(mistake.means.as_ref()?)
}
