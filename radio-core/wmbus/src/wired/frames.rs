//! Frames one behind the other: what was recorded on a bus.

use core::ops::Range;

use super::{WiredFrame, frame::check_long};
use crate::dll::FrameError;

/// What was found at one place of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WiredFound {
    /// Which bytes of the recording.
    pub range: Range<usize>,
    /// The frame, or why the bytes are none; offsets of the error count from the range's start.
    pub frame: Result<WiredFrame, FrameError>,
}

/// Finds the frames in the bytes of a bus, in order; see [`wired_frames`].
#[derive(Debug, Clone)]
pub struct WiredFrames<'a> {
    bytes: &'a [u8],
    position: usize,
}

/// Finds the frames in the bytes of a bus, in order.
///
/// What was found covers every byte once. Bytes that are no frame are one fault, up to the next place
/// where a whole one begins; an acknowledgement, a single byte, is only taken where a frame ended.
pub const fn wired_frames(bytes: &[u8]) -> WiredFrames<'_> {
    WiredFrames { bytes, position: 0 }
}

impl WiredFrames<'_> {
    /// Where the search for the next frame ends: behind the damaged bytes that begin at `start`.
    fn resume(&self, start: usize, fault: FrameError) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        if let FrameError::WiredChecksum { offset } = fault {
            // The length fits and the stop byte is in its place: one frame, and a damaged one.
            return start + offset + 2;
        }
        (1..rest.len())
            .find(|at| is_whole(rest.get(*at..).unwrap_or_default()))
            .map_or(self.bytes.len(), |at| start + at)
    }
}

/// Tells whether a frame of more than one byte begins here.
fn is_whole(bytes: &[u8]) -> bool {
    match WiredFrame::read(bytes) {
        Ok((WiredFrame::Acknowledge, _)) | Err(_) => false,
        Ok((WiredFrame::Short { .. }, _)) => true,
        Ok(_) => check_long(bytes).is_ok(),
    }
}

impl Iterator for WiredFrames<'_> {
    type Item = WiredFound;

    fn next(&mut self) -> Option<WiredFound> {
        let start = self.position;
        let rest = self.bytes.get(start..).filter(|rest| !rest.is_empty())?;
        let (end, frame) = match WiredFrame::read(rest) {
            Ok((frame, length)) => (start + length, Ok(frame)),
            Err(fault) => (self.resume(start, fault), Err(fault)),
        };
        self.position = end;
        Some(WiredFound { range: start..end, frame })
    }
}
