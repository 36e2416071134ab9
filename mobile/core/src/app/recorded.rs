//! A recording as the radio.

use std::fmt;
use std::io::Cursor;

use radio_core::ReceivedFrame;
use radio_core::replay::{Replay, ReplayError};
use sync_protocol::Digest;

use crate::clock::Now;
use crate::walk::{Pace, ReplayPosition};

/// A line of a recording, and when it is due.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) position: ReplayPosition,
    pub(super) heard: Result<ReceivedFrame, ReplayError>,
    due_ms: u64,
}

/// A recording that is being heard.
pub(super) struct Recorded {
    digest: Digest,
    replay: Replay<Cursor<Vec<u8>>>,
    pace: Pace,
    /// Lines up to here were taken in before.
    done: u64,
    next: Option<Due>,
}

impl Recorded {
    /// Goes on with a recording behind the line that was taken in last.
    pub(super) fn new(bytes: Vec<u8>, digest: Digest, pace: Pace, done: u64) -> Self {
        Self { digest, replay: Replay::new(Cursor::new(bytes)), pace, done, next: None }
    }

    /// Returns when the next line is due on the monotonic clock; none at the end.
    pub(super) fn due_ms(&mut self, now: Now) -> Option<u64> {
        self.read_next(now);
        self.next.as_ref().map(|next| next.due_ms)
    }

    /// Takes the next line, if it is due.
    pub(super) fn take_due(&mut self, now: Now) -> Option<Due> {
        self.read_next(now);
        self.next.take_if(|next| next.due_ms <= now.monotonic_ms)
    }

    fn read_next(&mut self, now: Now) {
        while self.next.is_none() {
            let Some(heard) = self.replay.next() else { return };
            let line = u64::try_from(self.replay.line()).unwrap_or(u64::MAX);
            if line <= self.done {
                continue;
            }
            let due_ms = match &heard {
                Ok(frame) => self.pace.due_ms(frame, now),
                Err(_) => now.monotonic_ms,
            };
            let position = ReplayPosition { recording: self.digest, line };
            self.next = Some(Due { position, heard, due_ms });
        }
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorded({})", self.digest)
    }
}
