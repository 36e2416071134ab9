//! What the engine says to the window, word for word: `mobile/ui/src/backend/model.ts` in Rust.
//!
//! Names are `snake_case`, what is absent is `null`, values of meters are exact decimals as text.

mod detail;
mod event;
mod start;
mod sync;
mod telegram;
mod tour;
mod walk;

pub use detail::{
    HistoryPoint, ManualCheck, ManualEntry, MeterAlarm, MeterDetail, MeterEvent, MeterTelegram, MeterValue,
    ReasonCodes,
};
pub use event::Event;
pub use start::{Language, PairRequest, Pairing, Settings, Start, Theme};
pub use sync::{Problem, Sync, SyncFailure, SyncPhase};
pub use sync_protocol::{TelegramId, TourId, TourMeterId};
pub use telegram::{TelegramExplanation, TelegramPart};
pub use tour::{MeterRow, Progress, SendingWindow, Tour, TourSummary, Why};
pub use walk::{Receiver, ReceiverState, ReceiverTrial, Source, SourceKind, Walk};
