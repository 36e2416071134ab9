//! Walking a recording, being killed, and going on.

use field_core::app::model::{Event, MeterValue, ReceiverState, Why};
use radio_core::demo;
use radio_core::replay::write_line;
use sync_protocol::{TourMeter, TourMeterId};

use crate::common::{address, demo_lines, frame, line, open, received, tour_id};
use crate::kit::{Bench, meters};

/// A recording of frames, each so many milliseconds after the one before.
fn recording(frames: impl IntoIterator<Item = wmbus::Frame>, every_ms: u64) -> String {
    let mut text = String::new();
    for (n, frame) in (0u64..).zip(frames) {
        let mut received = received(frame);
        received.offset = Some(std::time::Duration::from_millis(n * every_ms));
        received.rssi_dbm = Some(-70);
        text += &(write_line(&received) + "\n");
    }
    text
}

#[test]
fn a_walk_says_its_lines_after_the_commit_and_not_more_often_than_every_tenth_of_a_second() {
    let lines: Vec<_> = (0..40).map(|n| line(n, None)).collect();
    let mut bench = Bench::with_tour(&lines);
    // 31 frames each second, each meter three times.
    let frames = (0..120u8).map(|n| frame(u32::from(n) % 40, n, 150_000 + i64::from(n), None));
    let walk = bench.start(&recording(frames, 32));
    assert!(walk.listening && walk.source.is_some());
    let mut said = Vec::new();
    for _ in 0..60 {
        said.extend(bench.run(100));
        let receptions = open(bench.folder.path()).fact_counts().unwrap().receptions;
        let shown: u64 = bench.tour().meters.iter().map(|row| row.times_heard).sum();
        assert_eq!(shown, u64::from(receptions), "what is shown is what is on the disk");
        bench.clock.advance(1);
    }
    let meters = meters(&said);
    assert!(meters.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 100), "at most one each 100 ms");
    let newly: Vec<TourMeterId> = meters.iter().flat_map(|(_, _, newly)| newly.clone()).collect();
    assert_eq!(newly.len(), 40, "each meter is new once");
    let Some((_, Event::Walk { walk })) =
        said.iter().rev().find(|(_, said)| matches!(said, Event::Walk { .. }))
    else {
        panic!("the end of the recording was not said");
    };
    assert!(walk.finished && !walk.listening);
    assert_eq!((walk.foreign_frames, walk.receiver.state), (0, ReceiverState::Idle));
    assert_eq!(bench.tour().summary.progress.read, 40);
}

#[test]
fn a_killed_app_opens_where_it_was_and_signals_no_meter_twice() {
    let lines: Vec<_> = (0..20).map(|n| line(n, None)).collect();
    let mut bench = Bench::with_tour(&lines);
    let frames = (0..40u8).map(|n| frame(u32::from(n) % 20, n, 150_000, None));
    let recording = recording(frames, 50);
    let started = bench.start(&recording).started_at;
    let before = meters(&bench.run(500));
    let known: usize = before.iter().map(|(_, _, newly)| newly.len()).sum();
    assert!((1..20).contains(&known), "{known}");

    let mut bench = bench.killed();
    let start = bench.app.start(bench.clock.now()).unwrap();
    let walk = start.open_walk.expect("the walk goes on");
    assert_eq!((walk.tour, walk.started_at, walk.listening), (tour_id(), started, false));
    let source = walk.source.expect("what was listened to is known");
    bench.app.start_walk(tour_id(), &source.id, bench.clock.now(), &mut bench.randomness).unwrap();
    let newly: usize = meters(&bench.run(10_000)).iter().map(|(_, _, newly)| newly.len()).sum();
    assert_eq!(open(bench.folder.path()).fact_counts().unwrap().receptions, 40, "none lost, none twice");
    // A meter that was committed and not yet said is new to the reader's ear but not to the walk.
    assert!(newly <= 20 - known, "{newly} of {}", 20 - known);
    assert_eq!(bench.tour().summary.progress.read, 20);
}

