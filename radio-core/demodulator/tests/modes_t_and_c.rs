//! What meters send in modes T and C is heard, and nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{cu8, hex, shared, truth};
use demodulator::{Demodulator, HeardFrame};
use wmbus::LinkMode;

/// Returns how many of a shared recording's telegrams were heard, how many were sent, and how many were never sent.
fn recording(name: &str, rate_hz: u32, center_hz: u32) -> Option<(usize, usize, usize)> {
    let path = shared(&format!("iq/{name}.cu8"))?;
    let mut demodulator = Demodulator::builder(rate_hz)
        .center_hz(center_hz)
        .link_modes([LinkMode::T1, LinkMode::C1])
        .build()
        .unwrap();
    let mut heard: Vec<HeardFrame> = demodulator.feed(&cu8(&path)).collect();
    heard.extend(demodulator.finish());
    let sent: Vec<_> = truth(&path)
        .iter()
        .filter(|line| !line["mode"].as_str().unwrap().starts_with('S'))
        .map(|line| hex(line["hex"].as_str().unwrap()))
        .collect();
    let is_heard = |bytes: &&Vec<u8>| heard.iter().any(|heard| heard.frame.bytes() == bytes.as_slice());
    let wrong = heard.iter().filter(|heard| !sent.iter().any(|sent| sent == heard.frame.bytes())).count();
    Some((sent.iter().filter(is_heard).count(), sent.len(), wrong))
}

#[test]
fn every_telegram_of_the_real_recordings_is_heard() {
    for (name, rate_hz, center_hz, telegrams) in [
        ("real_rtlsdr_868.950M_1M6_samples2", 1_600_000, 868_950_000, 2),
        ("real_rtlsdr_868.625M_2M4_issue48", 2_400_000, 868_625_000, 1),
    ] {
        let Some(found) = recording(name, rate_hz, center_hz) else { return };
        assert_eq!(found, (telegrams, telegrams, 0), "{name}");
    }
}

#[test]
fn every_telegram_at_ordinary_strength_is_heard_with_any_clock_offset_and_payload() {
    for name in ["t1_mid", "c1a_mid", "c1b_mid", "t1_rate12", "foff25", "c1_zeros", "weak_adc"] {
        let Some((heard, sent, wrong)) = recording(&format!("{name}_868.95M_1600k"), 1_600_000, 868_950_000)
        else {
            return;
        };
        assert_eq!((heard, wrong), (sent, 0), "{name}");
    }
}

#[test]
fn most_weak_and_most_colliding_telegrams_are_heard_and_none_is_wrong() {
    for (name, least) in [("t1_low", 16), ("c1a_low", 13), ("c1b_low", 12), ("collide", 11), ("noise", 0)] {
        let Some((heard, _, wrong)) = recording(&format!("{name}_868.95M_1600k"), 1_600_000, 868_950_000)
        else {
            return;
        };
        assert!(heard >= least, "{name}: {heard}");
        assert_eq!(wrong, 0, "{name}");
    }
}
