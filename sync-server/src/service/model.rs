//! What the service gives to the office and to operators.

use std::fmt;

use serde::{Deserialize, Serialize};
use sync_protocol::{ReplicaId, Timestamp, Token, TourId};

use super::{Progress, TourHandheld};
use crate::import::RowVerdict;

/// Who asks for something: written into the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The office, logged in with the admin password.
    Admin,
    /// A paired handheld.
    Handheld(ReplicaId),
    /// Whoever runs the program on the server itself.
    Operator,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Admin => f.write_str("admin"),
            Self::Handheld(replica) => write!(f, "handheld {replica}"),
            Self::Operator => f.write_str("operator"),
        }
    }
}

/// A session of the office. The token is shown this once; the server keeps only its hash.
#[derive(Debug, Clone, Serialize)]
pub struct AdminLogin {
    /// The bearer token of every later request.
    pub token: Token,
    /// When it stops to be valid.
    pub expires_at: Timestamp,
}

/// A code with which one handheld can be paired, once. Shown this once.
#[derive(Debug, Clone, Serialize)]
pub struct PairingCode {
    /// The code, in groups of four.
    pub code: Token,
    /// When it stops to be valid.
    pub expires_at: Timestamp,
}

/// A paired handheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandheldSummary {
    /// Its identity.
    pub replica: ReplicaId,
    /// What the office calls it.
    pub name: String,
    /// Version of the app when it was paired.
    pub app_version: String,
    /// When it was paired.
    pub paired_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// When it last talked to the server, to the minute; none while it only paired.
    pub last_seen: Option<Timestamp>,
    /// When its latest batch was merged.
    pub last_push_at: Option<Timestamp>,
    /// Server time minus handheld time in milliseconds, by its latest clock sample.
    pub clock_offset_ms: Option<i64>,
}

/// What became of a CSV of a tour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TourImport {
    /// The tour, unless no row could be taken.
    pub tour: Option<TourId>,
    /// Rows that became lines of the tour, with or without warnings.
    pub accepted: u32,
    /// Rows that did not.
    pub refused: u32,
    /// A verdict for every row, in order.
    pub rows: Vec<RowVerdict>,
}

/// What became of a CSV of keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyImport {
    /// Rows whose key is now held.
    pub accepted: u32,
    /// Accepted rows whose key was held before.
    pub known: u32,
    /// Rows that are not a key.
    pub refused: u32,
    /// Stored telegrams that were decoded again.
    pub decoded_again: u32,
    /// A verdict for every row, in order.
    pub rows: Vec<RowVerdict>,
}

/// How a line of a tour stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LineState {
    /// Nothing is known of it.
    #[default]
    Open,
    /// Heard, but its telegrams tell no value that is billed.
    HeardUndecodable,
    /// Heard, but the server holds no key.
    HeardNoKey,
    /// Heard, but the key that the server holds is wrong.
    HeardWrongKey,
    /// A telegram told a value that can hardly be true.
    Implausible,
    /// The reader could not read it and said why.
    Skipped,
    /// The reader typed its value.
    Manual,
    /// A telegram told its value.
    Read,
}

impl LineState {
    /// Every state: what leaves something to do first.
    pub const ALL: [Self; 8] = [
        Self::Open,
        Self::HeardUndecodable,
        Self::HeardNoKey,
        Self::HeardWrongKey,
        Self::Implausible,
        Self::Skipped,
        Self::Manual,
        Self::Read,
    ];

    /// Reads the state as it stands on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Returns the state as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::HeardUndecodable => "heard_undecodable",
            Self::HeardWrongKey => "heard_wrong_key",
            Self::HeardNoKey => "heard_no_key",
            Self::Implausible => "implausible",
            Self::Skipped => "skipped",
            Self::Manual => "manual",
            Self::Read => "read",
        }
    }

    /// Says whether the line leaves something to do.
    pub fn is_missing(self) -> bool {
        !matches!(self, Self::Read | Self::Manual | Self::Skipped)
    }
}

