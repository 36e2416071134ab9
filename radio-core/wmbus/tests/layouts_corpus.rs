//! Telegrams with makers' own layouts: every published value is among the records.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{hex, json_lines, shared};
use serde_json::Value as Json;
use wmbus::{AesKey, Alarm, AlarmCode, DataRecord, Frame, FrameFormat, KeyRing, Keys, Telegram, Value};

/// Published values that we do not give, and why.
const OTHERWISE: [(&str, &str, &str); 8] = [
    ("wmbm-qheatv2-9a521bb9", "energy_delta_", "-32768 is published where the meter has no value"),
    ("wmbm-qheatv2-29a9f61a", "energy_delta_", "-32768 is published where the meter has no value"),
    ("wmbm-qwaterv2-a6636633", "volume_delta_", "published in litres, but the months add up in ten litres"),
    ("wmbm-qwaterv2-40ee316e", "volume_delta_", "published in litres, but the months add up in ten litres"),
    ("wmbm-hydrodigit-f69b90ba", "Ju", "0 is published for months that the meter marks as unused"),
    ("gowmbus-hydrodigit-8c30bcbb", "battery_percent", "not transmitted"),
    ("openhab-compact5-83354062", "current_counter", "published without the unit, see the next test"),
    ("openhab-compact5-83354062", "past_counter", "published without the unit, see the next test"),
];

struct Case {
    id: String,
    expected: Json,
    telegram: Telegram,
}

fn cases(is_wanted: impl Fn(&Json) -> bool) -> Option<Vec<Case>> {
    let text = shared("corpus/dev.jsonl")?;
    let entries = json_lines(&text).into_iter().map(|(_, entry)| entry).filter(is_wanted);
    Some(
        entries
            .map(|entry| {
                let id = entry["id"].as_str().unwrap().to_owned();
                let format = if entry["frame"] == "A" { FrameFormat::A } else { FrameFormat::WithoutCrc };
                let frame = Frame::parse(&hex(entry["hex"].as_str().unwrap()), format).expect(&id);
                let key: Option<AesKey> = entry["key"].as_str().and_then(|key| key.parse().ok());
                let none = KeyRing::default();
                let keys: &dyn Keys = key.as_ref().map_or(&none, |key| key);
                let telegram = Telegram::decode(&frame, keys).expect(&id);
                let mut expected = entry["expected"].clone();
                let dropped = entry["suspect"].as_array().into_iter().flatten();
                for name in dropped.filter_map(Json::as_str) {
                    expected.as_object_mut().unwrap().remove(name);
                }
                Case { id, expected, telegram }
            })
            .collect(),
    )
}

/// Returns how large a record's unit is in the unit that ends a published name.
fn factor(record: &DataRecord, name: &str) -> Option<f64> {
    Some(match (record.unit.as_str(), name.rsplit('_').next().unwrap()) {
        ("m³", "m3") | ("kWh", "kwh") | ("HCA", "hca") | ("°C", "c") | ("V", "v") => 1.0,
        ("s", "s") | ("h", "h") | ("year", "y") | ("m³/h", "m3h") => 1.0,
        ("MJ", "kwh") => 1.0 / 3.6,
        _ => return None,
    })
}

fn is_number(record: &DataRecord, name: &str, published: f64) -> bool {
    let (Some(number), Some(factor)) = (record.value.number(), factor(record, name)) else { return false };
    let found: f64 = number.to_string().parse().unwrap();
    // The source cuts its numbers at six decimals.
    (found * factor - published).abs() < 6e-7
}

fn is_moment(record: &DataRecord, published: &str) -> bool {
    match &record.value {
        Value::Date(date) => date.to_string() == published,
        Value::DateTime(date_time) => date_time.to_string().replace('T', " ").starts_with(published),
        _ => false,
    }
}

#[test]
fn every_published_value_of_a_proprietary_telegram_is_among_its_records() {
    let is_wanted = |entry: &Json| entry["proprietary"] == true || entry["mixed_driver"] == true;
    let Some(cases) = cases(is_wanted) else { return };
    let (mut numbers, mut moments, mut others) = (0, 0, 0);
    for Case { id, expected, telegram } in &cases {
        let records = telegram.content().records();
        for (name, published) in expected.as_object().into_iter().flatten() {
            if OTHERWISE.iter().any(|(case, start, _)| case == id && name.starts_with(start)) {
                others += 1;
                continue;
            }
            match published {
                Json::Number(number) => {
                    let number = number.as_f64().unwrap();
                    let is_there = records.iter().any(|record| is_number(record, name, number));
                    assert!(is_there, "{id}: {name} {number} is not in {records:#?}");
                    numbers += 1;
                }
                Json::String(text) if is_date(text) && name != "timestamp" => {
                    let is_there = records.iter().any(|record| is_moment(record, text));
                    assert!(is_there, "{id}: {name} {text} is not in {records:#?}");
                    moments += 1;
                }
                _ => {}
            }
        }
    }
    assert_eq!((cases.len(), numbers, moments, others), (121, 447, 159, 53));
}

