//! Techem's heat meter vario 4 (4.5.1): the reading of the due date and what was used since.

use super::techem::{CI, TECHEM, due_date};
use super::{Block, Context, DUE_DATE, Layout, Meters, Place};
use crate::apl::{Qualifier, Quantity, Unit};

const ENERGY: (Quantity, Unit) = (Quantity::Energy, Unit::Megajoule);

pub(super) static LAYOUT: Layout = Layout {
    name: "vario451",
    meters: &[Meters::of(TECHEM, &[0x27], &[0x04, 0xC3])],
    place: Place::Content(CI),
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    block.note(1, "frame kind")?;
    let due = block.take(2)?;
    let at_due = block.take(2)?;
    block.note(2, "not known")?;
    let since = block.take(2)?;
    block.note_rest("history")?;

    let total = at_due.unsigned() + since.unsigned();
    block.number(block.span(at_due, since), ENERGY, total, 0);
    block.number(at_due, ENERGY, at_due.unsigned(), 0).storage_number = DUE_DATE;
    due_date(block, due)?;
    block.number(since, ENERGY, since.unsigned(), 0).qualifiers.push(Qualifier::SinceDueDate);
    Some(())
}
