//! What meters send in mode S is heard, and nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{cu8, hex, shared, truth};
use demodulator::modulator::{Air, Emission, Random, Shaping, Transmitter, random_frame};
use demodulator::sensitivity::{Collider, Condition, measure};
use demodulator::{Complex32, Demodulator, HeardFrame};
use wmbus::phy::{self, Band, Preamble};
use wmbus::{Frame, FrameFormat, LinkMode};

const RATE_HZ: u32 = 1_600_000;
const NOISE_RMS: f64 = 0.07;
const S1: &[(LinkMode, FrameFormat)] = &[(LinkMode::S1, FrameFormat::A), (LinkMode::S1m, FrameFormat::A)];

/// A frame, how it was sent, and its start and amplitude.
struct Sent {
    frame: Frame,
    emission: Emission,
}

fn send(
    air: &mut Air,
    random: &mut Random,
    mode: LinkMode,
    meter: &Transmitter,
    ebn0_db: f64,
    at_s: f64,
) -> Sent {
    let bytes = 20 + random.below(13);
    send_frame(air, random, mode, meter, ebn0_db, at_s, bytes)
}

fn send_frame(
    air: &mut Air,
    random: &mut Random,
    mode: LinkMode,
    meter: &Transmitter,
    ebn0_db: f64,
    at_s: f64,
    bytes: usize,
) -> Sent {
    let frame = random_frame(bytes, random).unwrap();
    let chips = phy::chips(&frame, mode, FrameFormat::A, Preamble::Shortest).unwrap();
    let amplitude = air.amplitude_at_ebn0_db(&Band::S, ebn0_db);
    let emission = Emission::new(&chips, &Band::S, meter, random).at(at_s, amplitude);
    air.send(emission.clone());
    Sent { frame, emission }
}

fn hear(air: &mut Air, seconds: f64) -> Vec<HeardFrame> {
    let mut demodulator = Demodulator::builder(RATE_HZ).link_modes([LinkMode::S1]).build().unwrap();
    let mut samples = vec![Complex32::ZERO; (seconds * f64::from(RATE_HZ)) as usize];
    air.fill(&mut samples);
    let mut heard: Vec<_> = demodulator.feed(&samples).collect();
    heard.extend(demodulator.finish());
    heard
}

fn quiet_air(seed: u64) -> Air {
    Air::new(RATE_HZ, Band::S.center_hz, Random::new(seed)).with_noise_rms(NOISE_RMS)
}

#[test]
fn a_frame_comes_with_what_its_signal_told() {
    let mut random = Random::new(1);
    let mut air = quiet_air(2);
    let meter = Transmitter {
        frequency_offset_hz: 21_000.0,
        chip_rate_error_ppm: 800.0,
        deviation_hz: 55_000.0,
        ..Transmitter::nominal(&Band::S)
    };
    let sent = send(&mut air, &mut random, LinkMode::S1m, &meter, 20.0, 0.01);
    let heard = hear(&mut air, 0.05);
    let [frame] = heard.as_slice() else { panic!("{} frames", heard.len()) };
    assert_eq!((&frame.frame, frame.format, frame.link_mode), (&sent.frame, FrameFormat::A, LinkMode::S1));
    for (told_s, is_s) in [
        (frame.start_s, sent.emission.start_s()),
        (frame.frame_start_s, sent.emission.frame_start_s()),
        (frame.end_s, sent.emission.frame_end_s()),
    ] {
        assert!((told_s - is_s).abs() < 5e-6, "{told_s} for {is_s}");
    }
    assert!((frame.frequency_offset_hz - 21_000.0).abs() < 300.0, "{}", frame.frequency_offset_hz);
    assert!((frame.chip_rate_error_ppm - 800.0).abs() < 150.0, "{}", frame.chip_rate_error_ppm);
    assert!((frame.deviation_hz - 55_000.0).abs() < 1_500.0, "{}", frame.deviation_hz);
    let rssi_dbfs = 20.0 * sent.emission.amplitude().log10() as f32;
    assert!((frame.rssi_dbfs - rssi_dbfs).abs() < 0.7, "{} for {rssi_dbfs}", frame.rssi_dbfs);
    assert_eq!(frame.corrected_bits, 0);
}

#[test]
fn every_ordinary_meter_is_heard_at_10_db_with_either_preamble() {
    let mut random = Random::new(3);
    let mut air = quiet_air(4);
    let sent: Vec<_> = (0..16)
        .map(|index| {
            let mode = if index % 2 == 0 { LinkMode::S1 } else { LinkMode::S1m };
            let meter = Transmitter::ordinary(&Band::S, &mut random);
            send(&mut air, &mut random, mode, &meter, 10.0, 0.005 + 0.05 * f64::from(index))
        })
        .collect();
    let heard = hear(&mut air, 0.85);
    let frames: Vec<_> = heard.iter().map(|heard| &heard.frame).collect();
    assert_eq!(frames, sent.iter().map(|sent| &sent.frame).collect::<Vec<_>>());
    for (heard, sent) in heard.iter().zip(&sent) {
        let late_s = heard.frame_start_s - sent.emission.frame_start_s();
        assert!(late_s.abs() < 3e-6, "{late_s} s late");
    }
}

