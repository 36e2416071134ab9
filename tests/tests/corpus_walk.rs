//! A walk with real telegrams: what the decoder says of each is what the central database holds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use e2e::demo::{self, Material};
use e2e::office::Office;
use e2e::server::Setup;
use radio_core::replay::parse_line;
use serde_json::Value;
use sync_protocol::TelegramId;
use wmbus::{Addresses, AesKey, Content, Frame, KeyRing, MeterAddress, Telegram};

/// A telegram of the corpus whose address can be read.
struct Heard {
    frame: Frame,
    line: String,
    meter: MeterAddress,
    key: Option<String>,
}

/// Reads the developers' corpus, or says that it is not here.
fn corpus() -> Option<Vec<Heard>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/dev.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(std::env::var_os("CI").is_none(), "{} is not here", path.display());
        eprintln!("not tested: {} is not here", path.display());
        return None;
    };
    let heard = text.lines().filter_map(|line| {
        let entry: Value = serde_json::from_str(line).unwrap();
        let line = entry["hex"].as_str()?.to_owned();
        let frame = parse_line(&line).ok()??.frame;
        let meter = Addresses::read(&frame).ok()?.meter;
        let key = entry["key"].as_str().filter(|key| key.len() == 32).map(str::to_owned);
        Some(Heard { frame, line, meter, key })
    });
    Some(heard.collect())
}

/// Returns what the decoder makes of each telegram that a walk with these keys can open, by the place of the
/// record. Bytes without a meaning of their own are no reading.
fn decoded(corpus: &[Heard]) -> BTreeMap<String, BTreeMap<u64, Option<String>>> {
    let mut keys = KeyRing::default();
    for heard in corpus {
        if let Some(key) = &heard.key {
            keys.insert(heard.meter.identification_number, key.parse::<AesKey>().unwrap());
        }
    }
    let values = corpus.iter().filter_map(|heard| {
        let telegram = Telegram::decode(&heard.frame, &keys).ok()?;
        let Content::Records(records) = telegram.content() else { return None };
        let meant = (0u64..).zip(records).filter(|(_, record)| record.value != wmbus::Value::Raw);
        let values = meant.map(|(place, record)| {
            let value = match &record.value {
                wmbus::Value::Number(number) => Some(number.to_string()),
                wmbus::Value::Date(date) => Some(date.to_string()),
                wmbus::Value::DateTime(at) => Some(at.to_string()),
                _ => None,
            };
            (place, value)
        });
        Some((TelegramId::of(heard.frame.bytes()).to_string(), values.collect()))
    });
    values.collect()
}

#[tokio::test]
async fn every_value_of_every_real_telegram_reaches_the_central_database() {
    let Some(corpus) = corpus() else { return };
    let meters: BTreeSet<_> = corpus.iter().map(|heard| heard.meter).collect();
    let tour: String = meters
        .iter()
        .map(|meter| {
            let (id, version, kind) = (meter.identification_number, meter.version, meter.device_type);
            format!("{id};{id};{};0x{version:02X};0x{kind:02X}\n", meter.manufacturer)
        })
        .collect();
    let keys: String = corpus
        .iter()
        .filter_map(|heard| Some(format!("{};{}\n", heard.meter.identification_number, heard.key.as_ref()?)))
        .collect();
    let material = Material {
        name: "corpus".into(),
        tour_csv: format!("meter_no;radio_id;manufacturer;version;type\n{tour}"),
        keys_csv: Some(format!("radio_id;key\n{keys}")),
        late_keys_csv: None,
        replay: corpus.iter().map(|heard| format!("{}\n", heard.line)).collect(),
        speed: None,
    };
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::in_folder(folder.path()).unwrap();
    let server = demo::run(&material, &setup, folder.path()).await.unwrap();

    let office = Office::log_in(&server.address, &setup.admin_password).await.unwrap();
    let mut stored: BTreeMap<String, BTreeMap<u64, Option<String>>> = BTreeMap::new();
    let mut cursor = None::<String>;
    loop {
        let query = cursor.take().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = office.get(&format!("readings?limit=1000{query}")).await.unwrap();
        for reading in page["readings"].as_array().unwrap() {
            let telegram = reading["telegram"].as_str().unwrap().to_owned();
            let value = reading["value"].as_str().map(str::to_owned);
            stored.entry(telegram).or_default().insert(reading["record"].as_u64().unwrap(), value);
        }
        match page["cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }

    let expected = decoded(&corpus);
    assert!(expected.len() > 200, "only {} telegrams of the corpus decode", expected.len());
    for (telegram, values) in &expected {
        if values.is_empty() {
            continue;
        }
        let records =
            stored.get(telegram).unwrap_or_else(|| panic!("telegram {telegram} is not in the database"));
        assert!(records.keys().eq(values.keys()), "{telegram}: {records:?} are not {values:?}");
        for (number, value) in values.iter().filter(|(_, value)| value.is_some()) {
            assert_eq!(&records[number], value, "record {number} of {telegram}");
        }
    }
}
