//! B Meters' water meter Hydrodigit: battery, fraud, leak, back flow and a year of month ends.

use super::calendar::{date_of_digits, month_end_before};
use super::{Block, Context, Layout, MONTH_END, Meters, Place};
use crate::apl::{Accumulation, DataRecord, Edge, Occurrence, Qualifier, Quantity, Unit};
use crate::profiles::{Alarm, AlarmCode};
use crate::value::{Date, Decimal, Value};

const VOLUME: (Quantity, Unit) = (Quantity::Volume, Unit::CubicMetre);
/// What the block consists of, in this order; bits 3, 5 and 6 of its first byte add nothing.
const BATTERY: u8 = 0x01;
const FRAUD: u8 = 0x02;
const LEAK: u8 = 0x80;
const BACK_FLOW: u8 = 0x04;
const MONTHS: u8 = 0x10;
/// From this number on a month has no value.
const NO_VALUE: u32 = 10_000_000;
const FRAUDS: [(u8, AlarmCode); 3] =
    [(0x80, AlarmCode::Magnetic), (0x40, AlarmCode::Tamper), (0x20, AlarmCode::Removal)];

pub(super) static LAYOUT: Layout = Layout {
    name: "hydrodigit",
    meters: &[Meters::of(*b"BMT", &[0x13, 0x15, 0x17], &[0x06, 0x07])],
    place: Place::ManufacturerData,
    open: None,
    read,
};

fn read(block: &mut Block<'_>, context: &Context<'_>) -> Option<()> {
    let contents = block.take(1)?;
    block.flags(contents, Quantity::StatusFlags, contents.byte().into());
    let has = |part| contents.byte() & part != 0;
    if has(BATTERY) {
        let battery = block.take(1)?;
        let volts = Value::Number(battery_voltage(battery.byte()));
        block.record(battery, (Quantity::Voltage, Unit::Volt), volts);
    }
    if has(FRAUD) {
        let kind = block.take(1)?;
        block.flags(kind, Quantity::ErrorFlags, kind.byte().into());
        let since = day(block, Qualifier::OccurrenceTime(Occurrence::Last, Edge::Begin))?;
        for (_, code) in FRAUDS.iter().filter(|(bit, _)| kind.byte() & bit != 0) {
            block.alarm(Alarm { since, ..Alarm::past(*code) });
        }
    }
    if has(LEAK) {
        let since = day(block, Qualifier::Leakage)?;
        if since.is_some() {
            block.alarm(Alarm { since, ..Alarm::past(AlarmCode::Leak) });
        }
    }
    if has(BACK_FLOW) {
        let back_flow = block.take(4)?;
        let negative = Qualifier::Accumulation(Accumulation::Negative);
        block.number(back_flow, VOLUME, back_flow.unsigned(), -3).qualifiers.push(negative);
    }
    if has(MONTHS) {
        months(block, clock(context.records))?;
    }
    Some(())
}

/// Adds the totals at the ends of January to December. Which year's end it is follows from the clock:
/// the months from the running one on are those of last year.
fn months(block: &mut Block<'_>, today: Option<Date>) -> Option<()> {
    let Some((today, (_, running, _))) = today.and_then(|today| Some((today, today.fixed()?))) else {
        block.note(12 * 3, "month ends of a year that the missing clock leaves open")?;
        return Some(());
    };
    for month in 1..=12u8 {
        let total = block.take(3)?;
        let before = if month < running { running - month } else { 12 + running - month };
        let record = match total.unsigned() {
            NO_VALUE.. => block.record(total, VOLUME, Value::NotAvailable),
            tens_of_litres => block.number(total, VOLUME, tens_of_litres, -2),
        };
        record.storage_number = MONTH_END + u64::from(before) - 1;
        record.date = month_end_before(today, before.into());
    }
    Some(())
}

fn clock(records: &[DataRecord]) -> Option<Date> {
    records.iter().find_map(|record| match record.value {
        Value::DateTime(date_time) if record.storage_number == 0 => Some(date_time.date),
        _ => None,
    })
}

/// Adds the day of an event; nothing happened where it is all 0.
#[allow(clippy::option_option, reason = "the bytes end, or they say that there was no such day")]
fn day(block: &mut Block<'_>, qualifier: Qualifier) -> Option<Option<Date>> {
    let field = block.take(3)?;
    if field.bytes.iter().all(|byte| *byte == 0) {
        let record = block.record(field, (Quantity::Date, Unit::None), Value::NotAvailable);
        record.qualifiers.push(qualifier);
        return Some(None);
    }
    let date = date_of_digits(field.at(0), month(field.at(1)), field.at(2))?;
    block.date(field, date).qualifiers.push(qualifier);
    Some(Some(date))
}

/// Returns the digits of a month. The high nibble is no part of it, unless the two are a month from October on.
fn month(byte: u8) -> u8 {
    if matches!(byte, 0x10..=0x12) { byte } else { byte & 0xF }
}

fn battery_voltage(code: u8) -> Decimal {
    let hundredths: i128 = match code & 0xF {
        0x1 => 190,
        0x2 => 210,
        0x3 => 220,
        0x4 => 230,
        0x5 => 240,
        0x6 => 250,
        0x7 => 265,
        0x8 => 280,
        0x9 => 290,
        0xA => 305,
        0xB => 320,
        0xC => 335,
        0xD => 350,
        _ => 370,
    };
    Decimal::new(hundredths, -2)
}
