//! Trying a receiver out before a walk.

use std::collections::BTreeSet;

use radio_core::io::What;
use radio_core::receiver::Event as Heard;
use wmbus::Addresses;

use super::live::{problem_of, state_of};
use super::model::{Problem, ReceiverState, ReceiverTrial};

/// Frames after which there is nothing more to learn.
const ENOUGH: u64 = 20;
/// Meters at most that are told apart, so that memory stays bounded in any house.
const MOST_METERS: usize = 1_000;

/// What a receiver showed so far.
#[derive(Debug, Default)]
pub(super) struct Trial {
    seen: Option<ReceiverTrial>,
    meters: BTreeSet<wmbus::MeterAddress>,
    failure: Option<Problem>,
}

impl Trial {
    /// Takes in what the receiver told; returns whether that is enough.
    pub(super) fn take_in(&mut self, what: What) -> bool {
        let seen = self.seen.get_or_insert_default();
        match what {
            What::Event(Heard::Identified(identity)) => {
                seen.model = Some(identity.model);
                seen.id = identity.id;
                seen.firmware = identity.firmware;
                self.failure = None;
            }
            What::Event(Heard::Listening(modes)) => seen.link_modes = Some(modes.to_string()),
            What::Event(Heard::State(state)) => seen.state = state_of(state),
            What::Event(Heard::Frame(frame)) => {
                seen.frames += 1;
                seen.best_rssi_dbm = seen.best_rssi_dbm.max(frame.rssi_dbm);
                if let Ok(addresses) = Addresses::read(&frame.frame)
                    && self.meters.len() < MOST_METERS
                {
                    self.meters.insert(addresses.meter);
                }
                seen.meters = self.meters.len();
            }
            What::Event(Heard::Rejected(_)) => seen.damaged += 1,
            What::Failed(error) => {
                seen.state = ReceiverState::Lost;
                self.failure = Some(problem_of(&error));
            }
            What::Ended => return true,
            _ => {}
        }
        seen.frames >= ENOUGH || self.failure.is_some()
    }

    /// Returns what was seen.
    ///
    /// # Errors
    /// `no_receiver`, `receiver_denied` or `receiver_lost` where nothing answered.
    pub(super) fn outcome(self) -> Result<ReceiverTrial, Problem> {
        let silent = || Problem::passing("receiver_lost", "the receiver did not answer");
        match (self.failure, self.seen) {
            (Some(problem), _) => Err(problem),
            (None, Some(seen)) if seen.model.is_some() || seen.frames > 0 => Ok(seen),
            (None, _) => Err(silent()),
        }
    }
}
