//! One state from all telegrams of a meter.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::BTreeMap;

use common::{hex, json_lines, shared};
use proptest::prelude::*;
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::profiles::Profiles;
use wmbus::state::{MergeError, Place};
use wmbus::{
    AesKey, AlarmCode, Date, DateTime, Frame, KeyRing, Keys, MeterAddress, MeterState, Telegram, Time,
    Timestamp, Value,
};

fn meter(address: &str) -> TelegramBuilder {
    TelegramBuilder::new(address.parse().unwrap())
}

fn decode(builder: &TelegramBuilder) -> Telegram {
    Telegram::decode(&builder.build().unwrap(), &KeyRing::default()).unwrap()
}

fn date(year: u16, month: u8, day: u8) -> Date {
    Date { year: Some(year), month: Some(month), day: Some(day) }
}

const WATER: &str = "KAM-12345678-1B-16";

#[test]
fn a_short_telegram_keeps_what_only_the_long_one_says() {
    let clock = DateTime {
        date: date(2026, 3, 1),
        time: Time { hour: Some(7), minute: Some(5), second: None, has_seconds: false },
        summer_time: false,
        calendar: None,
    };
    let long = meter(WATER)
        .record(Record::int32(123_000).volume(-3))
        .record(Record::int32(100_000).volume(-3).storage(1))
        .record(Record::date(date(2025, 12, 31)).storage(1))
        .record(Record::date_time(clock));
    let short = meter(WATER).record(Record::int32(123_500).volume(-3));
    let profiles = Profiles::default();
    let mut state = MeterState::new(&decode(&long));
    state.merge(&decode(&long), &profiles, 10).unwrap();
    state.merge(&decode(&short), &profiles, 20).unwrap();

    let total = state.field("total_volume").unwrap().best().unwrap().clone();
    assert_eq!(
        (total.value.to_string(), total.reception, total.meter_time),
        ("123.500".to_owned(), 20, None)
    );
    let due = state.field("due_date_volume").unwrap().best().unwrap().clone();
    assert_eq!((due.value.to_string(), due.reception), ("100.000".to_owned(), 10));
    assert_eq!(due.date, Some(Timestamp::Date(date(2025, 12, 31))));
    assert_eq!(due.meter_time, Some(Timestamp::DateTime(clock)));
    assert_eq!(state.last_reception(), Some(&20));
    assert!(state.field("flow").is_none());
}

#[test]
fn month_ends_of_different_months_stay_what_they_were() {
    let month = |youngest: Date, older: Date, values: [i64; 2]| {
        decode(
            &meter("ABC-12345678-01-07")
                .record(Record::int32(values[0]).volume(-3).storage(2))
                .record(Record::date(youngest).storage(2))
                .record(Record::int32(values[1]).volume(-3).storage(3))
                .record(Record::date(older).storage(3)),
        )
    };
    let profiles = Profiles::default();
    let january = month(date(2026, 1, 31), date(2025, 12, 31), [300, 200]);
    let february = month(date(2026, 2, 28), date(2026, 1, 31), [400, 300]);
    let mut state = MeterState::new(&january);
    state.merge(&january, &profiles, 1).unwrap();
    state.merge(&february, &profiles, 2).unwrap();
    let ends = state.series("month_end_date").map(|(place, _)| place);
    let all = [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28)];
    assert_eq!(ends.collect::<Vec<_>>(), all.map(|date| Place::At(Timestamp::Date(date))));
    let by_date: Vec<(Timestamp, String)> = state
        .fields()
        .filter_map(|(_, place, field)| match (place, &field.best()?.value) {
            (Place::At(at), value @ Value::Number(_)) => Some((at, value.to_string())),
            _ => None,
        })
        .collect();
    let expected =
        [(date(2025, 12, 31), "0.200"), (date(2026, 1, 31), "0.300"), (date(2026, 2, 28), "0.400")];
    assert_eq!(by_date, expected.map(|(date, text)| (Timestamp::Date(date), text.to_owned())));
}

