//! ABB: the A and B series of electricity meters.
//!
//! The subunit tells the kind of a register: 0 and 1 active, 2 and 3 reactive, 4 and 5 apparent (each
//! taken and given back), 6 to 8 the differences of them. The codes behind VIF FF may end in 00, and
//! before that in FF 81 to 83 for a phase.

use super::super::{DataRecord, Qualifier, Quantity as Q, Unit};
use super::phases::{electrical, phase};
use super::table::{Meant, Row, Said, find};

const TABLE: [Row; 14] = [
    (&[0x13], Meant::count(Q::ActiveTariff)),
    (&[0x17], Meant::count(Q::Quadrant)),
    (&[0x18], Meant::count(Q::PowerFailCounter)),
    (&[0x20, 0x15], Meant::count(Q::CurrentTransformer)),
    (&[0x21, 0x15], Meant::count(Q::VoltageTransformer)),
    (&[0x22, 0x15], Meant::count(Q::CurrentTransformer)),
    (&[0x23, 0x15], Meant::count(Q::VoltageTransformer)),
    (&[0x26], Meant::flags(Q::ErrorFlags)),
    (&[0x27], Meant::flags(Q::WarningFlags)),
    (&[0x28], Meant::flags(Q::InformationFlags)),
    (&[0x29], Meant::flags(Q::AlarmFlags)),
    (&[0x52], Meant::number(Q::PhaseAngleCurrent, &Unit::Degree, -1)),
    (&[0x59], Meant::number(Q::Frequency, &Unit::Hertz, -2)),
    (&[0x60], Meant::number(Q::PowerFactor, &Unit::None, -3)),
];

/// Leads from the codes behind VIF FF to those of one phase, and to resettable registers.
const MORE: u8 = 0x7F;
const RESETTABLE: u8 = 0x72;

/// Says what a record of ABB's means.
pub(super) fn said(record: &DataRecord, codes: &[u8]) -> Option<Said> {
    if super::is_own_vif(record) {
        return own(&TABLE, codes);
    }
    let kind = match (record.quantity, record.subunit) {
        (Q::Energy, 2 | 3 | 7) => Said::renamed(record, Q::ReactiveEnergy, &Unit::KilovarHour),
        (Q::Energy, 4 | 5 | 8) => Said::renamed(record, Q::ApparentEnergy, &Unit::KilovoltAmpereHour),
        // The meter sends these in watts.
        (Q::Power, 2) => Said::renamed(record, Q::ReactivePower, &Unit::Kilowatt),
        (Q::Power, 4) => Said::renamed(record, Q::ApparentPower, &Unit::Kilowatt),
        _ => None,
    };
    match without_end(codes) {
        [] => kind,
        [RESETTABLE] => Some(kind.unwrap_or(Said::nothing()).with(Some(Qualifier::Resettable))),
        [code] => Some(kind.unwrap_or(Said::nothing()).with(electrical(record, *code))),
        _ => kind,
    }
}

/// Finds codes that may end in 00 and in a phase.
pub(super) fn own(table: &[Row], codes: &[u8]) -> Option<Said> {
    match without_end(codes) {
        [rest @ .., MORE, code @ 1..=3] => Some(find(table, rest)?.with(phase(*code))),
        rest => find(table, rest),
    }
}

fn without_end(codes: &[u8]) -> &[u8] {
    match codes {
        [rest @ .., 0] => rest,
        _ => codes,
    }
}
