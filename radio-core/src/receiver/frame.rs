//! From what receivers deliver to frames: all of them leave something out of the frame or put something behind it.

use wmbus::{Frame, FrameError, FrameFormat, Manufacturer};

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

/// Tells whether bytes begin a frame without CRCs.
pub(super) enum Beginning {
    /// Too few bytes to tell.
    TooFew,
    /// No frame begins like this.
    NoFrame,
    /// A frame that takes this many bytes, as far as its L field tells.
    Frame {
        /// How many.
        length: usize,
    },
}

/// The C fields with which meters begin: SND-NR, SND-IR, ACC-NR, ACC-DMD and RSP-UD (link.md §4).
const FROM_METERS: [u8; 8] = [0x44, 0x46, 0x47, 0x48, 0x08, 0x18, 0x28, 0x38];
/// A frame with contents counts at least C, M, A and CI.
const LEAST_LENGTH: u8 = 10;

/// Judges bytes of a receiver that puts nothing before a frame by its L field, C field and manufacturer: after a
/// lost byte the next frame is found by them.
pub(super) fn beginning(bytes: &[u8]) -> Beginning {
    let is_impossible = bytes.first().is_some_and(|length| *length < LEAST_LENGTH)
        || bytes.get(1).is_some_and(|control| !FROM_METERS.contains(control))
        || bytes.get(2..).and_then(<[u8]>::first_chunk).is_some_and(|manufacturer| {
            !Manufacturer::from_wire(*manufacturer).letters().iter().all(char::is_ascii_uppercase)
        });
    match *bytes {
        _ if is_impossible => Beginning::NoFrame,
        [length, _, _, _, ..] => Beginning::Frame { length: usize::from(length) + 1 },
        _ => Beginning::TooFew,
    }
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
