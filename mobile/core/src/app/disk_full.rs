//! A full disk stops the walk, says so, and loses nothing.

use radio_core::ReceivedFrame;
use radio_core::replay::write_line;
use sync_protocol::{BootId, Change, Cursor, Timestamp, Tour, TourId, TourMeter};
use wmbus::FrameFormat;
use wmbus::encode::{Record, TelegramBuilder};

use super::model::Event;
use super::{App, Options};
use crate::clock::Now;
use crate::randomness::OsRandomness;
use crate::store::Passphrase;

const FRAMES: u16 = 200;

fn recording() -> String {
    (0..FRAMES)
        .map(|n| {
            let builder = TelegramBuilder::new("KAM-12345678-1B-16".parse().unwrap());
            let record = Record::bcd8(i64::from(n)).volume(-3);
            let frame = builder.access_number(n.to_le_bytes()[0]).record(record).build().unwrap();
            write_line(&ReceivedFrame::new(frame, FrameFormat::A)) + "\n"
        })
        .collect()
}

/// Does what is due within a second, and returns the codes of what failed.
fn run(app: &mut App, now: &mut Now) -> Vec<&'static str> {
    let end = now.monotonic_ms + 1_000;
    let mut failed = Vec::new();
    loop {
        app.handle_timeout(*now, &mut OsRandomness);
        while let Some(event) = app.poll_event() {
            failed.extend(if let Event::Problem { problem } = event { Some(problem.code) } else { None });
        }
        match app.poll_timeout(*now) {
            Some(due) if due <= end => now.monotonic_ms = now.monotonic_ms.max(due),
            _ => return failed,
        }
    }
}

#[test]
fn a_full_disk_stops_the_walk_with_words_and_what_was_heard_is_there_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut now = Now { wall: Timestamp::EPOCH, monotonic_ms: 0, boot: BootId::default() };
    let passphrase = Some(Passphrase::new("of this test".into()));
    let mut app = App::open(Options::new(folder.path().into()), passphrase, now, &mut OsRandomness).unwrap();
    let tour = Tour { id: TourId::default(), name: String::new(), meters: 1, due_date: None };
    let line = TourMeter { radio_id: Some("12345678".into()), ..TourMeter::default() };
    let changes = [Change::Tour(tour), Change::TourMeter(Box::new(line))];
    app.store.apply_changes(&changes, &Cursor(String::new())).unwrap();
    let source = app.add_recording("r", recording().as_bytes()).unwrap();
    app.start_walk(TourId::default(), &source.id, now, &mut OsRandomness).unwrap();

    let pages: u32 = app.store.connection().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    app.store.connection().pragma_update(None, "max_page_count", pages).unwrap();
    assert_eq!(run(&mut app, &mut now), ["disk_full"], "told once");
    let walk = app.walk(now).unwrap().unwrap();
    assert!(!walk.listening && !walk.finished);
    let refused = app.start_walk(TourId::default(), &source.id, now, &mut OsRandomness).unwrap_err();
    assert_eq!((refused.code, refused.retry), ("disk_full", true));
    assert_eq!(app.tour(TourId::default(), now).unwrap().meters[0].times_heard, 0, "nothing is shown");

    app.store.connection().pragma_update(None, "max_page_count", 1_000_000).unwrap();
    app.start_walk(TourId::default(), &source.id, now, &mut OsRandomness).unwrap();
    assert_eq!(run(&mut app, &mut now), Vec::<&str>::new());
    assert_eq!(app.store.fact_counts().unwrap().receptions, u32::from(FRAMES), "none lost, none twice");
    assert!(app.walk(now).unwrap().unwrap().finished);
}