#[test]
fn every_clock_carrier_and_deviation_that_the_standard_allows_is_heard() {
    let mut random = Random::new(5);
    let mut air = quiet_air(6);
    let mut sent = Vec::new();
    for chip_rate_error_ppm in [-15_000.0, 15_000.0] {
        for frequency_offset_hz in [-60_000.0, 60_000.0] {
            for deviation_hz in [40_000.0, 80_000.0] {
                for shaping in [Shaping::Rectangular, Shaping::Gaussian { bt: 0.5 }] {
                    let meter = Transmitter {
                        chip_rate_error_ppm,
                        frequency_offset_hz,
                        deviation_hz,
                        shaping,
                        ..Transmitter::nominal(&Band::S)
                    };
                    let at_s = 0.005 + 0.05 * sent.len() as f64;
                    let mode = if sent.len() % 3 == 0 { LinkMode::S1 } else { LinkMode::S1m };
                    sent.push(send(&mut air, &mut random, mode, &meter, 13.0, at_s).frame);
                }
            }
        }
    }
    let heard: Vec<_> = hear(&mut air, 0.85).into_iter().map(|heard| heard.frame).collect();
    assert!(heard.iter().all(|frame| sent.contains(frame)));
    assert!(heard.len() >= 15, "{} of {}", heard.len(), sent.len());
}

#[test]
fn chips_that_come_early_or_late_by_chance_are_heard() {
    for (jitter_us, ebn0_db) in [(0.3, 10.0), (1.0, 12.0), (3.0, 16.0)] {
        let condition = Condition::of(S1, ebn0_db).with_meter(move |band, random| Transmitter {
            jitter_s: jitter_us * 1e-6,
            ..Transmitter::ordinary(band, random)
        });
        let outcome = measure(&condition, 16, 12).unwrap();
        assert_eq!(outcome.wrong, 0, "{jitter_us} µs");
        assert!(outcome.first.heard >= 14, "{jitter_us} µs: {outcome:?}");
    }
}

#[test]
fn the_longest_frame_is_heard_though_its_clock_drifts() {
    let mut random = Random::new(7);
    let mut air = quiet_air(8);
    let meter = Transmitter {
        chip_rate_error_ppm: 3_000.0,
        chip_rate_drift_ppm: 800.0,
        frequency_drift_hz: 1_500.0,
        ..Transmitter::nominal(&Band::S)
    };
    let sent = send_frame(&mut air, &mut random, LinkMode::S2, &meter, 12.0, 0.01, 256);
    let heard = hear(&mut air, 0.2);
    assert_eq!(heard.iter().map(|heard| &heard.frame).collect::<Vec<_>>(), [&sent.frame]);
}

#[test]
fn two_overlapping_transmissions_are_both_heard_whichever_is_stronger() {
    for (first_db, second_db) in [(16.0, 27.0), (27.0, 16.0)] {
        let mut random = Random::new(9);
        let mut air = quiet_air(10);
        let mut sent = Vec::new();
        for pair in 0..4 {
            for (ebn0_db, late_s) in [(first_db, 0.0), (second_db, 0.007)] {
                let meter = Transmitter::ordinary(&Band::S, &mut random);
                let at_s = 0.005 + 0.05 * f64::from(pair) + late_s;
                let frame = send(&mut air, &mut random, LinkMode::S1m, &meter, ebn0_db, at_s).frame;
                sent.push((ebn0_db, frame));
            }
        }
        let heard = hear(&mut air, 0.2);
        let is_heard = |frame: &Frame| heard.iter().any(|heard| heard.frame == *frame);
        let lost: Vec<_> =
            sent.iter().filter(|(_, frame)| !is_heard(frame)).map(|(ebn0_db, _)| ebn0_db).collect();
        assert!(
            lost.iter().all(|ebn0_db| **ebn0_db < 20.0),
            "{first_db} dB, then {second_db} dB: {lost:?} lost"
        );
        assert!(lost.len() <= 1, "{first_db} dB, then {second_db} dB: {} weaker ones lost", lost.len());
        assert!(heard.len() + lost.len() == sent.len());
    }
}

/// The stronger one's postamble and the start of its preamble must be taken away with it: a few of its chips spoil the
/// weaker frame.
#[test]
fn a_transmission_is_heard_under_one_that_is_20_db_stronger_and_began_before() {
    let collider = Some(Collider { stronger_db: -20.0 });
    let outcome = measure(&Condition { collider, ..Condition::of(S1, 31.0) }, 20, 13).unwrap();
    assert_eq!((outcome.first.heard, outcome.wrong), (20, 0));
    assert!(outcome.second.heard >= 15, "{outcome:?}");
}

#[test]
fn noise_holds_no_frame() {
    assert_eq!(hear(&mut quiet_air(11), 3.0), []);
}

#[test]
fn what_the_recordings_of_mode_s_hold_is_heard() {
    for (name, least) in [("s1_mid_868.3M_1600k", 7), ("s1_low_868.3M_1600k", 6)] {
        let Some(path) = shared(&format!("iq/{name}.cu8")) else { return };
        let mut demodulator = Demodulator::builder(RATE_HZ).link_modes([LinkMode::S1]).build().unwrap();
        let mut heard: Vec<_> = demodulator.feed(&cu8(&path)).collect();
        heard.extend(demodulator.finish());
        let sent: Vec<_> = truth(&path).iter().map(|line| hex(line["hex"].as_str().unwrap())).collect();
        assert!(heard.iter().all(|heard| sent.iter().any(|sent| sent == heard.frame.bytes())), "{name}");
        assert!(heard.len() >= least, "{name}: {} of {}", heard.len(), sent.len());
    }
}
