//! BFW's heat cost allocator 240 radio: current and due-date units, and 18 month ends.

use super::calendar::{date_of_digits, month_end_before};
use super::{Block, Context, DUE_DATE, Field, Layout, MONTH_END, Meters, Place};
use crate::apl::{Quantity, Unit};
use crate::value::Date;
use alloc::vec::Vec;

const UNITS: (Quantity, Unit) = (Quantity::HcaUnits, Unit::HcaUnit);
const LENGTH: usize = 40;
/// Each triplet holds two month ends of 12 bits.
const TRIPLETS: u16 = 9;

pub(super) static LAYOUT: Layout = Layout {
    name: "bfw240radio",
    meters: &[Meters::of(*b"BFW", &[0x02], &[0x08])],
    place: Place::Content(&[0x7A]),
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    if block.left() != LENGTH || block.note(2, "filler")?.bytes != [0x2F, 0x2F] {
        return None;
    }
    block.note(2, "not known")?;
    let due = block.take(2)?;
    let current = block.take(2)?;
    block.note(2, "not known")?;
    let mut triplets = Vec::with_capacity(TRIPLETS.into());
    for _ in 0..TRIPLETS {
        triplets.push(block.take(3)?);
    }
    let today = block.take(3)?;

    let date = date_of_digits(today.at(2), today.at(1), today.at(0))?;
    block.number(current, UNITS, current.unsigned_be(), 0);
    block.date(today, date);
    block.number(due, UNITS, due.unsigned_be(), 0).storage_number = DUE_DATE;
    // The oldest month ends come first; the youngest is the end of the last month.
    for (months, triplet) in (1..=TRIPLETS).rev().zip(triplets) {
        let [older, middle, newer] = [0, 1, 2].map(|index| u32::from(triplet.at(index)));
        month_end(block, triplet, (middle & 0xF) << 8 | newer, date, 2 * months - 1);
        month_end(block, triplet, (middle >> 4) << 8 | older, date, 2 * months);
    }
    Some(())
}

fn month_end<'a>(block: &mut Block<'a>, field: Field<'a>, units: u32, today: Date, months: u16) {
    let record = block.number(field, UNITS, units, 0);
    record.storage_number = MONTH_END + u64::from(months) - 1;
    record.date = month_end_before(today, months);
}
