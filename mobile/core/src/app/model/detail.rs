//! One meter with all that is known of it, and what a person may do there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sync_protocol::{EventId, TelegramId, Timestamp, TourId, TourMeterId};

use super::MeterRow;

/// One line with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeterDetail {
    /// What the list shows of it.
    #[serde(flatten)]
    pub row: MeterRow,
    /// The tour.
    pub tour: TourId,
    /// The customer's reference.
    pub customer_ref: String,
    /// The account's reference.
    pub account_ref: String,
    /// The date whose value is billed.
    pub due_date: Option<String>,
    /// The value of the last reading.
    pub previous_value: Option<String>,
    /// Its date.
    pub previous_date: Option<String>,
    /// The lowest plausible value.
    pub low: Option<String>,
    /// The highest plausible value.
    pub high: Option<String>,
    /// Digits of the display.
    pub digits: Option<u8>,
    /// Columns of the office that pass through untouched.
    pub extra: BTreeMap<String, String>,
    /// Due date first, then months from new to old, then now.
    pub values: Vec<MeterValue>,
    /// The alarms of the list, with what is known of them.
    pub alarm_details: Vec<MeterAlarm>,
    /// Alarms that the meter only remembers: none of them is in the list.
    pub past_alarms: Vec<MeterAlarm>,
    /// Values of earlier dates and of this walk, oldest first.
    pub history: Vec<HistoryPoint>,
    /// What people did here, newest first.
    pub events: Vec<MeterEvent>,
    /// What was heard, newest first.
    pub telegrams: Vec<MeterTelegram>,
}

/// One value of a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeterValue {
    /// Which of the meter's values it is.
    pub kind: &'static str,
    /// The decoder's word, such as `volume`.
    pub quantity: String,
    /// The value; none where the meter itself says that it has none.
    pub value: Option<String>,
    /// Its unit.
    pub unit: String,
    /// The day that it belongs to.
    pub date: Option<String>,
    /// The telegram that it was read from; none for what was typed.
    pub telegram: Option<TelegramId>,
}

/// An alarm that a meter reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeterAlarm {
    /// A code such as `leak`.
    pub code: String,
    /// Since which day, where the meter tells it.
    pub since: Option<String>,
    /// Until which day, where it is past and the meter tells it.
    pub until: Option<String>,
}

/// A point of a meter's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryPoint {
    /// The day that the value belongs to.
    pub date: String,
    /// The value, in the unit of the row.
    pub value: String,
    /// Which of the meter's values it is.
    pub kind: &'static str,
}

/// What a person did at a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeterEvent {
    /// Identity of the event.
    pub id: EventId,
    /// `manual_reading`, `skip`, `note` or `photo`.
    pub kind: &'static str,
    /// When, by the handheld's clock.
    pub at: Timestamp,
    /// The value that was typed.
    pub value: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// The code of the reason.
    pub reason: Option<String>,
    /// What was odd about the value and confirmed.
    pub confirmed: Vec<String>,
    /// Words beside it.
    pub note: Option<String>,
    /// Whether a later event took its place.
    pub superseded: bool,
}

/// A telegram that was heard of a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeterTelegram {
    /// The telegram.
    pub id: TelegramId,
    /// When it was last heard.
    pub last_heard_at: Timestamp,
    /// How often it was heard.
    pub times_heard: u64,
    /// Strength of the last reception.
    pub rssi_dbm: Option<i16>,
    /// How the last one was sent.
    pub link_mode: Option<String>,
    /// `records`, or why there are none.
    pub outcome: String,
}

/// Why a value may be typed or a meter skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonCodes {
    /// Codes for a typed value.
    pub manual: Vec<String>,
    /// Codes for a skip.
    pub skip: Vec<String>,
}

/// What is odd about a value that was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManualCheck {
    /// The value as it would be stored, with a point.
    pub value: String,
    /// What is odd about it.
    pub verdicts: Vec<&'static str>,
}

/// A value that the reader types.
#[derive(Debug, Clone, Deserialize)]
pub struct ManualEntry {
    /// The tour.
    pub tour: TourId,
    /// The line.
    pub meter: TourMeterId,
    /// Digits with at most one comma or point.
    pub typed: String,
    /// The code of the reason.
    pub reason: String,
    /// What the reader saw and confirmed.
    pub confirmed: Vec<String>,
    /// Words beside it.
    pub note: Option<String>,
}
