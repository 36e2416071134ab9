//! Apator's water module 172: the total in thirds of a cubic metre.

use super::apator08::millionths_of_a_third;
use super::{Block, Context, Layout, Meters, Place};
use crate::apl::{Quantity, Unit};

const VOLUME: (Quantity, Unit) = (Quantity::Volume, Unit::CubicMetre);

pub(super) static LAYOUT: Layout = Layout {
    name: "apator172",
    meters: &[Meters::of(*b"APT", &[0x04], &[0x11])],
    place: Place::Content(&[0xA0]),
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    let total = block.take(4)?;
    block.number(total, VOLUME, millionths_of_a_third(total.unsigned()), -6);
    Some(())
}
