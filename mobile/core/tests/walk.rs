//! A walk from frames to states.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{
    Clock, Seeded, changes_of, demo_lines, files, frame, hear, line, load_tour, open, raw_connection,
    received, replay, tour_id,
};
use field_core::meter::{MeterState, ValueKind, Verdict, Why};
use field_core::walk::{EntryError, GROUP_COMMIT_MS, ManualEntry, PhotoEntry, ReplayPosition, derive_again};
use field_core::{Store, TourView, Walk};
use radio_core::demo;
use sync_protocol::{Cursor, Digest, EventKind, Timestamp, TourMeter};
use tempfile::TempDir;
use wmbus::Date;
use wmbus::encode::{Record, TelegramBuilder};

const KEY: [u8; 16] = [0x5A; 16];

fn walk_of(store: &mut Store) -> Walk {
    Walk::open(store, tour_id(), Clock::default().now(), &mut Seeded(11)).unwrap()
}

/// Begins a walk on a tour in a store of its own, which lasts as long as its folder.
fn walking(lines: &[TourMeter]) -> (TempDir, Store, Walk) {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    load_tour(&mut store, lines);
    let walk = walk_of(&mut store);
    (directory, store, walk)
}

#[test]
fn the_demonstration_ends_in_the_states_that_it_was_made_for() {
    let demo = demo::walk();
    let (_directory, mut store, mut walk) = walking(&demo_lines(&demo));
    replay(&mut walk, &mut store, &mut Clock::default(), &demo.replay_jsonl);
    for (line, expected) in walk.view().lines.iter().zip(&demo.expected) {
        let radio_id = line.line.radio_id.as_deref().unwrap();
        assert_eq!(radio_id, expected.radio_id);
        assert_eq!(line.assessment.state.as_str(), expected.state.as_str(), "{radio_id}");
        let times = line.assessment.heard.map_or(0, |heard| heard.times);
        assert_eq!(times, u64::try_from(expected.frames).unwrap(), "{radio_id}");
        if let Some(candidate) = &line.assessment.candidate {
            let (current, unit) = expected.current.as_ref().unwrap();
            let with_date = expected.due.as_ref().filter(|_| expected.due_date.is_some());
            let (value, kind) = match with_date {
                Some(due) => (due, ValueKind::DueDate),
                None => (current, ValueKind::Current),
            };
            assert_eq!(candidate.value, value.parse().unwrap(), "{radio_id}");
            assert_eq!((&candidate.unit, candidate.kind), (unit, kind), "{radio_id}");
        }
    }
    assert_eq!(walk.view().foreign_frames, u64::try_from(demo.foreign_frames).unwrap());
    let session = store.sessions().unwrap().remove(0);
    assert_eq!(session.rejected_lines, u64::try_from(demo.damaged_lines).unwrap());
    let counts = store.fact_counts().unwrap();
    let (frames, telegrams): (Vec<_>, Vec<_>) =
        demo.expected.iter().map(|meter| (meter.frames, meter.telegrams)).unzip();
    assert_eq!(usize::try_from(counts.receptions).unwrap(), frames.iter().sum::<usize>());
    assert_eq!(usize::try_from(counts.telegrams).unwrap(), telegrams.iter().sum::<usize>());
}

#[test]
fn what_a_walk_shows_is_what_the_store_says_after_a_restart() {
    let demo = demo::walk();
    let (directory, mut store, mut walk) = walking(&demo_lines(&demo));
    replay(&mut walk, &mut store, &mut Clock::default(), &demo.replay_jsonl);
    let shown: Vec<_> = walk.view().lines.iter().map(|line| line.assessment.clone()).collect();
    let (progress, foreign) = (walk.view().progress, walk.view().foreign_frames);
    drop((walk, store));

    let mut store = open(directory.path());
    let view = TourView::load(&store, tour_id()).unwrap();
    let loaded: Vec<_> = view.lines.iter().map(|line| line.assessment.clone()).collect();
    assert_eq!(loaded, shown);
    assert_eq!((view.progress, view.foreign_frames), (progress, foreign));
    assert!(walk_of(&mut store).is_resumed());
}

