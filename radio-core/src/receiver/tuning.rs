//! How an RTL-SDR is set.

/// Tells gain, correction and rate of an RTL-SDR. The centre is always the same, between the two channels, so that
/// nothing has to be set anew when other link modes are wanted, and the stick's DC offset lies in neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning {
    /// Gain of the tuner in tenths of a dB; none where the tuner chooses.
    pub gain_tenths_db: Option<u32>,
    /// Correction of the stick's oscillator, in millionths.
    pub correction_ppm: i32,
    /// Samples per second.
    pub rate_hz: u32,
    /// Whether the antenna's amplifier is fed.
    pub has_bias_tee: bool,
}

impl Tuning {
    /// Returns the frequency in the middle of what is received.
    pub const fn center_hz(&self) -> u32 {
        868_625_000
    }
}

impl Default for Tuning {
    fn default() -> Self {
        Self { gain_tenths_db: None, correction_ppm: 0, rate_hz: 1_600_000, has_bias_tee: false }
    }
}
