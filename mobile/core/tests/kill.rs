//! Killing the real program during a walk: nothing shown is lost, nothing is doubled.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use argon2::{Algorithm, Argon2, Params, Version};
use common::{Clock, Seeded, frame, line, load_tour, received};
use field_core::store::PASSPHRASE_FILE;
use field_core::{KeySource, Passphrase, Store};
use radio_core::replay::write_line;
use rusqlite::Connection;
use serde_json::Value;
use sync_protocol::{MeterKey, ReceptionId, TelegramId};
use wmbus::Frame;

const PASSPHRASE: &str = "kill me if you can";
const METERS: u32 = 40;
const FRAMES: u32 = 3_000;

/// Opens the file beneath the store with the key that the passphrase gives.
fn connection(directory: &Path) -> Connection {
    let text = std::fs::read_to_string(directory.join(PASSPHRASE_FILE)).unwrap();
    let parameters: Value = serde_json::from_str(&text).unwrap();
    let number = |name: &str| u32::try_from(parameters[name].as_u64().unwrap()).unwrap();
    let salt: MeterKey = parameters["salt"].as_str().unwrap().parse().unwrap();
    let params = Params::new(number("memory_kib"), number("passes"), number("lanes"), Some(32)).unwrap();
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(PASSPHRASE.as_bytes(), salt.expose(), &mut key)
        .unwrap();
    common::raw_connection_with(directory, &key)
}

fn open_store(directory: &Path) -> Store {
    let source = KeySource::Passphrase(Passphrase::new(PASSPHRASE.to_owned()));
    Store::open(directory, &source, Clock::default().now(), &mut Seeded(7)).unwrap()
}

/// A recording of own and foreign meters; every own frame is a different telegram, every seventh is
/// heard twice.
struct Recording {
    text: String,
    own: BTreeMap<TelegramId, usize>,
    foreign: usize,
}

fn recording() -> Recording {
    let mut recording = Recording { text: String::new(), own: BTreeMap::new(), foreign: 0 };
    for n in 0..FRAMES {
        let is_foreign = n % 5 == 4;
        let meter = if is_foreign { METERS + n % 9 } else { n % METERS };
        let frame: Frame = frame(meter, (n % 256) as u8, 120_000 + i64::from(n), None);
        let times = if n % 7 == 0 { 2 } else { 1 };
        for _ in 0..times {
            recording.text.push_str(&write_line(&received(frame.clone())));
            recording.text.push('\n');
        }
        if is_foreign {
            recording.foreign += times;
        } else {
            *recording.own.entry(TelegramId::of(frame.bytes())).or_default() += times;
        }
    }
    recording
}

/// What the program said before it ended: the receptions that it showed.
type ShownReceptions = BTreeMap<String, (u64, String)>;

/// Runs a walk, kills it after so many lines, and returns what it showed and whether it was killed
/// before its end.
fn walk(store: &Path, replay: &Path, kill_after: Option<u64>, shown: &mut ShownReceptions) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_walkby-field"))
        .args(["--format", "jsonl", "--store"])
        .arg(store)
        .args(["walk", "--as-fast", "--replay"])
        .arg(replay)
        .env("WALKBY_PASSPHRASE", PASSPHRASE)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = 0;
    let mut torn = false;
    for text in BufReader::new(child.stdout.take().unwrap()).lines() {
        assert!(!torn, "only the last line can be torn");
        match serde_json::from_str::<Value>(&text.unwrap()) {
            Ok(json) if json["type"] == "telegram" => {
                let text = |name: &str| json[name].as_str().unwrap().to_owned();
                let sequence = json["sequence"].as_u64().unwrap();
                let before = shown.insert(text("reception"), (sequence, text("telegram")));
                assert_eq!(before, None, "a reception is shown once");
            }
            Ok(_) => {}
            Err(_) => torn = true,
        }
        lines += 1;
        // Lines that were already in the pipe were shown, too: reading goes on to its end.
        if kill_after == Some(lines) {
            child.kill().unwrap();
        }
    }
    let status = child.wait().unwrap();
    let killed = !status.success();
    assert!(!killed || kill_after.is_some(), "the last walk ends by itself");
    killed
}

#[test]
fn a_walk_that_is_killed_again_and_again_loses_and_doubles_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store_directory = directory.path().join("store");
    let replay = directory.path().join("walk.jsonl");
    let recording = recording();
    std::fs::write(&replay, &recording.text).unwrap();
    let lines: Vec<_> = (0..METERS).map(|n| line(n, None)).collect();
    load_tour(&mut open_store(&store_directory), &lines);

    let mut random = Seeded(0x51);
    let mut shown = ShownReceptions::new();
    let mut kills = 0;
    while kills < 10 {
        let kill_after = 1 + random.below(300);
        if !walk(&store_directory, &replay, Some(kill_after), &mut shown) {
            break;
        }
        kills += 1;
        assert_kept(&connection(&store_directory), &shown);
    }
    assert!(kills >= 5, "killed only {kills} times: the recording is too short");
    walk(&store_directory, &replay, None, &mut shown);

    let file = connection(&store_directory);
    assert_kept(&file, &shown);
    let mut heard: BTreeMap<TelegramId, usize> = BTreeMap::new();
    for (_, _, telegram) in receptions(&file) {
        *heard.entry(telegram.parse().unwrap()).or_default() += 1;
    }
    assert_eq!(heard, recording.own, "each line of the recording is one reception");
    let (walks, foreign): (u32, u64) = file
        .query_row("SELECT count(*), sum(foreign_frames) FROM sessions", [], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
        })
        .unwrap();
    assert_eq!(walks, 1, "a killed walk goes on, it does not begin again");
    assert_eq!(foreign, u64::try_from(recording.foreign).unwrap());
    let check: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
}

/// Receptions as they are shown: identity, sequence, telegram.
fn receptions(connection: &Connection) -> BTreeSet<(String, u64, String)> {
    let mut statement = connection.prepare("SELECT id, sequence, telegram FROM receptions").unwrap();
    let rows = statement.query_map([], |row| {
        let sequence = row.get::<_, i64>(1)?.unsigned_abs();
        Ok((ReceptionId(row.get(0)?).to_string(), sequence, TelegramId(row.get(2)?).to_string()))
    });
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

fn assert_kept(connection: &Connection, shown: &ShownReceptions) {
    let kept = receptions(connection);
    for (id, (sequence, telegram)) in shown {
        let row = (id.clone(), *sequence, telegram.clone());
        assert!(kept.contains(&row), "reception {id} was shown and is lost");
    }
}
