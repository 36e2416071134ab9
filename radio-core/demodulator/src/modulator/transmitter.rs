//! What a meter's transmitter does differently from the next one's.

use wmbus::phy::Band;

use super::{Random, Shaping, Wander};

/// Describes how a meter sends.
///
/// ```
/// use demodulator::modulator::{Shaping, Transmitter};
/// use wmbus::phy::Band;
///
/// let meter = Transmitter { shaping: Shaping::Gaussian { bt: 0.5 }, ..Transmitter::nominal(&Band::C) };
/// assert_eq!(meter.deviation_hz, 45_000.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transmitter {
    /// Half the distance of the two frequencies.
    pub deviation_hz: f64,
    /// How the frequency moves from chip to chip.
    pub shaping: Shaping,
    /// The carrier at the first chip, less the nominal one; the receiver's error belongs here, too.
    pub frequency_offset_hz: f64,
    /// How much the carrier changes up to the last chip.
    pub frequency_drift_hz: f64,
    /// How much faster than nominal the first chip is, in millionths.
    pub chip_rate_error_ppm: f64,
    /// How much that changes up to the last chip, in millionths.
    pub chip_rate_drift_ppm: f64,
    /// How the clock swings around its rate.
    pub wander: Option<Wander>,
    /// How much earlier or later than its time each chip may begin.
    pub jitter_s: f64,
    /// The carrier's phase at the first chip, in turns.
    pub phase_turns: f64,
}

impl Transmitter {
    /// Sends exactly what the standard calls nominal, as plain 2-FSK.
    pub const fn nominal(band: &Band) -> Self {
        Self {
            deviation_hz: band.deviation.nominal_hz as f64,
            shaping: Shaping::Rectangular,
            frequency_offset_hz: 0.0,
            frequency_drift_hz: 0.0,
            chip_rate_error_ppm: 0.0,
            chip_rate_drift_ppm: 0.0,
            wander: None,
            jitter_s: 0.0,
            phase_turns: 0.0,
        }
    }

    /// Sends as one of many ordinary meters: up to 10 kHz off and drifting by 500 Hz, a crystal's clock of 100 ppm,
    /// the nominal deviation within 5 %, shaped or not.
    ///
    /// The population that the curves of the peers were measured with (`phy_curves.md`).
    pub fn ordinary(band: &Band, random: &mut Random) -> Self {
        let shapes = [Shaping::Rectangular, Shaping::Gaussian { bt: 0.5 }, Shaping::Gaussian { bt: 1.0 }];
        Self {
            deviation_hz: f64::from(band.deviation.nominal_hz) * random.between(0.95, 1.05),
            shaping: random.choose(&shapes).unwrap_or(Shaping::Rectangular),
            frequency_offset_hz: random.between(-10_000.0, 10_000.0),
            frequency_drift_hz: random.between(-500.0, 500.0),
            chip_rate_error_ppm: random.between(-100.0, 100.0),
            phase_turns: random.unit(),
            ..Self::nominal(band)
        }
    }
}
