//! Eltako: VIF FF of the DIN-rail electricity meters.

use super::super::{DataRecord, Quantity as Q};
use super::table::{Meant, Row, Said, find};

const TABLE: [Row; 2] =
    [(&[0x68], Meant::count(Q::CurrentTransformer)), (&[0x13], Meant::count(Q::ActiveTariff))];

/// Says what a record of Eltako's means.
pub(super) fn said(record: &DataRecord, codes: &[u8]) -> Option<Said> {
    if super::is_own_vif(record) { find(&TABLE, codes) } else { None }
}
