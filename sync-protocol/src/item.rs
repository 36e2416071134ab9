//! The facts that travel upward.

use minicbor::{Decode, Encode};

use crate::{BootId, Event, ReadingSessionId, ReceptionId, TelegramId, Timestamp, TourId};

/// One fact. Facts are never changed and never taken back; a correction is a new fact.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Item {
    /// What was on the air.
    #[n(0)]
    Telegram(#[n(0)] Telegram),
    /// Who heard it, when, and how strong.
    #[n(1)]
    Reception(#[n(0)] Reception),
    /// What a person did.
    #[n(2)]
    Event(#[n(0)] Event),
}

/// A frame as it was on the air, its link-layer CRCs removed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Telegram {
    /// The content address, checked by the server against the bytes.
    #[n(0)]
    pub id: TelegramId,
    /// The frame from the L field on, without CRCs, L counting the bytes that follow.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub frame: Vec<u8>,
}

impl Telegram {
    /// Wraps a CRC-free frame and computes its address.
    pub fn new(frame: Vec<u8>) -> Self {
        Self { id: TelegramId::of(&frame), frame }
    }
}

/// One physical reception of a telegram by one receiver.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reception {
    /// Identity of this reception.
    #[n(0)]
    pub id: ReceptionId,
    /// What was heard.
    #[n(1)]
    pub telegram: TelegramId,
    /// The walk during which it was heard.
    #[n(2)]
    pub session: ReadingSessionId,
    /// The tour that was walked.
    #[n(3)]
    pub tour: TourId,
    /// The time of reception as the handheld knew it; never an order, a key or a reason to reject.
    #[n(4)]
    pub received_at: Timestamp,
    /// Whose clock `received_at` comes from.
    #[n(5)]
    pub time_source: TimeSource,
    /// The start of the operating system that `monotonic_ms` counts from.
    #[n(6)]
    pub boot: BootId,
    /// Milliseconds on the handheld's monotonic clock.
    #[n(7)]
    pub monotonic_ms: u64,
    /// Position in the order in which this replica's database took facts in.
    #[n(8)]
    pub sequence: u64,
    /// Signal strength in dBm, where the receiver tells it.
    #[n(9)]
    pub rssi_dbm: Option<i16>,
    /// Link mode, such as `T1`, where the receiver tells it.
    #[n(10)]
    pub link_mode: Option<String>,
    /// Name of the receiver.
    #[n(11)]
    pub receiver: Option<String>,
}

/// Whose clock a time of reception comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum TimeSource {
    /// The receiver stamped the frame itself.
    #[n(0)]
    Receiver,
    /// The handheld's wall clock when the frame arrived from the receiver.
    #[n(1)]
    Handheld,
}

/// One comparison of the handheld's clock with the server's, taken while it talked to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ClockSample {
    /// The start of the operating system during which it was taken.
    #[n(0)]
    pub boot: BootId,
    /// The handheld's wall clock when it was taken.
    #[n(1)]
    pub taken_at: Timestamp,
    /// Server time minus handheld time, in milliseconds.
    #[n(2)]
    pub offset_ms: i64,
    /// Round-trip time in milliseconds: the offset is right to half of it.
    #[n(3)]
    pub round_trip_ms: u64,
}
