//! A busy channel for an hour, with the memory that it takes.

use std::fs;

use anyhow::Context as _;
use demodulator::modulator::{Random, Traffic};
use demodulator::sensitivity::{Condition, Listening};
use wmbus::LinkMode;

use super::table::{head, row, share};
use super::{Arguments, Kind};

const USUAL_SECONDS: u32 = 3_600;
/// How many times what was reached is told.
const REPORTS: u32 = 12;

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let seconds = arguments.seconds.unwrap_or(USUAL_SECONDS);
    let kinds: Vec<_> = arguments.kinds().iter().flat_map(|kind| kind.sent()).copied().collect();
    let mut random = Random::new(arguments.seed);
    let has_s = kinds.iter().any(|(mode, _)| *mode == LinkMode::S1);
    let condition = match has_s {
        true => Condition { rate_hz: 2_400_000, center_hz: 868_625_000, ..Condition::of(&kinds, 0.0) },
        false => Condition::of(Kind::T1.sent(), 0.0),
    };
    let modes: Vec<_> = kinds.iter().map(|(mode, _)| *mode).collect();
    let mut listening = Listening::new(&condition, &modes, &mut random)?;
    let mut traffic = Traffic::new(&kinds, arguments.traffic, 10.0..40.0, random);
    head(
        &format!("{} telegrams a second that overlap by chance", arguments.traffic),
        &["seconds of signal", "sent", "heard", "wrong", "doubled", "memory of the process"],
    );
    for second in 1..=seconds {
        let until_s = f64::from(second);
        for sent in traffic.send_until(until_s, &mut listening.air) {
            listening.expect(sent);
        }
        listening.until(until_s - 0.02);
        if second.is_multiple_of((seconds / REPORTS).max(1)) {
            let outcome = listening.outcome();
            row(&[
                second.to_string(),
                outcome.first.sent.to_string(),
                share(outcome.first.share()),
                outcome.wrong.to_string(),
                outcome.doubled.to_string(),
                format!("{} KiB", resident_kib()?),
            ]);
        }
    }
    Ok(())
}

/// Returns how much memory this process has now (Linux).
fn resident_kib() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("failed to read /proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    line.trim().trim_end_matches("kB").trim().parse().context("VmRSS is no number")
}
