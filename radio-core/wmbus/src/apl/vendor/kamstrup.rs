//! Kamstrup: VIF FF of MULTICAL, flowIQ and the water meters.

use super::super::{DataRecord, Quantity as Q, Unit};
use super::table::{Meant, Row, Said, find};

const TABLE: [Row; 6] = [
    // The registers E8 and E9: volume times supply and return temperature.
    (&[0x07], Meant::number(Q::VolumeTimesSupplyTemperature, &Unit::CubicMetreCelsius, 0)),
    (&[0x08], Meant::number(Q::VolumeTimesReturnTemperature, &Unit::CubicMetreCelsius, 0)),
    // Information codes: of water meters, of MULTICAL 302 and 303, of heat meters, of flowIQ.
    (&[0x20], Meant::flags(Q::InformationCode)),
    (&[0x21], Meant::flags(Q::InformationCode)),
    (&[0x22], Meant::flags(Q::InformationCode)),
    (&[0x23], Meant::flags(Q::InformationCode)),
];

/// Says what a record of Kamstrup's means.
pub(super) fn said(record: &DataRecord, codes: &[u8]) -> Option<Said> {
    if super::is_own_vif(record) { find(&TABLE, codes) } else { None }
}
