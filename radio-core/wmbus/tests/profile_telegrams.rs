//! The telegrams beside each profile: made up, one record for each entry of the profile, with what the
//! profile makes of them. `UPDATE_GOLDEN=1 cargo test -p wmbus --test profile_telegrams` writes that anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::fs;
use std::path::Path;

use common::{hex, json_lines};
use serde_json::{Map, Value as Json, json};
use wmbus::profiles::{FlatValue, Profiles};
use wmbus::{Frame, FrameFormat, KeyRing, Telegram};

/// Says what a profile makes of a telegram.
fn answer(profiles: &Profiles, name: &str, telegram: &str) -> Json {
    let frame = Frame::parse(&hex(telegram), FrameFormat::WithoutCrc).unwrap();
    let telegram_read = Telegram::decode(&frame, &KeyRing::default()).unwrap();
    let reading = profiles.read(&telegram_read);
    assert_eq!(reading.profile().map(|profile| profile.name()), Some(name));
    let fields = reading.fields().iter().map(|field| {
        let name = field.index.map_or(field.name.clone(), |index| format!("{}[{index}]", field.name));
        (name, Json::String(format!("{} {}", field.value, field.unit).trim_end().to_owned()))
    });
    let flat = reading.wmbusmeters(&telegram_read).into_iter().map(|(key, value)| {
        let value = match value {
            FlatValue::Number(number) => Json::Number(number.to_string().parse().unwrap()),
            FlatValue::Text(text) => Json::String(text),
            FlatValue::Null => Json::Null,
        };
        (key, value)
    });
    let alarms: Vec<String> = reading.alarms().iter().map(ToString::to_string).collect();
    json!({
        "hex": telegram,
        "fields": fields.collect::<Map<_, _>>(),
        "alarms": alarms,
        "wmbusmeters": flat.collect::<Map<_, _>>(),
    })
}

#[test]
fn each_profile_makes_of_its_telegrams_what_stands_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let profiles = Profiles::builtin();
    let mut wrong = Vec::new();
    for profile in profiles.iter() {
        let path = folder.join(profile.name()).with_extension("jsonl");
        let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()));
        let answers: Vec<Json> = json_lines(&text)
            .iter()
            .map(|(_, entry)| answer(&profiles, profile.name(), entry["hex"].as_str().unwrap()))
            .collect();
        assert!(!answers.is_empty(), "{} has no telegram", path.display());
        let found: String = answers.iter().map(|answer| format!("{answer}\n")).collect();
        if found != text {
            wrong.push(profile.name().to_owned());
            if update {
                fs::write(&path, found).unwrap();
            }
        }
    }
    assert!(
        update || wrong.is_empty(),
        "differs: {wrong:?}; UPDATE_GOLDEN=1 writes it anew if that is intended"
    );
}
