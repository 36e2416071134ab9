//! Apator's heat cost allocator E-ITN: two seasons, their mean temperatures and the date of the seal.

use super::calendar::date_16;
use super::{Block, Context, DUE_DATE, Field, Layout, Meters, Place};
use crate::apl::{DataRecord, Edge, Occurrence, Qualifier, Quantity, Unit};
use crate::profiles::{Alarm, AlarmCode};
use crate::value::Date;

const UNITS: (Quantity, Unit) = (Quantity::HcaUnits, Unit::HcaUnit);
const ROOM: (Quantity, Unit) = (Quantity::ExternalTemperature, Unit::Celsius);
const VERSIONS: &[u8] = &[0x04];
const DEVICE_TYPES: &[u8] = &[0x08];
/// The block alone.
const CI_BLOCK: u8 = 0xA0;
/// Other data with its length before the block.
const CI_BLOCK_BEHIND: u8 = 0xB6;

pub(super) static LAYOUT: Layout = Layout {
    name: "apatoreitn",
    meters: &[Meters::of(*b"APA", VERSIONS, DEVICE_TYPES), Meters::of(*b"APT", VERSIONS, DEVICE_TYPES)],
    place: Place::Content(&[CI_BLOCK, CI_BLOCK_BEHIND]),
    open: None,
    read,
};

fn read(block: &mut Block<'_>, context: &Context<'_>) -> Option<()> {
    if context.ci == CI_BLOCK_BEHIND {
        let length = block.note(1, "length of what follows")?.byte();
        block.note(length.into(), "not known")?;
        if block.note(1, "the block follows")?.byte() != CI_BLOCK {
            return None;
        }
    }
    let season = block.take(1)?;
    block.note(2, "not known")?;
    let previous = block.take(2)?;
    let seal = block.take(2)?;
    let current = block.take(2)?;
    let today = block.take(2)?;
    let previous_mean = block.take(2)?;
    let mean = block.take(2)?;

    block.number(current, UNITS, current.unsigned(), 0);
    block.date(today, date_of(today.word())?);
    temperature(block, mean);
    block.number(previous, UNITS, previous.unsigned(), 0).storage_number = DUE_DATE;
    temperature(block, previous_mean).storage_number = DUE_DATE;
    let start = block.date(season, date_of(u16::from_le_bytes([season.byte(), CI_BLOCK]))?);
    start.storage_number = DUE_DATE;
    start.qualifiers.push(Qualifier::StartOf);
    let is_broken = seal.word() != 0;
    block.flags(seal, Quantity::ErrorFlags, is_broken.into());
    if is_broken {
        let broken = date_of(seal.word())?;
        let opened = Qualifier::OccurrenceTime(Occurrence::Last, Edge::Begin);
        block.date(seal, broken).qualifiers.push(opened);
        block.alarm(Alarm::present(AlarmCode::Tamper).since(broken));
    }
    Some(())
}

/// Reads a date of 16 bits whose years have five bits.
fn date_of(word: u16) -> Option<Date> {
    const DAY_MONTH_YEAR: u16 = 0x3FFF;
    date_16(word & DAY_MONTH_YEAR)
}

/// Adds a mean temperature: the high byte are whole degrees, the low byte 256ths.
fn temperature<'b, 'a>(block: &'b mut Block<'a>, field: Field<'a>) -> &'b mut DataRecord {
    const A_256TH: i128 = 390_625;
    let record = block.number(field, ROOM, field.signed() * A_256TH, -8);
    record.qualifiers.push(Qualifier::Average);
    record
}
