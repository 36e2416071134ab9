//! The feed of tours from the server to a handheld: `GET /api/v1/changes?cursor=…`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{MeterKey, TourId, TourMeterId};

/// The server's mark of how far a handheld has read. Opaque to the handheld, which keeps it in the
/// same local transaction as the changes that came with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// One page of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesPage {
    /// The changes, oldest first.
    pub changes: Vec<Change>,
    /// Where the next page begins.
    pub cursor: Cursor,
    /// Whether there is a next page already.
    pub has_more: bool,
}

/// One change. Applying it twice is the same as applying it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The tour is new or changed; its lines come as changes of their own, before or after it.
    Tour(Tour),
    /// A line of a tour is new or changed.
    TourMeter(Box<TourMeter>),
    /// The tour is no longer this handheld's: its keys are to be wiped, its facts are kept until safe.
    TourWithdrawn {
        /// The tour.
        tour: TourId,
    },
}

/// A tour without its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tour {
    /// Identity of the tour.
    pub id: TourId,
    /// Its name.
    pub name: String,
    /// How many lines it has, so that a handheld knows when it is whole.
    pub meters: u32,
    /// The due date that is to be billed (`YYYY-MM-DD`), if the tour has one for all.
    pub due_date: Option<String>,
}

/// A line of a tour: where a meter is, what it is, and what its value may be.
///
/// Numbers that are values are decimals as text, never floats. Columns that Walkby does not know pass
/// through untouched in `extra`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TourMeter {
    /// Identity of the line.
    pub id: TourMeterId,
    /// The tour it belongs to.
    pub tour: TourId,
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
    /// Place of the meter in the flat, such as `kitchen`.
    pub place: String,
    /// Who lives there, where the office gives names; empty otherwise.
    pub name: String,
    /// The customer's reference in the billing system.
    pub customer_ref: String,
    /// The account's reference in the billing system.
    pub account_ref: String,
    /// The number printed on the meter.
    pub meter_number: String,
    /// The identification number that the radio sends, 8 hexadecimal digits in upper case; may differ
    /// from `meter_number` where a radio converter sits on the meter.
    pub radio_id: Option<String>,
    /// Three letters, such as `KAM`; none matches every manufacturer.
    pub manufacturer: Option<String>,
    /// Version byte; none matches every version.
    pub version: Option<u8>,
    /// Device type byte; none matches every type.
    pub device_type: Option<u8>,
    /// Medium in words, such as `cold water`.
    pub medium: String,
    /// The meter's key, where the tour carries keys and the office has one.
    pub key: Option<MeterKey>,
    /// The date whose value is billed (`YYYY-MM-DD`).
    pub due_date: Option<String>,
    /// The value of the last reading.
    pub previous_value: Option<String>,
    /// The date of the last reading (`YYYY-MM-DD`).
    pub previous_date: Option<String>,
    /// The lowest value that is plausible.
    pub low: Option<String>,
    /// The highest value that is plausible.
    pub high: Option<String>,
    /// What the display's digits are to be multiplied with.
    pub factor: Option<String>,
    /// The unit that is billed, such as `m³`.
    pub unit: Option<String>,
    /// Digits of the display before it rolls over.
    pub digits: Option<u8>,
    /// When the meter sends, such as `Mon-Fri 08-18`, where the office says it: what
    /// [`SendingWindow`](crate::SendingWindow) reads. A text here, so that a window of a newer version
    /// costs an older reader the window and not the tour.
    pub sends: Option<String>,
    /// The link modes in which the meter may send, such as `T1` or `C1,T1`, where the office says it: the
    /// handheld's receiver is set by it. A text here, for the same reason.
    pub link_modes: Option<String>,
    /// A note to the reader.
    pub note: String,
    /// Columns that pass through untouched.
    pub extra: BTreeMap<String, String>,
}
