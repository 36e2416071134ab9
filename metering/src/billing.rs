//! Which of a telegram's values would be billed.
//!
//! The value of the due date, where the meter sends it; else the month value of that date; else the
//! current value; else what a person read. Always with its kind: the office decides.

use sync_protocol::{TelegramId, TourMeter};
use wmbus::Decimal;

use super::medium::Medium;
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

/// Returns which of a meter's values a storage number holds, given the date that the telegram tells for
/// it; none where it tells no date, so that the value cannot be placed.
pub fn kind_of_storage(storage_number: u64, date: Option<&str>, due_date: Option<&str>) -> Option<ValueKind> {
    match storage_number {
        0 => Some(ValueKind::Current),
        _ if date.is_none() => None,
        DUE_DATE_STORAGE => Some(ValueKind::DueDate),
        _ if date == due_date => Some(ValueKind::DueDate),
        _ => Some(ValueKind::Month),
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

/// Qualifiers that a billed total may have: gas at base conditions, and a register that counts
/// forward flow only.
const TOTAL_QUALIFIERS: [&str; 2] = ["base_conditions", "positive_accumulation"];

/// Returns whether a number is a total of the meter itself: not an extreme, not of one tariff, not
/// narrowed to something that is not billed.
pub fn is_total<'a>(
    function: &str,
    tariff: u32,
    subunit: u32,
    mut qualifiers: impl Iterator<Item = &'a str>,
) -> bool {
    function == "instantaneous"
        && tariff == 0
        && subunit == 0
        && qualifiers.all(|code| TOTAL_QUALIFIERS.contains(&code))
}

/// One total that a telegram tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total<'a> {
    /// What was measured, such as `volume`.
    pub quantity: &'a str,
    /// The unit, such as `m³`.
    pub unit: &'a str,
    /// The value, in `unit`.
    pub value: Decimal,
    /// 0 is now; others are stored values.
    pub storage_number: u64,
    /// The date that the telegram gives for the storage number (`YYYY-MM-DD`).
    pub date: Option<&'a str>,
}

/// Chooses among the totals of one telegram; none where none of them is what is billed.
pub fn candidate(
    totals: &[Total<'_>],
    telegram: TelegramId,
    device_type: u8,
    line: &TourMeter,
    due_date: Option<&str>,
) -> Option<BillingCandidate> {
    // Where the tour names a unit, a total in that dimension is what is wanted; else the medium says.
    let wanted = line.unit.as_deref().and_then(|unit| {
        best(totals, telegram, due_date, |total| {
            Medium::billed(None).contains(&total.quantity) && unit::same_dimension(unit, total.unit)
        })
    });
    wanted.or_else(|| {
        let medium = Medium::of_device_type(device_type).or_else(|| Medium::of_words(&line.medium));
        best(totals, telegram, due_date, |total| Medium::billed(medium).contains(&total.quantity))
    })
}

fn best(
    totals: &[Total<'_>],
    telegram: TelegramId,
    due_date: Option<&str>,
    is_billed: impl Fn(&Total<'_>) -> bool,
) -> Option<BillingCandidate> {
    let candidates = totals.iter().filter(|total| is_billed(total)).filter_map(|total| {
        let is_due = total.date.is_some() && total.date == due_date;
        let kind = match total.storage_number {
            0 => ValueKind::Current,
            DUE_DATE_STORAGE if is_due => ValueKind::DueDate,
            _ if is_due => ValueKind::Month,
            _ => return None,
        };
        Some(BillingCandidate {
            kind,
            value: total.value,
            unit: total.unit.to_owned(),
            date: total.date.map(str::to_owned),
            telegram: Some(telegram),
        })
    });
    // Of equals the first in the telegram wins.
    candidates.reduce(|best, next| if next.kind > best.kind { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TELEGRAM: TelegramId = TelegramId([7; 32]);

    fn total(quantity: &'static str, unit: &'static str, value: &str, storage_number: u64) -> Total<'static> {
        let date = ["2026-11-21", "2026-10-31", "2026-09-30"].get(storage_number as usize).copied();
        Total { quantity, unit, value: value.parse().unwrap(), storage_number, date }
    }

    fn chosen(totals: &[Total<'_>], line: &TourMeter, due_date: &str) -> Option<(ValueKind, String)> {
        let candidate = candidate(totals, TELEGRAM, 0x04, line, Some(due_date))?;
        Some((candidate.kind, format!("{} {}", candidate.value, candidate.unit)))
    }

    #[test]
    fn the_due_date_value_goes_before_the_month_value_and_that_before_the_current_one() {
        let totals = [
            total("energy", "kWh", "30", 0),
            total("energy", "kWh", "20", 1),
            total("energy", "kWh", "10", 2),
        ];
        let line = TourMeter::default();
        assert_eq!(chosen(&totals, &line, "2026-10-31"), Some((ValueKind::DueDate, "20 kWh".into())));
        assert_eq!(chosen(&totals, &line, "2026-09-30"), Some((ValueKind::Month, "10 kWh".into())));
        assert_eq!(chosen(&totals, &line, "2025-12-31"), Some((ValueKind::Current, "30 kWh".into())));
    }

    #[test]
    fn the_unit_of_the_tour_decides_which_register_is_billed() {
        let totals = [total("energy", "kWh", "30", 0), total("volume", "m³", "7", 0)];
        let line = TourMeter { unit: Some("l".into()), ..TourMeter::default() };
        assert_eq!(chosen(&totals, &line, "2026-12-31"), Some((ValueKind::Current, "7 m³".into())));
        assert_eq!(
            chosen(&totals, &TourMeter::default(), "2026-12-31"),
            Some((ValueKind::Current, "30 kWh".into()))
        );
    }

    #[test]
    fn what_is_narrowed_to_something_else_is_no_total() {
        let plain = |qualifiers: &[&str]| is_total("instantaneous", 0, 0, qualifiers.iter().copied());
        assert!(plain(&[]) && plain(&["base_conditions"]));
        assert!(!plain(&["negative_accumulation"]));
        assert!(!is_total("maximum", 0, 0, std::iter::empty()));
        assert!(!is_total("instantaneous", 1, 0, std::iter::empty()));
        assert!(!is_total("instantaneous", 0, 1, std::iter::empty()));
    }
}
