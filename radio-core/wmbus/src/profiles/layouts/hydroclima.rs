//! B Meters' heat cost allocator Hydroclima: temperatures, month ends and the total behind the records.

use super::calendar::date_g_fixed;
use super::{Block, Context, Field, Layout, Meters, Place};
use crate::apl::{DataRecord, Function, Qualifier, Quantity, Unit};
use crate::value::Value;

const UNITS: (Quantity, Unit) = (Quantity::HcaUnits, Unit::HcaUnit);
const ROOM: (Quantity, Unit) = (Quantity::ExternalTemperature, Unit::Celsius);
const HEATER: (Quantity, Unit) = (Quantity::SupplyTemperature, Unit::Celsius);
/// The kinds of block, by its first byte.
const SHORT: u8 = 0x10;
const LONG: u8 = 0x11;
const LAST_MONTH: u64 = 1;
/// The months before have the storage numbers from here on.
const MONTHS_BEFORE: u64 = 2;
/// What was counted since the device was made: it is not set back on due dates.
const SINCE_MADE: u64 = 10;

pub(super) static LAYOUT: Layout = Layout {
    name: "hydroclima",
    meters: &[Meters::of(*b"BMP", &[0x53, 0x85], &[0x08])],
    place: Place::ManufacturerData,
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    let kind = block.note(1, "kind of block")?.byte();
    let status = block.take(2)?;
    block.flags(status, Quantity::ErrorFlags, status.unsigned());
    block.note(2, "time")?;
    let date = block.take(2)?;
    match date_g_fixed(date) {
        Some(day) => _ = block.date(date, day),
        None => block.note_field(date, "no date"),
    }
    match kind {
        SHORT => short(block),
        LONG => long(block),
        _ => None,
    }
}

fn short(block: &mut Block<'_>) -> Option<()> {
    temperature(block, ROOM)?.qualifiers.push(Qualifier::Average);
    temperature(block, ROOM)?.function = Function::Maximum;
    block.note(2, "date")?;
    block.note(2, "count")?;
    last_month(block, ROOM)?;
    last_month(block, HEATER)?;
    block.note(2, "units")?;
    total(block)
}

fn long(block: &mut Block<'_>) -> Option<()> {
    block.note(2, "date of opening")?;
    temperature(block, HEATER)?.qualifiers.push(Qualifier::Average);
    temperature(block, ROOM)?.qualifiers.push(Qualifier::Average);
    temperature(block, ROOM)?.function = Function::Maximum;
    block.note(2, "date")?;
    last_month(block, HEATER)?;
    last_month(block, ROOM)?;
    for storage_number in (MONTHS_BEFORE..).take(4) {
        let units = block.take(2)?;
        block.number(units, UNITS, units.unsigned(), 0).storage_number = storage_number;
    }
    for storage_number in (MONTHS_BEFORE..).take(3) {
        temperature(block, ROOM)?.storage_number = storage_number;
    }
    block.note(9, "counters")?;
    total(block)
}

fn last_month(block: &mut Block<'_>, what: (Quantity, Unit)) -> Option<()> {
    let record = temperature(block, what)?;
    record.storage_number = LAST_MONTH;
    record.qualifiers.push(Qualifier::Average);
    Some(())
}

fn total(block: &mut Block<'_>) -> Option<()> {
    let total = block.take(3)?;
    block.number(total, UNITS, total.unsigned(), 0).storage_number = SINCE_MADE;
    Some(())
}

/// Adds a temperature in steps of 0.01 °C; the lowest number says that there is none.
fn temperature<'b>(block: &'b mut Block<'_>, what: (Quantity, Unit)) -> Option<&'b mut DataRecord> {
    let field: Field<'_> = block.take(2)?;
    Some(match i16::try_from(field.signed()) {
        Ok(i16::MIN) | Err(_) => block.record(field, what, Value::NotAvailable),
        Ok(hundredths) => block.number(field, what, hundredths, -2),
    })
}
