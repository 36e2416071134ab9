//! B Meters' water module RFM-TX1: a total that the access number hides, and a clock.

use super::calendar::{date_of_digits, digits, time};
use super::{Block, Context, Layout, Meters, Opened, Place};
use crate::apl::{Quantity, Unit};
use crate::security::Keys;
use crate::telegram::SealedReason;

const VOLUME: (Quantity, Unit) = (Quantity::Volume, Unit::CubicMetre);
/// The configuration field of telegrams with this layout.
const CONFIGURATION: u16 = 0x1006;
/// Where in the content the total stands, and how long it is.
const TOTAL_AT: usize = 2;
const TOTAL: usize = 4;

/// For each byte of the total what it is mixed with, by the low four bits of the access number.
const MASKS: [[u8; 16]; TOTAL] = [
    [122, 112, 185, 121, 7, 50, 156, 180, 10, 240, 22, 12, 74, 119, 189, 57],
    [16, 19, 11, 7, 154, 161, 126, 196, 206, 5, 152, 201, 72, 46, 120, 111],
    [26, 34, 142, 74, 203, 57, 96, 128, 25, 165, 17, 125, 228, 138, 87, 40],
    [10, 19, 153, 22, 105, 14, 153, 163, 3, 134, 94, 162, 31, 232, 140, 5],
];

pub(super) static LAYOUT: Layout = Layout {
    name: "rfmtx1",
    meters: &[Meters::of(*b"BMT", &[0x05], &[0x07])],
    place: Place::ConfiguredContent(&[0x7A], CONFIGURATION),
    open: Some(open),
    read,
};

fn open(frame: &mut [u8], context: &Context<'_>, _: &dyn Keys) -> Result<Opened, SealedReason> {
    let start = context.start + TOTAL_AT;
    let range = start..start + TOTAL;
    let row = usize::from(context.access_number & 0xF);
    let Some(total) = frame.get_mut(range.clone()) else { return Ok(Opened::nothing(context)) };
    for (byte, masks) in total.iter_mut().zip(MASKS) {
        *byte ^= context.access_number ^ masks.get(row).copied().unwrap_or_default();
    }
    Ok(Opened { range, default_key: false })
}

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    block.note(TOTAL_AT, "not known")?;
    let total = block.take(TOTAL)?;
    block.note(7, "not known")?;
    let clock = block.take(6)?;

    block.number(total, VOLUME, total.bcd()?, -3);
    let date = date_of_digits(clock.at(5), clock.at(4), clock.at(3))?;
    let [second, minute, hour] = [0, 1, 2].map(|index| digits(clock.at(index)));
    block.date_time(clock, time(date, [hour?, minute?, second?])?);
    Some(())
}
