//! Techem's heat cost allocators data III and their kin: the running and the last period, with temperatures.

use super::techem::{CI, TECHEM, due_date, today};
use super::{Block, Context, DUE_DATE, Layout, Meters, Place};
use crate::apl::{Quantity, Unit};

const UNITS: (Quantity, Unit) = (Quantity::HcaUnits, Unit::HcaUnit);
const ROOM: (Quantity, Unit) = (Quantity::ExternalTemperature, Unit::Celsius);
const RADIATOR: (Quantity, Unit) = (Quantity::ReturnTemperature, Unit::Celsius);
/// The version that has no temperatures.
const WITHOUT_TEMPERATURES: u8 = 0x64;
/// The frame kind that has one more byte before the temperatures.
const LATE_TEMPERATURES: u8 = 0x0F;

pub(super) static LAYOUT: Layout = Layout {
    name: "fhkvdataiii",
    meters: &[Meters::of(TECHEM, &[WITHOUT_TEMPERATURES, 0x69, 0x94], &[0x80])],
    place: Place::Content(CI),
    open: None,
    read,
};

fn read(block: &mut Block<'_>, context: &Context<'_>) -> Option<()> {
    let kind = block.note(1, "frame kind")?.byte();
    let due = block.take(2)?;
    let previous = block.take(2)?;
    let now = block.take(2)?;
    let current = block.take(2)?;

    block.number(current, UNITS, current.unsigned(), 0);
    today(block, now, due)?;
    block.number(previous, UNITS, previous.unsigned(), 0).storage_number = DUE_DATE;
    due_date(block, due)?;
    if context.meter.version != WITHOUT_TEMPERATURES {
        if kind == LATE_TEMPERATURES {
            block.note(1, "not known")?;
        }
        let (room, radiator) = (block.take(2)?, block.take(2)?);
        block.number(room, ROOM, room.signed(), -2);
        block.number(radiator, RADIATOR, radiator.signed(), -2);
    }
    block.note_rest("history")?;
    Some(())
}
