//! What a person did on a walk.

use minicbor::{Decode, Encode};

use crate::{BootId, EventId, ReadingSessionId, Timestamp, TourId, TourMeterId};

/// One thing that the reader did at one line of a tour.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Event {
    /// Identity of this event.
    #[n(0)]
    pub id: EventId,
    /// The walk during which it happened.
    #[n(1)]
    pub session: ReadingSessionId,
    /// The tour that was walked.
    #[n(2)]
    pub tour: TourId,
    /// The line of the tour.
    #[n(3)]
    pub tour_meter: TourMeterId,
    /// The handheld's wall clock.
    #[n(4)]
    pub at: Timestamp,
    /// The start of the operating system that `monotonic_ms` counts from.
    #[n(5)]
    pub boot: BootId,
    /// Milliseconds on the handheld's monotonic clock.
    #[n(6)]
    pub monotonic_ms: u64,
    /// Position in the order in which this replica's database took facts in.
    #[n(7)]
    pub sequence: u64,
    /// An earlier event that this one corrects. The earlier one stays.
    #[n(8)]
    pub supersedes: Option<EventId>,
    /// What happened.
    #[n(9)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum EventKind {
    /// The reader typed the value on the display.
    #[n(0)]
    ManualReading {
        /// The digits as typed, as a decimal with a point: `"123.50"`.
        #[n(0)]
        value: String,
        /// The unit of the value, such as `m³`.
        #[n(1)]
        unit: String,
        /// Why it was read by hand: a code of the office's list, such as `not_heard`.
        #[n(2)]
        reason: String,
        /// The plausibility verdicts that the reader saw and confirmed, such as `below_previous`.
        #[n(3)]
        confirmed: Vec<String>,
        /// What the reader wrote beside it.
        #[n(4)]
        note: Option<String>,
    },
    /// The meter could not be read.
    #[n(1)]
    Skip {
        /// A code of the office's list, such as `no_access`.
        #[n(0)]
        reason: String,
        /// What the reader wrote beside it.
        #[n(1)]
        note: Option<String>,
    },
    /// The reader wrote something for the office.
    #[n(2)]
    Note {
        /// The words.
        #[n(0)]
        text: String,
    },
    /// The reader took a photo. The picture itself travels apart.
    #[n(3)]
    Photo {
        /// SHA-256 of the picture file.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        sha256: [u8; 32],
        /// Media type, such as `image/jpeg`.
        #[n(1)]
        media_type: String,
    },
}