#[test]
fn nothing_is_shown_before_its_group_is_committed_and_a_power_cut_takes_only_that() {
    let (directory, mut store, mut walk) = walking(&[line(1, None), line(2, None)]);
    let mut clock = Clock::default();
    assert_eq!(walk.poll_timeout(), None);
    walk.handle_frame(received(frame(1, 1, 101_000, None)), clock.now());
    let deadline = clock.now().monotonic_ms + GROUP_COMMIT_MS;
    assert_eq!(walk.poll_timeout(), Some(deadline));
    clock.advance(GROUP_COMMIT_MS - 1);
    walk.handle_frame(received(frame(2, 1, 102_000, None)), clock.now());
    assert!(walk.handle_timeout(&mut store, clock.now(), &mut Seeded(1)).unwrap().is_none());
    assert_eq!(store.fact_counts().unwrap().receptions, 0);
    assert_eq!(walk.view().progress.read, 0);

    clock.advance(1);
    let update = walk.handle_timeout(&mut store, clock.now(), &mut Seeded(1)).unwrap().unwrap();
    assert_eq!(update.shown.iter().map(|shown| shown.sequence).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(update.progress.to_string(), "2 of 2, 0 missing");
    assert_eq!(walk.poll_timeout(), None);

    walk.handle_frame(received(frame(1, 2, 101_001, None)), clock.now());
    drop((walk, store));
    let store = open(directory.path());
    assert_eq!(store.fact_counts().unwrap().receptions, 2);
}

#[test]
fn a_frame_that_is_heard_again_is_one_telegram_with_several_receptions() {
    let (_directory, mut store, mut walk) = walking(&[line(1, None)]);
    let mut clock = Clock::default();
    for rssi_dbm in [-90, -61, -75] {
        let mut heard = received(frame(1, 9, 123_456, None));
        heard.rssi_dbm = Some(rssi_dbm);
        heard.receiver = Some("roof".into());
        walk.handle_frame(heard, clock.now());
        clock.advance(16_000);
    }
    let update = walk.flush(&mut store, &mut Seeded(5)).unwrap().unwrap();
    let times: Vec<_> = update.shown.iter().map(|shown| (shown.times_heard, shown.is_new)).collect();
    assert_eq!(times, [(1, true), (2, false), (3, false)]);
    let heard = walk.view().lines[0].assessment.heard.unwrap();
    assert_eq!((heard.times, heard.best_rssi_dbm), (3, Some(-61)));
    assert_eq!(heard.last_heard, Clock::default().now().wall.plus_millis(32_000));
    let counts = store.fact_counts().unwrap();
    assert_eq!((counts.telegrams, counts.receptions), (1, 3));
    let loaded = TourView::load(&store, tour_id()).unwrap();
    assert_eq!(loaded.lines[0].assessment, walk.view().lines[0].assessment);
}

#[test]
fn a_receivers_own_stamp_is_kept_and_named() {
    let (directory, mut store, mut walk) = walking(&[line(1, None)]);
    let mut heard = received(frame(1, 9, 123_456, None));
    heard.received_at = Some("2026-01-07T07:59:58.250Z".parse().unwrap());
    walk.handle_frame(heard, Clock::default().now());
    let update = walk.flush(&mut store, &mut Seeded(5)).unwrap().unwrap();
    assert_eq!(update.shown[0].received_at, Timestamp::parse("2026-01-07T07:59:58.250Z").unwrap());
    let source: i64 = raw_connection(directory.path())
        .query_row("SELECT time_source FROM receptions", [], |row| row.get(0))
        .unwrap();
    assert_eq!(source, 0);
}

#[test]
fn a_clock_that_is_set_back_does_not_disturb_the_order() {
    let (directory, mut store, mut walk) = walking(&[line(1, None)]);
    let mut clock = Clock::default();
    hear(&mut walk, &mut store, &clock, &[frame(1, 1, 120_000, None)]);
    clock.advance(1_000);
    clock.0.wall = clock.0.wall.plus_millis(-86_400_000);
    hear(&mut walk, &mut store, &clock, &[frame(1, 2, 121_000, None)]);
    let candidate = walk.view().lines[0].assessment.candidate.clone().unwrap();
    assert_eq!(candidate.value.to_string(), "121.000");
    assert_eq!(walk.view().lines[0].assessment.heard.unwrap().last_heard, clock.now().wall);
    let rows: Vec<(i64, i64)> = raw_connection(directory.path())
        .prepare("SELECT sequence, received_at FROM receptions ORDER BY sequence")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [1, 2]);
    assert!(rows[1].1 < rows[0].1);
}

