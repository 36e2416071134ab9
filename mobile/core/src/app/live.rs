//! A receiver as the radio.

use std::collections::VecDeque;

use radio_core::io::{PortError, ReceiverAddress, What};
use radio_core::receiver::{Event as Heard, LinkModes, Reject, State};

use super::frame_rate::FrameRate;
use super::model::{Event, Problem, ReceiverState};
use super::open::App;
use crate::clock::Now;
use crate::randomness::Randomness;
use crate::walk::Walk;

/// What the owner of the ports is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RadioOrder {
    /// Listen to this receiver, and to no other; what it tells carries the ticket.
    Listen {
        /// Which order this is.
        ticket: u64,
        /// Where the receiver is.
        address: ReceiverAddress,
        /// What is to be heard.
        modes: LinkModes,
    },
    /// Close its port.
    Stop,
}

/// Orders that were not carried out yet, and the number of the last one.
#[derive(Debug, Default)]
pub(super) struct RadioOrders {
    orders: VecDeque<RadioOrder>,
    ticket: u64,
}

/// A receiver that is listened to.
#[derive(Debug)]
pub(super) struct Live {
    ticket: u64,
    pub(super) state: ReceiverState,
    pub(super) model: Option<String>,
    pub(super) listening: Option<LinkModes>,
    pub(super) damaged: FrameRate,
    /// Whether people know already why the port is not there.
    is_failure_told: bool,
}

/// What came of something that the receiver told.
pub(super) enum Told {
    /// A frame, whole or damaged.
    Frame,
    /// Something about the receiver itself.
    Receiver,
    /// Why it cannot be listened to; told once until it answers.
    Failure(Problem),
}

impl Live {
    /// Takes in what the receiver told.
    pub(super) fn take_in(&mut self, what: What, walk: &mut Walk, now: Now) -> Told {
        match what {
            What::Event(Heard::Frame(frame)) => {
                self.is_failure_told = false;
                walk.handle_frame(*frame, now);
                return Told::Frame;
            }
            What::Event(Heard::Rejected(Reject::Crc | Reject::LineCode | Reject::Length)) => {
                self.damaged.count(now);
                walk.handle_rejected_line(now);
                return Told::Frame;
            }
            What::Event(Heard::Identified(identity)) => {
                self.is_failure_told = false;
                self.model = Some(identity.model);
            }
            What::Event(Heard::Listening(modes)) => self.listening = Some(modes),
            What::Event(Heard::State(state)) => self.state = state_of(state),
            What::Failed(error) => {
                self.state = ReceiverState::Lost;
                if !std::mem::replace(&mut self.is_failure_told, true) {
                    return Told::Failure(problem_of(&error));
                }
            }
            What::Ended => self.state = ReceiverState::Lost,
            _ => {}
        }
        Told::Receiver
    }
}

impl App {
    /// Returns what is to be done with the ports next.
    pub fn poll_radio(&mut self) -> Option<RadioOrder> {
        self.radio.orders.pop_front()
    }

    /// Takes in what a receiver told since the order with this ticket. What an earlier one still told is late.
    pub fn handle_radio(&mut self, ticket: u64, what: What, now: Now, randomness: &mut dyn Randomness) {
        let Some(listening) = &mut self.listening else { return };
        if listening.live_ticket() != Some(ticket) {
            return;
        }
        let tour = listening.tour;
        let told = match self.tours.walk(&mut self.store, tour, now, randomness) {
            Ok(walk) => listening.take_in_live(what, walk, now),
            Err(error) => Some(Told::Failure(error)),
        };
        if let Some(Told::Failure(problem)) = told {
            self.events.push_back(Event::Problem { problem });
        }
        self.changed.walk.touch();
    }

    /// Orders to listen to a receiver.
    pub(super) fn order_radio(&mut self, address: ReceiverAddress, modes: LinkModes) -> Live {
        self.radio.ticket += 1;
        let ticket = self.radio.ticket;
        self.radio.orders.push_back(RadioOrder::Listen { ticket, address, modes });
        Live {
            ticket,
            state: ReceiverState::Idle,
            model: None,
            listening: None,
            damaged: FrameRate::default(),
            is_failure_told: false,
        }
    }

    /// Orders to close the receiver's port.
    pub(super) fn order_silence(&mut self) {
        self.radio.orders.push_back(RadioOrder::Stop);
    }
}

impl Live {
    pub(super) fn ticket(&self) -> u64 {
        self.ticket
    }
}

pub(super) fn state_of(state: State) -> ReceiverState {
    match state {
        State::Receiving => ReceiverState::Receiving,
        State::Overloaded => ReceiverState::Overloaded,
        State::NothingHeard => ReceiverState::NothingHeard,
        State::Lost => ReceiverState::Lost,
        _ => ReceiverState::Idle,
    }
}

/// Returns the problem behind a port that is not there. It passes when someone plugs the receiver in.
pub(super) fn problem_of(error: &PortError) -> Problem {
    let code = match error {
        PortError::Open { error, .. } if error.kind() == std::io::ErrorKind::PermissionDenied => {
            "receiver_denied"
        }
        PortError::Open { .. } | PortError::NoHost { .. } | PortError::NoProgram { .. } => "no_receiver",
        _ => "receiver_lost",
    };
    Problem::passing(code, error)
}
