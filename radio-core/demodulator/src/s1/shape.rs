//! Modulation indices and roundings that transmissions of mode S have, with their pulses made in advance.

use crate::sequence::Pulse;

/// Standard deviations of the Gaussian that rounds the pulses, in chips (0.1325 / BT): none, BT 1, BT 0.5.
const ROUNDINGS: [f64; 3] = [0.0, 0.1325, 0.265];
/// The least index, of 35 kHz of deviation; steps of 1.2 kHz up to 88 kHz.
const LEAST_INDEX: f64 = 2.1;
const INDEX_STEP: f64 = 0.075;
const INDICES: usize = 45;

/// A modulation index and a rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    index: usize,
    rounding: usize,
}

impl Shape {
    /// Returns the shape next to an index, half rounded; `None` where the index is out of range.
    pub(super) fn nearest(index: f64) -> Option<Self> {
        let step = ((index - LEAST_INDEX) / INDEX_STEP).round();
        (step >= 0.0 && step < INDICES as f64).then_some(Self { index: step as usize, rounding: 1 })
    }

    /// Returns the modulation index.
    pub(super) fn index(self) -> f64 {
        LEAST_INDEX + INDEX_STEP * self.index as f64
    }

    /// Returns the rounding's standard deviation in chips.
    pub(super) fn rounding(self) -> f64 {
        ROUNDINGS.get(self.rounding).copied().unwrap_or_default()
    }

    /// Returns the shape with the index so many steps higher, as far as there are any.
    pub(super) fn moved(self, steps: isize) -> Self {
        Self { index: self.index.saturating_add_signed(steps).min(INDICES - 1), ..self }
    }

    /// Returns the shape with more or less rounding, as far as there is.
    pub(super) fn rounded(self, steps: isize) -> Self {
        Self { rounding: self.rounding.saturating_add_signed(steps).min(ROUNDINGS.len() - 1), ..self }
    }

    /// Returns the shapes that look much like this one: rounded pulses look like ones of less deviation.
    pub(super) fn likely(self) -> impl Iterator<Item = Self> {
        let roundings = (0..ROUNDINGS.len()).map(move |rounding| Self { rounding, ..self });
        roundings.flat_map(|shape| [-4, 0, 4, 8, 12].map(|steps| shape.moved(steps)))
    }
}

/// The pulses of all shapes.
#[derive(Debug)]
pub(super) struct PulseGrid {
    pulses: Vec<Pulse>,
}

impl PulseGrid {
    pub(super) fn new() -> Self {
        let shapes = (0..INDICES)
            .flat_map(|index| (0..ROUNDINGS.len()).map(move |rounding| Shape { index, rounding }));
        Self { pulses: shapes.map(|shape| Pulse::new(shape.index(), shape.rounding())).collect() }
    }

    #[allow(
        clippy::indexing_slicing,
        reason = "there is a pulse for every shape, and only this file makes shapes"
    )]
    pub(super) fn of(&self, shape: Shape) -> &Pulse {
        &self.pulses[shape.index * ROUNDINGS.len() + shape.rounding]
    }
}
