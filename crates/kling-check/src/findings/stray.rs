//! Keys that an object does not have: what they mean, and reading their values as that.

use kling_json::Text;
use kling_spec::{CommonRule, Convert, Level, Mistake};
use kling_text::quote;

use super::conversion::converted;
use super::words::{field_name, home_name, place_name};
use super::{Effect, Finder};
use crate::fix::{Meaning, is_meant};
use crate::prose::alternatives;
use crate::table::{Capture, FieldId, ObjectId, Table};
use crate::walk::Halt;

/// The most members that are listed where no better advice can be given.
const LISTED_MEMBERS: usize = 12;

/// What a stray key means.
enum Stray<'c> {
    /// A member of another level of this model.
    Misplaced(FieldId),
    /// A member of other models; this one may have something for it.
    Foreign(Vec<&'c str>, Option<&'c Mistake>),
    /// A known mistake.
    Misnamed(&'c Mistake),
    /// Nothing known; perhaps a slip.
    Unknown(Option<FieldId>),
}

impl<'t, 'c> Finder<'t, 'c> {
    /// Reports a stray key and reads its value as what it can only mean. Gives the members of the
    /// object that are there under a wrong name.
    pub(super) fn stray_key(
        &mut self,
        object: ObjectId,
        start: usize,
        key: Text<'t>,
        seen: u64,
    ) -> Result<u64, Halt> {
        self.remember_key(&key);
        let name = key.decode();
        if !self.sink.memory.stray_keys.insert(start, name.clone()) {
            self.sink.duplicate_key(self.checker, &key);
            self.skip()?;
            return Ok(0);
        }
        let stray = self.meaning(object, &name);
        let table: &'c Table = self.table;
        let (target, mistake) = match &stray {
            Stray::Misplaced(field) => (Some(*field), self.mistake_at_key(object, &name)),
            Stray::Unknown(field) => (*field, None),
            Stray::Foreign(_, mistake) => (
                mistake.and_then(|mistake| target_of(table, mistake)),
                *mistake,
            ),
            Stray::Misnamed(mistake) => (target_of(table, mistake), Some(*mistake)),
        };
        let place = target.and_then(|target| self.member_place(object, target));
        let taken = target.is_some_and(|target| self.is_taken(start, target, place, seen));
        let (taken, target) = if taken {
            (target, None)
        } else {
            (None, target)
        };
        let read_as = target.filter(|target| self.can_be_read_here(object, *target));
        if let Some(field) = read_as.or(taken) {
            self.sink.kept.mean(|| Meaning::Key {
                target: field,
                here: place.is_some(),
                taken: taken.is_some(),
                slip: matches!(stray, Stray::Unknown(_)),
                mistake,
            });
        } else if matches!(stray, Stray::Foreign(_, None) | Stray::Unknown(None)) {
            self.sink.kept.mean(|| Meaning::Nothing);
        }
        self.report_stray(object, &key, &name, &stray, taken, (target, mistake));
        let mut claimed = 0;
        match read_as {
            Some(target) => {
                claimed = place.map_or(0, |place| 1 << place);
                self.sink.read_elsewhere = true;
                if mistake.and_then(|mistake| mistake.convert) == Some(Convert::ByHand) {
                    self.facts.unusable(self.table, target);
                    self.skip()?;
                } else {
                    self.read_as(target, mistake)?;
                }
            }
            None => self.skip()?,
        }
        Ok(claimed)
    }

