//! The single walk over a request: along its document and the contract's tables, to findings and facts.

mod closing;
mod converted;
mod duplicates;
mod prompt;
mod unexpected_key;
mod value;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kling_json::{Kind, Node};

use crate::context::Context;
use crate::facts::Facts;
use crate::finding::{Finding, FindingKind};
use crate::findings::Findings;
use crate::table::{ArrayTable, FieldId, FieldKind, ObjectId, Table};

pub(crate) use converted::converted;

/// The text stops being JSON here, so nothing more is known.
#[derive(Debug, Clone, Copy)]
struct Broken;

/// What a walk has found.
#[derive(Debug)]
pub(crate) struct Walked<'d> {
    pub(crate) findings: Findings<'d>,
    /// What was learnt; `None` without a contract.
    pub(crate) facts: Option<Facts<'d>>,
}

/// A walk over a request with a contract.
struct Walk<'d> {
    context: Context<'d>,
    table: &'d Table,
    facts: Facts<'d>,
    findings: Findings<'d>,
    /// Whether the request has a `model` under that name.
    is_model_settled: bool,
    /// How many of the values being read are under a wrong key.
    displaced: u32,
    /// By object (its place in the text): the members that it has under their own names.
    members: BTreeMap<usize, u64>,
    /// The keys that an object should not have, by object (its place in the text).
    unexpected_keys: BTreeSet<(usize, Cow<'d, str>)>,
}

/// Reads a request by the contract of the context.
pub(crate) fn walk<'d>(
    context: Context<'d>,
    table: &'d Table,
    is_model_settled: bool,
) -> Walked<'d> {
    let mut walk = Walk {
        context,
        table,
        facts: Facts::new(table, context.document),
        findings: Findings::new(context.settings.max_findings),
        is_model_settled,
        displaced: 0,
        members: BTreeMap::new(),
        unexpected_keys: BTreeSet::new(),
    };
    match walk.request() {
        Ok(()) => {
            walk.broken_rules();
            walk.misfit_placeholders();
        }
        Err(Broken) => syntax(&context, &mut walk.findings),
    }
    Walked {
        findings: walk.findings,
        facts: Some(walk.facts),
    }
}

/// Reads a request that names no known model: one finding about that, and the findings that any text can have.
pub(crate) fn walk_without_model<'d>(
    context: Context<'d>,
    about_model: Option<(Node<'d>, FindingKind<'d>)>,
) -> Walked<'d> {
    let mut findings = Findings::new(context.settings.max_findings);
    let root = context.document.root();
    if root.kind() == Kind::Object || context.document.error().is_some() {
        duplicates::report(&context, root, &mut findings);
        if let Some((node, kind)) = about_model {
            findings.push(Finding::new(&context, node, kind));
        }
    } else {
        duplicates::report(&context, root, &mut findings);
        findings.push(Finding::new(&context, root, FindingKind::NotAnObject));
    }
    syntax(&context, &mut findings);
    Walked {
        findings,
        facts: None,
    }
}

/// Reports where the text stops being JSON, if it does.
fn syntax<'d>(context: &Context<'d>, findings: &mut Findings<'d>) {
    if let Some(error) = context.document.error() {
        let root = context.document.root();
        findings.push(Finding::new(context, root, FindingKind::Syntax(error)));
    }
}

impl<'d> Walk<'d> {
    fn add(&mut self, node: Node<'d>, kind: FindingKind<'d>) {
        self.findings.push(Finding::new(&self.context, node, kind));
    }

    fn request(&mut self) -> Result<(), Broken> {
        let root = self.context.document.root();
        self.object(0, root)
    }