#[test]
fn a_telegram_of_another_meter_changes_nothing() {
    let profiles = Profiles::default();
    let own = decode(&meter(WATER).record(Record::int32(1).volume(-3)));
    let mut state = MeterState::new(&own);
    state.merge(&own, &profiles, 1).unwrap();
    let before = state.clone();
    for other in ["KAM-12345679-1B-16", "DME-12345678-1B-16", "KAM-12345678-1C-16", "KAM-12345678-1B-07"] {
        let telegram = decode(&meter(other).record(Record::int32(9).volume(-3)));
        assert_eq!(state.merge(&telegram, &profiles, 2), Err(MergeError::AnotherMeter), "{other}");
    }
    assert_eq!(state, before);
}

#[test]
fn a_meter_is_found_by_its_own_address_and_by_that_of_its_radio_converter() {
    let (own, converter): (MeterAddress, MeterAddress) =
        (WATER.parse().unwrap(), "LSE-99999999-01-37".parse().unwrap());
    let profiles = Profiles::default();
    let through =
        decode(&TelegramBuilder::new(converter).long_header(own).record(Record::int32(5).volume(-3)));
    let mut state = MeterState::new(&through);
    state.merge(&through, &profiles, 1).unwrap();
    assert_eq!(state.meter(), own);
    assert!(state.is_known_by(&own) && state.is_known_by(&converter));
    // What the converter says of itself is no value of the meter.
    let of_itself = decode(&TelegramBuilder::new(converter).record(Record::int32(7).volume(-3)));
    assert_eq!(state.merge(&of_itself, &profiles, 2), Err(MergeError::AnotherMeter));
    // Another meter behind the same converter is another meter.
    let neighbour = TelegramBuilder::new(converter).long_header("KAM-87654321-1B-16".parse().unwrap());
    let neighbour = decode(&neighbour.record(Record::int32(9).volume(-3)));
    assert_eq!(state.merge(&neighbour, &profiles, 3), Err(MergeError::AnotherMeter));
    assert_eq!(state.field("total_volume").unwrap().best().unwrap().value.to_string(), "0.005");
}

#[test]
fn a_sealed_telegram_says_that_the_meter_was_heard_and_nothing_else() {
    let profiles = Profiles::default();
    let own = decode(&meter(WATER).record(Record::int32(1).volume(-3)));
    let sealed = decode(&meter(WATER).record(Record::int32(2).volume(-3)).mode5(AesKey::new([7; 16])));
    let mut state = MeterState::new(&own);
    state.merge(&own, &profiles, 1).unwrap();
    state.merge(&sealed, &profiles, 2).unwrap();
    assert_eq!(state.last_reception(), Some(&2));
    assert_eq!(state.field("total_volume").unwrap().best().unwrap().reception, 1);
}

#[test]
fn not_available_keeps_the_last_value_and_is_told() {
    let profiles = Profiles::default();
    let good = decode(&meter(WATER).record(Record::int32(5).volume(-3)));
    let none = decode(&meter(WATER).record(Record::raw(0x4, [0, 0, 0, 0x80]).volume(-3)));
    let mut state = MeterState::new(&none);
    state.merge(&none, &profiles, 1).unwrap();
    assert_eq!(state.field("total_volume").unwrap().best(), None);
    state.merge(&good, &profiles, 2).unwrap();
    state.merge(&none, &profiles, 3).unwrap();
    let field = state.field("total_volume").unwrap();
    assert_eq!(
        (field.best().unwrap().value.to_string(), field.unavailable()),
        ("0.005".to_owned(), Some(&3))
    );
}

