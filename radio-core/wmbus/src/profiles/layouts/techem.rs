//! What Techem's layouts have in common.

use super::calendar::{date_16, day_and_month, next_after};
use super::{Block, DUE_DATE, Field};
use crate::apl::{Quantity, Unit};
use crate::value::{Date, Moment, Value};

pub(super) const TECHEM: [u8; 3] = *b"TCH";
/// The CI fields of Techem's telegrams.
pub(super) const CI: &[u8] = &[0xA0, 0xA1, 0xA2];

/// Reads a date that may not be set yet.
pub(super) fn date_of(field: Field<'_>) -> Moment<Date> {
    match field.word() {
        0x0000 | 0xFFFF => Moment::NotAvailable,
        word => date_16(word).map_or(Moment::Impossible, Moment::At),
    }
}

/// Adds the date of the due date; `None` if it is impossible.
pub(super) fn due_date<'a>(block: &mut Block<'a>, field: Field<'a>) -> Option<()> {
    let record = match date_of(field) {
        Moment::At(date) => block.date(field, date),
        Moment::NotAvailable => block.record(field, (Quantity::Date, Unit::None), Value::NotAvailable),
        Moment::Impossible => return None,
    };
    record.storage_number = DUE_DATE;
    Some(())
}

/// Adds the day of now, whose year follows from the due date; without one it is not known. `None` if it
/// is impossible.
pub(super) fn today<'a>(block: &mut Block<'a>, field: Field<'a>, due: Field<'a>) -> Option<()> {
    // A device that has not begun to count days says 0.
    let (day, month) = day_and_month(field.word());
    let day_and_month = (day.max(1), if month == 0 { 12 } else { month });
    match date_of(due) {
        Moment::At(due) => _ = block.date(field, next_after(due, day_and_month)?),
        Moment::NotAvailable => block.note_field(field, "day and month of now"),
        Moment::Impossible => return None,
    }
    Some(())
}
