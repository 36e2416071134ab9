//! What arrived and is not understood yet.

use std::time::Duration;

use super::protocol::{Found, Protocol};
use crate::receiver::Reject;

/// More than the longest message of any receiver: a protocol that waits for more waits for nothing.
const MOST: usize = 1024;

/// Cuts what arrived into messages, and tells each fault once.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
    /// How many of the bytes were taken.
    front: usize,
    /// How many bytes were removed since the beginning.
    removed: u64,
    /// Up to where faults were told: the rest of a broken message is no second fault.
    told: u64,
    /// When the last bytes arrived.
    at: Duration,
}

/// Is what the inbox held next.
pub(super) enum Taken<M> {
    /// A message.
    Message(M),
    /// A fault, told for the first time.
    Rejected(Reject),
}

impl Inbox {
    pub(super) fn extend(&mut self, bytes: &[u8], at: Duration) {
        self.bytes.extend_from_slice(bytes);
        self.at = at;
    }

    /// Takes what comes next; none when only the beginning of a message remains.
    pub(super) fn next<P: Protocol>(
        &mut self,
        protocol: &P,
        asked: Option<P::Step>,
    ) -> Option<Taken<P::Message>> {
        while let Some(rest) = self.bytes.get(self.front..).filter(|rest| !rest.is_empty()) {
            let found = match protocol.find(rest, asked) {
                Found::Part if rest.len() < MOST => break,
                Found::Part => Found::Noise { length: 1 },
                found => found,
            };
            let rejected = match found {
                Found::Message { length, message } => {
                    self.take(length);
                    return Some(Taken::Message(message));
                }
                Found::Broken { length, skip } => {
                    let is_new = self.tell(length, Reject::Checksum);
                    self.take(skip);
                    is_new.then_some(Reject::Checksum)
                }
                Found::Noise { length } => {
                    let is_new = self.tell(length, Reject::Garbage);
                    self.take(length);
                    is_new.then_some(Reject::Garbage)
                }
                Found::Filler { length } => {
                    self.take(length);
                    None
                }
                Found::Part => None,
            };
            if let Some(reason) = rejected {
                return Some(Taken::Rejected(reason));
            }
        }
        self.compact();
        None
    }

    /// Gives the beginning of a message up whose rest did not come.
    pub(super) fn give_up<P: Protocol>(&mut self, protocol: &P) -> Option<Reject> {
        match protocol.give_up(&self.bytes) {
            Found::Broken { length, skip } => {
                let is_new = self.tell(length, Reject::Length);
                self.take(skip);
                is_new.then_some(Reject::Length)
            }
            _ => {
                self.take(self.bytes.len());
                None
            }
        }
    }

    /// Returns when the message that has begun is given up.
    pub(super) fn poll_timeout<P: Protocol>(&self) -> Option<Duration> {
        (!self.bytes.is_empty()).then(|| self.at.saturating_add(P::REST_WITHIN))
    }

    /// Remembers a fault of so many bytes; tells whether it is a new one.
    fn tell(&mut self, length: usize, reason: Reject) -> bool {
        let at = self.removed.saturating_add(self.front as u64);
        // Noise that goes on where the last fault ended belongs to it.
        let goes_on = at < self.told || (at == self.told && at > 0 && reason == Reject::Garbage);
        self.told = self.told.max(at.saturating_add(length as u64));
        !goes_on
    }

    fn take(&mut self, length: usize) {
        self.front = self.front.saturating_add(length.max(1)).min(self.bytes.len());
    }

    fn compact(&mut self) {
        self.bytes.drain(..self.front);
        self.removed = self.removed.saturating_add(self.front as u64);
        self.front = 0;
    }
}
