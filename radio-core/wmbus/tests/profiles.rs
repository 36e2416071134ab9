//! Profiles over the corpus: what wmbusmeters publishes for a telegram comes out under the same keys.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::BTreeMap;

use common::{hex, json_lines, shared};
use proptest::prelude::*;
use serde_json::Value as Json;
use walkby_properties::profile_file;
use wmbus::profiles::{FlatValue, Profiles};
use wmbus::security::AnyKey;
use wmbus::{Frame, FrameFormat, KeyRing, Keys, MeterAddress, Telegram};

/// Members that a wmbusmeters user sets, or that the clock does.
const NOT_OF_THE_TELEGRAM: [&str; 3] = ["name", "timestamp", "_"];

fn decode(entry: &Json) -> Option<Telegram> {
    let format = match entry["frame"].as_str() {
        Some("A") => FrameFormat::A,
        Some("B") => FrameFormat::B,
        _ => FrameFormat::WithoutCrc,
    };
    let frame = Frame::parse(&hex(entry["hex"].as_str()?), format).ok()?;
    let key: Option<AnyKey> = entry["key"].as_str().and_then(|key| key.parse().ok());
    let none = KeyRing::default();
    let keys: &dyn Keys = key.as_ref().map_or(&none, |key| key);
    Telegram::decode(&frame, keys).ok()
}

fn is_equal(expected: &Json, found: &FlatValue) -> bool {
    match (expected, found) {
        (Json::Null, FlatValue::Null) => true,
        (Json::String(expected), FlatValue::Text(found)) => expected == found,
        (Json::Number(expected), FlatValue::Number(found)) => {
            let (expected, found) = (expected.as_f64().unwrap(), found.to_string().parse::<f64>().unwrap());
            (expected - found).abs() <= 1e-6 * expected.abs() + 1e-6
        }
        _ => false,
    }
}

fn names_in(entry: &Json, member: &str) -> Vec<String> {
    entry[member]
        .as_array()
        .map(|names| names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
        .unwrap_or_default()
}

/// The files of the profiles: name and text.
fn files() -> BTreeMap<String, String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

#[test]
fn every_profile_is_well_formed_and_comes_with_the_library() {
    let mut profiles = Profiles::default();
    let faults: Vec<String> = files()
        .iter()
        .filter_map(|(name, text)| profiles.add(name, text).err().map(|error| format!("{name}: {error}")))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let names = |profiles: &Profiles| -> Vec<String> {
        profiles.iter().map(|profile| profile.name().to_owned()).collect()
    };
    assert_eq!(names(&Profiles::builtin()), names(&profiles), "src/profiles/builtin.rs lists the files");
}

#[test]
fn every_known_meter_has_one_profile() {
    let Some(text) = shared("reference/meters_mvt.csv") else { return };
    let profiles = Profiles::builtin();
    let mut count = 0;
    for line in text.lines().skip(1) {
        let columns: Vec<&str> = line.split(',').collect();
        let version = columns[2].replace('*', "5A");
        let address = format!("{}-12345678-{version}-{}", columns[1], columns[3]);
        let meter: MeterAddress = address.parse().unwrap();
        let about: Vec<&str> = profiles
            .iter()
            .filter(|profile| profile.is_about(&meter))
            .map(|profile| profile.name())
            .collect();
        assert_eq!(about.len(), 1, "{address} has the profiles {about:?}");
        count += 1;
    }
    assert_eq!(count, 277);
}

proptest! {
    #[test]
    fn a_damaged_profile_is_refused_or_gives_unique_names(
        file in 0usize..200, place in 0usize..4000, with in any::<u8>(), cut in any::<bool>(),
    ) {
        let files = files();
        let mut text = files.values().nth(file % files.len()).unwrap().clone().into_bytes();
        let place = place % text.len();
        if cut {
            text.truncate(place);
        } else {
            text[place] = with;
        }
        profile_file(&text);
    }
}

#[test]
fn the_keys_of_wmbusmeters_come_out_with_their_values() {
    let Some(text) = shared("corpus/dev.jsonl") else { return };
    let profiles = Profiles::builtin();
    let (mut agree, mut all) = (0u32, 0u32);
    let mut of_meter: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for (_, entry) in json_lines(&text) {
        if entry["expected_kind"] != "wmbusmeters-json" {
            continue;
        }
        let found: BTreeMap<String, FlatValue> = decode(&entry)
            .map(|telegram| profiles.read(&telegram).wmbusmeters(&telegram).into_iter().collect())
            .unwrap_or_default();
        let left_out = [names_in(&entry, "suspect"), names_in(&entry, "calculated")].concat();
        let meter = entry["meter"].as_str().unwrap_or("?").to_owned();
        for (key, expected) in entry["expected"].as_object().unwrap() {
            if NOT_OF_THE_TELEGRAM.contains(&key.as_str()) || left_out.contains(key) {
                continue;
            }
            let equal = found.get(key).is_some_and(|found| is_equal(expected, found));
            let counts = of_meter.entry(meter.clone()).or_default();
            counts.1 += 1;
            all += 1;
            if equal {
                counts.0 += 1;
                agree += 1;
            } else {
                let id = entry["id"].as_str().unwrap();
                println!("{meter} {id} {key}: expected {expected}, found {:?}", found.get(key));
            }
        }
    }
    for (meter, (agree, all)) in of_meter.iter().filter(|(_, (agree, all))| agree < all) {
        println!("{meter}: {agree} of {all}");
    }
    println!("wmbusmeters: {agree} of {all} keys agree ({:.2} %)", 100.0 * f64::from(agree) / f64::from(all));
    assert!(agree * 100 >= all * 96, "{agree} of {all} keys agree");
}
