//! Techem's heat meters compact V: the reading of the due date and what was used since.

use super::techem::{CI, TECHEM, due_date};
use super::{Block, Context, DUE_DATE, Layout, Meters, Place};
use crate::apl::{Qualifier, Quantity, Unit};

const ENERGY: (Quantity, Unit) = (Quantity::Energy, Unit::KilowattHour);

pub(super) static LAYOUT: Layout = Layout {
    name: "compact5",
    meters: &[Meters::of(TECHEM, &[0x22, 0x39, 0x45], &[0x04, 0x43, 0xC3])],
    place: Place::Content(CI),
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    block.note(1, "frame kind")?;
    let due = block.take(2)?;
    let at_due = block.take(3)?;
    block.note(1, "not known")?;
    let since = block.take(3)?;
    block.note_rest("history")?;

    let total = at_due.unsigned() + since.unsigned();
    block.number(block.span(at_due, since), ENERGY, total, 0);
    block.number(at_due, ENERGY, at_due.unsigned(), 0).storage_number = DUE_DATE;
    due_date(block, due)?;
    block.number(since, ENERGY, since.unsigned(), 0).qualifiers.push(Qualifier::SinceDueDate);
    Some(())
}
