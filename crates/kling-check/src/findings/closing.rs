//! What can be told only once the whole request has been read: what is missing, rules over several
//! fields, and placeholders.

use std::ops::ControlFlow;

use kling_json::{Cursor, Span, Text};
use kling_prompt::{Fault, Reason};
use kling_spec::{CommonRule, Format, Ground};
use kling_text::quote;

use super::words::field_name;
use super::{Claimed, Effect, Finder, Finding, push_step, request_span};
use crate::fix::Meaning;
use crate::prose::alternatives;
use crate::report::Texts;
use crate::table::{Blame, Expression, FieldId, ObjectId, RuleTable, Table, Truth};

impl<'c> Finder<'_, 'c> {
    pub(super) fn missing_members(&mut self, object: ObjectId, missing: u64, span: Span) {
        for (place, &member) in self.table.object(object).members.iter().enumerate() {
            // A member that stands elsewhere has its finding there.
            if missing >> place & 1 == 0 || self.place(member).is_some() {
                continue;
            }
            let row = self.row_of(member);
            let Some(ground) = &row.required else {
                continue;
            };
            let claim = Some(self.claimed(ground));
            self.sink.here(
                self.checker,
                CommonRule::MissingField,
                claim,
                span,
                |values| {
                    values.push(("field", field_name(&row.path)));
                    values.push(("about", row.about.trim_end_matches('.').to_owned()));
                },
            );
        }
    }

    /// Reports the rules that are broken.
    #[inline]
    pub(crate) fn broken_rules(&mut self) {
        if crate::rules::any_is_broken(self.table, &self.facts) {
            self.each_broken_rule();
        }
    }

    #[cold]
    fn each_broken_rule(&mut self) {
        let table: &'c Table = self.table;
        for compiled in &table.rules {
            if !crate::rules::is_broken(compiled, &self.facts) {
                continue;
            }
            let rule = &table.spec.rules()[compiled.rule];
            let witness = self.witness(&compiled.must, false).or_else(|| {
                compiled
                    .when
                    .as_ref()
                    .and_then(|when| self.witness(when, true))
            });
            let place = self.blamed(compiled, witness);
            let claim = self.claimed(&rule.ground);
            let effect = Effect::of(rule.ground.service);
            let (pointer, span) = place;
            let make = || Finding {
                rule: &rule.id,
                level: rule.ground.level,
                service: rule.ground.service,
                pointer,
                span,
                texts: None,
                meaning: None,
            };
            self.sink.kept.mean(|| Meaning::Rule(rule));
            self.sink
                .kept
                .push(rule.ground.level, effect, make, || Texts {
                    message: rule.say.as_str().into(),
                    help: Some(rule.help.as_str().into()),
                    source: claim.source().into(),
                });
        }
    }

    /// The item (condition and index) that makes an expression have this truth.
    fn witness(&self, expression: &Expression, truth: bool) -> Option<(usize, u32)> {
        let wanted = if truth { Truth::Yes } else { Truth::No };
        if expression.truth(self.facts.holds, self.facts.open) != wanted {
            return None;
        }
        match expression {
            Expression::Not(inner) => self.witness(inner, !truth),
            Expression::All(several) | Expression::Any(several) => {
                several.iter().find_map(|inner| self.witness(inner, truth))
            }
            Expression::Leaf(leaf) => {
                self.table
                    .item_conditions
                    .iter()
                    .enumerate()
                    .find_map(|(index, condition)| {
                        let mut hits = self.sink.hits_of(index);
                        if condition.contains == Some(*leaf) && truth {
                            return hits.next().map(|item| (condition.list, item));
                        }
                        let limit = condition
                            .max_contains
                            .iter()
                            .find(|(known, _)| known == leaf && !truth)?
                            .1;
                        let over = usize::try_from(limit).ok()?;
                        hits.nth(over).map(|item| (condition.list, item))
                    })
            }
        }
    }

    /// The place that a broken rule points at.
    fn blamed(&self, rule: &RuleTable, witness: Option<(usize, u32)>) -> (String, Span) {
        let mut places = rule.blame.iter().filter_map(|blame| match blame {
            Blame::Single(field) => self.found(*field),
            Blame::Item { list, name } => self.blamed_item(*list, name.as_deref(), witness?),
        });
        let place = places.next();
        place.unwrap_or_else(|| (String::new(), request_span(self.cursor.text())))
    }

    /// The place of the item (of the list with this number) that broke a rule, or of its member with this name.
    fn blamed_item(
        &self,
        list: FieldId,
        name: Option<&str>,
        (number, index): (usize, u32),
    ) -> Option<(String, Span)> {
        if self.list_number(list) != Some(number) {
            return None;
        }
        let (mut pointer, list) = self.found(list)?;
        let text = self.cursor.text();
        let item = *item_spans(text, list, &[index]).first()?;
        push_step(&mut pointer, &index.to_string());
        let named = name.and_then(|name| Some((name, member_span(text, item, name)?)));
        let Some((name, span)) = named else {
            return Some((pointer, item));
        };
        push_step(&mut pointer, name);
        Some((pointer, span))
    }

    fn list_number(&self, field: FieldId) -> Option<usize> {
        match &self.table.field(field).kind {
            crate::table::FieldKind::Array(array) => Some(array.list),
            crate::table::FieldKind::String(_)
            | crate::table::FieldKind::Integer(_)
            | crate::table::FieldKind::Boolean(_)
            | crate::table::FieldKind::Object(_) => None,
        }
    }

    /// Reports what is wrong between the prompt and the lists that it names.
    #[inline]
    pub(crate) fn misfit_placeholders(&mut self) {
        if let Some(prompt) = self.facts.prompt
            && !crate::prompt::plainly_fits(self.table, &prompt, &self.facts)
        {
            self.each_misfit(&prompt);
        }
    }

    #[cold]
    fn each_misfit(&mut self, prompt: &Text<'_>) {
        let table: &'c Table = self.table;
        let Some(placeholders) = &table.placeholders else {
            return;
        };
        let decoded = prompt.decode();
        let must_say = table.field(placeholders.field).format == Some(Format::NonBlank);
        if must_say && decoded.chars().all(char::is_whitespace) {
            // That it is blank is one finding; the items that it does not mention are no others.
            return;
        }
        let mut faults = Vec::new();
        let limit = self.checker.max_findings;
        let mut taken = [0; 3];
        let kept = &mut self.sink.kept;
        let _ = crate::prompt::each_fault(table, &decoded, &self.facts, |fault| {
            let Some((_, ground)) = crate::prompt::rule_of(table, &fault) else {
                return ControlFlow::Continue(());
            };
            let taken = &mut taken[ground.level as usize];
            if *taken < limit || matches!(fault, Fault::Unused { .. }) {
                *taken += 1;
                faults.push(fault);
            } else {
                kept.count(ground.level, Effect::of(ground.service));
            }
            ControlFlow::Continue(())
        });
        if faults.is_empty() {
            return;
        }
        let Some((pointer, _)) = self.found(placeholders.field) else {
            return;
        };
        let mut offsets = prompt.offset_walker();
        for fault in faults {
            let Some((rule, ground)) = crate::prompt::rule_of(table, &fault) else {
                continue;
            };
            match fault.span() {
                Some(range) => {
                    let start = offsets.source_offset(range.start);
                    let span = Span::new(start, offsets.source_offset(range.end));
                    self.placeholder(rule, ground, &fault, &decoded, &pointer, span);
                }
                None => self.unused_items(ground, &fault),
            }
        }
    }

    fn placeholder(
        &mut self,
        rule: CommonRule,
        ground: &'c Ground,
        fault: &Fault<'_>,
        prompt: &str,
        pointer: &str,
        span: Span,
    ) {
        let Some(spec) = &self.table.spec.placeholders() else {
            return;
        };
        let kinds = &spec.kinds;
        let mark = |reference: kling_prompt::Reference| {
            kling_prompt::write_mark(
                kinds
                    .get(reference.kind)
                    .map_or("", |kind| kind.name.as_str()),
                reference.number,
            )
        };
        let all = || {
            alternatives(
                &kinds
                    .iter()
                    .map(|kind| format!("`<<<{}_N>>>`", kind.name))
                    .collect::<Vec<_>>(),
            )
        };
        let write = |meaning: Option<kling_prompt::Reference>| match meaning {
            Some(meaning) => format!("write `{}`", mark(meaning)),
            None => format!("write {}, or drop it", all()),
        };
        let claim = Some(Claimed {
            model: self.table.spec.id(),
            ground,
        });
        self.mean_placeholder(rule, fault);
        self.sink
            .at(self.checker, rule, claim, pointer, span, |values| {
                let found = fault
                    .span()
                    .and_then(|range| prompt.get(range))
                    .unwrap_or_default();
                values.push(("found", quote(found)));
                match fault {
                    Fault::Range { mark, count } => {
                        let kind = &spec.kinds[mark.kind];
                        let list = kind
                            .list
                            .as_ref()
                            .map(|list| format!("`{list}`"))
                            .unwrap_or_default();
                        let advice = match count {
                            0 => format!("add the item to {list}, or drop the placeholder"),
                            1 => {
                                format!("write `<<<{}_1>>>`, or add the item to {list}", kind.name)
                            }
                            _ => {
                                format!("use a number from 1 to {count}, or add the item to {list}")
                            }
                        };
                        let count = match count {
                            0 => "no items".to_owned(),
                            1 => "1 item".to_owned(),
                            _ => format!("{count} items"),
                        };
                        values.extend([("list", list), ("count", count), ("advice", advice)]);
                    }
                    Fault::Order { mark: found, after } => {
                        let before = kling_prompt::Reference {
                            kind: found.kind,
                            number: *after,
                        };
                        values.push(("expected", format!("`{}`", mark(before))));
                    }
                    Fault::WrongKind { .. } => values.push(("expected", all())),
                    Fault::Malformed { malformed, .. } => {
                        values.push(("what", reason(malformed.reason).to_owned()));
                        values.push(("advice", write(malformed.meaning)));
                    }
                    Fault::Dialect { dialect, .. } => {
                        let advice = match dialect.meaning {
                            None => "fill in what the braces stand for".to_owned(),
                            meaning => write(meaning),
                        };
                        values.push(("advice", advice));
                    }
                    Fault::Unused { .. } => {}
                }
            });
    }

    /// Pointer and place of the list that a kind of placeholders is about.
    pub(super) fn found_list(&self, kind: usize) -> Option<(String, Span)> {
        let placeholders = self.table.placeholders.as_ref()?;
        self.found((*placeholders.list_fields.get(kind)?)?)
    }

    /// Items that the prompt never mentions: each at its place in the list, as many as are kept.
    fn unused_items(&mut self, ground: &'c Ground, fault: &Fault<'_>) {
        let (Fault::Unused { kind, numbers }, Some(spec)) =
            (fault, &self.table.spec.placeholders())
        else {
            return;
        };
        let Some((list_pointer, list)) = self.found_list(*kind) else {
            return;
        };
        let kind = &spec.kinds[*kind];
        let limit = self.checker.max_findings;
        let named: Vec<u32> = numbers
            .clone()
            .take(limit)
            .filter_map(|number| u32::try_from(number - 1).ok())
            .collect();
        let spans = item_spans(self.cursor.text(), list, &named);
        let claim = Some(Claimed {
            model: self.table.spec.id(),
            ground,
        });
        for (at, index) in named.iter().enumerate() {
            // A text in the place of a list is its only item.
            let (span, pointer) = match spans.get(at) {
                Some(span) => (*span, format!("{list_pointer}/{index}")),
                None => (list, list_pointer.clone()),
            };
            self.sink.at(
                self.checker,
                CommonRule::PlaceholderUnused,
                claim,
                &pointer,
                span,
                |values| {
                    values.push((
                        "expected",
                        format!("`{}`", kling_prompt::write_mark(&kind.name, index + 1)),
                    ));
                },
            );
        }
        for _ in numbers.clone().skip(named.len()) {
            self.sink
                .kept
                .count(ground.level, Effect::of(ground.service));
        }
    }
}

