//! When a value was taken, as the meter tells it.

use std::collections::BTreeSet;

use wmbus::{DataRecord, Quantity, RecordWarning, Source, Timestamp, Value};

/// The dates of a telegram's records.
#[derive(Debug, Clone)]
pub struct ValueDates<'r> {
    /// The dates that stand for a storage.
    dates: Vec<(&'r DataRecord, Timestamp)>,
}

impl<'r> ValueDates<'r> {
    /// Looks for the dates among the records of one telegram.
    pub fn of(records: &'r [DataRecord]) -> Self {
        // A history says the date of each of its values in a record of its own, too. That one speaks for
        // its value only: the storage number may be that of something else in the telegram.
        let dated: BTreeSet<(usize, u64)> = records
            .iter()
            .filter(|record| record.date.is_some())
            .map(|record| (record.offset, record.storage_number))
            .collect();
        let dates = records
            .iter()
            .filter(|record| !dated.contains(&(record.offset, record.storage_number)))
            .filter_map(|record| Some((record, date_of_storage(record)?)));
        Self { dates: dates.collect() }
    }

    /// Returns when a record's value was taken: its own date, else the date of its storage number; for
    /// storage 0 that is the meter's own clock. None where the meter does not say it.
    ///
    /// Of several dates of a storage the one of the same tariff and subunit counts, else the one of the
    /// meter as a whole; of these the one from where the value is, else one that the meter sent as such.
    pub fn of_record(&self, record: &DataRecord) -> Option<Timestamp> {
        record.date.or_else(|| {
            self.of_part(record, (record.tariff, record.subunit)).or_else(|| self.of_part(record, (0, 0)))
        })
    }

    fn of_part(&self, record: &DataRecord, part: (u32, u32)) -> Option<Timestamp> {
        self.dates
            .iter()
            .filter(|(date, _)| date.storage_number == record.storage_number)
            .filter(|(date, _)| (date.tariff, date.subunit) == part)
            .min_by_key(|(date, _)| match date.source {
                source if source == record.source => 0,
                Source::Transmitted => 1,
                _ => 2,
            })
            .map(|(_, date)| *date)
    }
}

/// Returns the date that a record tells for its storage; none where the meter marks it as invalid.
fn date_of_storage(record: &DataRecord) -> Option<Timestamp> {
    let tells = matches!(record.quantity, Quantity::Date | Quantity::DateTime)
        && record.is_plain()
        && !record.warnings.contains(&RecordWarning::ClockInvalid);
    match record.value {
        Value::Date(date) if tells => Some(Timestamp::Date(date)),
        Value::DateTime(time) if tells => Some(Timestamp::DateTime(time)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use wmbus::{Date, Decimal, Unit};

    use super::*;

    fn day(month: u8) -> Date {
        Date::new(2026, month, 1).unwrap()
    }

    fn record(offset: usize, storage_number: u64, source: Source, value: Value) -> DataRecord {
        let what = match value {
            Value::Date(_) => (Quantity::Date, Unit::None),
            _ => (Quantity::Volume, Unit::CubicMetre),
        };
        DataRecord { storage_number, ..DataRecord::derived(source, (offset, &[]), what, value) }
    }

    fn volume(offset: usize, storage_number: u64) -> DataRecord {
        record(offset, storage_number, Source::Transmitted, Value::Number(Decimal::new(1, 0)))
    }

    fn date(offset: usize, storage_number: u64, month: u8) -> DataRecord {
        record(offset, storage_number, Source::Transmitted, Value::Date(day(month)))
    }

    fn month_of(records: &[DataRecord], place: usize) -> Option<u8> {
        ValueDates::of(records).of_record(&records[place])?.date().month
    }

    #[test]
    fn a_value_has_the_date_of_its_storage() {
        let records = [volume(1, 0), volume(2, 1), date(3, 1, 10), date(4, 0, 11), volume(5, 2)];
        assert_eq!(month_of(&records, 0), Some(11), "the meter's clock");
        assert_eq!(month_of(&records, 1), Some(10));
        assert_eq!(month_of(&records, 4), None);
    }

    #[test]
    fn a_date_that_the_meter_marks_as_invalid_is_none() {
        let invalid = DataRecord { warnings: [RecordWarning::ClockInvalid].into(), ..date(1, 1, 10) };
        assert_eq!(month_of(&[invalid, volume(2, 1)], 1), None);
    }

    #[test]
    fn the_date_of_a_part_of_the_meter_goes_before_that_of_the_whole() {
        let tariff = |tariff, record| DataRecord { tariff, ..record };
        let records = [tariff(2, volume(1, 1)), date(2, 1, 10), tariff(2, date(3, 1, 9)), volume(4, 1)];
        assert_eq!(month_of(&records, 0), Some(9));
        assert_eq!(month_of(&records, 3), Some(10));
    }

    #[test]
    fn the_date_of_one_value_of_a_history_is_not_that_of_a_storage_of_the_same_number() {
        let of_history = DataRecord {
            date: Some(Timestamp::Date(day(9))),
            ..record(7, 1, Source::Expanded, Value::Number(Decimal::new(2, 0)))
        };
        let its_date = record(7, 1, Source::Expanded, Value::Date(day(9)));
        let records = [of_history, its_date, volume(20, 1), date(26, 1, 10)];
        assert_eq!(month_of(&records, 0), Some(9), "its own");
        assert_eq!(month_of(&records, 2), Some(10));
        assert_eq!(month_of(&records[..3], 2), None, "the history's date says nothing of it");
    }

    #[test]
    fn what_the_meter_sent_and_what_lies_in_its_makers_layout_each_have_dates_of_their_own() {
        let in_layout = record(30, 1, Source::Layout("a_layout"), Value::Date(day(9)));
        let layout_value = record(32, 1, Source::Layout("a_layout"), Value::Number(Decimal::new(3, 0)));
        let records = [in_layout, volume(1, 1), date(2, 1, 10), layout_value];
        assert_eq!(month_of(&records, 1), Some(10));
        assert_eq!(month_of(&records, 3), Some(9));
        assert_eq!(month_of(&records[1..], 2), Some(10), "there is no other");
    }
}
