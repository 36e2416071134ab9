//! Apator's water module 08: the total in thirds of a litre.

use super::{Block, Context, Layout, Meters, Place};
use crate::apl::{Quantity, Unit};

const VOLUME: (Quantity, Unit) = (Quantity::Volume, Unit::CubicMetre);

pub(super) static LAYOUT: Layout = Layout {
    name: "apator08",
    meters: &[Meters::of(*b"APT", &[0x03, 0x0F], &[0x03, 0x0F])],
    place: Place::Content(&[0xA0]),
    open: None,
    read,
};

fn read(block: &mut Block<'_>, _: &Context<'_>) -> Option<()> {
    let total = block.take(4)?;
    block.number(total, VOLUME, millionths_of_a_third(total.unsigned()), -9);
    Some(())
}

/// Divides by three and rounds to the nearest millionth: a third has no exact decimal.
pub(super) fn millionths_of_a_third(thirds: u32) -> i128 {
    (i128::from(thirds) * 1_000_000 * 2 + 3) / 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_is_rounded_to_the_nearest_millionth() {
        assert_eq!([0, 1, 2, 3].map(millionths_of_a_third), [0, 333_333, 666_667, 1_000_000]);
        assert_eq!(millionths_of_a_third(u32::MAX), 1_431_655_765_000_000);
    }
}
