//! The demonstration's walk keeps its promises.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use radio_core::demo::{self, DUE_DATE, DemoWalk, ExpectedMeter, ExpectedState};
use radio_core::keys::KeyFile;
use radio_core::replay::Replay;
use wmbus::{Addresses, Content, Frame, KeyRing, SealedReason, Telegram, Value};

/// The tour's lines by column.
fn tour(walk: &DemoWalk) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(walk.tour_csv.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// The keys that the handheld has during the walk.
fn keys(walk: &DemoWalk) -> KeyRing {
    let mut keys = KeyFile::parse(&walk.keys_csv).ring;
    for line in tour(walk).iter().filter(|line| !line["key"].is_empty()) {
        keys.insert(line["radio_id"].parse().unwrap(), line["key"].parse().unwrap());
    }
    keys
}

/// The frames of the tour's meters, by radio id; foreign ones are left out.
fn frames(walk: &DemoWalk) -> BTreeMap<String, Vec<Frame>> {
    let tour = tour(walk);
    let mut frames: BTreeMap<String, Vec<Frame>> = BTreeMap::new();
    for received in Replay::new(walk.replay_jsonl.as_bytes()).filter_map(Result::ok) {
        let meter = Addresses::read(&received.frame).unwrap().meter;
        let id = meter.identification_number.to_string();
        let is_own = |line: &BTreeMap<String, String>| {
            line["radio_id"] == id
                && line["manufacturer"] == meter.manufacturer.to_string()
                && line["version"] == format!("0x{:02X}", meter.version)
                && line["type"] == format!("0x{:02X}", meter.device_type)
        };
        if tour.iter().any(is_own) {
            frames.entry(id).or_default().push(received.frame);
        }
    }
    frames
}

/// The value that is billed, of this storage number, and the date of that storage.
fn billed(telegram: &Telegram, unit: &str, storage: u64) -> (Option<String>, Option<String>) {
    let Content::Records(records) = telegram.content() else { return (None, None) };
    let plain = |record: &&wmbus::DataRecord| {
        record.storage_number == storage && record.tariff == 0 && record.subunit == 0
    };
    let value = records.iter().filter(plain).find_map(|record| match &record.value {
        Value::Number(number) if record.unit.as_str() == unit => Some(number.to_string()),
        _ => None,
    });
    let date = records.iter().filter(plain).find_map(|record| match &record.value {
        Value::Date(date) => Some(date.to_string()),
        _ => None,
    });
    (value, date)
}

fn check(expected: &ExpectedMeter, frames: &[Frame], keys: &KeyRing) {
    for frame in frames {
        let telegram = Telegram::decode(frame, keys).unwrap();
        let content = telegram.content();
        let id = &expected.radio_id;
        match expected.state {
            ExpectedState::HeardNoKey => assert_eq!(content, &Content::Sealed(SealedReason::NoKey), "{id}"),
            ExpectedState::HeardWrongKey => {
                assert_eq!(content, &Content::Sealed(SealedReason::WrongKey), "{id}");
            }
            ExpectedState::HeardUndecodable => assert!(matches!(content, Content::Compact { .. }), "{id}"),
            _ => {
                let (current, unit) = expected.current.clone().unwrap();
                assert_eq!(billed(&telegram, &unit, 0).0, Some(current), "{id}");
                assert_eq!(
                    billed(&telegram, &unit, 1),
                    (expected.due.clone(), expected.due_date.clone()),
                    "{id}"
                );
            }
        }
    }
}

#[test]
fn every_meter_decodes_to_what_is_expected_of_it() {
    let walk = demo::walk();
    let (frames, keys) = (frames(&walk), keys(&walk));
    for expected in &walk.expected {
        let frames = frames.get(&expected.radio_id).map(Vec::as_slice).unwrap_or_default();
        assert_eq!(frames.len(), expected.frames, "{}", expected.radio_id);
        let telegrams: BTreeSet<&[u8]> = frames.iter().map(Frame::bytes).collect();
        assert_eq!(telegrams.len(), expected.telegrams, "{}", expected.radio_id);
        assert_eq!(frames.is_empty(), expected.state == ExpectedState::Open, "{}", expected.radio_id);
        check(expected, frames, &keys);
    }
}

#[test]
fn the_late_keys_open_what_was_sealed_on_the_walk() {
    let walk = demo::walk();
    let (frames, late) = (frames(&walk), KeyFile::parse(&walk.late_keys_csv));
    let sealed: Vec<&ExpectedMeter> = walk
        .expected
        .iter()
        .filter(|meter| matches!(meter.state, ExpectedState::HeardNoKey | ExpectedState::HeardWrongKey))
        .collect();
    assert_eq!(sealed.len(), 2);
    for meter in sealed {
        let telegram = Telegram::decode(&frames[&meter.radio_id][0], &late.ring).unwrap();
        assert!(matches!(telegram.content(), Content::Records(_)), "{}", meter.radio_id);
    }
}

#[test]
fn every_kind_of_trouble_is_on_the_walk() {
    let walk = demo::walk();
    let states: BTreeSet<ExpectedState> = walk.expected.iter().map(|meter| meter.state).collect();
    assert_eq!(states.len(), 6);
    assert!(walk.foreign_frames > 0);
    assert!(walk.expected.iter().any(|meter| meter.frames > meter.telegrams));
    let (good, bad): (Vec<_>, Vec<_>) = Replay::new(walk.replay_jsonl.as_bytes()).partition(Result::is_ok);
    assert_eq!(bad.len(), walk.damaged_lines);
    assert_eq!(
        good.len(),
        walk.foreign_frames + walk.expected.iter().map(|meter| meter.frames).sum::<usize>()
    );
}

#[test]
fn the_tour_names_every_expected_meter_once_in_its_order() {
    let walk = demo::walk();
    let ids: Vec<String> = tour(&walk).into_iter().map(|line| line["radio_id"].clone()).collect();
    let expected: Vec<String> = walk.expected.iter().map(|meter| meter.radio_id.clone()).collect();
    assert_eq!(ids, expected);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    assert!(tour(&walk).iter().all(|line| line["due_date"] == DUE_DATE));
    assert_eq!(KeyFile::parse(&walk.keys_csv).refused().count(), 0);
}

#[test]
fn the_recording_runs_forward_and_is_always_the_same() {
    let walk = demo::walk();
    let offsets: Vec<_> =
        Replay::new(walk.replay_jsonl.as_bytes()).filter_map(|received| received.ok()?.offset).collect();
    assert!(offsets.is_sorted());
    assert_eq!(walk, demo::walk());
}