/// The places of some items (ascending) of a list that has been read before.
fn item_spans(text: &str, list: Span, indices: &[u32]) -> Vec<Span> {
    let mut spans = Vec::with_capacity(indices.len());
    let mut cursor = Cursor::with_max_depth(list.of(text), usize::MAX);
    let mut first = true;
    let mut wanted = indices.iter().copied().peekable();
    let mut index = 0u32;
    if cursor.begin_array().is_err() {
        return spans;
    }
    while wanted.peek().is_some() && cursor.next_item(&mut first).unwrap_or(false) {
        let Ok(span) = cursor.skip() else {
            return spans;
        };
        if wanted.next_if_eq(&index).is_some() {
            spans.push(Span::new(list.start + span.start, list.start + span.end));
        }
        index = index.saturating_add(1);
    }
    spans
}

/// The place of a member's value in an object that has been read before.
fn member_span(text: &str, object: Span, name: &str) -> Option<Span> {
    let mut cursor = Cursor::with_max_depth(object.of(text), usize::MAX);
    cursor.begin_object().ok()?;
    let mut first = true;
    while let Some(key) = cursor.next_key(&mut first).ok()? {
        let span = cursor.skip().ok()?;
        if key.equals(name) {
            return Some(Span::new(
                object.start + span.start,
                object.start + span.end,
            ));
        }
    }
    None
}

const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::UnknownWord => "its word is not a kind of list",
        Reason::NoNumber => "the number is missing",
        Reason::BadNumber => "what it has for a number is not one",
        Reason::Unclosed => "the three `>` at its end are not all there",
        Reason::MissingUnderscore => "the underscore between kind and number is missing",
        Reason::OtherSeparator => "an underscore belongs between kind and number",
        Reason::LeadingZero => "its number begins with a zero",
        Reason::Case => "its kind is not in lower case",
        Reason::Blank => "it has blanks inside",
    }
}
