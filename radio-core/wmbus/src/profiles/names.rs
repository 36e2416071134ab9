//! What a value is called when no profile says it: the same words for every maker.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::apl::{Accumulation, DataRecord, Function, Qualifier, Quantity};
use crate::value::{Date, Timestamp, Value, day_number, days_in_month};

/// The name of a value, and its place where there is a series of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) index: Option<u64>,
}

/// The dates of a telegram's storages.
#[derive(Debug, Default)]
pub(super) struct Storages {
    dates: BTreeMap<u64, Timestamp>,
    /// The storages from 2 on that hold the values of month ends, the youngest first from 1.
    month_ends: BTreeMap<u64, u64>,
}

/// The storage of the billing date.
const DUE: u64 = 1;

impl Storages {
    /// Looks for the dates of storages: those that records carry themselves, and date records.
    pub(super) fn of(records: &[DataRecord]) -> Self {
        let mut dates = BTreeMap::new();
        for record in records.iter().filter(|record| record.storage_number > 0) {
            let date = match record.value {
                _ if record.date.is_some() => record.date,
                Value::Date(date) if is_moment(record) && record.is_plain() => Some(Timestamp::Date(date)),
                Value::DateTime(moment) if is_moment(record) && record.is_plain() => {
                    Some(Timestamp::DateTime(moment))
                }
                _ => None,
            };
            if let Some(date) = date.filter(|date| date.date().fixed().is_some()) {
                dates.entry(record.storage_number).or_insert(date);
            }
        }
        let mut by_age: Vec<(Timestamp, u64)> = dates
            .iter()
            .filter(|(storage, date)| **storage > DUE && is_turn_of_month(**date))
            .filter(|(storage, date)| !is_of_days(&dates, **storage, **date))
            .map(|(storage, date)| (*date, *storage))
            .collect();
        by_age.sort_unstable_by_key(|(date, storage)| Reverse((date.date(), *storage)));
        let month_ends = by_age.iter().map(|(_, storage)| *storage).zip(1..).collect();
        Self { dates, month_ends }
    }

    /// Returns when a record's value was taken; none for current values and for dates themselves.
    pub(super) fn date(&self, record: &DataRecord) -> Option<Timestamp> {
        if is_moment(record) {
            return None;
        }
        record.date.or_else(|| self.dates.get(&record.storage_number).copied())
    }

    /// Names a record by rule; `device_type` decides what a negative sum is called.
    pub(super) fn name(&self, record: &DataRecord, device_type: u8) -> Name {
        let storage = record.storage_number;
        let (period, index) = match (storage, self.month_ends.get(&storage)) {
            (0, _) => (if is_total(record) { "total" } else { "" }, None),
            (DUE, _) => ("due_date", None),
            (_, Some(index)) => ("month_end", Some(*index)),
            (_, None) => ("history", Some(storage)),
        };
        let in_error = record.function == Function::DuringError;
        let mut name = Words::default();
        // A due date is named after its period, not within it.
        if !is_moment(record) || storage > DUE {
            name.push(period);
        }
        if let Function::Maximum | Function::Minimum = record.function {
            name.push(record.function.as_str());
        }
        let mut behind = Words::default();
        let is_code = |qualifier: &Qualifier| matches!(qualifier, Qualifier::Manufacturer(_));
        let is_explained = match record.quantity {
            Quantity::ManufacturerSpecific | Quantity::Unknown => false,
            quantity => {
                is_of_makers_code(quantity) || record.qualifiers.iter().any(|qualifier| !is_code(qualifier))
            }
        };
        // A maker's own code says nothing more where the decoder knows what it stands for.
        for qualifier in record.qualifiers.iter().filter(|qualifier| !(is_explained && is_code(qualifier))) {
            match qualifier_word(*qualifier, record.quantity, device_type) {
                Some(Word::Before(word)) => name.push(word),
                Some(Word::Behind(word)) => behind.push(&word),
                None => {}
            }
        }
        name.push(match (record.quantity, storage) {
            (Quantity::Date, 0) if in_error => "error_date",
            (Quantity::DateTime, 0) if in_error => "error_time",
            (Quantity::Date, 0) => "meter_date",
            (Quantity::DateTime, 0) => "meter_time",
            (Quantity::Date | Quantity::DateTime, DUE) => period,
            (Quantity::Date | Quantity::DateTime, _) => "date",
            (Quantity::VolumeFlow, _) => "flow",
            (quantity, _) => quantity.as_str(),
        });
        name.push(&behind.0);
        if record.tariff > 0 {
            name.push(&format!("tariff_{}", record.tariff));
        }
        if record.subunit > 0 {
            name.push(&format!("subunit_{}", record.subunit));
        }
        if in_error && !(is_moment(record) && storage == 0) {
            name.push("in_error");
        }
        Name { text: name.0, index }
    }
}

