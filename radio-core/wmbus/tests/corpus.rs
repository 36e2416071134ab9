//! Real telegrams: each decodes or says why not, and none is left half explained.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::BTreeMap;

use common::{assert_explanation_tiles, hex, json_lines, shared};
use serde_json::Value as Json;
use wmbus::apl::{Accumulation, Limit, Phase, parse_records};
use wmbus::{
    Addresses, AesKey, Content, Decimal, DecodeError, Frame, FrameFormat, KeyRing, Keys, Qualifier, Quantity,
    SealedReason, Telegram, Value,
};

fn decode(entry: &Json) -> Result<Telegram, DecodeError> {
    let format = match entry["frame"].as_str() {
        Some("A") => FrameFormat::A,
        Some("B") => FrameFormat::B,
        _ => FrameFormat::WithoutCrc,
    };
    let frame = Frame::parse(&hex(entry["hex"].as_str().unwrap()), format)?;
    let key: Option<AesKey> = entry["key"].as_str().and_then(|key| key.parse().ok());
    let none = KeyRing::default();
    let keys: &dyn Keys = key.as_ref().map_or(&none, |key| key);
    let telegram = Telegram::decode(&frame, keys)?;
    let addresses = Addresses::read(&frame)?;
    assert_eq!(addresses.link, telegram.link_address());
    Ok(telegram)
}

fn corpus(name: &str) -> Option<Vec<(String, Json)>> {
    let text = shared(&format!("corpus/{name}.jsonl"))?;
    Some(
        json_lines(&text)
            .into_iter()
            .map(|(_, entry)| (entry["id"].as_str().unwrap().to_owned(), entry))
            .collect(),
    )
}

#[test]
fn every_telegram_decodes_or_says_why_not() {
    for (name, expected) in [("dev", 379), ("derived", 471)] {
        let Some(entries) = corpus(name) else { return };
        assert_eq!(entries.len(), expected);
        for (id, entry) in entries {
            match decode(&entry) {
                Ok(telegram) => {
                    let length = telegram.explain().bytes().len();
                    assert_explanation_tiles(&telegram, length, &id);
                }
                Err(error) => assert!(
                    entry["malformed"] == true || entry["expected_kind"] == "none",
                    "{id} has published values but is refused: {error}"
                ),
            }
        }
    }
}

/// Telegrams that must stay sealed even with their key: the annex's with a bit of its MAC changed, one whose
/// source made up the MAC, and one that ends in a spoiled CRC of frame format B.
const STAY_SEALED: [(&str, SealedReason); 3] = [
    ("lvogt-els-099dc1cc", SealedReason::MacFailed),
    ("jmbus-elster-d0ba4d14", SealedReason::MacFailed),
    ("tobiasrask-kamwater-7809e626", SealedReason::WrongKey),
];

#[test]
fn what_is_announced_open_or_comes_with_its_key_is_opened() {
    for name in ["dev", "derived"] {
        let Some(entries) = corpus(name) else { return };
        for (id, entry) in entries {
            let in_clear = entry["encrypted"] == false;
            let has_key = entry["key"].as_str().is_some_and(|key| key.len() == 32);
            let is_supported = entry["security_mode"].as_u64().is_none_or(|mode| matches!(mode, 0 | 5 | 7));
            let is_ordinary = entry["proprietary"] == false && entry["malformed"] != true;
            if !(is_ordinary && is_supported && (in_clear || has_key)) {
                continue;
            }
            let Ok(telegram) = decode(&entry) else { continue };
            if let Some((_, reason)) = STAY_SEALED.iter().find(|(sealed, _)| *sealed == id) {
                assert_eq!(telegram.content(), &Content::Sealed(*reason), "{id}");
                continue;
            }
            assert!(
                !matches!(telegram.content(), Content::Sealed(_)),
                "{id}: {:?}, {}",
                telegram.content(),
                telegram.security()
            );
        }
    }
}

