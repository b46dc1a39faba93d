//! What a walk has passed, for the findings that speak of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kling_json::{Cursor, Span};

use super::few::Few;
use super::keys::Keys;
use super::{POINTER_LENGTH, push_step};
use crate::table::FieldId;

/// Steps down that a request hardly ever goes beyond.
const USUAL_DEPTH: usize = 8;

/// Members that can be there only once, of which a request hardly ever has more.
const USUAL_MEMBERS: usize = 16;

/// A step of the way from the request to a value; it becomes a text only for a finding.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// A key, by where it begins.
    Key(usize),
    Index(usize),
}

/// Where a member's value stands. Few are ever asked for, so where it ends is found out then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The end of what precedes the value and the blanks before it.
    behind: usize,
    field: FieldId,
    /// Whether it is not at the path of the contract: then its pointer is among those in `elsewhere`.
    is_elsewhere: bool,
}

/// What has been passed of one text.
#[derive(Debug)]
pub(super) struct Memory<'t> {
    text: &'t str,
    /// The way to the value that is being read.
    way: Few<Step, USUAL_DEPTH>,
    /// Where members were found that can be there only once.
    places: Few<Place, USUAL_MEMBERS>,
    /// The pointers of those that stand in another place than the contract's.
    elsewhere: Vec<(FieldId, String)>,
    /// How many values that stand in another place than the contract's are being read.
    pub(super) displaced: u32,
    /// Per object, by its start, and member: whether it stands behind a key that was looked at.
    pub(super) later: BTreeMap<(usize, FieldId), bool>,
    /// Keys that no table has, with the start of their object.
    pub(super) stray_keys: Keys<'t>,
}

impl<'t> Memory<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            way: Few::new(Step::Index(0)),
            places: Few::new(Place {
                behind: 0,
                field: 0,
                is_elsewhere: false,
            }),
            elsewhere: Vec::new(),
            displaced: 0,
            later: BTreeMap::new(),
            stray_keys: Keys::default(),
        }
    }

    /// Takes the step to a member of the innermost of so many open containers.
    #[inline]
    pub(super) fn step_to_key(&mut self, open: usize, start: usize) {
        self.way.put(open.saturating_sub(1), Step::Key(start));
    }

    /// Takes the step to an item of the innermost of so many open containers.
    #[inline]
    pub(super) fn step_to_index(&mut self, open: usize, index: usize) {
        self.way.put(open.saturating_sub(1), Step::Index(index));
    }

    pub(super) fn push_key(&mut self, start: usize) {
        self.way.push(Step::Key(start));
    }

    pub(super) fn push_index(&mut self, index: usize) {
        self.way.push(Step::Index(index));
    }

    pub(super) fn pop(&mut self) {
        self.way.truncate(self.way.len().saturating_sub(1));
    }

    /// How many steps the way has.
    pub(super) fn depth(&self) -> usize {
        self.way.len()
    }

    /// Goes back to where the way had so many steps.
    pub(super) fn go_back(&mut self, depth: usize) {
        self.way.truncate(depth);
    }

    /// Takes note of a member that can be there only once; `behind` is where its value, or a blank before it, begins.
    #[inline]
    pub(super) fn begin_reading(&mut self, field: FieldId, behind: usize) {
        let is_elsewhere = self.displaced > 0;
        if is_elsewhere {
            let pointer = self.pointer();
            self.elsewhere.push((field, pointer));
        }
        self.places.push(Place {
            behind,
            field,
            is_elsewhere,
        });
    }

    /// The way as an RFC 6901 pointer.
    pub(super) fn pointer(&self) -> String {
        let mut pointer = String::with_capacity(POINTER_LENGTH);
        for step in self.way.iter() {
            match *step {
                Step::Key(start) => {
                    // It has been read before.
                    let rest = self.text.get(start..).unwrap_or_default();
                    if let Ok(key) = Cursor::new(rest).string() {
                        push_step(&mut pointer, &key.decode());
                    }
                }
                Step::Index(index) => {
                    write!(pointer, "/{index}").expect("writing to a String cannot fail");
                }
            }
        }
        pointer
    }

    /// Where a member was found.
    pub(super) fn place(&self, field: FieldId) -> Option<Place> {
        let mut places = self.places.iter().rev();
        places.find(|place| place.field == field).copied()
    }

    /// The pointer of a member that was found, where that is not the path of the contract.
    pub(super) fn pointer_elsewhere(&self, place: Place) -> Option<&str> {
        let mut elsewhere = self.elsewhere.iter().rev();
        let found = elsewhere.find(|(field, _)| place.is_elsewhere && *field == place.field);
        found.map(|(_, pointer)| pointer.as_str())
    }

    /// The value of a member that was found.
    pub(super) fn span_of(&self, place: Place) -> Span {
        let rest = self.text.get(place.behind..).unwrap_or_default();
        // It has been read before, so there is one.
        let span = Cursor::new(rest).skip().unwrap_or_default();
        Span::new(place.behind + span.start, place.behind + span.end)
    }
}
