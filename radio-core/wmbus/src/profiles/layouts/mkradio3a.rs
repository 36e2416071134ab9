//! Techem's water module radio 3, version 50: the total and two years of half months.

use super::calendar::{date_16, month_end_before};
use super::techem::{CI, TECHEM};
use super::{Block, Context, Layout, MONTH_END, Meters, Place};
use crate::apl::{Per, Qualifier, Quantity, Unit};
use crate::value::Timestamp;
use alloc::vec::Vec;

const VOLUME: (Quantity, Unit) = (Quantity::Volume, Unit::CubicMetre);
const PAIRS: usize = 12;
const MIDDLE_OF_MONTH: u8 = 15;

pub(super) static LAYOUT: Layout = Layout {
    name: "mkradio3a",
    meters: &[Meters::of(TECHEM, &[0x50], &[0x72])],
    place: Place::Content(CI),
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    block.note(2, "status")?;
    let today = block.take(2)?;
    let total = block.take(3)?;
    let date = date_16(today.word())?;
    block.number(total, VOLUME, total.unsigned(), -1);
    block.date(today, date);

    // Pairs of half months, the youngest first, behind a byte that has been 0 in every telegram seen.
    let mut halves = Vec::with_capacity(2 * PAIRS);
    for _ in 0..PAIRS {
        if block.note(1, "0 for small consumption")?.byte() != 0 {
            return Some(());
        }
        halves.push(block.take(1)?);
        halves.push(block.take(1)?);
    }
    // In the first half of a month that month has but one value.
    let (_, _, day) = date.fixed()?;
    let first = usize::from(day <= MIDDLE_OF_MONTH);
    let (current, before) = halves.split_at_checked(2 - first)?;
    for (months, halves) in (0u16..).zip(core::iter::once(current).chain(before.chunks_exact(2))) {
        let (Some(newer), Some(older)) = (halves.first(), halves.last()) else { continue };
        let tenths: u32 = halves.iter().map(|half| half.unsigned()).sum();
        let record = block.number(block.span(*newer, *older), VOLUME, tenths, -1);
        record.qualifiers.push(Qualifier::Per(Per::Month));
        // The running month is counted up to now.
        record.date = Some(Timestamp::Date(date));
        if months > 0 {
            record.storage_number = MONTH_END + u64::from(months) - 1;
            record.date = month_end_before(date, months);
        }
    }
    Some(())
}