#[test]
fn a_telegram_is_the_same_in_every_frame_format() {
    let Some(entries) = corpus("derived") else { return };
    let mut forms: BTreeMap<String, Vec<(String, Vec<String>)>> = BTreeMap::new();
    for (id, entry) in &entries {
        let variant = id.trim_end_matches("+A").trim_end_matches("+B").to_owned();
        let telegram = decode(entry).expect(id);
        let records = telegram.content().records().iter().map(|record| format!("{record:?}")).collect();
        forms.entry(variant).or_default().push((id.clone(), records));
    }
    assert_eq!(forms.len(), 157);
    for (variant, forms) in forms {
        assert_eq!(forms.len(), 3, "{variant}");
        for (id, records) in &forms[1..] {
            assert_eq!(records, &forms[0].1, "{id} and {}", forms[0].0);
        }
    }
}

/// The names of the source, and ours with the power of ten between their units.
fn meaning(quantity: &str, unit: &str) -> (Quantity, &'static str, i8) {
    use Quantity as Q;
    match (quantity, unit) {
        ("energy", "WATT_HOUR") => (Q::Energy, "kWh", -3),
        ("energy", "JOULE") => (Q::Energy, "MJ", -6),
        ("energy", "CALORIFIC_VALUE") => (Q::Energy, "Mcal", -6),
        ("volume", "CUBIC_METRE") => (Q::Volume, "m³", 0),
        ("volume", "CUBIC_FEET") => (Q::Volume, "ft³", 0),
        ("volume", "US_GALLON") => (Q::Volume, "gal", 0),
        ("on_time", "HOUR") => (Q::OnTime, "h", 0),
        ("operating_time", "HOUR") => (Q::OperatingTime, "h", 0),
        ("flow_temperature", "DEGREE_CELSIUS") => (Q::SupplyTemperature, "°C", 0),
        ("return_temperature", "DEGREE_CELSIUS") => (Q::ReturnTemperature, "°C", 0),
        ("temperature_difference", "KELVIN") => (Q::TemperatureDifference, "K", 0),
        ("remaining_battery_life_time", "MONTH") => (Q::RemainingBatteryLife, "month", 0),
        ("current", "AMPERE") => (Q::Current, "A", 0),
        ("voltage", "VOLT") => (Q::Voltage, "V", 0),
        ("phase", "DEGREE") => (Q::PhaseAngleVoltage, "°", 0),
        ("pressure", "BAR") => (Q::Pressure, "bar", 0),
        ("power", "WATT") => (Q::Power, "kW", -3),
        ("max_power", "WATT") => (Q::MaximumPower, "kW", -3),
        ("volume_flow", "CUBIC_METRE_PER_HOUR") => (Q::VolumeFlow, "m³/h", 0),
        other => panic!("no such meaning: {other:?}"),
    }
}

fn qualifier(name: &str) -> Qualifier {
    match name {
        "NEGATIVE_ACCUMULATION" => Qualifier::Accumulation(Accumulation::Negative),
        "POSITIVE_ACCUMULATION" => Qualifier::Accumulation(Accumulation::Positive),
        "ABSOLUTE" => Qualifier::Accumulation(Accumulation::Absolute),
        "BASE_CONDITION" => Qualifier::BaseConditions,
        "UNCORRECTED_UNIT" => Qualifier::UncorrectedUnit,
        "UPPER_LIMIT" => Qualifier::Limit(Limit::Upper),
        "LOWER_LIMIT" => Qualifier::Limit(Limit::Lower),
        "DELTA" => Qualifier::DeltaImportExport,
        "PHASE_L1" => Qualifier::Phase(Phase::L1),
        "PHASE_L2" => Qualifier::Phase(Phase::L2),
        "PHASE_L3" => Qualifier::Phase(Phase::L3),
        "NEUTRAL_CONDUCTOR" => Qualifier::Phase(Phase::Neutral),
        "PHASE_L1_L2" => Qualifier::Phase(Phase::L1L2),
        "PHASE_L2_L3" => Qualifier::Phase(Phase::L2L3),
        "PHASE_L3_L1" => Qualifier::Phase(Phase::L3L1),
        other => panic!("no such qualifier: {other}"),
    }
}

