//! Frames that are found in noise: there must be none.

use demodulator::modulator::Random;
use demodulator::sensitivity::{Condition, Listening};
use wmbus::LinkMode;

use super::table::{head, row};
use super::{Arguments, Kind};

const USUAL_SECONDS: u32 = 300;

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let seconds = arguments.seconds.unwrap_or(USUAL_SECONDS);
    let condition =
        Condition { rate_hz: 2_400_000, center_hz: 868_625_000, ..Condition::of(Kind::T1.sent(), 0.0) };
    let modes = [LinkMode::S1, LinkMode::T1, LinkMode::C1];
    let mut listening = Listening::new(&condition, &modes, &mut Random::new(arguments.seed))?;
    listening.until(f64::from(seconds));
    let counted = listening.statistics();
    head("Noise, S+T+C at 2.4 MS/s", &["seconds", "candidates", "syncs", "frames"]);
    row(&[
        seconds.to_string(),
        counted.candidates.to_string(),
        counted.syncs.to_string(),
        listening.finish().wrong.to_string(),
    ]);
    Ok(())
}
