//! What manufacturers say with codes of their own: behind VIF FF, behind VIFE FF, and with standard VIFs
//! that they use in another way.
//!
//! A table names a quantity only where the manufacturer's description or published values give it. The
//! codes stay beside it as [`Qualifier::Manufacturer`], and the bytes as they are.

mod abb;
mod axioma;
mod ei_electronics;
mod eltako;
mod ime;
mod kamstrup;
mod phases;
mod schneider;
mod table;

use super::{DataRecord, Few, Qualifier, Quantity};
use crate::meter::MeterAddress;
use table::Said;

/// Puts names, units and scales to the records of a manufacturer whose codes are known.
pub(crate) fn apply_vendor_tables(meter: &MeterAddress, records: &mut [DataRecord]) {
    let letters = meter.manufacturer.letters();
    let table: fn(&DataRecord, &[u8]) -> Option<Said> = match letters {
        ['A', 'B', 'B'] => abb::said,
        ['A', 'X', 'I'] => axioma::said,
        ['E', 'B', 'Z'] | ['E', 'S', 'Y'] => phases::said,
        ['E', 'I', 'E'] => ei_electronics::said,
        ['E', 'L', 'T'] => eltako::said,
        ['I', 'M', 'E'] => ime::said,
        ['K', 'A', 'M'] | ['K', 'A', 'W'] => kamstrup::said,
        ['S', 'E', 'C'] => schneider::said,
        _ => return,
    };
    for record in records.iter_mut().filter(|record| record.header_length > 1) {
        if let Some(said) = table(record, &codes(record)) {
            said.apply(record);
        }
    }
}

/// More codes than these have no VIB.
const MOST_CODES: usize = super::dib::MOST_EXTENSIONS;

/// Returns the manufacturer's codes of a record, in order.
fn codes(record: &DataRecord) -> Few<u8, MOST_CODES> {
    let code = |qualifier: &Qualifier| match qualifier {
        Qualifier::Manufacturer(code) => Some(*code),
        _ => None,
    };
    record.qualifiers.iter().filter_map(code).collect()
}

/// Tells whether the VIF itself is the manufacturer's (FF).
fn is_own_vif(record: &DataRecord) -> bool {
    record.quantity == Quantity::ManufacturerSpecific
}
