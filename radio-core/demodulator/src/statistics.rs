//! What a receiver counts.

use core::ops::AddAssign;

/// Counts what was found, and what became of it.
///
/// A sync that leads to no frame is counted in exactly one of [`Rejected`]'s members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Places that the detector held for the start of a transmission.
    pub candidates: u64,
    /// Candidates whose header was found: preamble and sync word.
    pub syncs: u64,
    /// Frames whose CRCs fitted and that were handed on.
    pub frames: u64,
    /// Those of them of which bits had been corrected.
    pub corrected_frames: u64,
    /// Why syncs led to no frame.
    pub rejected: Rejected,
}

/// Counts syncs that led to no frame, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejected {
    /// The L field can be no frame's.
    pub length: u64,
    /// The line code was violated too often.
    pub line_code: u64,
    /// A CRC did not fit, and no correction made it fit beyond doubt.
    pub crc: u64,
    /// The CRCs fitted after correction, but the frame can be no telegram.
    pub implausible: u64,
    /// The same transmission had been decoded already.
    pub duplicate: u64,
    /// The samples ended within the frame.
    pub cut_off: u64,
    /// There were more syncs than the receiver may spend work on.
    pub overload: u64,
}

impl AddAssign for Statistics {
    fn add_assign(&mut self, other: Self) {
        let Self { candidates, syncs, frames, corrected_frames, rejected } = other;
        self.candidates += candidates;
        self.syncs += syncs;
        self.frames += frames;
        self.corrected_frames += corrected_frames;
        self.rejected += rejected;
    }
}

impl AddAssign for Rejected {
    fn add_assign(&mut self, other: Self) {
        let Self { length, line_code, crc, implausible, duplicate, cut_off, overload } = other;
        self.length += length;
        self.line_code += line_code;
        self.crc += crc;
        self.implausible += implausible;
        self.duplicate += duplicate;
        self.cut_off += cut_off;
        self.overload += overload;
    }
}