#[test]
fn a_replay_goes_on_where_the_last_commit_was() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    load_tour(&mut store, &[line(1, None)]);
    let recording = Digest::of(b"a recording");
    let clock = Clock::default();
    let mut walk = walk_of(&mut store);
    walk.handle_frame(received(frame(1, 1, 120_000, None)), clock.now());
    walk.reached(ReplayPosition { recording, line: 4 });
    walk.flush(&mut store, &mut Seeded(1)).unwrap();
    walk.handle_frame(received(frame(1, 2, 121_000, None)), clock.now());
    walk.reached(ReplayPosition { recording, line: 5 });
    drop(walk);

    let walk = walk_of(&mut store);
    assert_eq!(walk.replayed_lines(&store, recording).unwrap(), 4);
    assert_eq!(walk.replayed_lines(&store, Digest::of(b"another one")).unwrap(), 0);
}

#[test]
fn a_walk_that_was_ended_is_followed_by_a_new_one() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    load_tour(&mut store, &[line(1, None)]);
    let first = walk_of(&mut store);
    let session = first.session();
    first.end(&mut store, Clock::default().now(), &mut Seeded(1)).unwrap();
    assert_eq!(store.open_session(tour_id()).unwrap(), None);
    let second = Walk::open(&mut store, tour_id(), Clock::default().now(), &mut Seeded(12)).unwrap();
    assert!(!second.is_resumed());
    assert_ne!(second.session(), session);
}

#[test]
fn a_meter_behind_a_radio_converter_is_found_by_either_address() {
    let mut by_converter = line(1, None);
    (by_converter.radio_id, by_converter.manufacturer) = (Some("99887766".into()), None);
    let mut by_number = line(2, None);
    (by_number.radio_id, by_number.meter_number) = (None, "10000002".into());
    let mut other_maker = line(1, None);
    (other_maker.id, other_maker.position) = (line(3, None).id, 3);
    other_maker.manufacturer = Some("ELS".into());
    let (_directory, mut store, mut walk) = walking(&[by_converter, by_number, other_maker]);
    let behind = |n: u32| {
        TelegramBuilder::new("WEP-99887766-01-37".parse().unwrap())
            .long_header(common::address(n))
            .record(Record::bcd8(123_000).volume(-3))
            .build()
            .unwrap()
    };
    hear(&mut walk, &mut store, &Clock::default(), &[behind(7), frame(2, 1, 150_000, None)]);
    let states: Vec<_> = walk.view().states().cloned().collect();
    assert_eq!(states, [MeterState::Read, MeterState::Read, MeterState::Open]);
    assert_eq!(walk.view().foreign_frames, 0);
}

#[test]
fn a_key_that_comes_late_opens_what_was_heard_before() {
    let (_directory, mut store, mut walk) = walking(&[line(1, None), line(2, Some([1; 16]))]);
    let frames = [frame(1, 1, 120_000, Some(KEY)), frame(2, 1, 130_000, Some(KEY))];
    hear(&mut walk, &mut store, &Clock::default(), &frames);
    let states: Vec<_> = walk.view().states().cloned().collect();
    assert_eq!(states, [MeterState::HeardNoKey, MeterState::HeardWrongKey]);
    drop(walk);

    let changes = changes_of(&[line(1, Some(KEY)), line(2, Some(KEY))]);
    store.apply_changes(&changes, &Cursor("2".into())).unwrap();
    assert_eq!(derive_again(&mut store, tour_id()).unwrap(), 2);
    assert_eq!(derive_again(&mut store, tour_id()).unwrap(), 0);
    let view = TourView::load(&store, tour_id()).unwrap();
    assert_eq!(view.progress.to_string(), "2 of 2, 0 missing");
}

#[test]
fn the_due_date_value_is_preferred_and_shown_as_what_it_is() {
    let (_directory, mut store, mut walk) = walking(&[line(1, None), line(2, None), line(3, None)]);
    let due = Date { year: Some(2025), month: Some(12), day: Some(31) };
    let other = Date { year: Some(2024), ..due };
    let telegram = |n: u32, storage: u64, date: Date| {
        TelegramBuilder::new(common::address(n))
            .record(Record::bcd8(150_000).volume(-3))
            .record(Record::bcd8(140_000).volume(-3).storage(storage))
            .record(Record::date(date).storage(storage))
            .build()
            .unwrap()
    };
    hear(
        &mut walk,
        &mut store,
        &Clock::default(),
        &[telegram(1, 1, due), telegram(2, 8, due), telegram(3, 1, other)],
    );
    let candidates: Vec<_> = walk
        .view()
        .lines
        .iter()
        .map(|line| line.assessment.candidate.clone().unwrap())
        .map(|candidate| (candidate.kind, candidate.value.to_string(), candidate.date))
        .collect();
    let date = Some("2025-12-31".to_owned());
    assert_eq!(
        candidates,
        [
            (ValueKind::DueDate, "140.000".into(), date.clone()),
            (ValueKind::Month, "140.000".into(), date),
            (ValueKind::Current, "150.000".into(), None),
        ]
    );
}

