//! Compact profiles expanded: one record for each value of a history (EN 13757-3, annex F).

use super::profile::{CompactProfile, Increment, ProfileOrder, Spacing, value_length};
use super::{DataRecord, Dib, Few, Quantity, RecordWarning, Source, Unit, vib::meaning_of_vib};
use crate::value::{Decimal, Timestamp, Value};
use crate::wire::Reader;
use alloc::vec::Vec;

/// LVAR, spacing control and spacing value come before the values.
const VALUES_AT: usize = 3;

/// Puts the values of each compact profile behind it.
///
/// A value has the quantity, unit, tariff, subunit and function of the profile, a storage number of its
/// own and its date; the date comes as a record of the same storage number, too. A profile that cannot
/// be expanded says so.
pub(crate) fn expand_profiles(records: Vec<DataRecord>) -> Vec<DataRecord> {
    if !records.iter().any(DataRecord::is_profile) {
        return records;
    }
    let mut expanded: Vec<DataRecord> = Vec::with_capacity(records.len() * 2);
    for record in &records {
        if !record.is_profile() {
            expanded.push(record.clone());
            continue;
        }
        match values(record, &records) {
            Ok(values) => {
                expanded.push(record.clone());
                for value in values {
                    let date = date_record(&value, (value.offset, &value.raw));
                    let is_new = |date: &DataRecord| !expanded.iter().any(|known| same_date(known, date));
                    let date = date.filter(is_new);
                    expanded.push(value);
                    expanded.extend(date);
                }
            }
            Err(warning) => {
                let mut record = record.clone();
                record.warnings.push(warning);
                expanded.push(record);
            }
        }
    }
    expanded
}

/// Expands one profile; `records` hold its base value and base time.
fn values(record: &DataRecord, records: &[DataRecord]) -> Result<Vec<DataRecord>, RecordWarning> {
    let unknown = RecordWarning::ProfileNotExpanded;
    let profile = CompactProfile::read(record).ok_or(unknown)?;
    let length = value_length(record).ok_or(unknown)?;
    let mut header = Reader::at(&record.raw, 0);
    Dib::parse(&mut header)?;
    let meaning = meaning_of_vib(&mut header)?;
    // Columns of an array are no history.
    if profile.spacing == Spacing::None {
        return Err(unknown);
    }
    let base = match profile.increment {
        Increment::Absolute => Decimal::ZERO,
        _ => base_value(record, records).ok_or(RecordWarning::ProfileWithoutBase)?,
    };
    let base_time = base_time(record, records);
    let qualifiers: Few<_, _> =
        record.qualifiers.iter().copied().filter(|qualifier| !qualifier.is_profile()).collect();
    let derive = |(index, register): (usize, Option<i128>)| {
        let value = match register {
            None => Value::NotAvailable,
            Some(register) => Decimal::from(register)
                .checked_scale(meaning.multiplier.into(), meaning.exponent)
                .and_then(|value| value.checked_add(base))
                .map_or(Value::Raw, Value::Number),
        };
        let from = VALUES_AT + index * length;
        let raw = record.data().get(from..from + length).unwrap_or_default();
        let steps = i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1);
        DataRecord {
            storage_number: record.storage_number.saturating_add(steps.unsigned_abs()),
            tariff: record.tariff,
            subunit: record.subunit,
            function: record.function,
            date: base_time.and_then(|base| time_of(base, &profile, steps)),
            qualifiers: qualifiers.clone(),
            ..DataRecord::derived(
                Source::Expanded,
                (record.offset + record.header_length + from, raw),
                (record.quantity, record.unit.clone()),
                value,
            )
        }
    };
    Ok(profile.registers(0).into_iter().enumerate().map(derive).collect())
}

/// Returns the plain value that a profile goes on from: the record of the same quantity and storage.
fn base_value(profile: &DataRecord, records: &[DataRecord]) -> Option<Decimal> {
    let is_base = |record: &&DataRecord| {
        record.quantity == profile.quantity
            && record.unit == profile.unit
            && record.storage_number == profile.storage_number
            && record.tariff == profile.tariff
            && record.subunit == profile.subunit
            && record.function == profile.function
            && record.qualifiers.iter().copied().eq(profile
                .qualifiers
                .iter()
                .copied()
                .filter(|qualifier| !qualifier.is_profile()))
    };
    records.iter().find(is_base)?.value.number()
}

/// Returns the date of the profile's storage, of the same tariff and subunit rather than of another.
fn base_time(profile: &DataRecord, records: &[DataRecord]) -> Option<Timestamp> {
    let same_storage = |record: &&DataRecord| record.storage_number == profile.storage_number;
    let dates =
        || records.iter().filter(same_storage).filter_map(|record| Some((record, plain_date(record)?)));
    let same = |record: &DataRecord| (record.tariff, record.subunit) == (profile.tariff, profile.subunit);
    dates().find(|(record, _)| same(record)).or_else(|| dates().next()).map(|(_, date)| date)
}

/// Returns the date that a record is, whole or with wildcards.
pub(super) fn plain_date(record: &DataRecord) -> Option<Timestamp> {
    let is_plain = matches!(record.quantity, Quantity::Date | Quantity::DateTime) && record.is_plain();
    match record.value {
        Value::Date(date) if is_plain => Some(Timestamp::Date(date)),
        Value::DateTime(date_time) if is_plain => Some(Timestamp::DateTime(date_time)),
        _ => None,
    }
}

/// Returns the time of the value so many steps away from the base.
fn time_of(base: Timestamp, profile: &CompactProfile, steps: i64) -> Option<Timestamp> {
    let steps = if profile.order == ProfileOrder::Inverse { -steps } else { steps };
    let by = |size: i64, count: u8| size * i64::from(count) * steps;
    match profile.spacing {
        Spacing::Seconds(count) => base.plus_seconds(by(1, count)),
        Spacing::Minutes(count) => base.plus_seconds(by(60, count)),
        Spacing::Hours(count) => base.plus_seconds(by(3600, count)),
        Spacing::Days(count) => base.plus_days(by(1, count)),
        Spacing::Months(count) => base.plus_months(by(1, count)),
        // No source tells on which days halves of months begin.
        Spacing::HalfMonth | Spacing::None => None,
    }
}

/// Makes the date record that belongs to a value, with the bytes that tell it.
pub(super) fn date_record(value: &DataRecord, (offset, raw): (usize, &[u8])) -> Option<DataRecord> {
    let (quantity, date) = match value.date? {
        Timestamp::Date(date) => (Quantity::Date, Value::Date(date)),
        Timestamp::DateTime(date_time) => (Quantity::DateTime, Value::DateTime(date_time)),
    };
    Some(DataRecord {
        storage_number: value.storage_number,
        tariff: value.tariff,
        subunit: value.subunit,
        ..DataRecord::derived(Source::Expanded, (offset, raw), (quantity, Unit::None), date)
    })
}

fn same_date(a: &DataRecord, b: &DataRecord) -> bool {
    a.quantity == b.quantity
        && a.value == b.value
        && (a.storage_number, a.tariff, a.subunit) == (b.storage_number, b.tariff, b.subunit)
}

impl DataRecord {
    /// Tells whether the record is a history that is to be expanded.
    fn is_profile(&self) -> bool {
        !self.is_derived() && self.qualifiers.iter().any(|qualifier| qualifier.is_profile())
    }
}
