//! Axioma: the battery in percent where the standard has days.

use super::super::{DataRecord, Quantity, Unit};
use super::table::{Meant, Said};

/// One byte of FD 74 is the battery's level in percent: a life of days would not fit into it.
pub(super) fn said(record: &DataRecord, codes: &[u8]) -> Option<Said> {
    const ONE_BYTE: usize = 1;
    let is_level = codes.is_empty()
        && record.quantity == Quantity::RemainingBatteryLife
        && record.unit == Unit::Day
        && record.data().len() == ONE_BYTE;
    is_level.then(|| Said::meant(Meant::number(Quantity::BatteryLevel, &Unit::Percent, 0)))
}
