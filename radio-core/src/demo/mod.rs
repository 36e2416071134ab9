//! A recorded walk for demonstrations and tests, made by the project's own encoder.
//!
//! Two houses, meters in the layouts that manufacturers send, and everything that goes wrong on a walk:
//! a wrong key, a missing key, a meter that is never heard, one that is not understood, one with an
//! implausible value, foreign meters, duplicates, damaged lines. Numbers, people and keys are made up.
//! The same call always gives the same walk.

mod expected;
mod layout;
mod meter;
mod meters;
mod recording;
mod tour;

pub use expected::{DemoWalk, ExpectedMeter, ExpectedState};

use meter::Meter;
use meters::METERS;
use recording::Recording;

/// The date whose values are billed.
pub const DUE_DATE: &str = "2025-12-31";

/// Returns the walk.
pub fn walk() -> DemoWalk {
    let recording = Recording::of_walk();
    DemoWalk {
        tour_csv: tour::csv(METERS),
        keys_csv: tour::keys_csv(METERS.iter().filter_map(Meter::key_in_file)),
        late_keys_csv: tour::keys_csv(METERS.iter().filter_map(Meter::late_key)),
        expected: METERS.iter().map(|meter| meter.expected(recording.frames_of(meter))).collect(),
        foreign_frames: recording.foreign_frames(),
        damaged_lines: recording.damaged_lines(),
        replay_jsonl: recording.into_text(),
    }
}
