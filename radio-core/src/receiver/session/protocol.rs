//! What one receiver's protocol adds to what all receivers share.

use std::fmt;
use std::time::Duration;

use crate::ReceivedFrame;
use crate::receiver::{Identity, LinkModes, Now, Reject};

/// Is one receiver's protocol: how its bytes are cut into messages, what they mean, and what is to be asked next.
///
/// It keeps what it knows about the receiver; [`next`](Self::next) follows from that, so there is no script that
/// could get out of step. When to ask, how often, and what silence means is the business of
/// [`Session`](super::Session).
pub(in crate::receiver) trait Protocol: fmt::Debug + Send {
    /// A message of the receiver.
    type Message;
    /// A question to the receiver.
    type Step: fmt::Debug + Copy + Send;
    /// What a turn sets at the receiver.
    type Setting: fmt::Debug + Copy + PartialEq + Send;

    /// The rate of the port, 8 data bits, no parity, 1 stop bit.
    const BAUD_RATE: u32;
    /// Whether the port is a real UART, which carries a tenth of its rate in bytes and no more.
    const IS_UART: bool;
    /// How long the rest of a message that has begun may take.
    const REST_WITHIN: Duration = Duration::from_secs(1);
    /// How long nothing may arrive before the receiver is asked whether it is still there.
    const QUIET_FOR: Duration = Duration::from_secs(10);

    /// Tells what lies at the front of `bytes`, which are never empty; `asked` is the question that waits for an
    /// answer.
    fn find(&self, bytes: &[u8], asked: Option<Self::Step>) -> Found<Self::Message>;

    /// Tells what `bytes` are, now that the rest of the message that they begin did not come: broken, or filler.
    fn give_up(&self, bytes: &[u8]) -> Found<Self::Message> {
        Found::Broken { length: bytes.len(), skip: 1 }
    }

    /// Forgets everything about the receiver: another one may be at the port, or it started anew.
    fn begin(&mut self);

    /// Returns what is to be asked next; none when the receiver is known and set as wanted.
    fn next(&self) -> Option<Self::Step>;

    /// Returns how a question is put.
    fn request(&self, step: Self::Step) -> Request;

    /// Takes a message; `asked` is the question that waits for an answer.
    fn handle(&mut self, message: Self::Message, asked: Option<Self::Step>, now: Now) -> Handled;

    /// Takes it that a question was never answered.
    fn unanswered(&mut self, step: Self::Step) -> Unanswered;

    /// Takes it that the receiver declined what was asked.
    fn refused(&mut self, step: Self::Step) -> Unanswered {
        self.unanswered(step)
    }

    /// Returns who the receiver is, once all was asked.
    fn identity(&self) -> Identity;

    /// Returns the turns that the receiver takes to hear these modes, the fewest possible; none for a receiver
    /// that can hear none of them.
    fn turns(&self, modes: LinkModes) -> Vec<Turn<Self::Setting>>;

    /// Wants the receiver set like this, also when it was set like this already.
    fn tune(&mut self, setting: Self::Setting);

    /// Wants to know whether the receiver is still there.
    fn check(&mut self);
}

/// Tells what lies at the front of the bytes that arrived.
pub(in crate::receiver) enum Found<M> {
    /// The beginning of a message.
    Part,
    /// A message.
    Message {
        /// How many bytes it takes.
        length: usize,
        /// What it says.
        message: M,
    },
    /// What looks like a message of so many bytes, but its checksum does not fit.
    Broken {
        /// How many bytes it would take.
        length: usize,
        /// How many of them are given up; a message may begin within the others.
        skip: usize,
    },
    /// What stands between messages, and is no fault.
    Filler {
        /// How many bytes, at least 1.
        length: usize,
    },
    /// So many bytes that belong to no message.
    Noise {
        /// How many, at least 1.
        length: usize,
    },
}

impl<M> Found<M> {
    /// Makes another message of the message.
    pub(in crate::receiver) fn map<N>(self, map: impl FnOnce(M) -> N) -> Found<N> {
        match self {
            Self::Part => Found::Part,
            Self::Message { length, message } => Found::Message { length, message: map(message) },
            Self::Broken { length, skip } => Found::Broken { length, skip },
            Self::Filler { length } => Found::Filler { length },
            Self::Noise { length } => Found::Noise { length },
        }
    }
}

/// Is a question to the receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::receiver) struct Request {
    /// The bytes to send.
    pub(in crate::receiver) bytes: Vec<u8>,
    /// How long the answer may take.
    pub(in crate::receiver) answer_within: Duration,
    /// How often it is asked in all.
    pub(in crate::receiver) attempts: u8,
    /// How long the receiver is left alone after it answered.
    pub(in crate::receiver) pause: Duration,
}

impl Request {
    /// Asks three times, half a second each: enough for a slow USB hub, a network bridge, and a device that
    /// resets when its port is opened (200 ms; receivers.md §8).
    pub(in crate::receiver) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            answer_within: Duration::from_millis(500),
            attempts: 3,
            pause: Duration::ZERO,
        }
    }
}

/// Tells what a message was.
#[derive(Debug)]
pub(in crate::receiver) enum Handled {
    /// The answer to what was asked.
    Answer,
    /// A frame, or why what was delivered as one is none.
    Frame(Result<Box<ReceivedFrame>, Reject>),
    /// The receiver did not do what was asked.
    Refused,
    /// Nothing that matters here.
    Ignored,
}

/// Tells what follows from silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::receiver) enum Unanswered {
    /// The receiver is gone.
    Lost,
    /// It can be done without, or in another way; the protocol remembers that.
    GoOn,
}

/// Is what a receiver hears at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::receiver) struct Turn<S> {
    /// What is set at the receiver.
    pub(in crate::receiver) setting: S,
    /// What it hears then.
    pub(in crate::receiver) hears: LinkModes,
}
