//! The demodulator hears no less than it did, and nothing that nobody sent.
//!
//! The table is coarse: few transmissions a point, so that it takes a second. `cargo xtask sensitivity` measures.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use demodulator::modulator::{Random, Shaping, Traffic, Transmitter, sync_flood};
use demodulator::sensitivity::{Collider, Condition, Listening, Outcome, measure};
use wmbus::{FrameFormat, LinkMode};

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/sensitivity.md");
const TRANSMISSIONS: usize = 20;
/// Another machine's arithmetic may round differently: so many transmissions fewer are no loss.
const TOLERANCE: i64 = 2;

const T1: &[(LinkMode, FrameFormat)] = &[(LinkMode::T1, FrameFormat::A)];
const C1A: &[(LinkMode, FrameFormat)] = &[(LinkMode::C1, FrameFormat::A)];
const C1B: &[(LinkMode, FrameFormat)] = &[(LinkMode::C1, FrameFormat::B)];
const S1: &[(LinkMode, FrameFormat)] = &[(LinkMode::S1, FrameFormat::A), (LinkMode::S1m, FrameFormat::A)];
const T_AND_C: &[(LinkMode, FrameFormat)] = &[T1[0], C1A[0], C1B[0]];

const LEVELS_DB: [f64; 4] = [6.0, 8.0, 10.0, 20.0];

/// Every point of the table: a name, and how many were heard at each level.
fn table() -> (String, Outcome) {
    let mut all = Outcome::default();
    let mut text = format!("Heard of {TRANSMISSIONS} transmissions, by Eb/N0 and clock error.\n\n");
    text += "| mode | clock error | 6 dB | 8 dB | 10 dB | 20 dB |\n| --- | --- | --- | --- | --- | --- |\n";
    for (name, kinds, largest_ppm) in
        [("T1", T1, 120_000.0), ("C1A", C1A, 100.0), ("C1B", C1B, 100.0), ("S1", S1, 15_000.0)]
    {
        for sign in [-1.0, 0.0, 1.0] {
            let chip_rate_error_ppm = sign * largest_ppm;
            write!(text, "| {name} | {chip_rate_error_ppm:+} ppm |").unwrap();
            for ebn0_db in LEVELS_DB {
                let condition = Condition::of(kinds, ebn0_db).with_meter(move |band, random| Transmitter {
                    chip_rate_error_ppm,
                    ..Transmitter::ordinary(band, random)
                });
                let outcome = measure(&condition, TRANSMISSIONS, 1).unwrap();
                write!(text, " {} |", outcome.first.heard).unwrap();
                all += outcome;
            }
            text.push('\n');
        }
    }
    (text, all)
}

/// The rows of a table: what is measured, and its numbers.
fn rows(table: &str) -> Vec<(String, Vec<i64>)> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    table
        .lines()
        .filter(|line| line.contains("ppm |"))
        .map(cells)
        .map(|cells| (cells[..2].join(" "), cells[2..].iter().map(|cell| cell.parse().unwrap()).collect()))
        .collect()
}

#[test]
fn no_less_is_heard_than_the_snapshot_says() {
    let (measured, all) = table();
    println!("{measured}");
    assert_eq!(all.wrong, 0);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(Path::new(SNAPSHOT).parent().unwrap()).unwrap();
        fs::write(SNAPSHOT, &measured).unwrap();
    }
    let snapshot = rows(&fs::read_to_string(SNAPSHOT).unwrap());
    let measured = rows(&measured);
    assert_eq!(snapshot.len(), 12);
    for ((point, before), (same_point, now)) in snapshot.iter().zip(&measured) {
        assert_eq!(point, same_point);
        let lost = before.iter().zip(now).any(|(before, now)| now + TOLERANCE < *before);
        assert!(!lost, "{point}: {now:?} were {before:?}; UPDATE_GOLDEN=1 if that is meant");
    }
}

#[test]
fn the_same_seed_measures_the_same() {
    let measured = |seed| measure(&Condition::of(T_AND_C, 7.0), 12, seed).unwrap();
    assert_eq!(measured(3), measured(3));
    assert_ne!(measured(3), measured(4));
}

/// Bytes can be right where the estimate of clock and time went astray; both are part of what is heard.
#[test]
fn what_is_heard_through_a_narrow_filter_is_heard_at_its_time() {
    let condition = Condition::of(C1A, 20.0).with_meter(|band, random| Transmitter {
        shaping: Shaping::Gaussian { bt: 0.3 },
        ..Transmitter::ordinary(band, random)
    });
    let outcome = measure(&condition, 100, 901).unwrap();
    assert_eq!(outcome.wrong, 0);
    assert!(outcome.first.share() > 0.8, "{outcome:?}");
}

