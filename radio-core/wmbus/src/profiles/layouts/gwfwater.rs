//! GWF's water meters: alarms and battery behind the ordinary records.

use super::{Block, Context, Layout, Meters, Place};
use crate::apl::{Quantity, Unit};
use crate::profiles::{Alarm, AlarmCode};

const GWF: [u8; 3] = *b"GWF";
/// The only kind of block that is known.
const KIND: u8 = 0x01;
const ALARMS: [(u32, Alarm); 4] = [
    (0x02, Alarm::present(AlarmCode::Leak)),
    (0x08, Alarm::present(AlarmCode::Burst)),
    (0x20, Alarm::present(AlarmCode::LowBattery)),
    (0x40, Alarm::present(AlarmCode::ReverseFlow)),
];

pub(super) static LAYOUT: Layout = Layout {
    name: "gwfwater",
    meters: &[Meters::of(GWF, &[0x01], &[0x0E]), Meters::of(GWF, &[0x3C], &[0x07])],
    place: Place::ManufacturerData,
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    if block.note(1, "kind of block")?.byte() != KIND {
        return None;
    }
    let alarms = block.take(1)?;
    let state = block.take(1)?;
    block.skip(0x2F, "filler")?;

    block.flags(alarms, Quantity::ErrorFlags, alarms.byte().into());
    block.alarms(alarms.byte().into(), &ALARMS);
    // Bit 0 is the power saving mode, bits 3 to 7 count half years.
    block.flags(state, Quantity::StatusFlags, (state.byte() & 0x07).into());
    let half_years = i128::from(state.byte() >> 3);
    block.number(state, (Quantity::RemainingBatteryLife, Unit::Year), half_years * 5, -1);
    Some(())
}
