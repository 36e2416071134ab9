//! Sources that only send, and the names of receivers: what must hold whatever comes.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use radio_core::io::ReceiverAddress;
use radio_core::receiver::{Driver, Event, LineDriver, Now, StreamDriver};
use walkby_properties::stream;
use wmbus::FrameFormat;

/// EN 13757-4, annex example of T1, as text, without CRCs and with those of format A.
const TEXT: &[u8] = b"T1;1;1;2024-05-01 12:00:00.00Z;-71;;;0x0f44ae0c785634120107780b13436587\n";
const FRAME: [u8; 16] =
    [0x0F, 0x44, 0xAE, 0x0C, 0x78, 0x56, 0x34, 0x12, 0x01, 0x07, 0x78, 0x0B, 0x13, 0x43, 0x65, 0x87];

fn part() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => Just(TEXT.to_vec()),
        3 => Just(FRAME.to_vec()),
        1 => "[0-9A-F;|{}\":+\\n]{0,40}".prop_map(String::into_bytes),
        2 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

proptest! {
    #[test]
    fn a_source_s_bytes_mean_the_same_however_they_are_cut(
        step in any::<u8>(),
        parts in prop::collection::vec(part(), 0..12),
    ) {
        stream(&[&[step][..], &parts.concat()].concat());
    }

    #[test]
    fn a_receiver_s_name_that_is_understood_reads_back_what_it_writes(
        what in prop::sample::select(vec![
            "", "auto:", "im871a:", "cul:", "lines:", "frames:", "tcp:", "udp:", "tcp-server:", "rtl_tcp:", "rtlsdr",
            "file:", "rtlwmbus", "rtl433:",
        ]),
        place in prop::sample::select(vec!["", "/dev/ttyUSB0", "COM3", "tcp:", "udp:", "-", "file:a?b", ":1"]),
        rest in "(\\[|\\]|[a-z0-9:?=&.,]){0,12}",
    ) {
        if let Ok(address) = format!("{what}{place}{rest}").parse::<ReceiverAddress>() {
            prop_assert_eq!(address.to_string().parse(), Ok(address));
        }
    }
}

#[test]
fn a_line_without_an_end_costs_no_memory() {
    let now = Now { monotonic: Duration::ZERO, wall: Timestamp::UNIX_EPOCH };
    let mut driver = LineDriver::new();
    for _ in 0..100 {
        driver.handle_input(&[b'0'; 10_000], now);
    }
    assert!(format!("{driver:?}").len() < 100_000);
    driver.handle_input(b"\n", now);
    driver.handle_input(TEXT, now);
    let events: Vec<_> = std::iter::from_fn(|| driver.poll_event()).collect();
    assert!(matches!(events.as_slice(), [Event::Rejected(_), .., Event::Frame(_)]), "{events:?}");
}

#[test]
fn a_server_hears_lines_of_one_bridge_and_bare_frames_of_the_next() {
    let now = Now { monotonic: Duration::ZERO, wall: Timestamp::UNIX_EPOCH };
    let mut driver = StreamDriver::new(LineDriver::new());
    for message in [TEXT, &FRAME, b"0F44AE0C785634120107780B13436587", TEXT] {
        driver.handle_input(message, now);
        driver.handle_end(now);
        let frames: Vec<_> = std::iter::from_fn(|| driver.poll_event())
            .filter_map(|event| match event {
                Event::Frame(frame) => Some(*frame),
                _ => None,
            })
            .collect();
        assert_eq!(frames.len(), 1);
        assert_eq!((frames[0].frame.bytes(), frames[0].frame_format), (&FRAME[..], FrameFormat::WithoutCrc));
    }
}
