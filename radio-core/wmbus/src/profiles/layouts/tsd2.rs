//! Techem's smoke detector: whether there is smoke, and its dates.

use super::calendar::date_16;
use super::{Block, Context, DUE_DATE, Layout, Meters, Place};
use crate::apl::Quantity;
use crate::profiles::{Alarm, AlarmCode};

pub(super) static LAYOUT: Layout = Layout {
    name: "tsd2",
    meters: &[Meters::of(*b"TCH", &[0x76], &[0xF0])],
    place: Place::Content(&[0xA0, 0xA1, 0xA2]),
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    let status = block.take(1)?;
    let period = block.take(2)?;
    let today = block.take(2);

    let period_end = date_16(period.word())?;
    block.flags(status, Quantity::StatusFlags, status.byte().into());
    match status.byte() {
        0 => {}
        1 => block.alarm(Alarm::present(AlarmCode::Smoke)),
        _ => block.alarm(Alarm::present(AlarmCode::General)),
    }
    if let Some(today) = today {
        block.date(today, date_16(today.word())?);
    }
    block.date(period, period_end).storage_number = DUE_DATE;
    Some(())
}
