//! What the modulator sends is what meters send, and as strong as it says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::f64::consts::TAU;

use demodulator::Complex32;
use demodulator::modulator::{Air, Emission, Random, Shaping, Traffic, Transmitter, random_frame};
use wmbus::phy::{self, Band, Preamble};
use wmbus::{Frame, FrameFormat, LinkMode};

const RATE_HZ: u32 = 1_600_000;

fn chips(mode: LinkMode, format: FrameFormat, bytes: usize) -> phy::Chips {
    let frame = random_frame(bytes, &mut Random::new(7)).unwrap();
    phy::chips(&frame, mode, format, Preamble::Shortest).unwrap()
}

/// The samples of one transmission that starts at 0, and the transmission.
fn sent(chips: &phy::Chips, band: &Band, transmitter: &Transmitter) -> (Vec<Complex32>, Emission) {
    let emission = Emission::new(chips, band, transmitter, &mut Random::new(1)).at(0.0, 0.5);
    let mut air = Air::new(RATE_HZ, band.center_hz, Random::new(2));
    air.send(emission.clone());
    let mut samples = vec![Complex32::default(); (emission.end_s() * f64::from(RATE_HZ)) as usize + 100];
    air.fill(&mut samples);
    (samples, emission)
}

/// The frequency between a sample and the next one, in Hz.
fn frequency_hz(samples: &[Complex32], at: usize) -> f64 {
    f64::from((samples[at + 1] * samples[at].conj()).arg()) / TAU * f64::from(RATE_HZ)
}

#[test]
fn a_one_is_the_higher_frequency_and_the_amplitude_is_constant() {
    let chips = chips(LinkMode::T1, FrameFormat::A, 20);
    let meter = Transmitter { frequency_offset_hz: 7_000.0, ..Transmitter::nominal(&Band::T) };
    let (samples, emission) = sent(&chips, &Band::T, &meter);
    let last = (emission.end_s() * f64::from(RATE_HZ)) as usize;
    assert!(samples[..last].iter().all(|sample| (sample.norm() - 0.5).abs() < 1e-6));
    assert!(samples[last + 1..].iter().all(|sample| sample.norm() == 0.0));
    for (index, chip) in chips.all().iter().enumerate() {
        let expected = 7_000.0 + if *chip { 50_000.0 } else { -50_000.0 };
        let found = frequency_hz(&samples, index * 16 + 8);
        assert!((found - expected).abs() < 10.0, "chip {index}: {found}");
    }
}

#[test]
fn the_phase_never_jumps_whatever_shape_clock_and_carrier_do() {
    for shaping in [Shaping::Rectangular, Shaping::Gaussian { bt: 0.5 }] {
        let meter = Transmitter {
            shaping,
            frequency_drift_hz: 500.0,
            chip_rate_error_ppm: -73_000.0,
            chip_rate_drift_ppm: 10_000.0,
            ..Transmitter::nominal(&Band::T)
        };
        let (samples, emission) = sent(&chips(LinkMode::T1, FrameFormat::A, 40), &Band::T, &meter);
        let last = (emission.end_s() * f64::from(RATE_HZ)) as usize;
        let fastest = (1..last - 1).map(|at| frequency_hz(&samples, at).abs()).fold(0.0, f64::max);
        assert!((50_000.0..50_600.0).contains(&fastest), "{shaping:?}: {fastest} Hz");
    }
}

#[test]
fn the_carrier_drifts_from_the_first_chip_to_the_last() {
    let chips = chips(LinkMode::S1m, FrameFormat::A, 30);
    let meter = Transmitter {
        frequency_offset_hz: -20_000.0,
        frequency_drift_hz: 8_000.0,
        ..Transmitter::nominal(&Band::S)
    };
    let (samples, emission) = sent(&chips, &Band::S, &meter);
    let last = (emission.end_s() * f64::from(RATE_HZ)) as usize;
    // The first chip is a 0, 50 kHz below the carrier.
    assert!((frequency_hz(&samples, 5) + 70_000.0).abs() < 20.0);
    let around = (last / 2 - 150..last / 2 + 150).map(|at| frequency_hz(&samples, at));
    let (lowest, highest) = around.fold((0.0f64, 0.0f64), |(low, high), hz| (low.min(hz), high.max(hz)));
    assert!((lowest + 66_000.0).abs() < 50.0, "{lowest}");
    assert!((highest - 34_000.0).abs() < 50.0, "{highest}");
}

#[test]
fn a_frame_begins_when_its_header_has_passed() {
    let meter = Transmitter { chip_rate_error_ppm: 100_000.0, ..Transmitter::nominal(&Band::T) };
    let chips = chips(LinkMode::T1, FrameFormat::A, 20);
    let emission = Emission::new(&chips, &Band::T, &meter, &mut Random::new(1)).at(0.25, 1.0);
    let chip_s = 1.0 / 110_000.0;
    assert!((emission.start_s() - 0.25).abs() < 1e-12);
    assert!((emission.frame_start_s() - 0.25 - 48.0 * chip_s).abs() < 1e-9);
    let frame_chips = chips.frame().len() as f64;
    assert!((emission.frame_end_s() - emission.frame_start_s() - frame_chips * chip_s).abs() < 1e-9);
    assert!((emission.end_s() - emission.frame_end_s() - 8.0 * chip_s).abs() < 1e-9);
}