fn is_date(text: &str) -> bool {
    let digits = |part: Option<&str>| part.is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let mut parts = text.splitn(3, '-');
    text.len() >= 10
        && digits(parts.next())
        && digits(parts.next())
        && digits(parts.next().and_then(|day| day.get(..2)))
}

#[test]
fn a_heat_meter_published_without_units_has_them_in_kilowatt_hours() {
    let Some(cases) = cases(|entry| entry["id"] == "openhab-compact5-83354062") else { return };
    let records: Vec<String> =
        cases[0].telegram.content().records().iter().skip(1).map(ToString::to_string).collect();
    assert_eq!(
        records,
        [
            "energy 23967 kWh",
            "energy 18727 kWh (storage 1)",
            "date 2017-12-31 (storage 1)",
            "energy 5240 kWh (since_due_date)",
        ]
    );
}

/// What sources call alarms, and what we call them.
fn alarm(word: &str, is_past: bool) -> Option<Alarm> {
    let word = word.to_ascii_lowercase();
    let (is_past, word) = match word.strip_prefix("prev_") {
        Some(word) => (true, word.to_owned()),
        None => (is_past, word),
    };
    let code = match word.as_str() {
        "leakage" | "continuous_flow" | "leak" => AlarmCode::Leak,
        "meter_blocked" => AlarmCode::Blocked,
        "underflow" | "minimum_flow" => AlarmCode::Underflow,
        "mechanical_fraud" | "sensor_fraud" | "seal_broken" => AlarmCode::Tamper,
        "smoke" => AlarmCode::Smoke,
        "status_71" => AlarmCode::General,
        "battery_low" => AlarmCode::LowBattery,
        _ => return None,
    };
    Some(if is_past { Alarm::past(code) } else { Alarm::present(code) })
}

#[test]
fn the_alarms_of_layouts_are_those_that_were_published() {
    let layouts = ["prios", "apatorna1", "apatoreitn", "tsd2", "gwfwater"];
    let Some(cases) = cases(|entry| entry["expected"].is_object()) else { return };
    let mut count = 0;
    for Case { id, expected, telegram } in &cases {
        if !telegram.layout().is_some_and(|layout| layouts.contains(&layout)) {
            continue;
        }
        let words = |name: &str, is_past| {
            let text = expected[name].as_str().unwrap_or_default().to_owned();
            let words: Vec<String> = text.split([' ', ',']).map(str::to_owned).collect();
            words.into_iter().filter_map(move |word| alarm(&word, is_past)).collect::<Vec<_>>()
        };
        let mut published: Vec<Alarm> = [
            words("status", false),
            words("current_alarms", false),
            words("current_status", false),
            words("previous_alarms", true),
            words("historic_status", true),
        ]
        .concat();
        published.sort_unstable();
        published.dedup();
        let mut found: Vec<Alarm> =
            telegram.alarms().iter().map(|alarm| Alarm { since: None, ..*alarm }).collect();
        found.sort_unstable();
        assert_eq!(found, published, "{id}: {expected}");
        count += 1;
    }
    assert_eq!(count, 22);
}

#[test]
fn the_serial_number_of_a_sappel_module_is_as_printed() {
    let Some(cases) = cases(|entry| entry["expected"]["prefix"].is_string()) else { return };
    for Case { id, expected, telegram } in &cases {
        let records = telegram.content().records();
        let texts: Vec<String> = records
            .iter()
            .filter_map(|record| match &record.value {
                Value::Text(text) => Some(text.clone()),
                Value::Number(number) if record.quantity.as_str() == "manufacture_year" => {
                    Some(number.to_string())
                }
                _ => None,
            })
            .collect();
        let year = expected.get("manufacture_y").or(expected.get("manufacture_year")).unwrap();
        let published = [&expected["prefix"], &expected["serial_number"], year];
        assert_eq!(texts, published.map(|text| text.as_str().unwrap()), "{id}");
    }
    assert_eq!(cases.len(), 4);
}
