//! Tours and their lines.

use serde::Serialize;
use sync_protocol::{Timestamp, TourId, TourMeterId};

use crate::meter;

/// How many lines of a tour are in each state; the states add up to `meters`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Progress {
    /// All lines.
    pub meters: u32,
    /// Not heard.
    pub open: u32,
    /// Heard, without a key.
    pub heard_no_key: u32,
    /// Heard, the key does not fit.
    pub heard_wrong_key: u32,
    /// Heard, without a billable value.
    pub heard_undecodable: u32,
    /// With a value that can hardly be true.
    pub implausible: u32,
    /// Skipped with a reason.
    pub skipped: u32,
    /// Read by hand.
    pub manual: u32,
    /// Read by radio.
    pub read: u32,
}

impl From<meter::Progress> for Progress {
    fn from(progress: meter::Progress) -> Self {
        Self {
            meters: progress.total,
            open: progress.open,
            heard_no_key: progress.heard_no_key,
            heard_wrong_key: progress.heard_wrong_key,
            heard_undecodable: progress.heard_undecodable,
            implausible: progress.implausible,
            skipped: progress.skipped,
            manual: progress.manual,
            read: progress.read,
        }
    }
}

/// A tour without its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TourSummary {
    /// Identity of the tour.
    pub id: TourId,
    /// Its name.
    pub name: String,
    /// The due date that is billed.
    pub due_date: Option<String>,
    /// How far it is.
    pub progress: Progress,
    /// Lines without a key whose meter sends by radio.
    pub missing_keys: u32,
    /// Whether every line has arrived.
    pub whole: bool,
    /// Whether the office took it back.
    pub withdrawn: bool,
}

/// A tour with its lines in walking order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tour {
    /// What the list of tours shows of it.
    #[serde(flatten)]
    pub summary: TourSummary,
    /// Its lines.
    pub meters: Vec<MeterRow>,
}

/// The days and hours in which a meter sends, in standard time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SendingWindow {
    /// ISO weekday: 1 is Monday.
    pub first_day: u8,
    /// ISO weekday.
    pub last_day: u8,
    /// The hour in which it begins.
    pub from_hour: u8,
    /// The hour before which it ends.
    pub to_hour: u8,
}

/// Why a meter is in its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Why {
    /// Nothing was heard.
    NotHeardYet,
    /// Nothing was heard, and nothing can be heard now.
    OutsideWindow {
        /// When it sends.
        window: SendingWindow,
    },
    /// The meter has no radio.
    NoRadio,
    /// The tour has no key for it.
    NoKey,
    /// The tour's key does not open its telegrams.
    WrongKey,
    /// Receptions whose checksums or line code do not fit.
    Damaged {
        /// How many.
        times: u64,
    },
    /// A compact frame whose format was not heard yet.
    FormatUnknown,
    /// A telegram that this version does not understand.
    Unsupported,
    /// Telegrams with values, but without a total of what is billed.
    NoBillableValue,
    /// The radio told the value.
    ReadByRadio {
        /// Which of the meter's values it is.
        kind: &'static str,
        /// The day that it belongs to.
        date: Option<String>,
    },
    /// A person typed the value.
    ReadByHand,
    /// A person said why there is no value.
    Skipped {
        /// The code of the reason.
        reason: String,
    },
    /// The value can hardly be true.
    Implausible {
        /// What is odd about it.
        verdict: &'static str,
    },
}

/// One line of a tour, as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeterRow {
    /// Identity of the line.
    pub id: TourMeterId,
    /// Position in the walking order.
    pub position: u32,
    /// Street.
    pub street: String,
    /// House number.
    pub house: String,
    /// Entrance.
    pub entrance: String,
    /// Floor.
    pub floor: String,
    /// Flat.
    pub flat: String,
    /// Place in the flat.
    pub place: String,
    /// Who lives there, where the tour carries names.
    pub name: String,
    /// The number printed on the meter.
    pub meter_number: String,
    /// The number that its radio sends; none where it has no radio.
    pub radio_id: Option<String>,
    /// Three letters.
    pub manufacturer: Option<String>,
    /// In the office's words.
    pub medium: String,
    /// The state.
    pub state: &'static str,
    /// Why it is in that state.
    pub why: Why,
    /// When it was last heard.
    pub last_heard_at: Option<Timestamp>,
    /// How often it was heard.
    pub times_heard: u64,
    /// Strength of the last reception.
    pub rssi_dbm: Option<i16>,
    /// The billing value, if there is one yet.
    pub value: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// Codes of alarms, such as `leak`.
    pub alarms: Vec<String>,
    /// The office's note to the reader.
    pub note: String,
}
