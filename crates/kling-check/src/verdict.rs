//! The sink that stops at the first finding: what clean requests meet.

use kling_json::{Kind, Span, Text};

use crate::table::{ArrayTable, FieldId, ObjectId};
use crate::walk::{Enter, Fault, Halt, Sink, Walker};

/// Wants to know only whether there is a finding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verdict;

impl<'t, 'c> Sink<'t, 'c> for Verdict {
    fn fault(
        walker: &mut Walker<'t, 'c, Self>,
        field: FieldId,
        fault: Fault<'t>,
    ) -> Result<bool, Halt> {
        // The only thing that is doubted before it is sure: most odd addresses turn out to be fine.
        if let Fault::Address(text) = fault
            && crate::media::problem(walker.checker, walker.table.field(field).format, &text)
                .is_none()
        {
            return Ok(true);
        }
        Err(Halt::Found)
    }

    fn wrong_type(_: &mut Walker<'t, 'c, Self>, _: FieldId, _: Kind) -> Result<(), Halt> {
        Err(Halt::Found)
    }

    fn duplicate(_: &mut Walker<'t, 'c, Self>, _: Text<'t>) -> Result<(), Halt> {
        Err(Halt::Found)
    }

    fn stray(
        _: &mut Walker<'t, 'c, Self>,
        _: ObjectId,
        _: usize,
        _: Text<'t>,
        _: u64,
    ) -> Result<u64, Halt> {
        Err(Halt::Found)
    }

    fn missing(_: &mut Walker<'t, 'c, Self>, _: ObjectId, _: u64, _: Span) -> Result<(), Halt> {
        Err(Halt::Found)
    }

    #[inline]
    fn enter(_: &mut Walker<'t, 'c, Self>, _: Enter) {}

    #[inline]
    fn item(walker: &mut Walker<'t, 'c, Self>, array: &'c ArrayTable, _: u32) {
        walker.facts.end_item(walker.table, array, |_| {});
    }
}

impl Walker<'_, '_, Verdict> {
    /// Whether the request has no finding at all.
    pub(crate) fn is_clean(&mut self) -> bool {
        self.request().is_ok() && self.rules_hold() && self.placeholders_fit()
    }

    fn rules_hold(&self) -> bool {
        !crate::rules::any_is_broken(self.table, &self.facts)
    }

    fn placeholders_fit(&self) -> bool {
        self.facts
            .prompt
            .is_none_or(|prompt| crate::prompt::fits(self.table, &prompt, &self.facts))
    }
}
