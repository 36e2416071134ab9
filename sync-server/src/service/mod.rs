//! The rules above the store: what is merged, who may do what, what the office gets.

mod admin;
mod audit;
mod clock;
mod config;
mod corrections;
mod decodings;
mod derive;
mod dump;
mod environment;
mod error;
mod events;
mod explanation;
mod export;
mod feed;
mod formats;
mod gaps;
mod handheld_detail;
mod handhelds;
mod key_list;
mod key_preview;
mod keys;
mod limiter;
pub(crate) mod live;
mod matching;
mod merge;
mod messages;
mod model;
mod open;
mod operation;
mod preview;
mod readings;
mod session;
mod standing;
mod telegram;
mod tour_preview;
mod tours;

pub use audit::AuditEntry;
pub use config::{Config, PasswordCost};
pub use environment::{Environment, SystemEnvironment};
pub use error::{Result, ServiceError};
pub use explanation::{TelegramExplanation, TelegramPart, TelegramReception};
pub use gaps::{EpochReport, GapReport, MissingFacts};
pub use handheld_detail::{HandheldDetail, HandheldTour, SyncState};
pub use key_list::{KeyCounts, KeyLine, KeyPage, KeyQuery, KeyState};
pub use key_preview::PreviewKey;
pub use model::{
    Actor, AdminLogin, HandheldSummary, KeyImport, LineState, NewCorrection, PairingCode, Reading,
    ReadingPage, ReadingQuery, Statistics, TourImport, TourSummary,
};
pub use open::Service;
pub use preview::{FileRefusal, Preview, PreviewRow, VerdictCounts};
pub(crate) use session::SESSION_MS;
pub use session::{Credentials, OfficeSession, OpenSession};
pub use standing::{
    AlarmDetail, HistoryPoint, HistorySeries, HouseProgress, LineDetail, LineEvent, LinePage, LineQuery,
    LineReading, LineRow, LineSort, LineTelegram, MeterHistory, Progress, StateFilter, TourHandheld,
    TourOverview,
};
pub use telegram::{HeardBy, TelegramDetail};
pub use tour_preview::PreviewMeter;
