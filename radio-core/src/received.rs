//! A frame as a receiver hands it over.

use std::time::Duration;

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
