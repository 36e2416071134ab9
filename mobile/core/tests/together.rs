//! Telegrams that say something only together: compact frames and their formats, fragments of messages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Clock, Seeded, address, frame, hear, line, load_tour, open, tour_id};
use field_core::meter::{MeterState, Outcome, Why};
use field_core::walk::derive_again;
use field_core::{Store, TourView, Walk};
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{AesKey, Frame};

const KEY: [u8; 16] = [0x5A; 16];

/// A meter whose format of compact frames no program knows from the start.
fn meter(n: u32, litres: i64) -> TelegramBuilder {
    let meter = TelegramBuilder::new(address(n)).no_header();
    meter.record(Record::int32(litres).volume(-3)).record(Record::int24(7).volume(-3).storage(9))
}

fn compact(n: u32, litres: i64) -> Frame {
    meter(n, litres).compact_frame().build().unwrap()
}

/// The fragments of a message with this volume, authenticated and encrypted.
fn fragments(n: u32, counter: u32, litres: i64) -> Vec<Frame> {
    let months = (1..20).map(|month| Record::bcd8(litres - month).volume(-3).storage(month as u64));
    TelegramBuilder::new(address(n))
        .record(Record::bcd8(litres).volume(-3))
        .records(months)
        .mode7(AesKey::new(KEY), counter)
        .build_fragments(60)
        .unwrap()
}

fn walk_of(store: &mut Store) -> Walk {
    Walk::open(store, tour_id(), Clock::default().now(), &mut Seeded(11)).unwrap()
}

fn value(view: &TourView, n: usize) -> Option<String> {
    view.lines[n].assessment.candidate.as_ref().map(|candidate| candidate.value.to_string())
}

#[test]
fn a_compact_frame_reads_once_a_full_frame_taught_its_format() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    load_tour(&mut store, &[line(1, None), line(2, None)]);
    let mut walk = walk_of(&mut store);
    let clock = Clock::default();
    hear(&mut walk, &mut store, &clock, &[compact(1, 120_000)]).unwrap();
    assert_eq!(walk.view().lines[0].assessment.state, MeterState::HeardUndecodable);
    let unknown = Why::Telegram(Outcome::CompactFormatUnknown);
    assert_eq!(walk.view().lines[0].assessment.why, unknown);

    let update = hear(&mut walk, &mut store, &clock, &[meter(2, 130_000).build().unwrap()]).unwrap();
    assert_eq!(update.read_late, [0]);
    assert_eq!(value(walk.view(), 0).as_deref(), Some("120.000"));
    assert_eq!(walk.view().progress.missing(), 0);
    let shown: Vec<_> = walk.view().lines.iter().map(|line| line.assessment.clone()).collect();
    drop(walk);
    let again = TourView::load(&store, tour_id()).unwrap();
    assert_eq!(again.lines.iter().map(|line| line.assessment.clone()).collect::<Vec<_>>(), shown);

    // Known from now on, also on the next walk.
    drop(store);
    let mut store = open(directory.path());
    let mut walk = walk_of(&mut store);
    let update = hear(&mut walk, &mut store, &clock, &[compact(1, 121_000)]).unwrap();
    assert_eq!((value(walk.view(), 0).as_deref(), update.read_late.len()), (Some("121.000"), 0));
}

#[test]
fn one_group_may_hold_a_compact_frame_before_its_full_frame() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    load_tour(&mut store, &[line(1, None)]);
    let mut walk = walk_of(&mut store);
    let frames = [compact(1, 120_000), meter(1, 119_000).build().unwrap(), compact(1, 120_500)];
    let update = hear(&mut walk, &mut store, &Clock::default(), &frames).unwrap();
    assert_eq!(update.read_late, [0; 0]);
    assert_eq!(value(walk.view(), 0).as_deref(), Some("120.500"));
    assert_eq!(derive_again(&mut store, tour_id()).unwrap(), 0);
}

#[test]
fn fragments_make_a_message_in_whatever_order_they_are_heard() {
    let message = fragments(1, 5, 120_000);
    assert!(message.len() > 2);
    let mut backwards = message.clone();
    backwards.reverse();
    for frames in [message, backwards] {
        let directory = tempfile::tempdir().unwrap();
        let mut store = open(directory.path());
        load_tour(&mut store, &[line(1, Some(KEY))]);
        let mut walk = walk_of(&mut store);
        let (last, others) = frames.split_last().unwrap();
        for fragment in others {
            hear(&mut walk, &mut store, &Clock::default(), std::slice::from_ref(fragment)).unwrap();
            assert_eq!(walk.view().lines[0].assessment.why, Why::Telegram(Outcome::Fragment));
        }
        hear(&mut walk, &mut store, &Clock::default(), std::slice::from_ref(last)).unwrap();
        assert_eq!(value(walk.view(), 0).as_deref(), Some("120.000"));
        let shown = walk.view().lines[0].assessment.clone();
        assert_eq!(TourView::load(&store, tour_id()).unwrap().lines[0].assessment, shown);
        assert_eq!(derive_again(&mut store, tour_id()).unwrap(), 0);
    }
}

#[test]
fn fragments_of_several_messages_and_other_telegrams_do_not_mix() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    load_tour(&mut store, &[line(1, Some(KEY))]);
    let mut walk = walk_of(&mut store);
    let (one, another) = (fragments(1, 5, 120_000), fragments(1, 6, 121_000));
    let mut frames: Vec<Frame> =
        one[1..].iter().zip(&another).flat_map(|(one, another)| [another.clone(), one.clone()]).collect();
    frames.push(frame(1, 3, 119_000, Some(KEY)));
    hear(&mut walk, &mut store, &Clock::default(), &frames).unwrap();
    assert_eq!(value(walk.view(), 0).as_deref(), Some("119.000"));
    let last = [one[0].clone(), another.last().unwrap().clone()];
    let update = hear(&mut walk, &mut store, &Clock::default(), &last).unwrap();
    assert_eq!(update.read_late, [0], "the last fragment of the first message was heard before its first");
    assert_eq!(value(walk.view(), 0).as_deref(), Some("121.000"));
}

#[test]
fn a_key_that_comes_late_opens_a_message_that_waited_in_fragments() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    load_tour(&mut store, &[line(1, None)]);
    let mut walk = walk_of(&mut store);
    hear(&mut walk, &mut store, &Clock::default(), &fragments(1, 5, 120_000)).unwrap();
    assert_eq!(walk.view().lines[0].assessment.state, MeterState::HeardNoKey);
    drop(walk);
    load_tour(&mut store, &[line(1, Some(KEY))]);
    assert_eq!(derive_again(&mut store, tour_id()).unwrap(), 1);
    assert_eq!(value(&TourView::load(&store, tour_id()).unwrap(), 0).as_deref(), Some("120.000"));
}
