//! Zenner's water module 0B: the totals of now and of the due date in 256ths of a litre.

use super::{Block, Context, DUE_DATE, Field, Layout, Meters, Place};
use crate::apl::{Quantity, Unit};

const VOLUME: (Quantity, Unit) = (Quantity::Volume, Unit::CubicMetre);

pub(super) static LAYOUT: Layout = Layout {
    name: "zenner0b",
    meters: &[Meters::of(*b"ZRI", &[0x0B], &[0x16])],
    place: Place::ManufacturerData,
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    let status = block.take(4)?;
    let due = block.take(4)?;
    let total = block.take(4)?;

    volume(block, total, 0);
    volume(block, due, DUE_DATE);
    block.flags(status, Quantity::StatusFlags, status.unsigned());
    Some(())
}

fn volume<'a>(block: &mut Block<'a>, field: Field<'a>, storage_number: u64) {
    /// 10^-8 litres.
    const A_256TH: i128 = 390_625;
    let mantissa = i128::from(field.unsigned()) * A_256TH;
    block.number(field, VOLUME, mantissa, -11).storage_number = storage_number;
}
