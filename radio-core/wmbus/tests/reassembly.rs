//! Messages in several frames: any order, repetitions, losses, other meters in between, bounds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{assert_explanation_tiles, frame_around, hex};
use proptest::collection::vec;
use proptest::prelude::*;
use wmbus::encode::{Record, TagLength, TelegramBuilder};
use wmbus::{
    AesKey, Authentication, Content, Frame, FrameFormat, KeyRing, Keys, Reassembly, SealedReason, Telegram,
    Warning,
};

const METER: &str = "KAM-12345678-1B-16";

fn key() -> AesKey {
    AesKey::new([0x2A; 16])
}

/// More records than one frame could hold.
fn message(meter: &str) -> TelegramBuilder {
    let volumes = (0..60).map(|month| Record::int32(1_000 + month).volume(-3).storage(month as u64));
    TelegramBuilder::new(meter.parse().unwrap()).access_number(7).records(volumes)
}

fn feed(reassembly: &mut Reassembly, frames: &[Frame], keys: &dyn Keys) -> Telegram {
    let mut telegrams: Vec<Telegram> =
        frames.iter().map(|frame| reassembly.decode(frame, keys).unwrap()).collect();
    let last = telegrams.pop().unwrap();
    for telegram in telegrams {
        assert_eq!(telegram.content().kind(), "fragment");
        assert_eq!(telegram.fragments(), 1);
    }
    last
}

fn assert_whole(telegram: &Telegram, fragments: usize) {
    assert_eq!(telegram.content().records().len(), 60, "{:?}", telegram.content());
    assert_eq!(telegram.content().records()[59].to_string(), "volume 1.059 m³ (storage 59)");
    assert_eq!(telegram.fragments(), fragments);
    assert_eq!(telegram.meter().to_string(), METER);
    let length = telegram.explain().bytes().len();
    assert_explanation_tiles(telegram, length, "a message put together");
}

#[test]
fn a_message_is_whole_when_its_last_fragment_was_heard_in_whatever_order() {
    let frames = message(METER).build_fragments(100).unwrap();
    assert_eq!(frames.len(), 5);
    let mut backwards = frames.clone();
    backwards.reverse();
    let repeated = [&frames[..3], &frames[1..3], &frames[..1], &frames[3..]].concat();
    for order in [&frames, &backwards, &repeated] {
        let whole = feed(&mut Reassembly::default(), order, &KeyRing::default());
        assert_whole(&whole, 5);
        assert_eq!(whole.warnings(), []);
    }
}

#[test]
fn the_mac_is_verified_over_the_whole_message() {
    let short = TelegramBuilder::new(METER.parse().unwrap())
        .records((0..20).map(|month| Record::int32(month).volume(-3).storage(month as u64)))
        .mode7(key(), 77);
    let frames = short.build_fragments(50).unwrap();
    let whole = feed(&mut Reassembly::default(), &frames, &key());
    assert_eq!(whole.security().authentication, Authentication::Verified);
    assert_eq!(whole.message_counter(), Some(77));
    assert_eq!(whole.content().records().len(), 20);
    assert_eq!(whole.warnings(), []);

    let sealed = feed(&mut Reassembly::default(), &frames, &KeyRing::default());
    assert_eq!(sealed.content(), &Content::Sealed(SealedReason::NoKey));
    let sealed = feed(&mut Reassembly::default(), &frames, &AesKey::new([1; 16]));
    assert_eq!(sealed.content(), &Content::Sealed(SealedReason::WrongKey));

    let mut forged = frames.clone();
    let mut bytes = forged[1].bytes().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    forged[1] = Frame::parse(&bytes, FrameFormat::WithoutCrc).unwrap();
    let refused = feed(&mut Reassembly::default(), &forged, &key());
    assert_eq!(refused.content(), &Content::Sealed(SealedReason::MacFailed));
}

#[test]
fn a_tag_covers_the_whole_message() {
    let frames = message(METER).mode10(key(), 5, TagLength::Twelve).build_fragments(90).unwrap();
    let whole = feed(&mut Reassembly::default(), &frames, &key());
    assert_eq!(whole.security().authentication, Authentication::Verified);
    assert_whole(&whole, frames.len());
}

#[test]
fn fragments_that_the_extended_link_layer_encrypts_are_put_together() {
    let frames = message(METER).ell_ctr(key(), 9, 0x1234).build_fragments(100).unwrap();
    let whole = feed(&mut Reassembly::default(), &frames, &key());
    assert_whole(&whole, 5);
    assert_eq!(whole.security().ell_encryption, 1);
    let mut reassembly = Reassembly::default();
    let sealed = reassembly.decode(&frames[0], &KeyRing::default()).unwrap();
    assert_eq!(sealed.content(), &Content::Sealed(SealedReason::NoKey));
}

