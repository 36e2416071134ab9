//! What the window waits for: the app's verbs on a tour of 5,000 meters, and its events while 31 telegrams
//! arrive each second. `cargo bench -p field-core --bench window`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod crowd;

use std::path::Path;
use std::time::{Duration, Instant};

use crowd::{FRAMES, recording, tour};
use field_core::app::model::Event;
use field_core::app::{App, Options};
use field_core::store::{Keyring, KeyringError};
use field_core::{KeySource, Now, OsRandomness, Store, StoreKey};
use serde::Serialize;
use sync_protocol::{BootId, Cursor, Timestamp, TourId, TourMeterId};
use uuid::Uuid;

/// 500 meters that send every 16 seconds.
const PER_SECOND: u32 = 31;
const SECONDS: u32 = 300;

#[derive(Debug)]
struct BenchKeyring;

impl Keyring for BenchKeyring {
    fn load(&self, _name: &str) -> Result<Option<StoreKey>, KeyringError> {
        Ok(Some(StoreKey::new([1; 32])))
    }

    fn save(&self, _name: &str, _key: &StoreKey) -> Result<(), KeyringError> {
        Ok(())
    }
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let now = Now { wall: Timestamp::EPOCH, monotonic_ms: 1_000, boot: BootId::default() };
    let key = KeySource::Raw(StoreKey::new([1; 32]));
    let mut store = Store::open(folder.path(), &key, now, &mut OsRandomness).unwrap();
    store.apply_changes(&tour(), &Cursor(String::new())).unwrap();
    drop(store);

    println!("before anything was heard");
    verbs(&mut open(folder.path(), Some(1), now), now);
    steady(folder.path(), now);
    let recording = recording(FRAMES, 0);
    let mut app = open(folder.path(), None, now);
    let (took, said) = replay(&mut app, &recording, now);
    let frames_per_second = f64::from(FRAMES) / took.as_secs_f64();
    println!("as fast as it goes: {frames_per_second:.0} frames/s with {} KB of events", said.bytes / 1_000);
    drop(app);
    println!("after {} telegrams", FRAMES + PER_SECOND * SECONDS);
    verbs(&mut open(folder.path(), Some(1), now), now);
}

fn open(directory: &Path, replay_speed: Option<u32>, now: Now) -> App {
    let mut options = Options::new(directory.to_owned());
    options.keyring = || Some(Box::new(BenchKeyring));
    options.replay_speed = replay_speed;
    let start = Instant::now();
    let app = App::open(options, None, now, &mut OsRandomness).unwrap();
    println!("  open        {:>7.1} ms", ms(start));
    app
}

fn verbs(app: &mut App, now: Now) {
    let meter = TourMeterId(Uuid::from_u128(2_500));
    measure("tours, first", || app.tours().unwrap());
    measure("tours", || app.tours().unwrap());
    measure("tour", || app.tour(TourId::default(), now).unwrap());
    measure("meter", || app.meter(TourId::default(), meter, now).unwrap());
    measure("sync", || app.sync().unwrap());
}

/// Measures a verb up to the JSON that crosses the bridge.
fn measure<T: Serialize>(name: &str, verb: impl FnOnce() -> T) {
    let start = Instant::now();
    let answer = verb();
    let answered = ms(start);
    let bytes = serde_json::to_vec(&answer).unwrap().len();
    println!("  {name:<12}{answered:>6.1} ms, {:>6.1} ms as JSON of {} KB", ms(start), bytes / 1_000);
}

/// Five minutes of a house with 500 meters, on a clock that jumps over the waiting.
fn steady(directory: &Path, now: Now) {
    let recording = recording(PER_SECOND * SECONDS, 1_000_000 / u64::from(PER_SECOND));
    let mut app = open(directory, Some(1), now);
    let (took, said) = replay(&mut app, &recording, now);
    println!(
        "{PER_SECOND} frames/s for {SECONDS} s: busy {:.2} % of the time, {} events of {:.1} KB, the slowest \
         step {:.1} ms",
        100.0 * took.as_secs_f64() / f64::from(SECONDS),
        said.events,
        said.bytes as f64 / said.events as f64 / 1_000.0,
        said.slowest.as_secs_f64() * 1_000.0,
    );
}

#[derive(Default)]
struct Said {
    events: usize,
    bytes: usize,
    slowest: Duration,
}

/// Walks a recording to its end and writes every event as JSON, as the bridge does.
fn replay(app: &mut App, recording: &str, mut now: Now) -> (Duration, Said) {
    let source = app.add_recording("crowd", recording.as_bytes()).unwrap();
    app.start_walk(TourId::default(), &source.id, now, &mut OsRandomness).unwrap();
    let (start, begin_ms, mut said) = (Instant::now(), now.monotonic_ms, Said::default());
    loop {
        let step = Instant::now();
        app.handle_timeout(now, &mut OsRandomness);
        let mut finished = false;
        while let Some(event) = app.poll_event() {
            said.events += 1;
            said.bytes += serde_json::to_vec(&event).unwrap().len();
            finished |= matches!(event, Event::Walk { walk } if walk.finished);
        }
        said.slowest = said.slowest.max(step.elapsed());
        if finished {
            return (start.elapsed(), said);
        }
        let due = app.poll_timeout(now).expect("a walk that is not over has something due");
        // The clock jumps over the waiting, and runs on while the app is busy.
        let busy = begin_ms + u64::try_from(start.elapsed().as_millis()).unwrap();
        now.monotonic_ms = now.monotonic_ms.max(due).max(busy);
    }
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1_000.0
}