    /// The entry of the table of mistakes for a key of an object.
    fn mistake_at_key(&self, object: ObjectId, name: &str) -> Option<&'c Mistake> {
        let table: &'c Table = self.table;
        table.strays().mistake(&table.spec, object, name)
    }

    fn meaning(&self, object: ObjectId, name: &str) -> Stray<'c> {
        let table: &'c Table = self.table;
        let mistake = self.mistake_at_key(object, name);
        let here = table.object(object).field;
        if !here.is_some_and(|field| table.field(field).inside_list) {
            if let Some(home) = table.strays().single(name) {
                return Stray::Misplaced(home);
            }
            let checker: &'c crate::Checker = self.checker;
            let owns = |table: &&Table| {
                let field = table.strays().single(name);
                field.is_some_and(|field| !table.row(field).common)
            };
            let owners: Vec<&'c str> = checker
                .tables()
                .filter(owns)
                .map(|table| table.spec.id())
                .collect();
            if !owners.is_empty() {
                return Stray::Foreign(owners, mistake);
            }
        }
        if let Some(mistake) = mistake {
            return Stray::Misnamed(mistake);
        }
        if let Some(home) = table.strays().named(name) {
            return Stray::Misplaced(home);
        }
        // A slip names a member of this object, or one that can be there only once.
        let near = table.strays().near(object, name);
        Stray::Unknown(near.and_then(|near| {
            let own = table.object(object).lookup.named(near);
            let own = own.map(|place| table.object(object).members[place]);
            own.or_else(|| table.strays().single(near))
        }))
    }

    /// The place of a field among the members of an object, if it is one.
    fn member_place(&self, object: ObjectId, field: FieldId) -> Option<usize> {
        self.table
            .object(object)
            .members
            .iter()
            .position(|member| *member == field)
    }

    fn is_taken(&mut self, start: usize, target: FieldId, place: Option<usize>, seen: u64) -> bool {
        let settled = self.table.field(target).capture == Capture::Model && self.sink.model_settled;
        let seen =
            place.is_some_and(|place| seen >> place & 1 == 1) || self.place(target).is_some();
        settled || seen || place.is_some() && self.comes_later(start, target)
    }

    /// Whether the object that is being read, which began at `start`, has the member behind the
    /// value that is next.
    fn comes_later(&mut self, start: usize, member: FieldId) -> bool {
        // Once it has been read it is seen, so what was found stays true; and many keys may ask.
        if let Some(known) = self.sink.memory.later.get(&(start, member)) {
            return *known;
        }
        let found = self.stands_ahead(member);
        self.sink.memory.later.insert((start, member), found);
        found
    }

    fn stands_ahead(&self, member: FieldId) -> bool {
        let Some(name) = self.row_of(member).path.name() else {
            return false;
        };
        let mut ahead = self.cursor.clone();
        let mut first = false;
        // Broken text behind here has its own finding.
        while ahead.skip().is_ok() {
            match ahead.next_key(&mut first) {
                Ok(Some(key)) if key.equals(name) => return true,
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return false,
            }
        }
        false
    }

    /// Members of items can be read only inside of the item.
    fn can_be_read_here(&self, object: ObjectId, target: FieldId) -> bool {
        !self.table.field(target).inside_list || self.member_place(object, target).is_some()
    }

    fn report_stray(
        &mut self,
        object: ObjectId,
        key: &Text<'t>,
        name: &str,
        stray: &Stray<'c>,
        taken: Option<FieldId>,
        (target, mistake): (Option<FieldId>, Option<&'c Mistake>),
    ) {
        let table: &'c Table = self.table;
        // What the service drops is missed where it is required.
        let required = target.and_then(|field| self.row_of(field).required.as_ref());
        let service = required.map(|ground| ground.service);
        if self.sink.kept.is_full(Level::Error) {
            // It is only counted: its words are not worth making.
            self.sink
                .kept
                .count(Level::Error, service.map_or(Effect::Billed, Effect::of));
            return;
        }
        let rule = match stray {
            Stray::Misplaced(_) | Stray::Foreign(..) => CommonRule::MisplacedField,
            Stray::Misnamed(_) => CommonRule::MisnamedField,
            Stray::Unknown(_) => CommonRule::UnknownField,
        };
        let words = self.sink.kept.with_texts().then(|| {
            let (what, advice) = self.stray_words(object, name, stray);
            if let Some(field) = taken {
                let member = field_name(&self.row_of(field).path);
                let advice = if self.value_is_meant() {
                    "write into it what this one says, and then drop this one"
                } else {
                    "drop this one"
                };
                return (what, format!("{member} is there already: {advice}"));
            }
            let meant = target.zip(mistake);
            let member = meant.and_then(|(field, mistake)| self.meant_member(field, mistake));
            match member {
                Some(member) => (what, format!("{advice}; here: `{member}`")),
                None => (what, advice),
            }
        });
        let here = table.object(object).field;
        let here = here.map(|field| &table.row(field).path);
        self.sink.with_service(
            self.checker,
            rule,
            None,
            service,
            None,
            key.span(),
            |values| {
                let (what, advice) = words.unwrap_or_default();
                values.push(("model", table.spec.id().to_owned()));
                values.push(("name", quote(name)));
                values.push(("place", place_name(here)));
                values.push(("what", what));
                values.push(("advice", advice));
            },
        );
    }

    /// What is wrong with a stray key where its rule does not say it, and what to do.
    fn stray_words(&self, object: ObjectId, name: &str, stray: &Stray<'c>) -> (String, String) {
        let model = self.table.spec.id();
        let here = self
            .table
            .object(object)
            .field
            .map(|field| &self.row_of(field).path);
        match stray {
            Stray::Misplaced(field) => {
                let home = &self.row_of(*field).path;
                let what = format!(
                    "{} belongs {}, not {}",
                    quote(name),
                    home_name(home),
                    place_name(here)
                );
                let advice = if home.is_inside_list() {
                    format!(
                        "move it into the item of `{}` that it is for",
                        home.list().unwrap_or_default()
                    )
                } else {
                    format!("move it to `{home}`")
                };
                (what, advice)
            }
            Stray::Foreign(owners, mistake) => {
                let owners: Vec<String> = owners.iter().map(|owner| (*owner).to_owned()).collect();
                let what = format!(
                    "{} is a field of {}, not of {model}",
                    quote(name),
                    and_list(&owners)
                );
                let advice = mistake.map_or_else(
                    || {
                        let models = alternatives(&owners);
                        if self.value_is_meant() {
                            format!(
                                "use a model that has it: {models}; or write what it says into another field, and then drop it"
                            )
                        } else {
                            format!("drop it, or use a model that has it: {models}")
                        }
                    },
                    |mistake| mistake.say.clone(),
                );
                (what, advice)
            }
            Stray::Misnamed(mistake) => (String::new(), mistake.say.clone()),
            Stray::Unknown(Some(field)) => {
                let advice = format!("did you mean {}?", field_name(&self.row_of(*field).path));
                (String::new(), advice)
            }
            Stray::Unknown(None) => (String::new(), self.known_members(object)),
        }
    }

    fn known_members(&self, object: ObjectId) -> String {
        let members = &self.table.object(object).members;
        let names: Vec<String> = members
            .iter()
            .map(|member| self.row_of(*member))
            .filter(|row| !row.common)
            .filter_map(|row| row.path.name())
            .take(LISTED_MEMBERS)
            .map(|name| format!("`{name}`"))
            .collect();
        let more = if members.len() > names.len() + 2 {
            ", …"
        } else {
            ""
        };
        let names = names.join(", ");
        if self.value_is_meant() {
            format!(
                "write what it says into one of the fields here, and then drop it; they are {names}{more}"
            )
        } else {
            format!("drop it; the fields here are {names}{more}")
        }
    }

    /// Whether the next value says more than may be dropped.
    fn value_is_meant(&self) -> bool {
        let mut ahead = self.cursor.clone();
        // Broken text behind here has its own finding.
        ahead
            .skip()
            .is_ok_and(|span| is_meant(span.of(ahead.text())))
    }
}

impl Finder<'_, '_> {
    /// The next value as the member that it is meant to be.
    fn meant_member(&self, field: FieldId, mistake: &Mistake) -> Option<String> {
        let row = self.row_of(field);
        let written = self.scalar_ahead()?;
        let meant = converted(mistake, &written)?;
        let fits = row.closed_values().is_none_or(|list| list.contains(&meant));
        fits.then(|| format!("\"{}\": {meant}", row.path.name().unwrap_or_default()))
    }
}

fn target_of(table: &Table, mistake: &Mistake) -> Option<FieldId> {
    table.field_id(mistake.means.as_ref()?)
}

fn and_list(words: &[String]) -> String {
    match words {
        [front @ .., last] if !front.is_empty() => format!("{} and {last}", front.join(", ")),
        _ => words.concat(),
    }
}
