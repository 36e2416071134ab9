//! What was heard and is not committed yet.

use radio_core::ReceivedFrame;
use sync_protocol::Digest;
use wmbus::Addresses;

use crate::clock::Now;

/// A group is committed this long after its first frame: ten less than the promised 100 ms, because
/// Linux tells its uptime in hundredths of a second.
pub const GROUP_COMMIT_MS: u64 = 90;

/// A group of this size is committed at once, so that memory stays bounded while a recording is
/// replayed as fast as it can be read.
const MOST_FRAMES: usize = 256;

/// A place in a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplayPosition {
    /// Digest of the whole recording.
    pub recording: Digest,
    /// The last line that was taken in, from 1.
    pub line: u64,
}

/// One reception of an own meter's frame.
#[derive(Debug)]
pub(super) struct PendingReception {
    pub(super) received: ReceivedFrame,
    pub(super) addresses: Addresses,
    pub(super) lines: Vec<usize>,
    pub(super) now: Now,
}

/// One reception of an own meter whose checksums or line code did not fit.
#[derive(Debug)]
pub(super) struct PendingDamage {
    pub(super) lines: Vec<usize>,
    pub(super) now: Now,
}

/// The group that the next commit takes.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) receptions: Vec<PendingReception>,
    pub(super) damaged: Vec<PendingDamage>,
    pub(super) foreign_frames: u64,
    pub(super) rejected_lines: u64,
    pub(super) position: Option<ReplayPosition>,
    since_ms: Option<u64>,
}

impl Pending {
    /// Starts the group's time with its first frame.
    pub(super) fn touch(&mut self, now: Now) {
        self.since_ms.get_or_insert(now.monotonic_ms);
    }

    pub(super) fn deadline_ms(&self) -> Option<u64> {
        let since = self.since_ms?;
        let is_full = self.receptions.len() >= MOST_FRAMES;
        Some(if is_full { since } else { since.saturating_add(GROUP_COMMIT_MS) })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.receptions.is_empty()
            && self.damaged.is_empty()
            && self.foreign_frames == 0
            && self.rejected_lines == 0
            && self.position.is_none()
    }
}
