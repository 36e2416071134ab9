//! Whole recordings: what is good comes out, what is bad is named by its line, nothing panics.
#![allow(clippy::unwrap_used)]

use std::io::{self, BufReader, Read};
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use radio_core::replay::{Replay, ReplayErrorKind, parse_line, write_line};
use radio_core::{LinkMode, Quality, ReceivedFrame};
use walkby_properties::replay_line;
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{Frame, FrameFormat};

const T1: &str = "0F44AE0C785634120107780B13436587";

fn lines(recording: impl AsRef<[u8]>) -> Vec<Result<ReceivedFrame, (usize, ReplayErrorKind)>> {
    Replay::new(recording.as_ref()).map(|item| item.map_err(|error| (error.line, error.kind))).collect()
}

#[test]
fn a_bad_line_costs_only_itself() {
    let recording = format!("# a walk\n{T1}\n\nnonsense\r\ntelegram=|{T1}|+1\r\n{T1}");
    let items = lines(recording);
    assert_eq!(items.len(), 4);
    assert!(items[0].is_ok() && items[2].is_ok() && items[3].is_ok());
    assert!(matches!(items[1], Err((4, ReplayErrorKind::Line(_)))));
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_line() {
    assert!(lines(format!("\u{FEFF}{T1}\n"))[0].is_ok());
}

#[test]
fn a_line_of_any_length_costs_no_memory_and_only_itself() {
    let mut recording = vec![b'0'; 5_000_000];
    recording.extend(format!("\n{T1}\n").bytes());
    let items = lines(recording);
    assert!(matches!(items[0], Err((1, ReplayErrorKind::TooLong { limit: 16_384 }))));
    assert!(items[1].is_ok());
    assert_eq!(items.len(), 2);
}

#[test]
fn a_binary_file_is_named_as_what_it_is_not() {
    let items = lines(b"ab\xFF\n");
    assert!(matches!(items[0], Err((1, ReplayErrorKind::NotText { column: 3 }))));
}

#[test]
fn a_failing_reader_ends_the_replay_after_one_error() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("unplugged"))
        }
    }
    let line = format!("{T1}\n");
    let mut replay = Replay::new(BufReader::new(line.as_bytes().chain(Broken)));
    assert!(replay.next().unwrap().is_ok());
    assert!(matches!(replay.next().unwrap().unwrap_err().kind, ReplayErrorKind::Io(_)));
    assert!(replay.next().is_none());
}

fn frame() -> impl Strategy<Value = Frame> {
    let address = prop::array::uniform8(any::<u8>()).prop_map(wmbus::MeterAddress::from_link_bytes);
    (address, any::<u8>(), prop::collection::vec(any::<i32>(), 0..20)).prop_map(
        |(address, access_number, values)| {
            let values = values.into_iter().map(|value| i64::from(value) / 2);
            TelegramBuilder::new(address)
                .access_number(access_number)
                .records(values.map(|value| Record::int32(value).volume(-3)))
                .build()
                .unwrap()
        },
    )
}

fn received() -> impl Strategy<Value = ReceivedFrame> {
    let mode = prop::option::of(prop::sample::select(vec![LinkMode::T1, LinkMode::C1, LinkMode::S1m]));
    let format = prop::sample::select(vec![FrameFormat::A, FrameFormat::B, FrameFormat::WithoutCrc]);
    let at = prop::option::of((0i64..4_000_000_000, 0i32..1_000_000_000));
    let offset = prop::option::of((any::<u64>(), 0u32..1_000_000_000));
    let told = (prop::option::of(any::<i16>()), at, offset, prop::option::of(any::<String>()), quality());
    (frame(), mode, format, told).prop_map(
        |(frame, link_mode, format, (rssi_dbm, at, offset, receiver, quality))| {
            let mut received = ReceivedFrame::new(frame, format);
            received.link_mode = link_mode;
            received.rssi_dbm = rssi_dbm;
            received.received_at = at.map(|(s, ns)| Timestamp::new(s, ns).unwrap());
            received.offset = offset.map(|(s, ns)| Duration::new(s, ns));
            received.receiver = receiver;
            received.quality = quality;
            received
        },
    )
}

fn quality() -> impl Strategy<Value = Quality> {
    let levels = (prop::option::of(any::<i16>()), prop::option::of(any::<i16>()));
    let errors = (prop::option::of(any::<i32>()), prop::option::of(any::<i32>()));
    let device = (prop::option::of(any::<u8>()), prop::option::of(any::<u32>()));
    (any::<u16>(), levels, errors, device).prop_map(|(corrected_bits, levels, errors, device)| {
        let mut quality = Quality::default();
        quality.corrected_bits = corrected_bits;
        (quality.snr_db, quality.level_dbfs) = levels;
        (quality.frequency_offset_hz, quality.chip_rate_error_ppm) = errors;
        (quality.link_quality, quality.device_time) = device;
        quality
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_to_the_last_nanosecond(received in received()) {
        let line = write_line(&received);
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(parse_line(&line), Ok(Some(received)));
    }

    #[test]
    fn any_line_gives_a_frame_or_an_error_within_the_line(line in "\\PC{0,80}") {
        replay_line(line.as_bytes());
    }

    #[test]
    fn any_line_that_looks_like_a_format_is_survived(
        head in prop::sample::select(vec!["telegram=|", "{\"hex\":\"", "T1;1;1;", "0x", "{\"hex\":", "T1;1;1;;;;;"]),
        tail in "[0-9A-F|;+x\"{},: .\\\\u]{0,60}",
    ) {
        replay_line(format!("{head}{tail}").as_bytes());
    }

    #[test]
    fn any_bytes_end_and_number_their_lines_upward(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let lines = bytes.split(|byte| *byte == b'\n').count();
        let mut last = 0;
        for error in Replay::new(bytes.as_slice()).filter_map(Result::err) {
            prop_assert!(error.line > last && error.line <= lines);
            last = error.line;
        }
    }
}
