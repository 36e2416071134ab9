//! From what receivers deliver to frames: all of them leave something out of the frame or put something behind it.

use wmbus::{Frame, FrameError, FrameFormat};

use super::{Now, Reject};
use crate::ReceivedFrame;

/// Makes a frame of bytes that begin with the C field, CRCs removed: the L field counts them.
pub(super) fn from_control_field(bytes: &[u8]) -> Result<Frame, Reject> {
    let length = u8::try_from(bytes.len()).map_err(|_| Reject::Length)?;
    let mut whole = Vec::with_capacity(bytes.len() + 1);
    whole.push(length);
    whole.extend_from_slice(bytes);
    Frame::parse(&whole, FrameFormat::WithoutCrc).map_err(reject)
}

/// Makes a frame of bytes that begin with the L field, CRCs removed. The L field is made anew: some receivers leave
/// the one that counted the CRCs.
pub(super) fn from_length_field(bytes: &[u8]) -> Result<Frame, Reject> {
    from_control_field(bytes.get(1..).ok_or(Reject::Length)?)
}

/// Returns a signal strength in dBm as the radio chip CC1101 counts: halves, signed, 74 below.
pub(super) fn cc1101_rssi_dbm(raw: u8) -> i16 {
    i16::from(raw.cast_signed()).div_euclid(2) - 74
}

/// Tells why bytes are no frame, as counters do.
pub(super) fn reject(error: FrameError) -> Reject {
    match error {
        FrameError::BlockCrc { .. } | FrameError::WiredChecksum { .. } => Reject::Crc,
        _ => Reject::Length,
    }
}

/// Dates a frame by the clock of whoever listens: that of a receiver stick was never set.
pub(super) fn received(frame: Frame, format: FrameFormat, now: Now) -> Box<ReceivedFrame> {
    let mut received = ReceivedFrame::new(frame, format);
    received.received_at = Some(now.wall);
    Box::new(received)
}