fn manual(value: &str) -> ManualEntry {
    ManualEntry { value: value.into(), reason: "not_heard".into(), ..ManualEntry::default() }
}

#[test]
fn an_odd_value_is_kept_only_when_the_reader_confirms_what_is_odd() {
    let (_directory, mut store, mut walk) = walking(&[line(1, None)]);
    let (meter, now) = (line(1, None).id, Clock::default().now());
    let refused = walk.enter_manual(&mut store, meter, &manual("501"), now, &mut Seeded(1));
    let Err(EntryError::Unconfirmed { verdicts }) = refused else { panic!("{refused:?}") };
    assert_eq!(verdicts, [Verdict::AboveHigh]);
    assert_eq!(store.fact_counts().unwrap().events, 0);

    let confirmed = ManualEntry { confirmed: verdicts, ..manual("501") };
    let recorded = walk.enter_manual(&mut store, meter, &confirmed, now, &mut Seeded(1)).unwrap();
    assert_eq!((recorded.before, recorded.assessment.state), (MeterState::Open, MeterState::Manual));
    assert_eq!(recorded.sequence, 1);
    let EventKind::ManualReading { confirmed, value, unit, .. } = &walk.view().lines[0].events()[0].kind
    else {
        panic!("a manual reading was entered")
    };
    assert_eq!(
        (confirmed.as_slice(), value.as_str(), unit.as_str()),
        (&["above_high".to_owned()][..], "501", "m³")
    );
}

#[test]
fn entries_that_cannot_be_are_refused_and_leave_nothing() {
    let mut unitless = line(2, None);
    unitless.unit = None;
    let (_directory, mut store, mut walk) = walking(&[line(1, None), unitless]);
    let (meter, now) = (line(1, None).id, Clock::default().now());
    let rng = &mut Seeded(1);
    let refused = walk.enter_manual(&mut store, meter, &manual("1.234,5"), now, rng);
    assert!(matches!(refused, Err(EntryError::Value(_))), "{refused:?}");
    let entry = ManualEntry { reason: "because".into(), ..manual("123") };
    let refused = walk.enter_manual(&mut store, meter, &entry, now, rng);
    assert!(matches!(refused, Err(EntryError::UnknownReason { .. })), "{refused:?}");
    let refused = walk.skip(&mut store, meter, "dog", None, None, now, rng);
    assert!(matches!(refused, Err(EntryError::UnknownReason { .. })), "{refused:?}");
    let refused = walk.enter_manual(&mut store, line(2, None).id, &manual("123"), now, rng);
    assert!(matches!(refused, Err(EntryError::UnitMissing)), "{refused:?}");
    let refused = walk.enter_manual(&mut store, line(9, None).id, &manual("123"), now, rng);
    assert!(matches!(refused, Err(EntryError::NoSuchMeter)), "{refused:?}");
    let refused = walk.note(&mut store, meter, "  ", now, rng);
    assert!(matches!(refused, Err(EntryError::EmptyNote)), "{refused:?}");
    let entry = ManualEntry { corrects: Some(sync_protocol::EventId::default()), ..manual("123") };
    let refused = walk.enter_manual(&mut store, meter, &entry, now, rng);
    assert!(matches!(refused, Err(EntryError::NothingToCorrect)), "{refused:?}");
    assert_eq!(store.fact_counts().unwrap().events, 0);
    assert_eq!(walk.view().progress.open, 2);
}

