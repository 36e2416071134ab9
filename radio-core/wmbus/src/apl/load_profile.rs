//! Load profiles: ordinary records of rising storage numbers, whose spacing one record tells (FD 24 to 29).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::expand::{date_record, plain_date};
use super::{DataRecord, Quantity, Unit};
use crate::value::{Decimal, Timestamp};

/// Tells when the values of load profiles were taken, in the values and as a record for each storage.
///
/// The storage interval has the storage number of the first value, and so has the date. Meters count back
/// from there: the next storage number is the value before. Where a register grows with the storage
/// number instead, the profile goes on in time. A storage with a date of its own keeps it.
pub(super) fn date_load_profiles(mut records: Vec<DataRecord>) -> Vec<DataRecord> {
    let profiles: Vec<LoadProfile> =
        records.iter().filter_map(|record| LoadProfile::read(record, &records)).collect();
    if profiles.is_empty() {
        return records;
    }
    let mut dated: BTreeSet<u64> = records
        .iter()
        .filter(|record| plain_date(record).is_some())
        .map(|record| record.storage_number)
        .collect();
    for record in &mut records {
        let is_value = record.is_plain() && !is_description(record.quantity);
        let storage = record.storage_number;
        let mut profiles =
            profiles.iter().filter(|profile| storage == profile.first || !dated.contains(&storage));
        if is_value {
            record.date = profiles.find_map(|profile| profile.time_of(storage));
        }
    }
    let mut with_dates = Vec::with_capacity(records.len() * 2);
    for record in records {
        let end = record.offset + record.raw.len();
        let date = date_record(&record, (end, &[])).filter(|date| dated.insert(date.storage_number));
        with_dates.push(record);
        with_dates.extend(date);
    }
    with_dates
}

/// Where a load profile begins and ends, and how far apart its values are.
struct LoadProfile {
    first: u64,
    last: u64,
    base: Timestamp,
    interval: i64,
    unit: Unit,
    goes_on: bool,
}

impl LoadProfile {
    /// Reads what a storage interval tells of the records around it; `None` for any other record.
    fn read(record: &DataRecord, records: &[DataRecord]) -> Option<Self> {
        let is_interval = record.quantity == Quantity::StorageInterval && record.is_plain();
        let first = record.storage_number;
        if !is_interval || first == 0 {
            return None;
        }
        let interval = whole(record).filter(|interval| *interval > 0)?;
        let in_first = || records.iter().filter(|other| other.storage_number == first);
        let base = in_first().find_map(plain_date)?;
        let told = in_first().find(|other| other.quantity == Quantity::LastStorageNumber).and_then(whole);
        let last = match told {
            Some(last) => u64::try_from(last).ok()?,
            None => last_in_row(first, records),
        };
        let goes_on = in_first().any(|value| {
            let later = records.iter().find(|other| is_same_register(value, other, last));
            let numbers = value.value.number().zip(later.and_then(|later| later.value.number()));
            is_register(value.quantity)
                && numbers.is_some_and(|(first, last): (Decimal, Decimal)| last > first)
        });
        Some(Self { first, last, base, interval, unit: record.unit.clone(), goes_on })
    }

    fn time_of(&self, storage: u64) -> Option<Timestamp> {
        if !(self.first..=self.last).contains(&storage) {
            return None;
        }
        let count = i64::try_from(storage - self.first).ok()?.checked_mul(self.interval)?;
        let steps = if self.goes_on { count } else { -count };
        match self.unit {
            _ if steps == 0 => Some(self.base),
            Unit::Second => self.base.plus_seconds(steps),
            Unit::Minute => self.base.plus_seconds(steps.checked_mul(60)?),
            Unit::Hour => self.base.plus_seconds(steps.checked_mul(3600)?),
            Unit::Day => self.base.plus_days(steps),
            Unit::Month => self.base.plus_months(steps),
            Unit::Year => self.base.plus_months(steps.checked_mul(12)?),
            _ => None,
        }
    }
}

/// Returns the whole number of a record.
fn whole(record: &DataRecord) -> Option<i64> {
    let number = record.value.number().filter(|number| number.exponent == 0)?;
    i64::try_from(number.mantissa).ok()
}

/// Returns the last storage number that follows the first one without a gap.
fn last_in_row(first: u64, records: &[DataRecord]) -> u64 {
    let has_value = |storage: &u64| {
        records.iter().any(|record| {
            record.storage_number == *storage && !record.is_derived() && !is_description(record.quantity)
        })
    };
    // There are no more storages than records.
    (first..).take(records.len()).take_while(has_value).last().unwrap_or(first)
}

fn is_same_register(value: &DataRecord, other: &DataRecord, storage: u64) -> bool {
    let register = |record: &DataRecord| (record.quantity, record.tariff, record.subunit, record.function);
    other.storage_number == storage && register(value) == register(other) && value.unit == other.unit
}

/// Tells whether a quantity only ever grows.
const fn is_register(quantity: Quantity) -> bool {
    matches!(
        quantity,
        Quantity::Energy
            | Quantity::ReactiveEnergy
            | Quantity::ApparentEnergy
            | Quantity::Volume
            | Quantity::Mass
    )
}

/// Tells whether a quantity describes the storage instead of being a value in it.
const fn is_description(quantity: Quantity) -> bool {
    matches!(
        quantity,
        Quantity::Date
            | Quantity::DateTime
            | Quantity::FirstStorageNumber
            | Quantity::LastStorageNumber
            | Quantity::StorageBlockSize
            | Quantity::StorageInterval
            | Quantity::TariffDescriptor
    )
}
