//! A frame as a receiver hands it over.

use std::time::Duration;

use demodulator::HeardFrame;
use wmbus::{Frame, FrameFormat, LinkMode};

/// Carries one frame from any source, with what the source knows about its reception.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedFrame {
    /// The frame, link-layer CRCs checked and removed.
    pub frame: Frame,
    /// How the frame was sent, where the source tells it.
    pub link_mode: Option<LinkMode>,
    /// How the bytes were laid out before their CRCs were removed.
    pub frame_format: FrameFormat,
    /// Signal strength in dBm; none where the source has none or counts in a scale of its own.
    pub rssi_dbm: Option<i16>,
    /// When it was received, by the clock of whoever listened; a stick's own is in [`Quality::device_time`].
    pub received_at: Option<jiff::Timestamp>,
    /// Position in a replay, counted from its start.
    pub offset: Option<Duration>,
    /// The name of the receiver.
    pub receiver: Option<String>,
    /// How well it was heard, as far as the source tells.
    pub quality: Quality,
}

impl ReceivedFrame {
    /// Wraps a frame of which nothing but its bytes is known.
    pub fn new(frame: Frame, frame_format: FrameFormat) -> Self {
        Self {
            frame,
            link_mode: None,
            frame_format,
            rssi_dbm: None,
            received_at: None,
            offset: None,
            receiver: None,
            quality: Quality::default(),
        }
    }
}

/// Takes what the demodulator heard; its times are those of the capture and become the offset.
impl From<HeardFrame> for ReceivedFrame {
    fn from(heard: HeardFrame) -> Self {
        let quality = Quality {
            corrected_bits: heard.corrected_bits,
            snr_db: whole(heard.snr_db),
            level_dbfs: whole(heard.rssi_dbfs),
            frequency_offset_hz: whole(heard.frequency_offset_hz),
            chip_rate_error_ppm: whole(heard.chip_rate_error_ppm),
            ..Quality::default()
        };
        Self {
            link_mode: Some(heard.link_mode),
            offset: Duration::try_from_secs_f64(heard.start_s).ok(),
            quality,
            ..Self::new(heard.frame, heard.format)
        }
    }
}

/// Returns the nearest whole number; none for what is no number.
fn whole<T: TryFrom<i32>>(measured: f32) -> Option<T> {
    #[allow(clippy::cast_possible_truncation, reason = "casts of floats saturate")]
    let whole = measured.is_finite().then_some(measured.round() as i32)?;
    T::try_from(whole).ok()
}

/// Tells how well a frame was heard. A source that demodulates fills all of it, a receiver stick hardly any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quality {
    /// Bits that were corrected before the CRCs fitted; 0 where the source corrects none.
    pub corrected_bits: u16,
    /// Signal-to-noise ratio in the channel, in dB.
    pub snr_db: Option<i16>,
    /// Level in dB below the receiver's full scale, where it has no scale in dBm.
    pub level_dbfs: Option<i16>,
    /// How far the carrier was from the nominal frequency, in Hz; the receiver's own error is part of it.
    pub frequency_offset_hz: Option<i32>,
    /// How far the chip rate was from the nominal one, in millionths.
    pub chip_rate_error_ppm: Option<i32>,
    /// Link quality as the receiver's radio chip counts it; scale and direction are the chip's.
    pub link_quality: Option<u8>,
    /// The receiver's own time stamp in its own units, where it stamps.
    pub device_time: Option<u32>,
}
