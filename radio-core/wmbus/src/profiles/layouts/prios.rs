//! PRIOS, the short telegram of the Diehl group's water meters (Izar): scrambled, with a month end.

use super::calendar::date_g_fixed;
use super::{Block, Context, Field, Layout, MONTH_END, Meters, Opened, Place};
use crate::apl::{Quantity, Unit};
use crate::meter::Manufacturer;
use crate::profiles::{Alarm, AlarmCode};
use crate::security::{Keys, lfsr};
use crate::telegram::SealedReason;
use crate::value::Value;
use alloc::format;

const VOLUME: (Quantity, Unit) = (Quantity::Volume, Unit::CubicMetre);
const SAPPEL: [u8; 3] = *b"SAP";
/// The scrambling counts from the beginning of a frame without extended link layer.
const CI_OFFSET: usize = 10;
/// What unscrambled data begins with.
const MARK: u8 = 0x4B;
/// The bits of the three header bytes that are alarms.
const ALARM_BITS: u32 = 0xFF_E080;
const ALARMS: [(u32, Alarm); 12] = [
    (0x00_0080, Alarm::present(AlarmCode::General)),
    (0x00_8000, Alarm::present(AlarmCode::Leak)),
    (0x00_4000, Alarm::past(AlarmCode::Leak)),
    (0x00_2000, Alarm::present(AlarmCode::Blocked)),
    (0x80_0000, Alarm::present(AlarmCode::ReverseFlow)),
    (0x40_0000, Alarm::present(AlarmCode::Underflow)),
    (0x20_0000, Alarm::present(AlarmCode::Overflow)),
    (0x10_0000, Alarm::present(AlarmCode::Submerged)),
    (0x08_0000, Alarm::present(AlarmCode::Tamper)),
    (0x04_0000, Alarm::past(AlarmCode::Tamper)),
    (0x02_0000, Alarm::present(AlarmCode::Tamper)),
    (0x01_0000, Alarm::past(AlarmCode::Tamper)),
];

pub(super) static LAYOUT: Layout = Layout {
    name: "prios",
    meters: &[
        Meters::of(*b"DME", &[], &[]),
        Meters::of(*b"EWT", &[], &[]),
        Meters::of(*b"HYD", &[], &[]),
        Meters::of(SAPPEL, &[], &[]),
        Meters::of(*b"SPL", &[], &[]),
    ],
    place: Place::Content(&[0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7]),
    open: Some(open),
    read,
};

fn open(frame: &mut [u8], context: &Context<'_>, keys: &dyn Keys) -> Result<Opened, SealedReason> {
    if context.offset != CI_OFFSET {
        return Err(SealedReason::WrongKey);
    }
    let own = keys.candidates_64(&context.sender);
    // A factory key that does not fit is none of the meter's.
    let reason = if own.is_empty() { SealedReason::NoKey } else { SealedReason::WrongKey };
    let factory = lfsr::FACTORY_KEYS.iter().map(|key| (key, true));
    let (plain, default_key) = own
        .into_iter()
        .map(|key| (key, false))
        .chain(factory)
        .filter_map(|(key, is_default)| Some((lfsr::unscramble(key, frame)?, is_default)))
        .find(|(plain, _)| plain.first() == Some(&MARK))
        .ok_or(reason)?;
    let range = lfsr::FIRST..lfsr::FIRST + plain.len();
    if let Some(scrambled) = frame.get_mut(range.clone()) {
        scrambled.copy_from_slice(&plain);
    }
    Ok(Opened { range, default_key })
}

fn read(block: &mut Block<'_>, context: &Context<'_>) -> Option<()> {
    let header = block.take(3)?;
    block.note(1, "not evaluated")?;
    block.note(1, "mark of unscrambled data")?;
    let total = block.take(4)?;
    block.number(total, VOLUME, total.unsigned(), -3);
    if let Some(month_end) = block.take(4) {
        block.number(month_end, VOLUME, month_end.unsigned(), -3).storage_number = MONTH_END;
        if let Some(date) = block.take(2) {
            block.date(date, date_g_fixed(date)?).storage_number = MONTH_END;
        }
    }
    state(block, header);
    if context.sender.manufacturer.has_letters_of(Manufacturer::of(SAPPEL)) {
        serial(block, context.sender_wire);
    }
    Some(())
}

/// Adds the transmission period, the battery's half years and the alarms, which the header has in clear.
fn state<'a>(block: &mut Block<'a>, header: Field<'a>) {
    let (period, battery) = (header.part(0, 1), header.part(1, 1));
    let seconds = 4i128 << (period.byte() & 0xF);
    block.number(period, (Quantity::TransmissionPeriod, Unit::Second), seconds, 0);
    let half_years = i128::from(battery.byte() & 0x1F);
    block.number(battery, (Quantity::RemainingBatteryLife, Unit::Year), half_years * 5, -1);
    let bits = header.unsigned();
    block.flags(header, Quantity::ErrorFlags, bits & ALARM_BITS);
    block.note_field(header.part(2, 1), "the error flags' highest byte");
    block.alarms(bits, &ALARMS);
}

/// Adds Sappel's serial number, which the A field codes: letters, year of manufacture, number.
fn serial(block: &mut Block<'_>, [_, _, a, b, c, d, e, f]: [u8; 8]) {
    let number = u32::from_le_bytes([a, b, c, d & 0x03]);
    let (year, serial) = (number / 1_000_000, number % 1_000_000);
    let letter = |code: u8| char::from(b'@' + code);
    let [first, second, third] =
        [(f & 0x0F) << 1 | e >> 7, (e & 0x7C) >> 2, (e & 0x03) << 3 | d >> 5].map(letter);
    let prefix = format!("{first}{year:02}{second}{third}");
    let century = if year > 70 { 1900 } else { 2000 };
    let Some(field) = block.a_field() else { return };
    block.record(field, (Quantity::SerialPrefix, Unit::None), Value::Text(prefix));
    block.record(field, (Quantity::FabricationNumber, Unit::None), Value::Text(format!("{serial:06}")));
    block.number(field, (Quantity::ManufactureYear, Unit::None), century + year, 0);
}