/// Values that we read otherwise than their source, and why.
const OTHERWISE: [(&str, &str); 4] = [
    ("066D221AE0100100", "2000-01-16T00:26:34: the source counts years of type I from 2001"),
    ("CD016DE20330", "two bytes are no date with time"),
    ("CD016DE803301234567890", "eight bytes are no date with time"),
    ("0284B9AEF77B1234", "VIFE 39 makes the data a date"),
];

#[test]
fn single_records_have_the_published_values() {
    let Some(text) = shared("corpus/records.jsonl") else { return };
    let (mut scaled, mut listed) = (0, 0);
    for (line, entry) in json_lines(&text) {
        let hex_digits = entry["hex"].as_str().unwrap();
        let bytes = hex(hex_digits);
        let records = parse_records(&bytes, 0..bytes.len());
        if OTHERWISE.iter().any(|(other, _)| *other == hex_digits) {
            continue;
        }
        if let Some(raw) = entry["raw"].as_i64() {
            let (quantity, unit, exponent) =
                meaning(entry["quantity"].as_str().unwrap(), entry["unit"].as_str().unwrap());
            let theirs = i8::try_from(entry["exponent"].as_i64().unwrap()).unwrap();
            let expected = Decimal::new(i128::from(raw), theirs + exponent);
            assert_eq!(records.len(), 1, "{line}");
            assert_eq!(records[0].value, Value::Number(expected), "{line}");
            assert_eq!((records[0].quantity, records[0].unit.as_str()), (quantity, unit), "{line}");
            for name in entry["extension"].as_array().unwrap() {
                assert!(records[0].qualifiers.contains(&qualifier(name.as_str().unwrap())), "{line}");
            }
            scaled += 1;
        } else if let Some(values) = entry["values"].as_array() {
            check_values(&line, &records, values);
            listed += 1;
        } else {
            // Seconds since 1970 of the local time in Berlin, in winter.
            assert_eq!(entry["epoch_ms"], 1_295_887_380_000i64, "{line}");
            assert_eq!(records[0].value.to_string(), "2011-01-24T17:43", "{line}");
        }
    }
    assert_eq!((scaled, listed), (69, 19));
}

fn check_values(line: &str, records: &[wmbus::DataRecord], values: &[Json]) {
    for (record, expected) in records.iter().zip(values) {
        let is_profile = record.quantity == Quantity::ManufacturerSpecific;
        let value = &expected["value"];
        match (&record.value, value) {
            _ if is_profile && value.is_number() => {}
            (Value::Number(found), Json::Number(_)) => {
                let exponent = if expected["unit"] == "Wh" { -3 } else { 0 };
                let expected: Decimal = value.to_string().parse().expect(line);
                assert_eq!(Some(*found), expected.checked_scale(1, exponent), "{line}");
            }
            (Value::Number(found), Json::String(text)) => assert_eq!(&found.to_string(), text, "{line}"),
            (Value::Flags(bits), Json::Number(_)) => {
                assert_eq!(
                    Decimal::from(i128::from(*bits)),
                    value.to_string().parse().expect(line),
                    "{line}"
                );
            }
            (Value::Text(found), Json::String(text)) => {
                // The manufacturer's text, where the source shows the flags that it makes of it.
                assert!(found == text || is_profile, "{line}");
            }
            (Value::Date(date), Json::String(text)) => {
                assert_eq!(format!("{date}T00:00:00.000Z"), *text, "{line}");
            }
            (Value::DateTime(date_time), Json::String(text)) => {
                assert!(text.starts_with(&date_time.to_string()), "{date_time}: {line}");
            }
            (Value::NotAvailable, Json::String(text)) => assert_eq!(text, "<null>", "{line}"),
            (Value::Raw, Json::Null) => {}
            (Value::Number(found), Json::Null) => {
                assert_eq!(record.unit.as_str(), "Synthetic", "{line}");
                // 42 29 B2 6C as a real; the source leaves its value out.
                assert_eq!(found.to_string(), "42.4242401123046875", "{line}");
            }
            (found, expected) => panic!("{found:?} for {expected}: {line}"),
        }
    }
    assert!(records.len() >= values.len(), "{line}");
}
