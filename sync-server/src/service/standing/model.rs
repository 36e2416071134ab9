//! What the office gets of tours and their lines.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sync_protocol::{ReplicaId, Timestamp, TourMeterId};

use super::super::{LineState, TourSummary};

/// How a line stands, as it is kept. Members that a later version adds are absent in earlier rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Standing {
    pub(crate) state: LineState,
    pub(crate) reason: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) value_kind: Option<String>,
    pub(crate) value_date: Option<String>,
    pub(crate) alarms: Vec<ToldAlarm>,
    /// What the meter only remembers.
    pub(crate) past_alarms: Vec<ToldAlarm>,
    /// When the value was read or the reason given; by the clock samples that were known then.
    pub(crate) read_at: Option<Timestamp>,
    pub(crate) replica: Option<ReplicaId>,
    /// The telegram that the value comes from; of a sealed meter the latest.
    pub(crate) telegram: Option<String>,
    /// The meter's own address.
    pub(crate) meter: Option<String>,
    pub(crate) times_heard: u64,
    pub(crate) telegrams: u32,
}

/// An alarm, and the telegram that told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ToldAlarm {
    pub(crate) code: String,
    pub(crate) telegram: String,
    /// The days on which it began and ended, where the meter says it.
    #[serde(default)]
    pub(crate) since: Option<String>,
    #[serde(default)]
    pub(crate) until: Option<String>,
}

/// How many lines of a tour are in each state; the states add up to `meters`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Lines of the tour.
    pub meters: u32,
    /// A telegram told a plausible value.
    pub read: u32,
    /// The reader typed the value.
    pub manual: u32,
    /// A telegram told a value that can hardly be true.
    pub implausible: u32,
    /// The reader said why there is no value.
    pub skipped: u32,
    /// Heard, but the server holds no key.
    pub heard_no_key: u32,
    /// Heard, but the key that the server holds is wrong.
    pub heard_wrong_key: u32,
    /// Heard, but its telegrams tell no value that is billed.
    pub heard_undecodable: u32,
    /// Nothing is known.
    pub open: u32,
}

impl Progress {
    /// Adds lines that are in a state.
    pub(super) fn add(&mut self, state: LineState, lines: u32) {
        let count = match state {
            LineState::Read => &mut self.read,
            LineState::Manual => &mut self.manual,
            LineState::Implausible => &mut self.implausible,
            LineState::Skipped => &mut self.skipped,
            LineState::HeardNoKey => &mut self.heard_no_key,
            LineState::HeardWrongKey => &mut self.heard_wrong_key,
            LineState::HeardUndecodable => &mut self.heard_undecodable,
            LineState::Open => &mut self.open,
        };
        *count = count.saturating_add(lines);
    }
}

/// A handheld that has to do with a tour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TourHandheld {
    /// Its identity.
    pub replica: ReplicaId,
    /// What the office calls it.
    pub name: String,
    /// Whether it has the tour now; otherwise it only pushed facts of it.
    pub assigned: bool,
    /// When it was last given the tour, or more of it.
    pub pulled_at: Option<Timestamp>,
    /// When its latest facts of the tour arrived.
    pub pushed_at: Option<Timestamp>,
}

/// A house of a tour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HouseProgress {
    /// Street.
    pub street: String,
    /// House number.
    pub house: String,
    /// Lines in the house.
    pub meters: u32,
    /// Lines that leave nothing to do: read, typed or skipped.
    pub done: u32,
}

/// A tour and how far each of its houses is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TourOverview {
    /// The tour.
    #[serde(flatten)]
    pub summary: TourSummary,
    /// Its houses in walking order.
    pub houses: Vec<HouseProgress>,
}

/// A line of a tour as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineRow {
    /// Identity of the line.
    pub id: TourMeterId,
    /// Position in the walking order.
    pub position: u32,
    /// Property.
    pub site: String,
    /// Street.
    pub street: String,
    /// House number.
    pub house: String,
    /// Entrance or stairwell.
    pub entrance: String,
    /// Floor.
    pub floor: String,
    /// Flat.
    pub flat: String,
    /// Place of the meter in the flat.
    pub place: String,
    /// Who lives there, where the office gave names.
    pub name: String,
    /// The number printed on the meter.
    pub meter_number: String,
    /// The identification number that the radio sends.
    pub radio_id: Option<String>,
    /// The meter that was heard (`KAM-76349987-1B-16`).
    pub meter: Option<String>,
    /// Medium in words.
    pub medium: String,
    /// Whether the server holds a key for it.
    pub has_key: bool,
    /// How it stands.
    pub state: LineState,
    /// Why it is in that state, where the state alone does not say it.
    pub reason: Option<String>,
    /// The value that is billed, an exact decimal in `unit`.
    pub value: Option<String>,
    /// The unit of the value and the previous one.
    pub unit: Option<String>,
    /// What the value is: `due_date`, `month`, `current` or `manual`.
    pub value_kind: Option<String>,
    /// The meter's own date of the value.
    pub value_date: Option<String>,
    /// The value of the last reading.
    pub previous_value: Option<String>,
    /// The date of the last reading.
    pub previous_date: Option<String>,
    /// The value less the previous one.
    pub consumption: Option<String>,
    /// Codes of the alarms that its latest telegram told.
    pub alarms: Vec<String>,
    /// When the value was read or the reason given.
    pub read_at: Option<Timestamp>,
    /// The handheld that read it.
    pub handheld: Option<String>,
    /// Content address of the telegram that the value comes from, 64 hexadecimal digits.
    pub telegram: Option<String>,
    /// How often it was heard on the tour.
    pub times_heard: u64,
}

