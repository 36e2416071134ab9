//! Techem's smoke detector: whether there is smoke, and its dates.

use super::techem::{CI, TECHEM, date_of, due_date};
use super::{Block, Context, Layout, Meters, Place};
use crate::apl::Quantity;
use crate::profiles::{Alarm, AlarmCode};
use crate::value::Moment;

pub(super) static LAYOUT: Layout = Layout {
    name: "tsd2",
    meters: &[Meters::of(TECHEM, &[0x76], &[0xF0])],
    place: Place::Content(CI),
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    let status = block.take(1)?;
    let period = block.take(2)?;
    let today = block.take(2);

    block.flags(status, Quantity::StatusFlags, status.byte().into());
    match status.byte() {
        0 => {}
        1 => block.alarm(Alarm::present(AlarmCode::Smoke)),
        _ => block.alarm(Alarm::present(AlarmCode::General)),
    }
    if let Some(today) = today {
        match date_of(today) {
            Moment::At(date) => _ = block.date(today, date),
            Moment::NotAvailable => block.note_field(today, "no date"),
            Moment::Impossible => return None,
        }
    }
    due_date(block, period)?;
    Some(())
}
