//! What else the chips could have been, and how much less likely that is.
//!
//! Where two ways met, the one that lost says which chips would have been other and by how much it was worse; the same
//! holds for the ways that ended in another state than the best one. A way that lost had itself won against others
//! on its way: those that are still likely are alternatives as well, or a wrong chip beside a likelier pair of
//! wrong ones would be hidden by them.

use super::{ChipTrellis, FIRST_STATE, OLDEST, predecessor};
use crate::sequence::ErrorEvent;

/// Alternatives that cost more are none, in nats.
const MAX_COST: f32 = 14.0;
/// The same for those that lost against one that lost.
const MAX_HIDDEN_COST: f32 = 11.0;
/// An alternative that differs for more chips is none.
const MAX_CHIPS: usize = 32;

/// A way that lost, followed back to where it leaves the decided one.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// Its state before the chip `number`.
    state: usize,
    number: usize,
    /// Where it differs behind that, as in [`ErrorEvent::mask`].
    mask: u32,
    cost: f32,
}

impl ChipTrellis {
    /// Notes every other way that was not much worse where it met the decided one.
    pub(in super::super) fn events(&self, events: &mut Vec<ErrorEvent>) {
        events.clear();
        let scale = 2.0 * self.amplitude / self.noise;
        for (number, (step, state)) in self.steps.iter().zip(&self.states).enumerate() {
            let state = usize::from(*state);
            let cost = scale * step.lead(state);
            if cost < MAX_COST {
                let state = predecessor(step, state) ^ OLDEST;
                self.follow(Way { state, number, mask: 0, cost: cost.max(0.0) }, scale, true, events);
            }
        }
        let last = self.states.last().copied().map(usize::from);
        for (state, behind) in self.behind.iter().enumerate().filter(|(state, _)| Some(*state) != last) {
            let cost = scale * behind;
            if cost < MAX_COST {
                let way = Way { state, number: self.steps.len(), mask: 0, cost: cost.max(0.0) };
                self.follow(way, scale, true, events);
            }
        }
    }

    /// Follows another way back until it leaves the decided one, and what it had won against.
    fn follow(&self, mut way: Way, scale: f32, with_hidden: bool, events: &mut Vec<ErrorEvent>) {
        let first = way.number.saturating_sub(MAX_CHIPS);
        while way.number > first {
            let at = way.number - 1;
            let (Some(step), Some(own)) = (self.steps.get(at), self.states.get(at)) else { return };
            let own = usize::from(*own);
            if own == way.state {
                break;
            }
            let other = predecessor(step, way.state);
            let mask = way.mask >> 1 | ((own ^ way.state) as u32 & 1) << 31;
            let hidden = way.cost + scale * step.lead(way.state);
            if with_hidden && hidden < MAX_HIDDEN_COST {
                self.follow(
                    Way { state: other ^ OLDEST, number: at, mask, cost: hidden },
                    scale,
                    false,
                    events,
                );
            }
            way = Way { state: other, number: at, mask, ..way };
        }
        let own = match way.number.checked_sub(1) {
            Some(at) => self.states.get(at).copied().map(usize::from),
            None => Some(FIRST_STATE),
        };
        if own == Some(way.state) && events.len() < events.capacity() {
            events.push(ErrorEvent { bit: way.number, mask: way.mask, cost: way.cost });
        }
    }
}
