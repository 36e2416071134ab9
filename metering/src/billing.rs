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

/// Where a value stands among those that a meter keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// 0 is now; others are stored values.
    pub storage_number: u64,
    /// The date that the telegram gives for the value (`YYYY-MM-DD`).
    pub date: Option<&'a str>,
    /// Whether the record itself carries its date, as those of a history do: its storage number then says
    /// only which of them it is.
    pub is_history: bool,
}

impl Place<'_> {
    /// Returns which of a meter's values it is; none where the telegram tells no date for it, so that it
    /// cannot be placed.
    pub fn kind(self, due_date: Option<&str>) -> Option<ValueKind> {
        match self.storage_number {
            0 if !self.is_history => Some(ValueKind::Current),
            _ if self.date.is_none() => None,
            DUE_DATE_STORAGE if !self.is_history => Some(ValueKind::DueDate),
            _ if self.date == due_date => Some(ValueKind::DueDate),
            _ => Some(ValueKind::Month),
        }
    }

    /// Returns as what it would be billed: the current value, or one whose date is the due date.
    fn billed_kind(self, due_date: Option<&str>) -> Option<ValueKind> {
        let is_due = self.date.is_some() && self.date == due_date;
        match self.storage_number {
            0 if !self.is_history => Some(ValueKind::Current),
            _ if !is_due => None,
            DUE_DATE_STORAGE if !self.is_history => Some(ValueKind::DueDate),
            _ => Some(ValueKind::Month),
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
    /// Whether it may be another value than the one that the meter shows ([`crate::is_doubtful`]).
    pub is_doubtful: bool,
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
    /// Where it stands.
    pub place: Place<'a>,
    /// Whether it may be another value than the one that the meter shows ([`crate::is_doubtful`]).
    pub is_doubtful: bool,
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
        Some(BillingCandidate {
            kind: total.place.billed_kind(due_date)?,
            value: total.value,
            unit: total.unit.to_owned(),
            date: total.place.date.map(str::to_owned),
            telegram: Some(telegram),
            is_doubtful: total.is_doubtful,
        })
    });
    // Of equals one that is believed wins, then the first in the telegram: what the meter sends openly
    // comes before the block of its maker.
    let rank = |candidate: &BillingCandidate| (candidate.kind, !candidate.is_doubtful);
    candidates.reduce(|best, next| if rank(&next) > rank(&best) { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TELEGRAM: TelegramId = TelegramId([7; 32]);

    fn total(quantity: &'static str, unit: &'static str, value: &str, storage_number: u64) -> Total<'static> {
        let date = ["2026-11-21", "2026-10-31", "2026-09-30"].get(storage_number as usize).copied();
        let place = Place { storage_number, date, is_history: false };
        Total { quantity, unit, value: value.parse().unwrap(), place, is_doubtful: false }
    }

    fn of_history(total: Total<'static>) -> Total<'static> {
        Total { place: Place { is_history: true, ..total.place }, ..total }
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
    fn a_value_of_a_history_is_placed_by_its_own_date_whatever_its_storage_number() {
        let due = "2026-10-31";
        let history = of_history(total("energy", "kWh", "10", 1));
        let line = TourMeter::default();
        let now = total("energy", "kWh", "30", 0);
        assert_eq!(chosen(&[now, history], &line, due), Some((ValueKind::Month, "10 kWh".into())));
        assert_eq!(chosen(&[now, history], &line, "2026-12-31"), Some((ValueKind::Current, "30 kWh".into())));
        assert_eq!(
            chosen(&[of_history(now)], &line, due),
            None,
            "a value of a history is not the current one"
        );
        let yesterday = Place { date: Some("2026-10-30"), ..history.place };
        assert_eq!(yesterday.kind(Some(due)), Some(ValueKind::Month), "and not that of a due date");
        assert_eq!(history.place.kind(Some(due)), Some(ValueKind::DueDate));
        assert_eq!(Place { is_history: false, ..yesterday }.kind(Some(due)), Some(ValueKind::DueDate));
    }

    #[test]
    fn of_equal_values_the_one_that_is_believed_is_billed_and_else_the_first() {
        let first = total("energy", "kWh", "30", 0);
        let again = total("energy", "kWh", "29.9", 0);
        let line = TourMeter::default();
        let value = |totals: &[Total<'_>]| {
            let candidate = candidate(totals, TELEGRAM, 0x04, &line, None).unwrap();
            (candidate.value.to_string(), candidate.is_doubtful)
        };
        assert_eq!(value(&[first, again]), ("30".to_owned(), false));
        let doubtful = Total { is_doubtful: true, ..first };
        assert_eq!(value(&[doubtful, again]), ("29.9".to_owned(), false));
        assert_eq!(value(&[doubtful]), ("30".to_owned(), true));
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
