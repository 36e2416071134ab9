//! How many frames a second become committed rows.
//!
//! Each frame is parsed from its line of a recording, matched against a tour of 5,000 meters, decoded,
//! and committed in groups of 256 with `synchronous = FULL`. Beside it: the same rows written without
//! anything else, with SQLCipher and without. `cargo bench -p field-core --bench walk`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod crowd;

use std::path::Path;
use std::time::Instant;

use crowd::{FRAMES, METERS, recording, tour};
use field_core::{KeySource, Now, OsRandomness, Store, StoreKey, Walk};
use radio_core::replay::Replay;
use rusqlite::{Connection, params};
use sync_protocol::{BootId, Cursor, TelegramId, Timestamp, TourId};
use uuid::Uuid;
use wmbus::Frame;

const GROUP: usize = 256;

fn main() {
    let recording = recording(FRAMES, 0);
    let frames: Vec<Frame> = Replay::new(recording.as_bytes()).map(|item| item.unwrap().frame).collect();
    let bytes: usize = frames.iter().map(|frame| frame.bytes().len()).sum();
    println!("{FRAMES} frames of {} bytes on average, half of them encrypted", bytes / frames.len());
    let walk = in_temp(|directory| walk(directory, &recording));
    let cipher = in_temp(|directory| bare_inserts(directory, &frames, true));
    let clear = in_temp(|directory| bare_inserts(directory, &frames, false));
    println!("replay line to committed row: {walk:.0} frames/s");
    println!(
        "bare inserts with SQLCipher:  {cipher:.0} frames/s ({:.2} of the time without)",
        clear / cipher
    );
    println!("bare inserts without:         {clear:.0} frames/s");
    println!("the walk takes {:.1} times as long as bare inserts with SQLCipher", cipher / walk);
}

fn in_temp(measure: impl FnOnce(&Path) -> f64) -> f64 {
    let directory = tempfile::tempdir().unwrap();
    measure(directory.path())
}

fn walk(directory: &Path, recording: &str) -> f64 {
    let mut now = Now { wall: Timestamp::EPOCH, monotonic_ms: 0, boot: BootId::default() };
    let source = KeySource::Raw(StoreKey::new([1; 32]));
    let mut store = Store::open(directory, &source, now, &mut OsRandomness).unwrap();
    store.apply_changes(&tour(), &Cursor(String::new())).unwrap();
    let opening = Instant::now();
    let mut walk = Walk::open(&mut store, TourId::default(), now, &mut OsRandomness).unwrap();
    println!("a tour of {METERS} meters opens in {} ms", opening.elapsed().as_millis());
    let start = Instant::now();
    for frame in Replay::new(recording.as_bytes()) {
        now.monotonic_ms += 1;
        walk.handle_frame(frame.unwrap(), now);
        // The group is committed by its size, not by its age.
        now.monotonic_ms -= 1;
        walk.handle_timeout(&mut store, now, &mut OsRandomness).unwrap();
    }
    walk.flush(&mut store, &mut OsRandomness).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(store.fact_counts().unwrap().receptions, FRAMES);
    f64::from(FRAMES) / seconds
}

/// The least that keeps a frame: its bytes and one reception.
fn bare_inserts(directory: &Path, frames: &[Frame], encrypted: bool) -> f64 {
    let mut connection = Connection::open(directory.join("bare.db")).unwrap();
    if encrypted {
        connection.execute_batch(&format!("PRAGMA key = \"x'{}'\"", "01".repeat(32))).unwrap();
    }
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE telegrams (id BLOB PRIMARY KEY, frame BLOB NOT NULL) STRICT;
             CREATE TABLE receptions (sequence INTEGER PRIMARY KEY, id BLOB UNIQUE, telegram BLOB) STRICT;",
        )
        .unwrap();
    let start = Instant::now();
    let mut sequence = 0i64;
    for group in frames.chunks(GROUP) {
        let transaction = connection.transaction().unwrap();
        let mut telegram =
            transaction.prepare_cached("INSERT OR IGNORE INTO telegrams VALUES (?1, ?2)").unwrap();
        let mut reception = transaction.prepare_cached("INSERT INTO receptions VALUES (?1, ?2, ?3)").unwrap();
        for frame in group {
            let id = TelegramId::of(frame.bytes()).0;
            telegram.execute(params![id, frame.bytes()]).unwrap();
            sequence += 1;
            reception
                .execute(params![sequence, Uuid::from_u128(u128::from(sequence.unsigned_abs())), id])
                .unwrap();
        }
        drop((telegram, reception));
        transaction.commit().unwrap();
    }
    f64::from(FRAMES) / start.elapsed().as_secs_f64()
}
