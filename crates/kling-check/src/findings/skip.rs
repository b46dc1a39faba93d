//! Skipping a value that no table describes, while looking for keys that stand twice in an object.

use kling_json::{Cursor, Kind, SyntaxError, Text};
use kling_spec::CommonRule;

use super::key_set::KeySet;
use super::{Collector, Finder};
use crate::Checker;
use crate::fix::Meaning;
use crate::walk::Halt;

/// A container that is being skipped.
enum Open<'t> {
    Object(KeySet<'t>),
    Array(usize),
}

impl<'t, 'c> Collector<'t, 'c> {
    /// Skips the next value, without recursion. The pointer is that of the value.
    pub(crate) fn skip(
        &mut self,
        checker: &'c Checker,
        cursor: &mut Cursor<'t>,
    ) -> Result<(), SyntaxError> {
        let depth = self.memory.depth();
        let result = self.skip_open(checker, cursor);
        // A syntax error leaves steps behind.
        self.memory.go_back(depth);
        result
    }

    fn skip_open(
        &mut self,
        checker: &'c Checker,
        cursor: &mut Cursor<'t>,
    ) -> Result<(), SyntaxError> {
        let mut open: Vec<(Open<'t>, bool)> = Vec::new();
        loop {
            // A value stands here.
            match cursor.kind()? {
                Kind::Object => {
                    cursor.begin_object()?;
                    open.push((Open::Object(KeySet::default()), true));
                }
                Kind::Array => {
                    cursor.begin_array()?;
                    open.push((Open::Array(0), true));
                }
                Kind::String | Kind::Number | Kind::Boolean | Kind::Null => {
                    cursor.skip()?;
                    if open.is_empty() {
                        return Ok(());
                    }
                    self.memory.pop();
                }
            }
            // Containers end here, or the next value of the innermost one begins.
            loop {
                let Some((container, first)) = open.last_mut() else {
                    return Ok(());
                };
                let goes_on = match container {
                    Open::Object(keys) => match cursor.next_key(first)? {
                        Some(key) => {
                            self.memory.push_key(key.span().start);
                            if !keys.insert(cursor.text(), &key) {
                                self.duplicate_key(checker, &key);
                            }
                            true
                        }
                        None => false,
                    },
                    Open::Array(index) => {
                        let more = cursor.next_item(first)?;
                        if more {
                            self.memory.push_index(*index);
                            *index += 1;
                        }
                        more
                    }
                };
                if goes_on {
                    break;
                }
                open.pop();
                if open.is_empty() {
                    return Ok(());
                }
                self.memory.pop();
            }
        }
    }

    /// A second key of an object; the pointer is that of the member.
    pub(crate) fn duplicate_key(&mut self, checker: &'c Checker, key: &Text<'t>) {
        self.kept.mean(|| Meaning::Duplicate);
        self.here(
            checker,
            CommonRule::DuplicateKey,
            None,
            key.span(),
            |values| {
                values.push(("name", kling_text::quote(&key.decode())));
            },
        );
    }
}

impl Finder<'_, '_> {
    /// Skips the next value.
    pub(super) fn skip(&mut self) -> Result<(), Halt> {
        Ok(self.sink.skip(self.checker, &mut self.cursor)?)
    }
}
