//! Which of a telegram's values would be billed.
//!
//! The value of the due date, where the meter sends it; else the month value of that date; else the
//! current value; else what a person read. Always with its kind: the office decides.

use sync_protocol::{TelegramId, TourMeter};
use wmbus::Decimal;

use super::medium::Medium;
use super::reading::{Reading, ReadingValue};
use super::unit;

/// How a value came to be, the best for billing last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueKind {
    /// Typed by a person.
    Manual,
    /// The meter's value when it sent the telegram.
    Current,
    /// A stored value whose date is the due date.
    Month,
    /// The meter's due-date value (storage number 1), whose date is the due date.
    DueDate,
}

impl ValueKind {
    /// Returns the stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Current => "current",
            Self::Month => "month",
            Self::DueDate => "due_date",
        }
    }
}

/// A value that could be billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingCandidate {
    /// How it came to be.
    pub kind: ValueKind,
    /// The value, in `unit`.
    pub value: Decimal,
    /// The unit, such as `m³`.
    pub unit: String,
    /// The date it belongs to (`YYYY-MM-DD`), where the meter tells it.
    pub date: Option<String>,
    /// The telegram that told it; none for what a person read.
    pub telegram: Option<TelegramId>,
}

/// The storage number of the due-date value (OMS specification, volume 2).
const DUE_DATE_STORAGE: u64 = 1;

/// Chooses among the values of one telegram; none where it tells no total of what is billed.
pub fn candidate(
    readings: &[Reading],
    telegram: TelegramId,
    device_type: u8,
    line: &TourMeter,
    due_date: Option<&str>,
) -> Option<BillingCandidate> {
    // Where the tour names a unit, a total in that dimension is what is wanted; else the medium says.
    let wanted = line.unit.as_deref().and_then(|unit| {
        best(readings, telegram, due_date, |reading| {
            Medium::billed(None).contains(&reading.quantity.as_str())
                && unit::same_dimension(unit, &reading.unit)
        })
    });
    wanted.or_else(|| {
        let medium = Medium::of_device_type(device_type).or_else(|| Medium::of_words(&line.medium));
        best(readings, telegram, due_date, |reading| {
            Medium::billed(medium).contains(&reading.quantity.as_str())
        })
    })
}

fn best(
    readings: &[Reading],
    telegram: TelegramId,
    due_date: Option<&str>,
    is_billed: impl Fn(&Reading) -> bool,
) -> Option<BillingCandidate> {
    let candidates = readings.iter().filter(|reading| is_billed(reading)).filter_map(|reading| {
        let value = reading.total()?;
        let date = date_of_storage(readings, reading.storage_number);
        let is_due = date.is_some() && date.as_deref() == due_date;
        let kind = match reading.storage_number {
            0 => ValueKind::Current,
            DUE_DATE_STORAGE if is_due => ValueKind::DueDate,
            _ if is_due => ValueKind::Month,
            _ => return None,
        };
        Some(BillingCandidate { kind, value, unit: reading.unit.clone(), date, telegram: Some(telegram) })
    });
    // Of equals the first in the telegram wins.
    candidates.reduce(|best, next| if next.kind > best.kind { next } else { best })
}

/// Returns the date that a telegram gives for a storage number.
fn date_of_storage(readings: &[Reading], storage_number: u64) -> Option<String> {
    readings.iter().filter(|reading| reading.storage_number == storage_number).find_map(|reading| {
        match &reading.value {
            ReadingValue::Date(date) if reading.quantity == "date" => Some(date.clone()),
            ReadingValue::DateTime(date_time) if reading.quantity == "date_time" => {
                date_time.split_once('T').map(|(date, _)| date.to_owned())
            }
            _ => None,
        }
    })
}
