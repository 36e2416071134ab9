//! IME: VIF FF, a number of the register, and the standard's VIF for its scale.
//!
//! Tariffs 8, 9 and 10 are the three phases, 7 is their sum.

use super::super::{Accumulation, DataRecord, Qualifier, Quantity as Q, Unit};
use super::phases::{pair, phase};
use super::table::{Meant, Row, Said, find};

const TABLE: [Row; 18] = [
    (&[0x00, 0x04, 0x3B], Meant::number(Q::Energy, &Unit::KilowattHour, -2)),
    (&[0x00, 0x04, 0x3C], Meant::number(Q::Energy, &Unit::KilowattHour, -2)),
    (&[0x01, 0x04, 0x3B], Meant::number(Q::ReactiveEnergy, &Unit::KilovarHour, -2)),
    (&[0x01, 0x04, 0x3C], Meant::number(Q::ReactiveEnergy, &Unit::KilovarHour, -2)),
    (&[0x04, 0x2B], Meant::number(Q::Power, &Unit::Kilowatt, -3)),
    (&[0x05, 0x2B], Meant::number(Q::ReactivePower, &Unit::Kilovar, -3)),
    (&[0x06, 0x2B], Meant::number(Q::ApparentPower, &Unit::KilovoltAmpere, -3)),
    (&[0x07, 0x48], Meant::number(Q::Voltage, &Unit::Volt, -1)),
    (&[0x08, 0x48], Meant::number(Q::Voltage, &Unit::Volt, -1)),
    (&[0x09, 0x59], Meant::number(Q::Current, &Unit::Ampere, -3)),
    (&[0x0A, 0x48], Meant::number(Q::Frequency, &Unit::Hertz, -1)),
    (&[0x0B, 0x28], Meant::number(Q::PowerFactor, &Unit::None, -3)),
    // The mean over the demand interval, and the highest one.
    (&[0x0D, 0x2B], Meant::number(Q::Power, &Unit::Kilowatt, -3)),
    (&[0x0E, 0x2B], Meant::number(Q::MaximumPower, &Unit::Kilowatt, -3)),
    (&[0x0F, 0x21], Meant::number(Q::OnTime, &Unit::Minute, 0)),
    (&[0x10, 0x29], Meant::number(Q::Dimensionless, &Unit::None, -2)),
    (&[0x12, 0x2B], Meant::count(Q::CurrentTransformer)),
    (&[0x13, 0x29], Meant::count(Q::VoltageTransformer)),
];

const FIRST_PHASE_TARIFF: u32 = 8;

/// Says what a record of IME's means.
pub(super) fn said(record: &DataRecord, codes: &[u8]) -> Option<Said> {
    if !super::is_own_vif(record) {
        return None;
    }
    let said = find(&TABLE, codes)?;
    let number = record
        .tariff
        .checked_sub(FIRST_PHASE_TARIFF)
        .and_then(|above| u8::try_from(above).ok()?.checked_add(1));
    Some(match *codes {
        [_, _, 0x3B] => said.with(Some(Qualifier::Accumulation(Accumulation::Positive))),
        [_, _, 0x3C] => said.with(Some(Qualifier::Accumulation(Accumulation::Negative))),
        [0x08, _] => said.with(number.and_then(pair)),
        [0x04..=0x09, _] => said.with(number.and_then(phase)),
        [0x0D, _] => said.with(Some(Qualifier::Average)),
        _ => said,
    })
}
