//! What a receiver's driver tells.

use super::{Kind, LinkModes};
use crate::ReceivedFrame;

/// Is something that happened at a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The receiver answered and was recognised.
    Identified(Identity),
    /// From now on the receiver hears these modes; a receiver that takes turns tells each turn.
    Listening(LinkModes),
    /// A frame, its link-layer CRCs checked and removed.
    Frame(Box<ReceivedFrame>),
    /// Something was heard that is no frame.
    Rejected(Reject),
    /// The receiver's state is another one now.
    State(State),
}

/// Tells who a receiver is, as far as it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Which kind of stick it is, by what it speaks; none of what sends unasked.
    pub kind: Option<Kind>,
    /// What it is, such as `iM871A-USB`.
    pub model: String,
    /// Its serial number or radio address, where it tells one.
    pub id: Option<String>,
    /// The version of its firmware, where it tells one.
    pub firmware: Option<String>,
}

/// Tells how a receiver is, for the person who walks with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Not set up yet, or told not to listen.
    Idle,
    /// It listens, and frames arrive or have not been long in coming.
    Receiving,
    /// More arrives than is taken in, or most of it is damaged.
    Overloaded,
    /// It answers, but no frame has come for a while.
    NothingHeard,
    /// It does not answer, or its port is gone.
    Lost,
}

/// Tells why something that a receiver delivered is no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reject {
    /// A link-layer CRC of the frame does not fit.
    Crc,
    /// A line code is broken: 3 out of 6 or Manchester.
    LineCode,
    /// The frame's lengths contradict each other, or it was cut off.
    Length,
    /// The receiver's own message has a checksum that does not fit: the cable or the port lost something.
    Checksum,
    /// Bytes that belong to no message of the receiver's protocol, skipped until the next one.
    Garbage,
}

impl State {
    /// Returns the stable name, such as `nothing_heard`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Receiving => "receiving",
            Self::Overloaded => "overloaded",
            Self::NothingHeard => "nothing_heard",
            Self::Lost => "lost",
        }
    }
}

impl Reject {
    /// Returns the stable name that counters use, such as `line_code`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Crc => "crc",
            Self::LineCode => "line_code",
            Self::Length => "length",
            Self::Checksum => "checksum",
            Self::Garbage => "garbage",
        }
    }
}