#[test]
fn the_demonstrations_walk_comes_to_the_states_that_it_is_made_for() {
    let demo = demo::walk();
    let mut bench = Bench::with_tour(&demo_lines(&demo));
    bench.start(&demo.replay_jsonl);
    bench.run(3_600_000);
    let tour = bench.tour();
    let progress = tour.summary.progress;
    assert_eq!(progress.meters, 24);
    assert_eq!(
        progress.meters,
        progress.open
            + progress.heard_no_key
            + progress.heard_wrong_key
            + progress.heard_undecodable
            + progress.implausible
            + progress.read
    );
    let because = |why: fn(&Why) -> bool| tour.meters.iter().filter(|row| why(&row.why)).count();
    assert_eq!(because(|why| matches!(why, Why::NoKey)), progress.heard_no_key as usize);
    assert_eq!(because(|why| matches!(why, Why::WrongKey)), 1);
    assert_eq!(because(|why| matches!(why, Why::FormatUnknown)), 1);
    assert_eq!(because(|why| matches!(why, Why::Implausible { verdict: "below_previous" })), 1);
    let walk = bench.app.walk(bench.clock.now()).unwrap().unwrap();
    assert!(walk.foreign_frames > 0);
    assert_eq!(walk.rejected_lines, demo.damaged_lines as u64);
}

#[test]
fn a_frame_that_comes_damaged_still_says_whose_it_is() {
    let mut bench = Bench::with_tour(&[line(1, None), line(2, None)]);
    let good = frame(1, 7, 150_000, None).to_format_a();
    let mut text = String::new();
    for _ in 0..3 {
        let mut bytes = good.clone();
        let last = bytes.len() - 3;
        bytes[last] ^= 0x10;
        text += &format!("{}\n", wmbus::Hex(&bytes));
    }
    let marked = |n| format!("T1;0;1;2026-01-07 08:00:00.000;97;148;00000000;0x{}\n", wmbus::Hex(n));
    text += &marked(frame(9, 1, 1, None).bytes());
    text += &write_line(&received(frame(2, 1, 150_000, None)));
    bench.start(&text);
    let said = bench.run(1_000);
    let row = bench.row(line(1, None).id);
    assert_eq!((row.state, row.why.clone()), ("heard_undecodable", Why::Damaged { times: 3 }));
    assert_eq!(row.times_heard, 3);
    assert!(row.last_heard_at.is_some());
    assert!(meters(&said).iter().all(|(_, _, newly)| !newly.contains(&row.id)), "damage is no signal");
    assert_eq!(bench.app.walk(bench.clock.now()).unwrap().unwrap().rejected_lines, 4);
    let mut bench = bench.killed();
    assert_eq!(bench.row(row.id).why, Why::Damaged { times: 3 }, "kept");
    assert_eq!(bench.row(line(2, None).id).state, "read");
}

#[test]
fn a_silent_meter_says_whether_it_can_be_heard_at_all() {
    let by_day = sync_protocol::TourMeter { sends: Some("Mon-Fri 08-18".into()), ..line(1, None) };
    let no_radio =
        sync_protocol::TourMeter { radio_id: None, meter_number: "no number".into(), ..line(2, None) };
    let always = sync_protocol::TourMeter { sends: None, ..line(3, None) };
    let mut bench = Bench::with_tour(&[by_day.clone(), no_radio.clone(), always.clone()]);
    // The clock of the tests stands at a Wednesday, 09:00 in Berlin.
    assert_eq!(bench.row(by_day.id).why, Why::NotHeardYet);
    assert_eq!(bench.row(no_radio.id).why, Why::NoRadio);
    bench.clock.advance(10 * 3_600_000);
    assert!(matches!(bench.row(by_day.id).why, Why::OutsideWindow { window } if window.to_hour == 18));
    assert_eq!(bench.row(always.id).why, Why::NotHeardYet);
}

#[test]
fn while_it_listens_the_hour_after_which_a_meter_is_silent_is_said() {
    let by_day = sync_protocol::TourMeter { sends: Some("Mon-Fri 08-18".into()), ..line(1, None) };
    let mut bench = Bench::with_tour(&[by_day.clone(), line(2, None)]);
    // 17:59 in Berlin.
    bench.clock.advance(9 * 3_600_000 - 60_000);
    bench.start(&recording([frame(2, 1, 150_000, None), frame(2, 2, 150_001, None)], 120_000));
    let said = meters(&bench.run(180_000));
    let of_day = said.iter().flat_map(|(_, rows, _)| rows).find(|row| row.id == by_day.id).unwrap();
    assert!(matches!(of_day.why, Why::OutsideWindow { .. }));
}

