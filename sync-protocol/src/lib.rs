//! What handheld and server say to one another.
//!
//! Upward traffic is a grow-only set of facts ([`Item`]): telegrams, receptions and events. A
//! handheld cuts them into immutable [`Batch`]es and pushes each as one body ([`body`]); the server
//! answers with a [`PushAnswer`] that carries an outcome for every item. Downward traffic is the
//! [`changes`] feed of tours, which has exactly one writer, the server.
//!
//! The crate holds values and their encodings only: no I/O, no clock, no randomness.
//! `docs/sync-protocol.md` tells the same story in words.

pub mod body;
pub mod changes;
mod encoding;
pub mod event;
pub mod hello;
pub mod http;
pub mod ids;
pub mod item;
pub mod pair;
pub mod problem;
pub mod push;
pub mod secret;
mod sending_window;
pub mod time;

pub use body::{Batch, BodyError, BodyLimits, Digest};
pub use changes::{Change, ChangesPage, Cursor, Tour, TourMeter};
pub use event::{Event, EventKind};
pub use hello::Hello;
pub use ids::{
    BatchId, BootId, EventId, ReadingSessionId, ReceptionId, ReplicaEpoch, ReplicaId, TelegramId, TourId,
    TourMeterId,
};
pub use item::{ClockSample, Item, Reception, Telegram, TimeSource};
pub use pair::{PairAnswer, PairRequest};
pub use problem::{Problem, ProblemCode};
pub use push::{ItemOutcome, OutcomeRange, PushAnswer};
pub use secret::{MeterKey, Token};
pub use sending_window::{ParseSendingWindowError, SendingWindow};
pub use time::Timestamp;

/// The version of the batch schema that this crate writes. Readers accept every earlier one.
pub const SCHEMA: u32 = 1;