    /// Reads an object: its members, and what is missing.
    fn object(&mut self, object: ObjectId, node: Node<'d>) -> Result<(), Broken> {
        let table: &'d Table = self.table;
        let members = table.object(object);
        let (mut seen, mut claimed) = (0_u64, 0_u64);
        let mut expected = 0;
        for child in node.children() {
            let Some(key) = child.key() else { continue };
            if let Some(place) = members.place(&key, expected) {
                expected = place + 1;
                let bit = 1 << place;
                if seen & bit != 0 {
                    self.duplicate(child);
                } else {
                    seen |= bit;
                    let field = members.members[place];
                    self.member(field, child)?;
                }
            } else {
                claimed |= self.unexpected_key(object, child, seen | claimed)?;
            }
            if !child.is_whole() {
                return Err(Broken);
            }
        }
        if !node.is_whole() || (node.parent().is_none() && self.context.document.error().is_some())
        {
            return Err(Broken);
        }
        let missing = members.required & !(seen | claimed);
        if missing != 0 {
            self.missing(object, node, missing);
        }
        Ok(())
    }

    /// Reads the value of a member of the contract that is in the right place.
    fn member(&mut self, field: FieldId, node: Node<'d>) -> Result<(), Broken> {
        self.facts.found(field, node, self.displaced > 0);
        self.value(field, node)
    }

    /// Reports the required members that an object lacks.
    fn missing(&mut self, object: ObjectId, node: Node<'d>, missing: u64) {
        let table: &'d Table = self.table;
        for (place, &member) in table.object(object).members.iter().enumerate() {
            // A member that is elsewhere is reported there.
            let is_missing = missing >> place & 1 == 1;
            let is_elsewhere =
                !table.field(member).inside_list && self.facts.node(member).is_some();
            if is_missing && !is_elsewhere {
                self.add(node, FindingKind::Missing(member));
            }
        }
    }

    /// Reads a value as that of a field.
    fn value(&mut self, field: FieldId, node: Node<'d>) -> Result<(), Broken> {
        let table: &'d Table = self.table;
        let is_container = matches!(node.kind(), Kind::Object | Kind::Array);
        if !is_container && !node.is_whole() {
            return Err(Broken);
        }
        match (&table.field(field).kind, node.kind()) {
            (FieldKind::String(listed), Kind::String) => self.text(field, listed, node),
            (FieldKind::Integer(listed), Kind::Number) => self.number(field, listed, node),
            (FieldKind::Boolean, Kind::Boolean) => {
                let number = usize::from(node.boolean() == Some(true)) + 1;
                self.facts.listed(field, node, number);
            }
            (FieldKind::Array(array), Kind::Array) => return self.array(field, array, node),
            (FieldKind::Object(object), Kind::Object) => {
                self.facts.written(field, node);
                return self.object(*object, node);
            }
            (
                FieldKind::String(_)
                | FieldKind::Integer(_)
                | FieldKind::Boolean
                | FieldKind::Array(_)
                | FieldKind::Object(_),
                _,
            ) => return self.mistyped(field, node),
        }
        Ok(())
    }

    fn array(
        &mut self,
        field: FieldId,
        array: &'d ArrayTable,
        node: Node<'d>,
    ) -> Result<(), Broken> {
        self.items(field, array, node, |walk, item| {
            walk.value(array.item, item)
        })
    }

    /// Reads each item of a list with `read`, then checks the list as a whole.
    fn items(
        &mut self,
        field: FieldId,
        array: &'d ArrayTable,
        node: Node<'d>,
        mut read: impl FnMut(&mut Self, Node<'d>) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        self.facts.begin_list(self.table, array);
        let mut count = 0_u32;
        for item in node.children() {
            self.facts.begin_item(self.table, array);
            read(self, item)?;
            self.facts.end_item(self.table, array, count);
            count = count.saturating_add(1);
        }
        if !node.is_whole() {
            return Err(Broken);
        }
        self.facts.end_list(field, node, count);
        if count == 0 {
            self.add(node, FindingKind::EmptyList(field));
        } else if u64::from(count) > array.max_items {
            self.add(node, FindingKind::TooManyItems { field, count });
        }
        Ok(())
    }
}