#[test]
fn alarms_stand_in_clear_even_where_the_values_are_sealed() {
    let sealed = wmbus::encode::TelegramBuilder::new(address(1))
        .status(0x04)
        .record(wmbus::encode::Record::bcd8(1).volume(-3))
        .mode5(wmbus::AesKey::new([9; 16]))
        .build()
        .unwrap();
    let mut bench = Bench::with_tour(&[line(1, None)]);
    bench.start(&recording([sealed], 0));
    bench.run(1_000);
    let meter = bench.meter(line(1, None).id);
    assert_eq!((meter.row.state, meter.row.alarms.clone()), ("heard_no_key", vec!["power_low".to_owned()]));
    assert_eq!(meter.alarm_details[0].code, "power_low");
}

/// A Hydrodigit of 2026-11-21: 130 m³, fraud by magnet in September, and at the end of October 123.45 m³.
fn hydrodigit(number: u32) -> wmbus::Frame {
    let meter: wmbus::MeterAddress = format!("BMT-{number:08}-13-07").parse().unwrap();
    let mut months = [[0; 3]; 12];
    months[9] = [0x39, 0x30, 0x00];
    let rest = [
        &[0x44][..],
        &meter.to_link_bytes(),
        &[0x7A, 0x01, 0x04, 0x00, 0x00],
        &[0x0C, 0x13, 0x00, 0x00, 0x13, 0x00],
        &[0x04, 0x6D, 0x00, 0x28, 0x55, 0x3B],
        &[0x0F, 0x12, 0x80, 0x26, 0x09, 0x03],
        months.as_flattened(),
    ]
    .concat();
    let bytes = [&[u8::try_from(rest.len()).unwrap()][..], &rest].concat();
    wmbus::Frame::parse(&bytes, wmbus::FrameFormat::WithoutCrc).unwrap()
}

#[test]
fn what_a_makers_own_block_says_is_shown_and_billed() {
    let due_date = Some("2026-10-31".to_owned());
    let of_october = TourMeter { manufacturer: None, due_date, ..line(1, None) };
    let mut bench = Bench::with_tour(std::slice::from_ref(&of_october));
    bench.start(&recording([hydrodigit(10_000_001)], 0));
    bench.run(1_000);
    let meter = bench.meter(of_october.id);
    assert_eq!((meter.row.state, meter.row.value.as_deref()), ("read", Some("123.45")));
    let kind = Why::ReadByRadio { kind: "month", date: Some("2026-10-31".into()) };
    assert_eq!(meter.row.why, kind);
    assert_eq!(meter.row.alarms, ["power_low"], "what the meter only remembers is no alarm of the list");
    let alarms: Vec<_> = meter.alarm_details.iter().map(|alarm| alarm.code.as_str()).collect();
    assert_eq!(alarms, ["power_low"]);
    let past = &meter.past_alarms[0];
    assert_eq!((past.code.as_str(), past.since.as_deref()), ("magnetic", Some("2026-09-03")));
    let dated = |kind: &str, value: &str, date: &str| {
        let is_it = |shown: &&MeterValue| shown.kind == kind && shown.value.as_deref() == Some(value);
        meter.values.iter().filter(is_it).any(|shown| shown.date.as_deref() == Some(date))
    };
    assert!(dated("due_date", "123.45", "2026-10-31"), "{:?}", meter.values);
    assert!(dated("current", "130.000", "2026-11-21"), "{:?}", meter.values);
}