#[test]
fn what_people_did_is_corrected_by_new_events_and_outranked_by_the_radio() {
    let (_directory, mut store, mut walk) = walking(&[line(1, None)]);
    let (meter, clock) = (line(1, None).id, Clock::default());
    let (now, rng) = (clock.now(), &mut Seeded(1));

    let skipped = walk.skip(&mut store, meter, "no_access", Some("rang twice"), None, now, rng).unwrap();
    assert_eq!(skipped.assessment.state, MeterState::Skipped { reason: "no_access".into() });
    assert_eq!(skipped.assessment.note.as_deref(), Some("rang twice"));
    assert_eq!(walk.view().progress.to_string(), "0 of 1, 0 missing, 1 skipped");

    let first = walk.enter_manual(&mut store, meter, &manual("132"), now, rng).unwrap();
    let entry = ManualEntry { corrects: Some(first.event), ..manual("123,5") };
    let second = walk.enter_manual(&mut store, meter, &entry, now, rng).unwrap();
    let candidate = second.assessment.candidate.unwrap();
    assert_eq!((candidate.kind, candidate.value.to_string()), (ValueKind::Manual, "123.5".into()));

    let removed = walk.skip(&mut store, meter, "removed", None, Some(second.event), now, rng).unwrap();
    assert_eq!(removed.assessment.state, MeterState::Skipped { reason: "removed".into() });

    let update = hear(&mut walk, &mut store, &clock, &[frame(1, 1, 125_000, None)]).unwrap();
    assert_eq!(update.shown[0].lines[0].assessment.state, MeterState::Read);
    assert_eq!(update.progress.to_string(), "1 of 1, 0 missing");
    assert_eq!(store.fact_counts().unwrap().events, 4);
    let view = TourView::load(&store, tour_id()).unwrap();
    assert_eq!(view.lines[0].assessment, walk.view().lines[0].assessment);
}

#[test]
fn a_photo_keeps_its_digest_for_the_office_and_its_picture_in_the_encrypted_store() {
    let (directory, mut store, mut walk) = walking(&[line(1, None)]);
    let photo = PhotoEntry { picture: b"a picture".to_vec(), media_type: "image/jpeg".into() };
    let now = Clock::default().now();
    let recorded = walk.photo(&mut store, line(1, None).id, &photo, now, &mut Seeded(1)).unwrap();
    assert_eq!(recorded.assessment.state, MeterState::Open);
    let kind = EventKind::Photo { sha256: Digest::of(b"a picture").0, media_type: "image/jpeg".into() };
    assert_eq!(walk.view().lines[0].events()[0].kind, kind);
    let picture: Vec<u8> = raw_connection(directory.path())
        .query_row("SELECT bytes FROM pictures WHERE event = ?1", [recorded.event.0], |row| row.get(0))
        .unwrap();
    assert_eq!(picture, b"a picture");
    assert!(
        files(directory.path()).iter().all(|(_, bytes)| !bytes.windows(9).any(|part| part == b"a picture"))
    );
}

#[test]
fn houses_show_what_is_missing_first() {
    let lines: Vec<_> = (18..23).map(|n| line(n, None)).collect();
    let (_directory, mut store, mut walk) = walking(&lines);
    hear(
        &mut walk,
        &mut store,
        &Clock::default(),
        &[frame(18, 1, 120_000, None), frame(21, 1, 50_000, None)],
    );
    let houses = walk.view().houses();
    let summary: Vec<_> = houses
        .iter()
        .map(|house| (house.house.as_str(), house.progress.to_string(), house.lines.clone()))
        .collect();
    assert_eq!(
        summary,
        [
            ("1", "1 of 2, 1 missing".to_owned(), vec![1, 0]),
            ("2", "0 of 3, 3 missing".to_owned(), vec![2, 3, 4])
        ]
    );
    let implausible = &walk.view().lines[3].assessment;
    assert_eq!(implausible.state, MeterState::Implausible);
    assert_eq!(implausible.why, Why::Implausible(Verdict::BelowPrevious));
}

#[test]
fn a_tour_of_five_thousand_meters_finds_each_of_its_own() {
    let lines: Vec<_> = (0..5_000).map(|n| line(n, None)).collect();
    let (_directory, mut store, mut walk) = walking(&lines);
    let clock = Clock::default();
    let frames: Vec<_> =
        (0..5_000u32).step_by(50).map(|n| frame(n, 1, 120_000 + i64::from(n), None)).collect();
    let update = hear(&mut walk, &mut store, &clock, &frames).unwrap();
    let indexes: Vec<_> = update.shown.iter().map(|shown| shown.lines[0].index).collect();
    assert_eq!(indexes, (0..5_000).step_by(50).collect::<Vec<_>>());
    hear(&mut walk, &mut store, &clock, &[frame(5_000, 1, 120_000, None)]);
    assert_eq!(walk.view().foreign_frames, 1);
    assert_eq!(walk.view().progress.to_string(), "100 of 5000, 4900 missing");
}