#[test]
fn mode_c_is_heard_with_a_clock_ten_times_worse_than_allowed() {
    for chip_rate_error_ppm in [-1000.0, 1000.0] {
        let condition = Condition::of(&[C1A[0], C1B[0]], 12.0).with_meter(move |band, random| Transmitter {
            chip_rate_error_ppm,
            ..Transmitter::ordinary(band, random)
        });
        let outcome = measure(&condition, 40, 21).unwrap();
        assert!(outcome.first.heard >= 36, "{chip_rate_error_ppm} ppm: {outcome:?}");
        assert_eq!(outcome.wrong, 0);
    }
}

/// Bits that lie 151 apart are one to the CRC: here one frame in three hundred was another one before doubt was
/// computed.
#[test]
fn format_b_at_its_limit_yields_no_frame_that_nobody_sent() {
    for ebn0_db in [6.5, 7.5] {
        let outcome = measure(&Condition::of(C1B, ebn0_db), 400, 11).unwrap();
        assert!(outcome.first.share() > 0.35, "{ebn0_db} dB: {outcome:?}");
        assert_eq!(outcome.wrong, 0, "{ebn0_db} dB: {outcome:?}");
    }
}

/// A postamble that stayed ran over a word of what lay beneath it.
#[test]
fn a_weaker_telegram_that_begins_within_a_stronger_one_is_heard_beneath_it() {
    let collider = Some(Collider { stronger_db: -15.0 });
    let outcome = measure(&Condition { collider, ..Condition::of(T1, 30.0) }, 40, 5).unwrap();
    assert_eq!((outcome.first.heard, outcome.wrong), (40, 0), "{outcome:?}");
    assert!(outcome.second.heard >= 34, "{outcome:?}");
}

#[test]
fn noise_yields_no_frame() {
    let condition = Condition { rate_hz: 2_400_000, center_hz: 868_625_000, ..Condition::of(T_AND_C, 0.0) };
    let modes = [LinkMode::S1, LinkMode::T1, LinkMode::C1];
    let mut listening = Listening::new(&condition, &modes, &mut Random::new(8)).unwrap();
    listening.until(8.0);
    assert_eq!(listening.finish(), Outcome::default());
}

#[test]
fn a_flood_of_headers_yields_no_frame_and_a_frame_behind_it_is_heard() {
    let mut random = Random::new(9);
    let condition = Condition::of(T_AND_C, 20.0);
    let mut listening = Listening::new(&condition, &[LinkMode::T1, LinkMode::C1], &mut random).unwrap();
    let flood = sync_flood(LinkMode::T1, 1.0, &mut random);
    assert!((flood.end_s() - 1.0).abs() < 1e-3);
    listening.air.send(flood.at(0.01, 0.3));
    listening.until(1.1);
    assert!(listening.statistics().syncs > 0);
    assert_eq!(listening.outcome(), Outcome::default());
    let mut traffic = Traffic::new(T_AND_C, 60.0, 20.0..25.0, random).starting_at(1.1);
    for sent in traffic.send_until(1.2, &mut listening.air) {
        listening.expect(sent);
    }
    listening.until(1.4);
    let outcome = listening.finish();
    assert!(outcome.first.sent > 2 && outcome.first.heard + 2 > outcome.first.sent, "{outcome:?}");
}

#[test]
fn a_busy_channel_is_heard_but_for_what_collides() {
    let mut random = Random::new(10);
    let condition = Condition::of(T_AND_C, 20.0);
    let mut listening = Listening::new(&condition, &[LinkMode::T1, LinkMode::C1], &mut random).unwrap();
    let mut traffic = Traffic::new(T_AND_C, 60.0, 12.0..40.0, random);
    for second in 1..=3 {
        for sent in traffic.send_until(f64::from(second), &mut listening.air) {
            listening.expect(sent);
        }
        listening.until(f64::from(second) - 0.02);
    }
    listening.until(3.2);
    let outcome = listening.finish();
    assert!((140..220).contains(&outcome.first.sent), "{outcome:?}");
    assert!(outcome.first.share() > 0.75, "{outcome:?}");
    assert_eq!(outcome.wrong, 0);
}
