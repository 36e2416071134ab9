//! Phases behind VIFE FF, as makers of electricity meters write them.

use super::super::{DataRecord, Phase, Qualifier, Quantity};
use super::table::Said;

/// Reads FF 01, 02 and 03 behind a standard VIF as the three phases (EBZ, EasyMeter).
pub(super) fn said(record: &DataRecord, codes: &[u8]) -> Option<Said> {
    match codes {
        &[code @ 1..=3] if !super::is_own_vif(record) => Some(Said::nothing().with(phase(code))),
        _ => None,
    }
}

/// Returns the phase that a code from 1 to 3 stands for.
pub(super) fn phase(code: u8) -> Option<Qualifier> {
    Some(Qualifier::Phase(match code {
        1 => Phase::L1,
        2 => Phase::L2,
        3 => Phase::L3,
        _ => return None,
    }))
}

/// Returns the pair of phases that a code from 1 to 3 stands for: L1–L2, L2–L3, L3–L1.
pub(super) fn pair(code: u8) -> Option<Qualifier> {
    Some(Qualifier::Phase(match code {
        1 => Phase::L1L2,
        2 => Phase::L2L3,
        3 => Phase::L3L1,
        _ => return None,
    }))
}

/// Reads the codes that ABB and Schneider Electric put behind electrical VIFs: 1 to 3 the phases, and of
/// a voltage 5 to 7 the pairs of them.
pub(super) fn electrical(record: &DataRecord, code: u8) -> Option<Qualifier> {
    match code {
        1..=3 => phase(code),
        5..=7 if record.quantity == Quantity::Voltage => pair(code - 4),
        _ => None,
    }
}
