//! Load profiles of ordinary records: each value has its date.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{Date, KeyRing, Quantity, Source, Telegram};

fn date(year: u16, month: u8, day: u8) -> Record {
    Record::date(Date { year: Some(year), month: Some(month), day: Some(day) }).vif(&[0x6C])
}

fn interval_months(months: i64) -> Record {
    Record::int8(months).vif(&[0x7D, 0x28])
}

/// The volumes of a telegram with their storage numbers and dates.
fn volumes(records: Vec<Record>) -> Vec<(u64, Option<String>)> {
    let builder = TelegramBuilder::new("XYZ-12345678-01-07".parse().unwrap()).records(records);
    let telegram = Telegram::decode(&builder.build().unwrap(), &KeyRing::default()).unwrap();
    let volumes = telegram.content().records().iter().filter(|record| record.quantity == Quantity::Volume);
    volumes.map(|record| (record.storage_number, record.date.map(|date| date.to_string()))).collect()
}

fn dated(storage: u64, date: &str) -> (u64, Option<String>) {
    (storage, Some(date.to_owned()))
}

/// A profile of these litres from storage 8 on.
fn profile(litres: &[i64]) -> Vec<Record> {
    let values =
        (8..).zip(litres).map(|(storage, litres)| Record::int32(*litres).volume(-3).storage(storage));
    [interval_months(1).storage(8), date(2024, 11, 30).storage(8)].into_iter().chain(values).collect()
}

#[test]
fn the_values_before_the_first_one_were_taken_before_it() {
    assert_eq!(
        volumes(profile(&[33_658, 32_446, 31_514])),
        [dated(8, "2024-11-30"), dated(9, "2024-10-31"), dated(10, "2024-09-30")]
    );
}

#[test]
fn each_storage_without_a_date_gets_one_as_a_record() {
    let builder = TelegramBuilder::new("XYZ-12345678-01-07".parse().unwrap());
    let telegram = builder.records(profile(&[300, 200, 100])).build().unwrap();
    let telegram = Telegram::decode(&telegram, &KeyRing::default()).unwrap();
    let dates: Vec<_> = telegram
        .content()
        .records()
        .iter()
        .filter(|record| record.quantity == Quantity::Date)
        .map(|record| (record.storage_number, record.value.to_string(), record.source))
        .collect();
    assert_eq!(
        dates,
        [
            (8, "2024-11-30".to_owned(), Source::Transmitted),
            (9, "2024-10-31".to_owned(), Source::Expanded),
            (10, "2024-09-30".to_owned(), Source::Expanded)
        ]
    );
}

#[test]
fn a_register_that_grows_with_the_storage_number_goes_on_in_time() {
    assert_eq!(
        volumes(profile(&[31_514, 32_446, 33_658])),
        [dated(8, "2024-11-30"), dated(9, "2024-12-31"), dated(10, "2025-01-31")]
    );
}

#[test]
fn other_storages_and_the_current_value_are_not_of_the_profile() {
    let mut records = profile(&[300, 200]);
    records.insert(0, Record::int32(400).volume(-3));
    records.push(Record::int32(100).volume(-3).storage(11));
    assert_eq!(volumes(records), [(0, None), dated(8, "2024-11-30"), dated(9, "2024-10-31"), (11, None)]);
}

#[test]
fn a_storage_with_its_own_date_and_the_last_storage_number_are_heeded() {
    let mut records = profile(&[300, 200, 100]);
    records.push(date(2024, 1, 1).storage(9));
    assert_eq!(volumes(records.clone()), [dated(8, "2024-11-30"), (9, None), dated(10, "2024-09-30")]);
    records.push(Record::int8(9).vif(&[0x7D, 0x21]).storage(8));
    assert_eq!(volumes(records), [dated(8, "2024-11-30"), (9, None), (10, None)]);
}

#[test]
fn without_a_date_or_an_interval_there_are_no_dates() {
    let values = || [8, 9].map(|storage| Record::int32(100).volume(-3).storage(storage));
    let without_date = [vec![interval_months(1).storage(8)], values().to_vec()].concat();
    assert_eq!(volumes(without_date), [(8, None), (9, None)]);
    let without_interval = [vec![date(2024, 11, 30).storage(8)], values().to_vec()].concat();
    assert_eq!(volumes(without_interval), [(8, None), (9, None)]);
    let no_interval = [vec![interval_months(0).storage(8), date(2024, 11, 30).storage(8)], values().to_vec()];
    assert_eq!(volumes(no_interval.concat()), [(8, None), (9, None)]);
}

#[test]
fn quarters_of_an_hour_are_counted_to_the_minute() {
    let interval = Record::int8(15).vif(&[0x7D, 0x25]).storage(8);
    let values = [8, 9].map(|storage| Record::int32(100).volume(-3).storage(storage));
    let records = [vec![interval, date(2024, 11, 30).storage(8)], values.to_vec()].concat();
    assert_eq!(volumes(records), [dated(8, "2024-11-30"), dated(9, "2024-11-29T23:45")]);
}