/// A tour and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TourSummary {
    /// Its identity.
    pub id: TourId,
    /// Its name.
    pub name: String,
    /// The due date that is to be billed (`YYYY-MM-DD`), if it is the same for all lines.
    pub due_date: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was released for walking, if it was.
    pub released_at: Option<Timestamp>,
    /// Every handheld that has it, and every other that pushed facts of it.
    pub handhelds: Vec<TourHandheld>,
    /// How many lines are in each state.
    pub progress: Progress,
    /// Lines that name a radio whose key the server does not hold.
    pub missing_keys: u32,
    /// Lines with an alarm.
    pub alarms: u32,
    /// When something of it changed last.
    pub changed_at: Timestamp,
    /// The handhelds that have it.
    pub replicas: Vec<ReplicaId>,
    /// Lines of the tour.
    pub meters: u32,
    /// Lines that have a value, by radio or by hand.
    pub done: u32,
    /// Lines that have none.
    pub missing: u32,
}

/// Which readings are wanted.
#[derive(Debug, Clone, Default)]
pub struct ReadingQuery {
    /// Only those heard on this tour.
    pub tour: Option<TourId>,
    /// Only those of this meter (`KAM-76349987-1B-16`).
    pub meter: Option<String>,
    /// Where the page begins: the `cursor` of the page before.
    pub cursor: Option<String>,
    /// Most readings of the page; held within 1 to 1,000.
    pub limit: u32,
}

/// A page of readings, ordered by meter, telegram and record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadingPage {
    /// The readings.
    pub readings: Vec<Reading>,
    /// Where the next page begins; none when this is the last one.
    pub cursor: Option<String>,
}

/// One value of one telegram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The meter (`KAM-76349987-1B-16`).
    pub meter: String,
    /// Content address of the telegram, 64 hexadecimal digits.
    pub telegram: String,
    /// Position of the record in the telegram, from 0.
    pub record: u32,
    /// What is measured, such as `volume`.
    pub quantity: String,
    /// The unit, such as `m³`; empty where there is none.
    pub unit: String,
    /// The value as an exact decimal, date or text; none where the meter says that it has none.
    pub value: Option<String>,
    /// What `value` is: `number`, `date`, `time`, `date_time`, `text`, `flags` or `none`.
    pub value_type: String,
    /// Storage number: 0 is the current value.
    pub storage: u64,
    /// Tariff.
    pub tariff: u32,
    /// Subunit.
    pub subunit: u32,
    /// Function field, such as `instantaneous`.
    pub function: String,
    /// The meter's own date or time of the value, without zone.
    pub value_date: Option<String>,
    /// What the record says of the value beyond its quantity, such as `average`.
    pub qualifiers: Vec<String>,
    /// Earliest reception, corrected by the clock samples of the handheld that heard it.
    pub received_at: Option<Timestamp>,
    /// How sure `received_at` is: `receiver`, `same_boot`, `other_boot`, `unverified` or `in_future`.
    pub time_quality: Option<String>,
    /// What is odd about the record.
    pub warnings: Vec<String>,
    /// The version of the decoder that read it.
    pub decoder_version: u32,
}

/// A value that the office puts beside what was read, with the reason. Nothing is overwritten.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct NewCorrection {
    /// The line of a tour.
    pub tour_meter: sync_protocol::TourMeterId,
    /// What is measured, such as `volume`.
    pub quantity: String,
    /// The value as a decimal with a point.
    pub value: String,
    /// The unit, such as `m³`.
    pub unit: String,
    /// The date of the value (`YYYY-MM-DD`).
    pub value_date: Option<String>,
    /// Why.
    pub reason: String,
}

/// Figures for metrics and health.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// Which life of the database this is.
    pub server_epoch: u64,
    /// The latest commit.
    pub commit: u64,
    /// Everything up to this commit is in a verified backup.
    pub safe_commit: u64,
    /// Handhelds that are paired and not revoked.
    pub handhelds: u64,
    /// Tours.
    pub tours: u64,
    /// Receptions whose telegram has not arrived.
    pub waiting_receptions: u64,
    /// Items kept aside.
    pub quarantined: u64,
}
