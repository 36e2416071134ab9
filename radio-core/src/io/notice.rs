//! What a listener tells.

use super::PortError;
use crate::receiver::{Event, Now};

/// Names one receiver of a [`Listener`](super::Listener).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiverId(pub(super) u32);

/// Is something that happened at one of the receivers.
#[derive(Debug)]
#[non_exhaustive]
pub struct Notice {
    /// Which receiver.
    pub receiver: ReceiverId,
    /// When it was taken from the port.
    pub at: Now,
    /// What happened.
    pub what: What,
}

/// Is what happened at a receiver.
#[derive(Debug)]
#[non_exhaustive]
pub enum What {
    /// The driver tells something. After a port was lost this is
    /// [`State::Lost`](crate::receiver::State::Lost) until the receiver answers again.
    Event(Event),
    /// The port is not there, and why; told when the reason changes. It is tried again.
    Failed(PortError),
    /// The file or pipe came to its end; nothing more will come from this receiver.
    Ended,
}