/// A page of lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinePage {
    /// The lines.
    pub lines: Vec<LineRow>,
    /// How many lines the filter lets through, on all pages.
    pub total: u32,
    /// Where the next page begins; none when this is the last one.
    pub cursor: Option<String>,
}

/// Everything that the server knows of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineDetail {
    /// The line.
    #[serde(flatten)]
    pub row: LineRow,
    /// The lowest value that is plausible.
    pub low: Option<String>,
    /// The highest value that is plausible.
    pub high: Option<String>,
    /// The date whose value is billed.
    pub due_date: Option<String>,
    /// What the display's digits are to be multiplied with.
    pub factor: Option<String>,
    /// Digits of the display before it rolls over.
    pub digits: Option<u8>,
    /// When the meter sends, such as `Mon-Fri 08-18`.
    pub sends: Option<String>,
    /// The office's note to the reader.
    pub note: String,
    /// The customer's reference in the billing system.
    pub customer_ref: String,
    /// The account's reference in the billing system.
    pub account_ref: String,
    /// Columns that pass through untouched.
    pub extra: BTreeMap<String, String>,
    /// What was read on the tour, newest first.
    pub readings: Vec<LineReading>,
    /// What was heard on the tour, newest first.
    pub telegrams: Vec<LineTelegram>,
    /// What people did, newest first; corrected events too.
    pub events: Vec<LineEvent>,
    /// The alarms with the telegrams that told them.
    pub alarm_details: Vec<AlarmDetail>,
    /// Alarms that the meter only remembers: none of them is in `alarms`.
    pub past_alarms: Vec<AlarmDetail>,
}

/// One value of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineReading {
    /// What is measured, such as `volume`.
    pub quantity: String,
    /// The value, if it is a number: an exact decimal.
    pub value: Option<String>,
    /// The value, if it is no number: a date, a text, flags.
    pub text: Option<String>,
    /// The unit; empty where there is none.
    pub unit: String,
    /// Storage number: 0 is the current value.
    pub storage: u64,
    /// Tariff.
    pub tariff: u32,
    /// Subunit.
    pub subunit: u32,
    /// Function field, such as `instantaneous`.
    pub function: String,
    /// The meter's own date or time of the value.
    pub value_date: Option<String>,
    /// What the value is: `due_date`, `month`, `current` or `manual`.
    pub value_kind: String,
    /// When it was read.
    pub read_at: Timestamp,
    /// `radio` or `manual`.
    pub method: &'static str,
    /// Content address of the telegram.
    pub telegram: Option<String>,
    /// The version of the decoder that read it.
    pub decoder_version: Option<u32>,
}

/// A telegram of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineTelegram {
    /// Its content address.
    pub id: String,
    /// What it carries: `records`, `sealed`, `compact` …
    pub content: String,
    /// Why it is sealed.
    pub reason: Option<String>,
    /// When it was first heard on the tour.
    pub first_at: Timestamp,
    /// How often it was heard on the tour.
    pub receptions: u32,
    /// The strongest reception in dBm, where the receiver tells it.
    pub best_rssi_dbm: Option<i16>,
    /// Link mode, where the receiver tells it.
    pub link_mode: Option<String>,
    /// Who heard it.
    pub handhelds: Vec<String>,
}

/// What a person did at a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineEvent {
    /// Its identity.
    pub id: String,
    /// `manual_reading`, `skip`, `note` or `photo`.
    pub kind: &'static str,
    /// When.
    pub at: Timestamp,
    /// Whose handheld.
    pub handheld: String,
    /// The value that was typed.
    pub value: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// The reason that was given.
    pub reason: Option<String>,
    /// What looked wrong and was confirmed.
    pub confirmed: Vec<String>,
    /// What the reader wrote.
    pub note: Option<String>,
    /// The event that corrects this one.
    pub superseded_by: Option<String>,
}

/// An alarm of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmDetail {
    /// Its code, such as `power_low`.
    pub code: String,
    /// Since when, where the meter says it.
    pub since: Option<String>,
    /// Until when, where it is over and the meter says it.
    pub until: Option<String>,
    /// The telegram that told it.
    pub telegram: Option<String>,
}

impl From<ToldAlarm> for AlarmDetail {
    fn from(told: ToldAlarm) -> Self {
        let ToldAlarm { code, telegram, since, until } = told;
        Self { code, since, until, telegram: Some(telegram) }
    }
}

/// The values of a meter over the years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeterHistory {
    /// One series for each quantity.
    pub series: Vec<HistorySeries>,
}

/// The values of one quantity, each date and kind once, by date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistorySeries {
    /// What is measured, such as `volume`.
    pub quantity: String,
    /// The unit.
    pub unit: String,
    /// The values.
    pub points: Vec<HistoryPoint>,
}

/// One value of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryPoint {
    /// The date of the value.
    pub date: String,
    /// The value, an exact decimal.
    pub value: String,
    /// What the value is: `due_date`, `month`, `current`, `manual` or `previous`.
    pub kind: String,
    /// The telegram that told it.
    pub telegram: Option<String>,
}
