//! Ei Electronics: the state of a smoke alarm's head behind VIF FF.

use super::super::{DataRecord, Quantity as Q};
use super::table::{Meant, Row, Said, find};

const TABLE: [Row; 1] = [(&[0x2C], Meant::flags(Q::ErrorFlags))];

/// Says what a record of Ei Electronics' means.
pub(super) fn said(record: &DataRecord, codes: &[u8]) -> Option<Said> {
    if super::is_own_vif(record) { find(&TABLE, codes) } else { None }
}
