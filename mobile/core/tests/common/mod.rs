//! What the tests of the handheld share: made-up clocks and randomness, tours, telegrams.
#![allow(dead_code, unreachable_pub, reason = "each test program uses its own part")]

use std::collections::BTreeMap;
use std::path::Path;

use field_core::randomness::{Randomness, RandomnessError};
use field_core::store::DATABASE_FILE;
use field_core::{KeySource, Now, Store, StoreError, StoreKey, Walk, WalkUpdate};
use radio_core::ReceivedFrame;
use radio_core::demo::DemoWalk;
use radio_core::replay::Replay;
use rusqlite::Connection;
use sync_protocol::{BootId, Change, Cursor, Timestamp, Tour, TourId, TourMeter, TourMeterId};
use uuid::Uuid;
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{AesKey, Frame, FrameFormat, MeterAddress};

/// The key of the tests' stores.
pub const STORE_KEY: [u8; 32] = *b"a key of the tests' own, 32 long";

/// Repeatable randomness (SplitMix64).
#[derive(Debug, Clone)]
pub struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

impl Randomness for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        for chunk in bytes.chunks_mut(8) {
            let random = self.next().to_le_bytes();
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
        Ok(())
    }
}

/// A clock that stands still until it is told otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Clock(pub Now);

impl Default for Clock {
    fn default() -> Self {
        Self(Now {
            wall: Timestamp::parse("2026-01-07T08:00:00Z").unwrap(),
            monotonic_ms: 1_000,
            boot: BootId(Uuid::from_u128(0xB007)),
        })
    }
}

impl Clock {
    pub fn now(&self) -> Now {
        self.0
    }

    pub fn advance(&mut self, ms: u64) {
        self.0.monotonic_ms += ms;
        self.0.wall = self.0.wall.plus_millis(ms.cast_signed());
    }
}

pub fn key_source() -> KeySource {
    KeySource::Raw(StoreKey::new(STORE_KEY))
}

pub fn open(directory: &Path) -> Store {
    try_open(directory).unwrap()
}

pub fn try_open(directory: &Path) -> Result<Store, StoreError> {
    Store::open(directory, &key_source(), Clock::default().now(), &mut Seeded(7))
}

/// Opens the file beneath the store, as somebody would who has the key.
pub fn raw_connection(directory: &Path) -> Connection {
    raw_connection_with(directory, &STORE_KEY)
}

pub fn raw_connection_with(directory: &Path, key: &[u8; 32]) -> Connection {
    let connection = Connection::open(directory.join(DATABASE_FILE)).unwrap();
    let digits: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    connection.execute_batch(&format!("PRAGMA key = \"x'{digits}'\"")).unwrap();
    connection
}

/// The line number `n` of a made-up tour: a water meter of Kamstrup's address space.
pub fn line(n: u32, key: Option<[u8; 16]>) -> TourMeter {
    let number = format!("{:08}", 10_000_000 + n);
    TourMeter {
        id: TourMeterId(Uuid::from_u128(0x1000_0000 + u128::from(n))),
        tour: tour_id(),
        position: n,
        site: "Court".into(),
        street: "Mill Lane".into(),
        house: (1 + n / 20).to_string(),
        flat: format!("{n}"),
        meter_number: format!("WZ-{number}"),
        radio_id: Some(number),
        manufacturer: Some("KAM".into()),
        medium: "cold water".into(),
        unit: Some("m³".into()),
        previous_value: Some("100".into()),
        high: Some("500".into()),
        digits: Some(5),
        name: format!("Tenant {n}"),
        sends: Some("Mon-Fri 08-18".into()),
        link_modes: Some("T1".into()),
        key: key.map(sync_protocol::MeterKey::new),
        ..TourMeter::default()
    }
}

pub fn tour_id() -> TourId {
    TourId(Uuid::from_u128(0x7041))
}

pub fn changes_of(lines: &[TourMeter]) -> Vec<Change> {
    let tour = Tour {
        id: tour_id(),
        name: "Court".into(),
        meters: u32::try_from(lines.len()).unwrap(),
        due_date: Some("2025-12-31".into()),
    };
    std::iter::once(Change::Tour(tour))
        .chain(lines.iter().map(|line| Change::TourMeter(Box::new(line.clone()))))
        .collect()
}