#[test]
fn blocks_of_any_length_make_the_same_signal() {
    let filled = |blocks: &[usize]| {
        let mut air = Air::new(RATE_HZ, Band::T.center_hz, Random::new(5)).with_noise_rms(0.07);
        let kinds = [(LinkMode::T1, FrameFormat::A), (LinkMode::C1, FrameFormat::B)];
        let all = Traffic::new(&kinds, 300.0, 10.0..20.0, Random::new(6)).send_until(0.05, &mut air);
        assert!((8..25).contains(&all.len()), "{}", all.len());
        let mut samples = vec![Complex32::default(); 96_000];
        let mut rest = samples.as_mut_slice();
        for length in blocks.iter().cycle() {
            let (block, after) = rest.split_at_mut((*length).min(rest.len()));
            air.fill(block);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        samples
    };
    let whole = filled(&[96_000]);
    let parts = filled(&[1, 777, 16_384]);
    let most = whole.iter().zip(&parts).map(|(a, b)| (a - b).norm()).fold(0.0, f32::max);
    assert!(most < 1e-5, "{most}");
}

#[test]
fn a_carrier_outside_the_capture_is_not_heard() {
    let mut air = Air::new(800_000, Band::T.center_hz, Random::new(1));
    let chips = chips(LinkMode::S1m, FrameFormat::A, 20);
    air.send(Emission::new(&chips, &Band::S, &Transmitter::nominal(&Band::S), &mut Random::new(1)));
    let mut samples = vec![Complex32::default(); 1_000];
    air.fill(&mut samples);
    assert!(samples.iter().all(|sample| *sample == Complex32::default()));
}

/// The simplest receiver there is errs as often as the text book says (`phy_facts.md` §10): so signal and noise
/// are as strong as they say.
#[test]
fn a_one_chip_detector_errs_as_often_as_theory_says() {
    let ebn0_db = 9.0;
    let mut air = Air::new(RATE_HZ, Band::T.center_hz, Random::new(3)).with_noise_rms(0.05);
    let amplitude = air.amplitude_at_ebn0_db(&Band::T, ebn0_db);
    let chips: Vec<bool> = (0..40_000).scan(Random::new(4), |random, _| Some(random.unit() < 0.5)).collect();
    let nominal = Transmitter::nominal(&Band::T);
    air.send(Emission::from_chips(&chips, &Band::T, &nominal, &mut Random::new(5)).at(0.0, amplitude));
    let mut samples = vec![Complex32::default(); chips.len() * 16];
    air.fill(&mut samples);
    let tone = |sign: f64| -> Vec<Complex32> {
        (0..16)
            .map(|at| Complex32::from_polar(1.0, (sign * TAU * 50_000.0 * f64::from(at) / 1.6e6) as f32))
            .collect()
    };
    let (high, low) = (tone(-1.0), tone(1.0));
    let energy = |chip: &[Complex32], tone: &[Complex32]| {
        chip.iter().zip(tone).map(|(sample, tone)| sample * tone).sum::<Complex32>().norm_sqr()
    };
    let wrong = samples
        .chunks_exact(16)
        .zip(&chips)
        .filter(|(samples, chip)| (energy(samples, &high) > energy(samples, &low)) != **chip)
        .count();
    let energy_per_chip = 10f64.powf(ebn0_db / 10.0) * 4.0 / 6.0;
    let expected = 0.5 * (-energy_per_chip / 2.0).exp();
    let found = wrong as f64 / chips.len() as f64;
    assert!((found / expected - 1.0).abs() < 0.1, "{found} and {expected}");
}

/// The reference's own simulator and this modulator make the same signal of the same transmission.
#[test]
fn the_shared_signals_hold_what_this_modulator_would_have_sent() {
    let mut compared = 0;
    for name in ["t1_mid_868.95M", "t1_rate12_868.95M", "c1a_mid_868.95M", "c1b_mid_868.95M", "s1_mid_868.3M"]
    {
        let Some(path) = common::shared(&format!("iq/{name}_1600k.cu8")) else { return };
        let recording = common::cu8(&path);
        for line in common::truth(&path) {
            let number = |name: &str| line[name].as_f64().unwrap();
            let (mode, format) = match line["mode"].as_str().unwrap() {
                "T1" => (LinkMode::T1, FrameFormat::A),
                "C1A" => (LinkMode::C1, FrameFormat::A),
                "C1B" => (LinkMode::C1, FrameFormat::B),
                "S1" => (LinkMode::S1, FrameFormat::A),
                "S1m" => (LinkMode::S1m, FrameFormat::A),
                other => panic!("{other}"),
            };
            let bytes = common::hex(line["hex"].as_str().unwrap());
            let frame = Frame::parse(&bytes, FrameFormat::WithoutCrc).unwrap();
            let chips = phy::chips(&frame, mode, format, Preamble::Shortest).unwrap();
            let shaping = match number("bt") {
                0.0 => Shaping::Rectangular,
                bt => Shaping::Gaussian { bt },
            };
            let meter = Transmitter {
                deviation_hz: number("dev"),
                shaping,
                frequency_offset_hz: number("foff"),
                frequency_drift_hz: number("fdrift"),
                chip_rate_error_ppm: number("chip_err") * 1e6,
                chip_rate_drift_ppm: number("drift") * 1e6,
                ..Transmitter::nominal(mode.band().unwrap())
            };
            let (samples, emission) = sent(&chips, mode.band().unwrap(), &meter);
            let begin = (number("t") * f64::from(RATE_HZ)).round() as usize;
            let length = (emission.frame_end_s() * f64::from(RATE_HZ)) as usize;
            // In pieces short enough that what is written with four digits does not turn the phase.
            let pieces = samples[..length].chunks(1_600).zip(recording[begin..begin + length].chunks(1_600));
            for (piece, heard) in pieces {
                let product: Complex32 = piece.iter().zip(heard).map(|(a, b)| a.conj() * b).sum();
                let amplitude = f64::from(product.norm()) / piece.len() as f64 / 0.5 * 127.5;
                let off = amplitude / number("amp") - 1.0;
                assert!(off.abs() < 0.15, "{name}, transmission {}: {off}", line["idx"]);
            }
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared}");
}
