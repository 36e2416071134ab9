//! What all sources that only send have in common: what is told, and how long nothing was heard.

use std::collections::VecDeque;
use std::time::Duration;

use crate::ReceivedFrame;
use crate::receiver::{Event, Identity, Now, Reject, State};

/// How long nothing may be heard before it is told.
const SILENCE: Duration = Duration::from_secs(60);

/// Collects what a source is to tell.
#[derive(Debug)]
pub(super) struct Hearing {
    /// What the source is called, until it was told.
    model: Option<&'static str>,
    events: VecDeque<Event>,
    state: State,
    /// When the last frame came, or the first question.
    heard_at: Option<Duration>,
}

impl Hearing {
    pub(super) fn new(model: &'static str) -> Self {
        Self { model: Some(model), events: VecDeque::new(), state: State::Idle, heard_at: None }
    }

    /// Tells a frame; the first one tells that the source is what it was taken for.
    pub(super) fn frame(&mut self, frame: ReceivedFrame, now: Now) {
        if let Some(model) = self.model.take() {
            let identity = Identity { model: model.to_owned(), ..Identity::default() };
            self.events.push_back(Event::Identified(identity));
        }
        self.heard_at = Some(now.monotonic);
        self.change_state(State::Receiving);
        self.events.push_back(Event::Frame(Box::new(frame)));
    }

    pub(super) fn reject(&mut self, reject: Reject) {
        self.events.push_back(Event::Rejected(reject));
    }

    pub(super) fn handle_timeout(&mut self, now: Now) {
        let since = *self.heard_at.get_or_insert(now.monotonic);
        if now.monotonic.saturating_sub(since) >= SILENCE {
            self.change_state(State::NothingHeard);
        }
    }

    pub(super) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub(super) fn poll_timeout(&self) -> Option<Duration> {
        match self.heard_at {
            None => Some(Duration::ZERO),
            Some(_) if self.state == State::NothingHeard => None,
            Some(at) => Some(at.saturating_add(SILENCE)),
        }
    }

    fn change_state(&mut self, state: State) {
        if std::mem::replace(&mut self.state, state) != state {
            self.events.push_back(Event::State(state));
        }
    }
}