pub fn load_tour(store: &mut Store, lines: &[TourMeter]) {
    store.apply_changes(&changes_of(lines), &Cursor("1".into())).unwrap();
}

/// The address that the radio of [`line`] `n` sends.
pub fn address(n: u32) -> MeterAddress {
    format!("KAM-{:08}-1B-16", 10_000_000 + n).parse().unwrap()
}

/// A frame of [`line`] `n` that tells a volume in litres.
pub fn frame(n: u32, access_number: u8, litres: i64, key: Option<[u8; 16]>) -> Frame {
    let builder =
        TelegramBuilder::new(address(n)).access_number(access_number).record(Record::bcd8(litres).volume(-3));
    match key {
        Some(key) => builder.mode5(AesKey::new(key)).build().unwrap(),
        None => builder.build().unwrap(),
    }
}

pub fn received(frame: Frame) -> ReceivedFrame {
    ReceivedFrame::new(frame, FrameFormat::A)
}

/// Hears frames and commits them as one group.
pub fn hear(walk: &mut Walk, store: &mut Store, clock: &Clock, frames: &[Frame]) -> Option<WalkUpdate> {
    for frame in frames {
        walk.handle_frame(received(frame.clone()), clock.now());
    }
    // Each group mints other identities than the one before.
    let seed = u64::from(store.fact_counts().unwrap().receptions) << 32 | clock.now().monotonic_ms;
    walk.flush(store, &mut Seeded(seed)).unwrap()
}

/// The lines of the demonstration's tour, with the keys that the office has before the walk.
pub fn demo_lines(demo: &DemoWalk) -> Vec<TourMeter> {
    let keys: BTreeMap<String, String> =
        table(&demo.keys_csv).into_iter().map(|row| (row["id"].clone(), row["key"].clone())).collect();
    let text = |row: &BTreeMap<String, String>, name: &str| row[name].clone();
    let option = |row: &BTreeMap<String, String>, name: &str| Some(text(row, name)).filter(|t| !t.is_empty());
    table(&demo.tour_csv)
        .iter()
        .zip(1u32..)
        .map(|(row, position)| TourMeter {
            id: TourMeterId(Uuid::from_u128(0x2000 + u128::from(position))),
            tour: tour_id(),
            position,
            site: text(row, "site"),
            street: text(row, "street"),
            house: text(row, "house"),
            flat: text(row, "flat"),
            place: text(row, "place"),
            meter_number: text(row, "meter_no"),
            radio_id: option(row, "radio_id"),
            manufacturer: option(row, "manufacturer"),
            version: option(row, "version").map(|text| byte(&text)),
            device_type: option(row, "type").map(|text| byte(&text)),
            medium: text(row, "medium"),
            key: option(row, "key")
                .or_else(|| keys.get(&row["radio_id"]).cloned())
                .map(|digits| digits.parse().unwrap()),
            due_date: option(row, "due_date"),
            previous_value: option(row, "prev_value"),
            low: option(row, "low"),
            high: option(row, "high"),
            factor: option(row, "factor"),
            unit: option(row, "unit"),
            digits: option(row, "digits").map(|digits| digits.parse().unwrap()),
            note: text(row, "note"),
            ..TourMeter::default()
        })
        .collect()
}

/// Reads a byte as the office writes it, such as `0x1B`.
fn byte(text: &str) -> u8 {
    u8::from_str_radix(text.strip_prefix("0x").unwrap(), 16).unwrap()
}

/// Reads a CSV of the demonstration into rows by column name.
pub fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

/// Replays a whole recording, committing whenever a group is due.
pub fn replay(walk: &mut Walk, store: &mut Store, clock: &mut Clock, recording: &str) -> Vec<WalkUpdate> {
    let mut randomness = Seeded(clock.now().monotonic_ms);
    let mut updates = Vec::new();
    for item in Replay::new(recording.as_bytes()) {
        clock.advance(7);
        match item {
            Ok(frame) => walk.handle_frame(frame, clock.now()),
            Err(_) => walk.handle_rejected_line(clock.now()),
        }
        updates.extend(walk.handle_timeout(store, clock.now(), &mut randomness).unwrap());
    }
    updates.extend(walk.flush(store, &mut randomness).unwrap());
    updates
}

/// Every file below a directory, with its bytes.
pub fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}
