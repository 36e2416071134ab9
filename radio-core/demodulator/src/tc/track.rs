//! Where the chips of a frame lie: time, chip period, phase and carrier, followed through the frame.

use num_complex::Complex32;

use crate::phasor::{cos_sin, wrap};

/// The place of a chip boundary and how it goes on from there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pose {
    /// Where the boundary lies, in samples.
    pub(super) boundary: f64,
    /// Samples of a chip.
    pub(super) period: f64,
    /// Phase of the signal at the boundary, without what the chips turned it.
    pub(super) phase: f64,
    /// Turn of the carrier in radians a chip.
    pub(super) turn: f64,
}

impl Pose {
    /// Returns the pose at the boundary so many chips later.
    pub(super) fn after(self, chips: f64) -> Self {
        Self { boundary: self.boundary + chips * self.period, phase: self.phase + chips * self.turn, ..self }
    }

    /// Returns what takes the phase off a sum.
    pub(super) fn rotor(self) -> Complex32 {
        let (cos, sin) = cos_sin(wrap(-self.phase) as f32);
        Complex32::new(cos, sin)
    }
}

/// What a stretch of decided chips says about its pose.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Drift {
    /// Phase by which the signal is ahead, in radians.
    pub(super) phase: f64,
    /// Time by which it is late, in chips.
    pub(super) time: f64,
}

/// How quickly a loop follows, each per stretch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gains {
    pub(super) phase: f64,
    pub(super) turn: f64,
    pub(super) time: f64,
    pub(super) period: f64,
}

impl Pose {
    /// Returns the pose `chips` later, corrected by what the stretch until there said.
    pub(super) fn follow(self, drift: Drift, chips: f64, gains: &Gains) -> Self {
        let next = Self {
            turn: self.turn + gains.turn * drift.phase / chips,
            period: self.period * (1.0 + gains.period * drift.time / chips),
            ..self
        }
        .after(chips);
        Self {
            phase: next.phase + gains.phase * drift.phase,
            boundary: next.boundary + gains.time * drift.time * next.period,
            ..next
        }
    }
}

/// Smooths what was measured along a frame: each pose becomes the value of the straight line through the
/// measurements `reach` before and behind it. Poses lie `chips` apart.
pub(super) fn smooth(
    poses: &mut [Pose],
    drifts: &[Drift],
    reach: usize,
    chips: f64,
    scratch: &mut Vec<Pose>,
) {
    scratch.clear();
    scratch.extend(poses.iter().zip(drifts).map(|(pose, drift)| Pose {
        boundary: pose.boundary + drift.time * pose.period,
        phase: pose.phase + drift.phase,
        ..*pose
    }));
    let count = scratch.len();
    for (at, pose) in poses.iter_mut().enumerate() {
        let from = at.saturating_sub(reach);
        let near = scratch.get(from..(at + reach + 1).min(count)).unwrap_or_default();
        let number = near.len() as f64;
        if near.len() < 4 {
            continue;
        }
        let mean = 0.5 * (number - 1.0);
        let spread = number * (number * number - 1.0) / 12.0;
        let line = |value: fn(&Pose) -> f64| {
            let origin = near.first().map_or(0.0, value);
            let (mut sum, mut moment) = (0.0, 0.0);
            for (place, pose) in near.iter().enumerate() {
                sum += value(pose) - origin;
                moment += (place as f64 - mean) * (value(pose) - origin);
            }
            let slope = moment / spread;
            (origin + sum / number + slope * ((at - from) as f64 - mean), slope)
        };
        let (boundary, step) = line(|pose| pose.boundary);
        let (phase, turn) = line(|pose| pose.phase);
        *pose = Pose { boundary, period: step / chips, phase, turn: turn / chips };
    }
}
