//! When each chip of a transmission begins.

use wmbus::phy::Band;

use super::{Random, Transmitter};

/// Lets the chip clock swing around its rate, as the oscillators of real meters do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wander {
    /// How far the clock swings to either side, in chips.
    pub chips: f64,
    /// How many chips one swing takes.
    pub period_chips: f64,
}

/// Returns the instants at which the chips begin, in seconds since the first one, and the end of the last one.
pub(super) fn chip_instants(
    chips: usize,
    band: &Band,
    transmitter: &Transmitter,
    random: &mut Random,
) -> Vec<f64> {
    let rate_hz = f64::from(band.chip_rate_hz);
    let mut instants = Vec::with_capacity(chips + 1);
    let mut elapsed_s = 0.0;
    for chip in 0..=chips {
        let swing_s = transmitter.wander.map_or(0.0, |wander| {
            let swings = chip as f64 / wander.period_chips.max(1.0);
            wander.chips * (core::f64::consts::TAU * swings).sin() / rate_hz
        });
        let jitter_s = random.between(-transmitter.jitter_s, transmitter.jitter_s);
        let instant = if chip == 0 { 0.0 } else { elapsed_s + swing_s + jitter_s };
        // Never backwards, whatever was asked for.
        instants.push(instants.last().map_or(instant, |before: &f64| instant.max(before + 0.05 / rate_hz)));
        let through = (chip as f64 + 0.5) / chips.max(1) as f64;
        let error_ppm = transmitter.chip_rate_error_ppm + transmitter.chip_rate_drift_ppm * through;
        elapsed_s += 1.0 / (rate_hz * (1.0 + error_ppm.max(-900_000.0) * 1e-6));
    }
    instants
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instants(transmitter: &Transmitter) -> Vec<f64> {
        chip_instants(1000, &Band::T, transmitter, &mut Random::new(1))
    }

    #[test]
    fn a_fast_clock_ends_early() {
        let nominal = Transmitter::nominal(&Band::T);
        assert!((instants(&nominal)[1000] - 0.01).abs() < 1e-12);
        let fast = Transmitter { chip_rate_error_ppm: 120_000.0, ..nominal };
        assert!((instants(&fast)[1000] - 0.01 / 1.12).abs() < 1e-9);
    }

    #[test]
    fn a_drifting_clock_begins_at_its_rate_and_ends_at_another() {
        let drifting = Transmitter { chip_rate_drift_ppm: 10_000.0, ..Transmitter::nominal(&Band::T) };
        let instants = instants(&drifting);
        let rate_at = |chip: usize| 1.0 / (instants[chip + 1] - instants[chip]);
        assert!((rate_at(0) - 100_000.0).abs() < 2.0, "{}", rate_at(0));
        assert!((rate_at(999) - 101_000.0).abs() < 2.0, "{}", rate_at(999));
    }

    #[test]
    fn a_wandering_clock_comes_back_and_never_runs_backwards() {
        let wander = Wander { chips: 1.2, period_chips: 500.0 };
        let wandering =
            Transmitter { wander: Some(wander), jitter_s: 3e-6, ..Transmitter::nominal(&Band::T) };
        let instants = instants(&wandering);
        let late_chips = |chip: usize| instants[chip] * 100_000.0 - chip as f64;
        assert!((late_chips(125) - 1.2).abs() < 0.31, "{}", late_chips(125));
        assert!(late_chips(500).abs() < 0.31, "{}", late_chips(500));
        assert!(instants.windows(2).all(|pair| pair[1] > pair[0]));
    }
}