/// Words, joined by underscores.
#[derive(Debug, Default)]
struct Words(String);

impl Words {
    fn push(&mut self, word: &str) {
        if !self.0.is_empty() && !word.is_empty() {
            self.0.push('_');
        }
        self.0.push_str(word);
    }
}

fn is_moment(record: &DataRecord) -> bool {
    matches!(record.quantity, Quantity::Date | Quantity::DateTime)
}

/// Tells whether a storage is one of a series of days or hours: then the turn of a month is nothing special in
/// it, as it is in one of months or half months.
fn is_of_days(dates: &BTreeMap<u64, Timestamp>, storage: u64, date: Timestamp) -> bool {
    const FEWEST_DAYS_OF_HALF_A_MONTH: u64 = 13;
    let neighbours = [storage.checked_sub(1), storage.checked_add(1)].into_iter().flatten();
    neighbours.filter_map(|neighbour| dates.get(&neighbour)).any(|neighbour| {
        let days = day_number(date.date()).zip(day_number(neighbour.date()));
        let is_near = |(one, other): (i64, i64)| one.abs_diff(other) < FEWEST_DAYS_OF_HALF_A_MONTH;
        *neighbour != date && days.is_some_and(is_near)
    })
}

/// Tells whether a date closes a month: its last day, or the first of the next one. With a time it is the
/// last minute or midnight, so that the hours of a day are none.
fn is_turn_of_month(date: Timestamp) -> bool {
    let Date { year, month, day } = date.date();
    let (is_first, is_last) = (day == Some(1), day == Some(days_in_month(month, year)));
    match date {
        Timestamp::Date(_) => is_first || is_last,
        Timestamp::DateTime(moment) => match (moment.time.hour, moment.time.minute) {
            (Some(0), Some(0)) => is_first,
            (Some(23), Some(59)) => is_last,
            _ => false,
        },
    }
}

/// Tells whether a record's quantity is summed up from the meter's beginning on.
fn is_total(record: &DataRecord) -> bool {
    let is_of_period =
        |qualifier: &Qualifier| matches!(qualifier, Qualifier::Per(_) | Qualifier::SinceDueDate);
    let is_counter = matches!(
        record.quantity,
        Quantity::Energy
            | Quantity::ReactiveEnergy
            | Quantity::ApparentEnergy
            | Quantity::Volume
            | Quantity::Mass
            | Quantity::HcaUnits
    );
    is_counter && !record.qualifiers.iter().any(is_of_period)
}

/// Tells whether a quantity is one that only makers' own codes stand for.
const fn is_of_makers_code(quantity: Quantity) -> bool {
    matches!(
        quantity,
        Quantity::StatusFlags
            | Quantity::InformationCode
            | Quantity::InformationFlags
            | Quantity::WarningFlags
            | Quantity::AlarmFlags
            | Quantity::VolumeTimesSupplyTemperature
            | Quantity::VolumeTimesReturnTemperature
            | Quantity::PowerFactor
            | Quantity::PulseWeight
            | Quantity::PulseConstant
            | Quantity::CarbonDioxide
            | Quantity::BatteryLevel
            | Quantity::ActiveTariff
            | Quantity::Quadrant
            | Quantity::PowerFailCounter
    )
}

const HEAT_METERS: [u8; 5] = [0x04, 0x0A, 0x0B, 0x0C, 0x0D];
const ELECTRICITY_METER: u8 = 0x02;

