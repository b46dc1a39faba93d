//! The sink that reads a request as the service does: what the service drops is not there, and what
//! it takes stands as written. The bill of a request with findings is read from this.

use kling_json::{Kind, Span, Text};

use crate::table::{ArrayTable, FieldId, ObjectId};
use crate::walk::{Enter, Fault, Halt, Sink, Walker};

/// Keeps nothing but the facts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AsSent;

impl<'t, 'c> Sink<'t, 'c> for AsSent {
    fn fault(_: &mut Walker<'t, 'c, Self>, _: FieldId, _: Fault<'t>) -> Result<bool, Halt> {
        Ok(true)
    }

    fn wrong_type(walker: &mut Walker<'t, 'c, Self>, field: FieldId, _: Kind) -> Result<(), Halt> {
        walker.facts.unusable(walker.table, field);
        walker.cursor.skip()?;
        Ok(())
    }

    fn duplicate(walker: &mut Walker<'t, 'c, Self>, _: Text<'t>) -> Result<(), Halt> {
        walker.cursor.skip()?;
        Ok(())
    }

    fn stray(
        walker: &mut Walker<'t, 'c, Self>,
        _: ObjectId,
        _: usize,
        _: Text<'t>,
        _: u64,
    ) -> Result<u64, Halt> {
        walker.cursor.skip()?;
        Ok(0)
    }

    fn missing(_: &mut Walker<'t, 'c, Self>, _: ObjectId, _: u64, _: Span) -> Result<(), Halt> {
        Ok(())
    }

    fn enter(_: &mut Walker<'t, 'c, Self>, _: Enter) {}

    fn item(walker: &mut Walker<'t, 'c, Self>, array: &'c ArrayTable, _: u32) {
        walker.facts.end_item(walker.table, array, |_| {});
    }
}
