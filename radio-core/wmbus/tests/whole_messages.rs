//! Messages put together from stored frames: any order, repetitions, several messages of one meter.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{frame_around, hex};
use proptest::collection::vec;
use proptest::prelude::*;
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{AesKey, Frame, FrameFormat, KeyRing, Keys, Telegram, Warning, whole_messages};

const METER: &str = "KAM-12345678-1B-16";

fn key() -> AesKey {
    AesKey::new([0x2A; 16])
}

/// A message with more records than one frame could hold; the first says the litres.
fn message(litres: i64) -> TelegramBuilder {
    let months = (1..60).map(|month| Record::int32(1_000 + month).volume(-3).storage(month as u64));
    let volumes = [Record::int32(litres).volume(-3)].into_iter().chain(months);
    TelegramBuilder::new(METER.parse().unwrap()).access_number(7).records(volumes)
}

fn sealed(litres: i64, counter: u32) -> Vec<Frame> {
    let records = (1..20).map(|month| Record::int32(month).volume(-3).storage(month as u64));
    let volumes = [Record::int32(litres).volume(-3)].into_iter().chain(records);
    let builder = TelegramBuilder::new(METER.parse().unwrap()).records(volumes);
    builder.mode7(key(), counter).build_fragments(50).unwrap()
}

/// The first record of each message, in the order of the frames.
fn said(frames: &[Frame], keys: &dyn Keys) -> Vec<Option<String>> {
    let first = |message: Telegram| message.content().records().first().map(ToString::to_string);
    whole_messages(frames, keys).into_iter().map(|message| message.and_then(first)).collect()
}

/// Fragments in clear, without MAC, with the access number of an extended link layer.
fn fragment(access_number: u8, layer: &str, data: &str) -> Frame {
    let bytes = frame_around(&hex(&format!("8C20{access_number:02X}90{layer}{data}")));
    Frame::parse(&bytes, FrameFormat::WithoutCrc).unwrap()
}

/// Both fragments of a volume in litres below 256; the first says that the message has seven bytes.
fn short(access_numbers: [u8; 2], litres: u8) -> [Frame; 2] {
    let first = fragment(access_numbers[0], "0401500700", &format!("780413{litres:02X}"));
    [first, fragment(access_numbers[1], "020200", "000000")]
}

#[test]
fn the_last_fragment_says_the_message_in_whatever_order_frames_stand() {
    let frames = message(42).build_fragments(100).unwrap();
    let last = frames.last().unwrap().clone();
    let mut shuffled = frames.clone();
    shuffled.rotate_left(2);
    for order in [&frames, &shuffled] {
        for (frame, message) in order.iter().zip(whole_messages(order, &KeyRing::default())) {
            assert_eq!(message.is_some(), *frame == last);
            let Some(message) = message else { continue };
            assert_eq!((message.content().records().len(), message.fragments()), (60, frames.len()));
            assert_eq!(message.warnings(), []);
        }
    }
    assert_eq!(said(&frames[1..], &KeyRing::default()), [const { None }; 4]);
}

#[test]
fn a_mac_tells_which_fragments_of_many_messages_belong_together() {
    let messages: Vec<Vec<Frame>> = (1..=5).map(|n| sealed(i64::from(n) * 100, n)).collect();
    let count = messages[0].len();
    assert!(count > 2);
    // All first fragments, then all second ones, …
    let frames: Vec<Frame> =
        (0..count).flat_map(|place| messages.iter().map(move |message| message[place].clone())).collect();
    let said = said(&frames, &key());
    let (before, last) = said.split_at(frames.len() - messages.len());
    assert!(before.iter().all(Option::is_none));
    let volumes = ["0.100", "0.200", "0.300", "0.400", "0.500"];
    assert_eq!(last, volumes.map(|volume| Some(format!("volume {volume} m³"))));
}

#[test]
fn without_a_mac_access_numbers_tell_it_and_nothing_is_guessed_without_them() {
    let [first, last] = short([7, 8], 42);
    let [other_first, other_last] = short([20, 20], 43);
    let frames = [first, other_first, last, other_last];
    let found = said(&frames, &KeyRing::default());
    assert_eq!(found[2..], ["0.042", "0.043"].map(|volume| Some(format!("volume {volume} m³"))));

    let [first, _] = short([7, 8], 42);
    let [other_first, stray] = short([20, 99], 43);
    assert_eq!(said(&[first, other_first, stray], &KeyRing::default()), [None, None, None]);
}

#[test]
fn fragments_that_were_sent_apart_are_doubtful_together() {
    let not_proven = vec![Warning::FragmentsNotProven];
    for (access_numbers, warnings) in [([7, 8], vec![]), ([7, 7], vec![]), ([7, 50], not_proven)] {
        let messages = whole_messages(&short(access_numbers, 42), &KeyRing::default());
        assert_eq!(messages[1].as_ref().unwrap().warnings(), warnings);
    }
}

#[test]
fn a_repeated_last_fragment_says_the_same_message() {
    let [first, last] = short([7, 8], 42);
    let [_, again] = short([11, 12], 42);
    let found = said(&[first, last, again], &KeyRing::default());
    assert_eq!(found[1..], [const { "volume 0.042 m³" }; 2].map(|text| Some(text.to_owned())));
}

proptest! {
    #[test]
    fn any_frames_give_each_the_same_message_in_any_order(
        payloads in vec((0u8..4, any::<u8>(), vec(any::<u8>(), 0..12)), 1..24),
        turn in any::<prop::sample::Index>(),
    ) {
        let frames: Vec<Frame> = payloads
            .into_iter()
            .map(|(number, control, rest)| {
                let payload = [vec![0x90, 2, number, control & 0x40], rest].concat();
                Frame::parse(&frame_around(&payload), FrameFormat::WithoutCrc).unwrap()
            })
            .collect();
        let by = turn.index(frames.len());
        let mut turned = frames.clone();
        turned.rotate_left(by);
        let mut expected = said(&frames, &key());
        expected.rotate_left(by);
        prop_assert_eq!(said(&turned, &key()), expected);
    }
}