/// A word and where it stands.
enum Word {
    Before(&'static str),
    Behind(String),
}

/// Returns the word that a qualifier adds to the quantity.
fn qualifier_word(qualifier: Qualifier, quantity: Quantity, device_type: u8) -> Option<Word> {
    let flows = matches!(quantity, Quantity::Volume | Quantity::VolumeFlow | Quantity::Mass);
    let is_heat = HEAT_METERS.contains(&device_type);
    Some(Word::Before(match qualifier {
        Qualifier::Error(_) | Qualifier::StandardConform | Qualifier::Scaled(_) => return None,
        Qualifier::Average => "average",
        Qualifier::Future => "next",
        Qualifier::UncorrectedUnit => "uncorrected",
        Qualifier::DeltaImportExport => "net",
        Qualifier::Accumulation(Accumulation::Positive) if flows => "forward",
        Qualifier::Accumulation(Accumulation::Positive) => return None,
        Qualifier::Accumulation(Accumulation::Negative) if flows => "backward",
        Qualifier::Accumulation(Accumulation::Negative) if is_heat => "cooling",
        Qualifier::Accumulation(Accumulation::Negative) if device_type == ELECTRICITY_METER => "exported",
        Qualifier::Accumulation(Accumulation::Negative) => "negative",
        Qualifier::Phase(phase) => return Some(Word::Behind(phase.to_string())),
        Qualifier::Manufacturer(code) => return Some(Word::Behind(format!("{code:02x}"))),
        other => return Some(Word::Behind(snake_case(&other.to_string()))),
    }))
}

/// Makes a word of what a qualifier displays, such as `offset_1e-3`.
fn snake_case(text: &str) -> String {
    text.to_ascii_lowercase().replace('-', "minus_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apl::{Phase, Source, Unit};
    use crate::value::{DateTime, Time};
    use alloc::borrow::ToOwned;

    fn record(quantity: Quantity, storage_number: u64) -> DataRecord {
        let plain = DataRecord::derived(Source::Transmitted, (0, &[]), (quantity, Unit::None), Value::Raw);
        DataRecord { storage_number, ..plain }
    }

    fn date(storage: u64, month: u8, day: u8) -> DataRecord {
        let date = Date { year: Some(2025), month: Some(month), day: Some(day) };
        DataRecord { value: Value::Date(date), ..record(Quantity::Date, storage) }
    }

    fn with(mut record: DataRecord, qualifiers: &[Qualifier]) -> DataRecord {
        record.qualifiers.extend(qualifiers.iter().copied());
        record
    }

    fn name(record: &DataRecord, device_type: u8) -> String {
        Storages::default().name(record, device_type).text
    }

    #[test]
    fn the_seven_heat_values_have_the_same_names_everywhere() {
        let names = [
            (Quantity::Energy, "total_energy"),
            (Quantity::Volume, "total_volume"),
            (Quantity::VolumeFlow, "flow"),
            (Quantity::Power, "power"),
            (Quantity::SupplyTemperature, "supply_temperature"),
            (Quantity::ReturnTemperature, "return_temperature"),
            (Quantity::TemperatureDifference, "temperature_difference"),
        ];
        for (quantity, expected) in names {
            assert_eq!(name(&record(quantity, 0), 0x04), expected);
        }
    }

    #[test]
    fn storages_become_the_due_date_month_ends_and_a_history() {
        let records = [date(1, 12, 31), date(8, 4, 30), date(9, 5, 31), date(10, 7, 1), date(11, 7, 15)];
        let storages = Storages::of(&records);
        let named = |record: &DataRecord| {
            let Name { text, index } = storages.name(record, 0x07);
            (text, index)
        };
        let volume = |storage| named(&record(Quantity::Volume, storage));
        assert_eq!(volume(0), ("total_volume".to_owned(), None));
        assert_eq!(volume(1), ("due_date_volume".to_owned(), None));
        assert_eq!(volume(10), ("month_end_volume".to_owned(), Some(1)), "the youngest first");
        assert_eq!(volume(8), ("month_end_volume".to_owned(), Some(3)));
        assert_eq!(volume(11), ("history_volume".to_owned(), Some(11)), "no turn of a month");
        assert_eq!(volume(12), ("history_volume".to_owned(), Some(12)), "no date at all");
        assert_eq!(named(&date(1, 12, 31)), ("due_date".to_owned(), None));
        assert_eq!(named(&date(9, 5, 31)), ("month_end_date".to_owned(), Some(2)));
        assert_eq!(named(&date(0, 5, 31)), ("meter_date".to_owned(), None));
        assert_eq!(storages.date(&record(Quantity::Volume, 0)), None);
        let due = Date { year: Some(2025), month: Some(12), day: Some(31) };
        assert_eq!(storages.date(&record(Quantity::Volume, 1)), Some(Timestamp::Date(due)));
    }

    #[test]
    fn the_turn_of_a_month_in_a_series_of_days_is_no_month_end() {
        let records = [date(8, 6, 30), date(9, 7, 1), date(10, 7, 2), date(20, 5, 31), date(30, 6, 1)];
        let storages = Storages::of(&records);
        let named = |storage| storages.name(&record(Quantity::Volume, storage), 0x07).text;
        assert_eq!(["history_volume"; 3], [8, 9, 10].map(named).each_ref().map(String::as_str));
        assert_eq!(["month_end_volume"; 2], [20, 30].map(named).each_ref().map(String::as_str));
    }

    #[test]
    fn the_hours_of_the_first_day_are_no_month_ends() {
        let hour = |storage, hour, minute| {
            let Value::Date(date) = date(storage, 6, if hour == 23 { 30 } else { 1 }).value else { panic!() };
            let time = Time { hour: Some(hour), minute: Some(minute), second: None, has_seconds: false };
            let moment = DateTime { date, time, summer_time: false, calendar: None };
            DataRecord { value: Value::DateTime(moment), ..record(Quantity::DateTime, storage) }
        };
        let records = [hour(8, 0, 0), hour(12, 1, 0), hour(16, 0, 15), hour(20, 23, 59), hour(24, 23, 0)];
        let storages = Storages::of(&records);
        let named = |storage| storages.name(&record(Quantity::Volume, storage), 0x07).text;
        assert_eq!(["month_end_volume"; 2], [8, 20].map(named).each_ref().map(String::as_str));
        assert_eq!(["history_volume"; 3], [12, 16, 24].map(named).each_ref().map(String::as_str));
    }

    #[test]
    fn function_tariff_subunit_and_qualifiers_are_words_of_the_name() {
        let negative = Qualifier::Accumulation(Accumulation::Negative);
        let energy = with(record(Quantity::Energy, 0), &[negative]);
        assert_eq!(name(&energy, 0x04), "total_cooling_energy");
        assert_eq!(name(&energy, 0x02), "total_exported_energy");
        assert_eq!(name(&with(record(Quantity::Volume, 0), &[negative]), 0x07), "total_backward_volume");
        let voltage = with(record(Quantity::Voltage, 0), &[Qualifier::Phase(Phase::L1)]);
        assert_eq!(name(&voltage, 0x02), "voltage_l1");
        let maximum = DataRecord { function: Function::Maximum, tariff: 2, ..record(Quantity::Power, 1) };
        assert_eq!(name(&maximum, 0x02), "due_date_maximum_power_tariff_2");
        let on_time = DataRecord { function: Function::DuringError, ..record(Quantity::OnTime, 0) };
        assert_eq!(name(&DataRecord { subunit: 3, ..on_time }, 0x04), "on_time_subunit_3_in_error");
        let codes = [Qualifier::Manufacturer(0x20), Qualifier::Offset(-3)];
        let odd = with(record(Quantity::ManufacturerSpecific, 0), &codes);
        assert_eq!(name(&odd, 0x07), "manufacturer_specific_20_offset_1eminus_3");
        assert_eq!(name(&with(date(1, 1, 1), &[Qualifier::Future]), 0x07), "next_due_date");
        let error = DataRecord { function: Function::DuringError, ..date(0, 1, 1) };
        assert_eq!(name(&error, 0x08), "error_date");
        let phase =
            with(record(Quantity::Current, 0), &[Qualifier::Manufacturer(1), Qualifier::Phase(Phase::L1)]);
        assert_eq!(name(&phase, 0x02), "current_l1", "the code is explained by the phase");
        let since = with(record(Quantity::Energy, 0), &[Qualifier::SinceDueDate]);
        assert_eq!(name(&since, 0x04), "energy_since_due_date");
    }
}
