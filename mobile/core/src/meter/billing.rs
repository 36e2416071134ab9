//! Which of a telegram's values would be billed: the readings brought to the rule that the server has, too.

use metering::{BillingCandidate, Total};
use sync_protocol::{TelegramId, TourMeter};

use super::reading::{Reading, ReadingValue};

/// Chooses among the values of one telegram; none where it tells no total of what is billed.
pub fn candidate(
    readings: &[Reading],
    telegram: TelegramId,
    device_type: u8,
    line: &TourMeter,
    due_date: Option<&str>,
) -> Option<BillingCandidate> {
    let totals = readings.iter().filter_map(|reading| {
        Some(Total {
            quantity: &reading.quantity,
            unit: &reading.unit,
            value: reading.total()?,
            storage_number: reading.storage_number,
            date: date_of_storage(readings, reading.storage_number),
        })
    });
    metering::candidate(&totals.collect::<Vec<_>>(), telegram, device_type, line, due_date)
}

/// Returns the date that a telegram gives for a storage number.
pub fn date_of_storage(readings: &[Reading], storage_number: u64) -> Option<&str> {
    readings.iter().filter(|reading| reading.storage_number == storage_number).find_map(|reading| {
        match &reading.value {
            ReadingValue::Date(date) if reading.quantity == "date" => Some(date.as_str()),
            ReadingValue::DateTime(date_time) if reading.quantity == "date_time" => {
                date_time.split_once('T').map(|(date, _)| date)
            }
            _ => None,
        }
    })
}
