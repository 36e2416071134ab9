//! Which of a telegram's values would be billed: the readings brought to the rule that the server has, too.

use metering::{BillingCandidate, Total};
use sync_protocol::{TelegramId, TourMeter};

use super::reading::Reading;

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
            place: reading.place(),
            is_doubtful: reading.is_doubtful,
        })
    });
    metering::candidate(&totals.collect::<Vec<_>>(), telegram, device_type, line, due_date)
}
