//! The driver of `rtl_tcp`, entered by the bytes that an RTL-SDR sends.
#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use std::time::Duration;

use demodulator::Complex32;
use demodulator::modulator::{Air, Emission, Random, Transmitter};
use jiff::Timestamp;
use radio_core::LinkMode;
use radio_core::receiver::{Driver, Event, LinkModes, Now, Reject, RtlTcpDriver, State, Transmit, Tuning};
use wmbus::phy::{self, Band, Preamble};
use wmbus::{Frame, FrameFormat};

const GREETING: [u8; 12] = [b'R', b'T', b'L', b'0', 0, 0, 0, 5, 0, 0, 0, 29];
const RATE_HZ: usize = 1_600_000;

/// EN 13757-4, annex example of T1.
const T1: [u8; 16] =
    [0x0F, 0x44, 0xAE, 0x0C, 0x78, 0x56, 0x34, 0x12, 0x01, 0x07, 0x78, 0x0B, 0x13, 0x43, 0x65, 0x87];

fn at(milliseconds: u64) -> Now {
    Now { monotonic: Duration::from_millis(milliseconds), wall: Timestamp::UNIX_EPOCH }
}

fn events(driver: &mut RtlTcpDriver) -> Vec<Event> {
    std::iter::from_fn(|| driver.poll_event()).collect()
}

/// Returns the bytes of 50 ms in which a meter sends once.
fn signal() -> Vec<u8> {
    let frame = Frame::parse(&T1, FrameFormat::WithoutCrc).unwrap();
    let chips = phy::chips(&frame, LinkMode::T1, FrameFormat::A, Preamble::Shortest).unwrap();
    let mut air = Air::new(RATE_HZ as u32, 868_625_000, Random::new(1)).with_noise_rms(4.0 / 127.5);
    let amplitude = air.amplitude_at_ebn0_db(&Band::T, 25.0);
    let meter = Transmitter::nominal(&Band::T);
    air.send(Emission::new(&chips, &Band::T, &meter, &mut Random::new(2)).at(0.01, amplitude));
    let mut samples = vec![Complex32::default(); RATE_HZ / 20];
    air.fill(&mut samples);
    let byte = |level: f32| (level * 127.5 + 127.5).round().clamp(0.0, 255.0) as u8;
    samples.iter().flat_map(|sample| [byte(sample.re), byte(sample.im)]).collect()
}

#[test]
fn a_stick_is_set_once_it_has_greeted_and_its_samples_become_frames() {
    let tuning = Tuning { gain_tenths_db: Some(280), correction_ppm: -2, ..Tuning::default() };
    let mut driver = RtlTcpDriver::new(tuning, LinkModes::ALL);
    let (first, second) = GREETING.split_at(5);
    driver.handle_input(first, at(0));
    assert_eq!(driver.poll_transmit(), None);
    driver.handle_input(second, at(10));
    let sent: Vec<_> = std::iter::from_fn(|| driver.poll_transmit()).collect();
    let command = |id: u8, value: i64| {
        let value = (value as u32).to_be_bytes();
        Transmit::Bytes([&[id], value.as_slice()].concat())
    };
    let expected = [
        command(2, 1_600_000),
        command(5, -2),
        command(1, 868_625_000),
        command(8, 0),
        command(3, 1),
        command(4, 280),
    ];
    assert_eq!(sent, expected);

    let mut heard = Vec::new();
    for part in signal().chunks(16_383) {
        driver.handle_input(part, at(20));
        heard.extend(events(&mut driver));
    }
    assert!(heard.contains(&Event::Listening(LinkModes::ALL)));
    assert!(heard.contains(&Event::State(State::Receiving)));
    assert!(!heard.iter().any(|event| matches!(event, Event::Rejected(_))), "{heard:?}");
    let model = heard.iter().find_map(|event| match event {
        Event::Identified(identity) => Some(identity.model.as_str()),
        _ => None,
    });
    assert_eq!(model, Some("RTL-SDR (R820T)"));
    let frames: Vec<_> = heard
        .iter()
        .filter_map(|event| match event {
            Event::Frame(frame) => Some(frame),
            _ => None,
        })
        .collect();
    let [frame] = frames.as_slice() else { panic!("{heard:?}") };
    assert_eq!(frame.frame.bytes(), T1);
    assert_eq!((frame.link_mode, frame.frame_format), (Some(LinkMode::T1), FrameFormat::A));
    assert!(frame.quality.frequency_offset_hz.unwrap().abs() < 2_000);
    assert!((20..=30).contains(&frame.quality.snr_db.unwrap()), "{:?}", frame.quality);
}

#[test]
fn what_is_no_rtl_tcp_is_told_at_once() {
    let mut driver = RtlTcpDriver::new(Tuning::default(), LinkModes::C_AND_T);
    driver.handle_input(b"HTTP/1.1 400 Bad Request\r\n", at(0));
    let told = events(&mut driver);
    assert!(told.contains(&Event::Rejected(Reject::Garbage)) && told.contains(&Event::State(State::Lost)));
    assert_eq!(driver.poll_transmit(), None);
}

#[test]
fn a_stream_that_stops_is_lost_and_one_that_is_too_slow_is_overloaded() {
    let mut driver = RtlTcpDriver::new(Tuning::default(), LinkModes::C_AND_T);
    driver.handle_input(&GREETING, at(0));
    let block = vec![127; RATE_HZ / 5];
    for step in 1..=60 {
        driver.handle_input(&block, at(step * 100));
    }
    let told = events(&mut driver);
    assert!(
        told.contains(&Event::State(State::Receiving)) && !told.contains(&Event::State(State::Overloaded))
    );
    for step in 61..=120 {
        driver.handle_input(block.get(..block.len() / 2).unwrap(), at(step * 100));
    }
    assert!(events(&mut driver).contains(&Event::State(State::Overloaded)));
    assert_eq!(driver.poll_timeout(), Some(Duration::from_secs(17)));
    driver.handle_timeout(at(17_000));
    assert_eq!(events(&mut driver), [Event::State(State::Lost)]);
}

#[test]
fn a_stick_that_is_to_hear_nothing_is_idle_until_it_is_to_hear_something() {
    let mut driver = RtlTcpDriver::new(Tuning::default(), LinkModes::default());
    driver.handle_input(&GREETING, at(0));
    driver.handle_input(&signal(), at(10));
    assert!(!events(&mut driver).iter().any(|event| matches!(event, Event::Frame(_) | Event::State(_))));
    driver.set_link_modes(LinkModes::C_AND_T, at(20));
    driver.handle_input(&signal(), at(30));
    let told = events(&mut driver);
    assert!(told.contains(&Event::Listening(LinkModes::C_AND_T)));
    assert!(told.iter().any(|event| matches!(event, Event::Frame(_))));
}
