//! Techem's water modules radio 3 and radio 4: the reading of the due date and what was used since.

use super::techem::{CI, TECHEM, due_date, today};
use super::{Block, Context, DUE_DATE, Layout, Meters, Place};
use crate::apl::{Qualifier, Quantity, Unit};

const WATER: &[u8] = &[0x62, 0x72];
const VOLUME: (Quantity, Unit) = (Quantity::Volume, Unit::CubicMetre);

pub(super) static LAYOUT: Layout = Layout {
    name: "mkradio",
    meters: &[Meters::of(TECHEM, &[0x70, 0x74, 0x95], WATER)],
    place: Place::Content(CI),
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    block.note(1, "status")?;
    let due = block.take(2)?;
    let at_due = block.take(2)?;
    let now = block.take(2)?;
    let since = block.take(2)?;
    block.note_rest("consumption in the half months before")?;

    let total = at_due.unsigned() + since.unsigned();
    block.number(block.span(at_due, since), VOLUME, total, -1);
    today(block, now, due)?;
    block.number(at_due, VOLUME, at_due.unsigned(), -1).storage_number = DUE_DATE;
    due_date(block, due)?;
    block.number(since, VOLUME, since.unsigned(), -1).qualifiers.push(Qualifier::SinceDueDate);
    Some(())
}
