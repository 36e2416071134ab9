//! A frame that was found in samples.

use wmbus::{Frame, FrameFormat, LinkMode};

/// Carries one frame with what its signal told.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HeardFrame {
    /// The frame, link-layer CRCs checked and removed.
    pub frame: Frame,
    /// How its bytes were laid out on the air.
    pub format: FrameFormat,
    /// S1, T1 or C1: what a one-way meter sends; a two-way meter's transmission looks the same.
    pub link_mode: LinkMode,
    /// When the first chip of the shortest allowed preamble began, in seconds since the first sample.
    pub start_s: f64,
    /// When the first chip of the L field began, in seconds since the first sample.
    pub frame_start_s: f64,
    /// When the last chip of the frame ended, in seconds since the first sample.
    pub end_s: f64,
    /// Power of the signal in dB below full scale (a complex tone of amplitude 1).
    pub rssi_dbfs: f32,
    /// Energy per chip over noise density, in dB.
    pub snr_db: f32,
    /// Carrier minus the channel's nominal frequency, in Hz.
    pub frequency_offset_hz: f32,
    /// Deviation of the chip rate from the nominal one, in millionths; positive is faster.
    pub chip_rate_error_ppm: f32,
    /// Half the distance of the two frequencies, in Hz.
    pub deviation_hz: f32,
    /// Bits of the frame that were other than the chips alone would have said, before the CRCs fitted.
    pub corrected_bits: u16,
}

impl HeardFrame {
    /// Makes a frame of which nothing but its bytes, mode and times is known yet.
    pub fn new(
        frame: Frame,
        format: FrameFormat,
        link_mode: LinkMode,
        start_s: f64,
        frame_start_s: f64,
    ) -> Self {
        Self {
            frame,
            format,
            link_mode,
            start_s,
            frame_start_s,
            end_s: frame_start_s,
            rssi_dbfs: f32::NEG_INFINITY,
            snr_db: f32::NEG_INFINITY,
            frequency_offset_hz: 0.0,
            chip_rate_error_ppm: 0.0,
            deviation_hz: 0.0,
            corrected_bits: 0,
        }
    }
}
