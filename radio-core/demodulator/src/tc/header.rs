//! The 48 chips that modes T and C share: nineteen pairs `01` and T's sync word, which ends C's first half.

use wmbus::phy::sync;

/// Chips of the shared header.
pub(super) const CHIPS: usize = 48;
/// Chips of it that alternate.
pub(super) const ALTERNATING: usize = 38;
/// Chips of mode C's second sync word, which tells the frame format.
pub(super) const FORMAT_CHIPS: usize = 16;
/// Chips a second in both modes.
pub(super) const CHIP_RATE_HZ: f64 = 100_000.0;

/// Returns the shared header.
pub(super) fn chips() -> [bool; CHIPS] {
    let mut chips = [false; CHIPS];
    let preamble = (0..ALTERNATING).map(|at| at % 2 == 1);
    for (chip, value) in chips.iter_mut().zip(preamble.chain(sync::T.chips())) {
        *chip = value;
    }
    chips
}

/// Returns 1 for the higher frequency and −1 for the lower one.
pub(super) fn sign(chip: bool) -> f32 {
    if chip { 1.0 } else { -1.0 }
}

/// Returns the phase in units of πh that the chips before each chip leave.
pub(super) fn phases(chips: &[bool]) -> impl Iterator<Item = f32> + '_ {
    chips.iter().scan(0.0, |phase, chip| {
        let before = *phase;
        *phase += sign(*chip);
        Some(before)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wmbus::FrameFormat;
    use wmbus::LinkMode;

    #[test]
    fn both_modes_begin_with_the_shared_header() {
        for (mode, format) in
            [(LinkMode::T1, FrameFormat::A), (LinkMode::C1, FrameFormat::A), (LinkMode::C1, FrameFormat::B)]
        {
            let header = sync::Header::shortest(mode, format).unwrap();
            assert!(header.chips().take(CHIPS).eq(chips()));
        }
    }

    #[test]
    fn the_header_leaves_no_phase() {
        assert_eq!(chips().iter().map(|chip| sign(*chip)).sum::<f32>(), 0.0);
        assert_eq!(phases(&chips()).fold(0.0, f32::min), -4.0);
    }
}
