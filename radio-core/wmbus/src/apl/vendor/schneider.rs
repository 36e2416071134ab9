//! Schneider Electric: the iEM3000 family.
//!
//! Energy and power of subunit 1 are reactive, power of subunit 2 is apparent, as long as neither a tariff
//! nor a phase is told: then the subunits are those of ABB's meters. Behind a VIF, FF 01 to 08 tell the
//! phase, FF 09 what the meter gives back, FF 0D the partial register that can be reset.

use super::super::{DataRecord, Qualifier, Quantity as Q, Unit};
use super::table::{Meant, Row, Said, find};

const TABLE: [Row; 22] = [
    (&[0x0A], Meant::number(Q::PowerFactor, &Unit::None, 0)),
    (&[0x0B], Meant::number(Q::Frequency, &Unit::Hertz, 0)),
    (&[0x10], Meant::count(Q::ActiveTariff)),
    (&[0x24], Meant::number(Q::Frequency, &Unit::Hertz, 0)),
    (&[0x26], Meant::count(Q::VoltageTransformer)),
    (&[0x27], Meant::count(Q::VoltageTransformer)),
    (&[0x29], Meant::count(Q::CurrentTransformer)),
    (&[0x2A], Meant::count(Q::CurrentTransformer)),
    (&[0x2E], Meant::count(Q::PulseWeight)),
    (&[0x2F], Meant::count(Q::PulseConstant)),
    (&[0x32], Meant::flags(Q::DigitalInput)),
    (&[0x37], Meant::flags(Q::AlarmFlags)),
    (&[0x38], Meant::flags(Q::AlarmFlags)),
    // Shared with ABB's meters.
    (&[0x17], Meant::count(Q::Quadrant)),
    (&[0x18], Meant::count(Q::PowerFailCounter)),
    (&[0x26, 0x00], Meant::flags(Q::ErrorFlags)),
    (&[0x27, 0x00], Meant::flags(Q::WarningFlags)),
    (&[0x28, 0x00], Meant::flags(Q::InformationFlags)),
    (&[0x29, 0x00], Meant::flags(Q::AlarmFlags)),
    (&[0x52], Meant::number(Q::PhaseAngleCurrent, &Unit::Degree, -1)),
    (&[0x60], Meant::number(Q::PowerFactor, &Unit::None, -3)),
    (&[0x79, 0x44], Meant::number(Q::CarbonDioxide, &Unit::Kilogram, -2)),
];

/// Says what a record of an iEM3000 means.
pub(super) fn said(record: &DataRecord, codes: &[u8]) -> Option<Said> {
    const GIVEN_BACK: u8 = 0x09;
    const PARTIAL: u8 = 0x0D;
    if super::is_own_vif(record) {
        return find(&TABLE, codes).or_else(|| super::abb::own(&TABLE, codes));
    }
    let is_of_all = record.tariff == 0 && matches!(codes, [] | [GIVEN_BACK | PARTIAL]);
    let kind = match (record.quantity, record.subunit) {
        _ if !is_of_all => return of_one(record, codes),
        (Q::Energy, 1) => Said::renamed(record, Q::ReactiveEnergy, &Unit::KilovarHour),
        // The meter sends these in watts.
        (Q::Power, 1) => Said::renamed(record, Q::ReactivePower, &Unit::Kilowatt),
        (Q::Power, 2) => Said::renamed(record, Q::ApparentPower, &Unit::Kilowatt),
        _ => None,
    };
    match codes {
        [GIVEN_BACK] => Some(kind.unwrap_or(Said::nothing()).with(Some(Qualifier::FromMeter))),
        [PARTIAL] => Some(kind.unwrap_or(Said::nothing()).with(Some(Qualifier::Resettable))),
        _ => kind.or_else(|| super::abb::said(record, codes)),
    }
}

/// Says what a record of one tariff, phase or pair of phases means.
fn of_one(record: &DataRecord, codes: &[u8]) -> Option<Said> {
    match codes {
        [0] if record.quantity == Q::Current => Some(Said::nothing().with(Some(Qualifier::Average))),
        [4 | 8] if record.quantity == Q::Voltage => Some(Said::nothing().with(Some(Qualifier::Average))),
        _ => super::abb::said(record, codes),
    }
}