#[test]
fn alarms_are_those_of_the_newest_telegram() {
    let profiles = Profiles::default();
    let with_status = |status| decode(&meter(WATER).status(status).record(Record::int32(5).volume(-3)));
    let mut state = MeterState::new(&with_status(0));
    state.merge(&with_status(0x04), &profiles, 1).unwrap();
    let codes: Vec<AlarmCode> = state.alarms().map(|(_, alarm)| alarm.code).collect();
    assert_eq!(codes, [AlarmCode::PowerLow]);
    state.merge(&with_status(0), &profiles, 2).unwrap();
    assert_eq!(state.alarms().count(), 0);
}

#[test]
fn the_real_telegrams_of_a_meter_give_one_state_in_whatever_order_they_come() {
    let Some(text) = shared("corpus/dev.jsonl") else { return };
    let profiles = Profiles::builtin();
    let mut meters: BTreeMap<MeterAddress, Vec<Telegram>> = BTreeMap::new();
    for (_, case) in json_lines(&text) {
        let key: Option<AesKey> = case["key"].as_str().and_then(|key| key.parse().ok());
        let none = KeyRing::default();
        let keys: &dyn Keys = key.as_ref().map_or(&none, |key| key);
        let Ok((frame, _)) = Frame::detect(&hex(case["hex"].as_str().unwrap())) else { continue };
        let Ok(telegram) = Telegram::decode(&frame, keys) else { continue };
        meters.entry(telegram.meter()).or_default().push(telegram);
    }
    let mut merged = 0;
    for telegrams in meters.values().filter(|telegrams| telegrams.len() > 1) {
        let receptions: Vec<(usize, &Telegram)> = telegrams.iter().enumerate().collect();
        let state_of = |order: &[(usize, &Telegram)]| {
            let mut state = MeterState::new(order[0].1);
            for (reception, telegram) in order.iter().chain(order) {
                match state.merge(telegram, &profiles, *reception) {
                    Ok(()) => assert!(!telegram.is_doubtful()),
                    Err(error) => assert_eq!(error, MergeError::Doubtful),
                }
            }
            state
        };
        let reversed: Vec<_> = receptions.iter().rev().copied().collect();
        let state = state_of(&receptions);
        assert_eq!(state, state_of(&reversed), "{}", state.meter());
        for (name, _, field) in state.fields() {
            let Some(best) = field.best() else { continue };
            let reading = profiles.read(&telegrams[best.reception]);
            let said = reading.fields().iter().any(|field| field.name == name && field.value == best.value);
            assert!(said, "{name} of {} is not in its telegram", state.meter());
        }
        merged += telegrams.len();
    }
    assert!(merged >= 50, "only {merged} telegrams share their meter with another");
}

proptest! {
    #[test]
    fn the_order_of_telegrams_makes_no_difference(
        telegrams in prop::collection::vec((0u8..4, 0i64..1_000), 1..12),
        order in prop::collection::vec(any::<prop::sample::Index>(), 24),
    ) {
        let profiles = Profiles::default();
        let telegrams: Vec<Telegram> = telegrams
            .into_iter()
            .map(|(kind, value)| {
                let short = meter(WATER).record(Record::int32(value).volume(-3));
                decode(&match kind {
                    0 => short,
                    1 => short.record(Record::int32(value).volume(-3).storage(1)).status(0x04),
                    2 => meter(WATER).record(Record::raw(0x4, [0, 0, 0, 0x80]).volume(-3)),
                    _ => short.record(Record::int16(value % 100).volume_flow(-3)),
                })
            })
            .collect();
        let merged = |receptions: &mut dyn Iterator<Item = usize>| {
            let mut state = MeterState::new(&telegrams[0]);
            receptions.for_each(|reception| state.merge(&telegrams[reception], &profiles, reception).unwrap());
            state
        };
        let mut shuffled: Vec<usize> = order.iter().map(|index| index.index(telegrams.len())).collect();
        shuffled.extend((0..telegrams.len()).rev());
        let state = merged(&mut (0..telegrams.len()));
        prop_assert_eq!(&merged(&mut shuffled.into_iter()), &state);
    }
}
