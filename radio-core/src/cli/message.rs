//! What bytes hold: one frame, or what was recorded on a wired bus.

use wmbus::wired::{WiredFound, WiredFrame, wired_frames};
use wmbus::{Frame, FrameError, FrameFormat};

/// What is to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Message {
    /// A frame of a meter.
    Frame { frame: Frame, format: FrameFormat },
    /// Frames of a wired bus, one behind the other.
    Recording(Vec<Recorded>),
}

/// One frame of a wired bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recorded {
    /// Data of a meter.
    Data(Frame),
    /// A request, command or acknowledgement.
    Bus(WiredFrame),
    /// Bytes that are no frame, from this place of the recording on.
    Damaged { start: usize, fault: FrameError },
}

/// Fewer bytes than these can only be a wired frame.
const LEAST_RADIO_FRAME: usize = 10;

impl Message {
    /// Finds out what bytes hold.
    pub(super) fn detect(bytes: &[u8]) -> Result<Self, FrameError> {
        match Frame::detect(bytes) {
            Ok((_, FrameFormat::Wired)) if is_command(bytes) => Ok(Self::recording(bytes)),
            Ok((frame, format)) => Ok(Self::Frame { frame, format }),
            Err(fault) => Self::wired_or(fault, bytes),
        }
    }

    /// Takes bytes of a known format.
    pub(super) fn parse(bytes: &[u8], format: FrameFormat) -> Result<Self, FrameError> {
        match Frame::parse(bytes, format) {
            Ok(_) if format == FrameFormat::Wired && is_command(bytes) => Ok(Self::recording(bytes)),
            Ok(frame) => Ok(Self::Frame { frame, format }),
            Err(fault) if matches!(format, FrameFormat::Wired | FrameFormat::WithoutCrc) => {
                Self::wired_or(fault, bytes)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Takes bytes that are no single frame as frames of a wired bus, if they are nothing else.
    fn wired_or(fault: FrameError, bytes: &[u8]) -> Result<Self, FrameError> {
        if !bytes.is_empty() && wired_frames(bytes).all(|found| found.frame.is_ok()) {
            return Ok(Self::recording(bytes));
        }
        match WiredFrame::parse(bytes) {
            Err(wired) if bytes.len() < LEAST_RADIO_FRAME && is_wired_start(bytes) => Err(wired),
            _ => Err(fault),
        }
    }

    /// Takes what was recorded on a wired bus, damaged bytes and all.
    pub(super) fn recording(bytes: &[u8]) -> Self {
        Self::Recording(wired_frames(bytes).map(|found| recorded(bytes, found)).collect())
    }
}

fn recorded(bytes: &[u8], WiredFound { range, frame }: WiredFound) -> Recorded {
    let start = range.start;
    match frame {
        Err(fault) => Recorded::Damaged { start, fault },
        Ok(frame) if frame.is_from_meter() => {
            match Frame::parse(bytes.get(range).unwrap_or_default(), FrameFormat::Wired) {
                Ok(frame) => Recorded::Data(frame),
                Err(fault) => Recorded::Damaged { start, fault },
            }
        }
        Ok(frame) => Recorded::Bus(frame),
    }
}

/// Tells whether bytes are one wired frame that no meter sent.
fn is_command(bytes: &[u8]) -> bool {
    WiredFrame::parse(bytes).is_ok_and(|frame| !frame.is_from_meter())
}

fn is_wired_start(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(0x10 | 0x68 | 0xE5))
}