#[test]
fn the_fragments_of_many_meters_do_not_mix() {
    let meters: Vec<String> = (0..Reassembly::MOST_MESSAGES).map(|n| format!("KAM-{n:08}-1B-16")).collect();
    let messages: Vec<Vec<Frame>> =
        meters.iter().map(|meter| message(meter).build_fragments(100).unwrap()).collect();
    let mut reassembly = Reassembly::default();
    for fragment in 0..5 {
        for (meter, frames) in meters.iter().zip(&messages) {
            let telegram = reassembly.decode(&frames[fragment], &KeyRing::default()).unwrap();
            assert_eq!(&telegram.meter().to_string(), meter);
            assert_eq!(telegram.content().records().len(), if fragment == 4 { 60 } else { 0 });
        }
    }
}

#[test]
fn of_too_many_messages_the_one_heard_of_longest_ago_is_given_up() {
    let first = message(METER).build_fragments(100).unwrap();
    let mut reassembly = Reassembly::default();
    feed(&mut reassembly, &first[..4], &KeyRing::default());
    for number in 0..Reassembly::MOST_MESSAGES {
        let other = message(&format!("KAM-{number:08}-1B-16")).build_fragments(100).unwrap();
        reassembly.decode(&other[0], &KeyRing::default()).unwrap();
    }
    let last = reassembly.decode(&first[4], &KeyRing::default()).unwrap();
    assert_eq!(last.content().kind(), "fragment");
}

#[test]
fn a_newer_message_of_a_meter_replaces_an_older_one_that_was_not_whole() {
    let older = message(METER).mode10(key(), 5, TagLength::Eight).build_fragments(100).unwrap();
    let newer = message(METER).mode10(key(), 6, TagLength::Eight).build_fragments(100).unwrap();
    let mut reassembly = Reassembly::default();
    feed(&mut reassembly, &older[..3], &key());
    assert_whole(&feed(&mut reassembly, &newer, &key()), newer.len());
}

#[test]
fn fragments_of_two_messages_are_not_taken_for_one() {
    let long = message(METER).build_fragments(100).unwrap();
    let short = message(METER).record(Record::int16(1).volume(-3)).build_fragments(100).unwrap();
    assert_ne!(long[4], short[4]);
    let mut reassembly = Reassembly::default();
    let mixed = feed(&mut reassembly, &[&long[..4], &short[4..]].concat(), &KeyRing::default());
    assert_eq!(mixed.content().kind(), "fragment");
    assert_eq!(mixed.warnings(), [Warning::FragmentsDoNotFit]);
    assert!(mixed.is_doubtful());
    // It starts afresh.
    assert_whole(&feed(&mut reassembly, &long, &KeyRing::default()), 5);
}

#[test]
fn a_message_that_nothing_proves_is_doubtful() {
    // No length, no MAC: fragment 1 of 2, then 2 of 2.
    let frames = ["9002014078041308", "90020200190000"]
        .map(|payload| Frame::parse(&frame_around(&hex(payload)), FrameFormat::WithoutCrc).unwrap());
    let whole = feed(&mut Reassembly::default(), &frames, &KeyRing::default());
    assert_eq!(whole.content().records()[0].to_string(), "volume 6.408 m³");
    assert_eq!(whole.warnings(), [Warning::FragmentsNotProven]);
    assert!(whole.is_doubtful());
}

proptest! {
    #[test]
    fn any_fragments_in_any_order_do_not_panic(
        payloads in vec((0u8..6, any::<u8>(), vec(any::<u8>(), 0..40)), 1..60),
    ) {
        let mut reassembly = Reassembly::default();
        for (number, control, rest) in payloads {
            let payload = [vec![0x90, (rest.len() / 2 + 2) as u8, number, control], rest].concat();
            let frame = Frame::parse(&frame_around(&payload), FrameFormat::WithoutCrc).unwrap();
            if let Ok(telegram) = reassembly.decode(&frame, &key()) {
                let length = telegram.explain().bytes().len();
                assert_explanation_tiles(&telegram, length, "any fragments");
            }
        }
    }

    #[test]
    fn a_message_cut_anywhere_and_shuffled_is_the_message(
        size in 8usize..200,
        order in any::<prop::sample::Index>(),
        lost in any::<prop::sample::Index>(),
    ) {
        let frames = message(METER).build_fragments(size).unwrap();
        let mut order_of_arrival = frames.clone();
        order_of_arrival.rotate_left(order.index(frames.len()));
        let mut reassembly = Reassembly::default();
        let mut without_one = order_of_arrival.clone();
        let missing = without_one.remove(lost.index(frames.len()));
        for frame in &without_one {
            prop_assert_eq!(reassembly.decode(frame, &KeyRing::default()).unwrap().content().kind(), "fragment");
        }
        let whole = reassembly.decode(&missing, &KeyRing::default()).unwrap();
        assert_whole(&whole, frames.len());
    }
}