#[test]
fn a_walk_that_misses_nothing_has_ended_when_it_is_stopped() {
    let mut bench = Bench::with_tour(&[line(1, None)]);
    bench.start(&recording([frame(1, 1, 150_000, None)], 0));
    bench.run(1_000);
    let walk = bench.app.stop_walk(bench.clock.now(), &mut bench.randomness).unwrap().unwrap();
    assert!(!walk.listening);
    assert!(open(bench.folder.path()).open_session(tour_id()).unwrap().is_none());
    let mut bench = bench.killed();
    assert_eq!(bench.app.start(bench.clock.now()).unwrap().open_walk, None);
}

#[test]
fn a_walk_that_misses_something_goes_on_after_it_was_stopped() {
    let mut bench = Bench::with_tour(&[line(1, None), line(2, None)]);
    bench.start(&recording([frame(1, 1, 150_000, None)], 0));
    bench.run(1_000);
    bench.app.stop_walk(bench.clock.now(), &mut bench.randomness).unwrap();
    let mut bench = bench.killed();
    assert_eq!(bench.app.start(bench.clock.now()).unwrap().open_walk.unwrap().tour, tour_id());
}

#[test]
fn a_source_that_is_gone_and_a_tour_that_is_not_here_are_told_apart() {
    let mut bench = Bench::with_tour(&[line(1, None)]);
    let now = bench.now();
    let refused = bench.app.start_walk(tour_id(), "kept:00", now, &mut bench.randomness).unwrap_err();
    assert_eq!((refused.code, refused.retry), ("no_receiver", true));
    let source = bench.app.add_recording("r", recording([frame(1, 1, 1, None)], 0).as_bytes()).unwrap();
    let nowhere = sync_protocol::TourId::default();
    let refused = bench.app.start_walk(nowhere, &source.id, now, &mut bench.randomness).unwrap_err();
    assert_eq!(refused.code, "no_such_tour");
}

#[test]
fn a_file_that_is_no_recording_is_refused_by_what_is_wrong_with_it() {
    let mut bench = Bench::with_tour(&[line(1, None)]);
    let mut refused = |bytes: &[u8]| bench.app.add_recording("r", bytes).unwrap_err().code;
    assert_eq!(refused(b"\xFFnot text"), "wrong_encoding");
    assert_eq!(refused("Übung".as_bytes()), "recording_unreadable");
    assert_eq!(refused(b""), "recording_unreadable");
    assert!(bench.app.sources().unwrap().is_empty());
}

#[test]
fn what_is_heard_was_heard_now_whatever_the_receivers_clock_says() {
    let mut bench = Bench::with_tour(&[line(1, None)]);
    let mut stamped = received(frame(1, 1, 150_000, None));
    stamped.received_at = Some("2019-04-03T19:00:42Z".parse().unwrap());
    bench.start(&(write_line(&stamped) + "\n"));
    bench.run(1_000);
    let meter = bench.meter(line(1, None).id);
    let now = bench.now().wall.as_millis();
    let ago = now - meter.row.last_heard_at.unwrap().as_millis();
    assert!((0..2_000).contains(&ago), "{ago} ms ago");
    assert_eq!(meter.telegrams[0].last_heard_at, meter.row.last_heard_at.unwrap());
    assert_eq!(meter.values[0].date.as_deref(), Some("2019-04-03"), "the value is of the day it was sent");
}

#[test]
fn a_folder_of_recordings_is_offered_beside_those_that_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let text = recording([frame(1, 1, 150_000, None)], 0);
    std::fs::write(folder.path().join("Court.jsonl"), &text).unwrap();
    let mut bench = Bench::with_tour(&[line(1, None)]);
    let kept = bench.app.add_recording("mine", text.as_bytes()).unwrap();
    let mut options = crate::kit::options(bench.folder.path());
    options.recordings = Some(folder.path().to_owned());
    drop(bench.app);
    bench.app = field_core::app::App::open(options, None, bench.clock.now(), &mut bench.randomness).unwrap();
    let sources = bench.app.sources().unwrap();
    assert_eq!(sources.iter().map(|source| source.name.as_str()).collect::<Vec<_>>(), ["Court", "mine"]);
    assert_eq!(sources[1], kept);
    bench.app.start_walk(tour_id(), &sources[0].id, bench.clock.now(), &mut bench.randomness).unwrap();
    bench.run(1_000);
    assert_eq!(bench.row(line(1, None).id).state, "read");
}
