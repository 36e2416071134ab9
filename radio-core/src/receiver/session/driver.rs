//! The life of a receiver at a port.

use std::collections::VecDeque;
use std::time::Duration;

use super::inbox::{Inbox, Taken};
use super::protocol::{Handled, Protocol, Turn, Unanswered};
use super::watch::Watch;
use crate::receiver::{Driver, Event, LinkModes, Now, Reject, State, Transmit};

/// How long one turn lasts. Meters send every 8, 10, 15, 16 … seconds: two turns of 7 s are in step with none of
/// them, so that no meter falls into the wrong turn for ever.
const TURN: Duration = Duration::from_secs(7);
/// How long a receiver that is lost is left alone, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// How often a receiver that hears nothing is set up again: it may have restarted and forgotten its setting.
const SET_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Speaks with a receiver by its [`Protocol`].
#[derive(Debug)]
pub(in crate::receiver) struct Session<P: Protocol> {
    protocol: P,
    wanted: LinkModes,
    phase: Phase<P::Step>,
    is_identified: bool,
    /// Whether all was asked and the turns were not changed since.
    is_set_up: bool,
    turns: Vec<Turn<P::Setting>>,
    /// The turn that is on or being set.
    turn: usize,
    /// When the turn was set; none while it is being set.
    tuned_at: Option<Duration>,
    /// What was told to be heard.
    listening: Option<LinkModes>,
    /// When the last message came.
    alive_at: Duration,
    /// How long the next pause of a lost receiver is.
    pause: Duration,
    state: State,
    /// The time of the last call.
    now: Duration,
    inbox: Inbox,
    watch: Watch,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
}

#[derive(Debug)]
enum Phase<S> {
    /// A question was sent.
    Asking { step: S, attempts_left: u8, answer_within: Duration, until: Until },
    /// The receiver is left alone before the next question.
    Pausing { until: Duration },
    /// All was asked.
    Listening,
    /// It does not answer; it is asked anew then.
    Lost { until: Duration },
}

/// Is when an answer is overdue.
#[derive(Debug)]
enum Until {
    /// The question was made without a clock; its time begins with the next call.
    NotYet,
    At(Duration),
}

impl<P: Protocol> Session<P> {
    /// Begins with a receiver of which nothing is known.
    pub(in crate::receiver) fn new(mut protocol: P, wanted: LinkModes) -> Self {
        protocol.begin();
        let mut session = Self {
            protocol,
            wanted,
            phase: Phase::Listening,
            is_identified: false,
            is_set_up: false,
            turns: Vec::new(),
            turn: 0,
            tuned_at: None,
            listening: None,
            alive_at: Duration::ZERO,
            pause: PAUSES.0,
            state: State::Idle,
            now: Duration::ZERO,
            inbox: Inbox::default(),
            watch: Watch::new(P::BAUD_RATE, P::IS_UART),
            transmits: VecDeque::from([Transmit::BaudRate(P::BAUD_RATE)]),
            events: VecDeque::new(),
        };
        if let Some(step) = session.protocol.next() {
            session.ask(step, Until::NotYet);
        }
        session
    }

    fn ask(&mut self, step: P::Step, until: Until) {
        let request = self.protocol.request(step);
        self.transmits.push_back(Transmit::Bytes(request.bytes));
        self.phase = Phase::Asking {
            step,
            attempts_left: request.attempts.saturating_sub(1),
            answer_within: request.answer_within,
            until,
        };
    }

    /// Goes on with what is known now: asks the next question, or listens.
    fn advance(&mut self) {
        loop {
            if let Some(step) = self.protocol.next() {
                let until = self.now.saturating_add(self.protocol.request(step).answer_within);
                return self.ask(step, Until::At(until));
            }
            if !self.is_identified {
                self.is_identified = true;
                self.events.push_back(Event::Identified(self.protocol.identity()));
            }
            let turns = self.protocol.turns(self.wanted);
            if turns == self.turns {
                break;
            }
            self.turns = turns;
            self.is_set_up = false;
            self.begin_turn(0);
        }
        self.listen();
    }

    fn listen(&mut self) {
        self.phase = Phase::Listening;
        self.alive_at = self.now;
        self.pause = PAUSES.0;
        self.tuned_at.get_or_insert(self.now);
        let hears = self.turns.get(self.turn).map_or(LinkModes::default(), |turn| turn.hears);
        if self.listening != Some(hears) {
            self.listening = Some(hears);
            self.events.push_back(Event::Listening(hears));
        }
        if !self.is_set_up {
            self.is_set_up = true;
            self.watch.begin(self.now);
        }
    }

    /// Wants a turn set, which the next question does.
    fn begin_turn(&mut self, turn: usize) {
        self.turn = turn;
        self.tuned_at = None;
        if let Some(turn) = self.turns.get(turn) {
            self.protocol.tune(turn.setting);
        }
    }

    fn begin_anew(&mut self) {
        self.protocol.begin();
        self.is_identified = false;
        self.turns = Vec::new();
        self.tuned_at = None;
        self.advance();
    }

    fn lose(&mut self) {
        self.is_set_up = false;
        self.listening = None;
        self.phase = Phase::Lost { until: self.now.saturating_add(self.pause) };
        self.pause = self.pause.saturating_mul(2).min(PAUSES.1);
        self.change_state(State::Lost);
    }

    /// Takes everything out of the inbox that is complete.
    fn take_all(&mut self, now: Now) {
        while let Some(taken) = self.inbox.next(&self.protocol, self.asked()) {
            match taken {
                Taken::Rejected(reason) => self.reject(reason),
                Taken::Message(message) => self.take(message, now),
            }
        }
    }

    fn take(&mut self, message: P::Message, now: Now) {
        self.alive_at = self.now;
        let asked = self.asked();
        match self.protocol.handle(message, asked, now) {
            Handled::Answer => {
                if let Some(step) = asked {
                    self.answered(step);
                }
            }
            Handled::Refused => {
                if let Some(step) = asked {
                    let what = self.protocol.refused(step);
                    self.go_on(step, what);
                }
            }
            Handled::Ignored => {}
            Handled::Frame(_) if self.wanted.is_empty() => {}
            Handled::Frame(Ok(frame)) => {
                self.watch.frame(self.now);
                self.events.push_back(Event::Frame(frame));
            }
            Handled::Frame(Err(reason)) => self.reject(reason),
        }
        if matches!(self.phase, Phase::Lost { .. }) {
            self.begin_anew();
        }
    }

    fn asked(&self) -> Option<P::Step> {
        match self.phase {
            Phase::Asking { step, .. } => Some(step),
            _ => None,
        }
    }

    fn reject(&mut self, reason: Reject) {
        self.watch.fault(self.now);
        self.events.push_back(Event::Rejected(reason));
    }

    fn answered(&mut self, step: P::Step) {
        let pause = self.protocol.request(step).pause;
        if pause.is_zero() {
            self.advance();
        } else {
            self.phase = Phase::Pausing { until: self.now.saturating_add(pause) };
        }
    }

    fn go_on(&mut self, step: P::Step, what: Unanswered) {
        match what {
            Unanswered::Lost => self.lose(),
            Unanswered::GoOn => self.answered(step),
        }
    }

    /// Does what has become due in this phase.
    fn handle_phase_timeout(&mut self) {
        let now = self.now;
        match &mut self.phase {
            Phase::Asking { until: until @ Until::NotYet, answer_within, .. } => {
                *until = Until::At(now.saturating_add(*answer_within));
            }
            Phase::Asking { step, attempts_left, answer_within, until: Until::At(until) }
                if now >= *until =>
            {
                let step = *step;
                match attempts_left.checked_sub(1) {
                    Some(left) => {
                        (*attempts_left, *until) = (left, now.saturating_add(*answer_within));
                        self.transmits.push_back(Transmit::Bytes(self.protocol.request(step).bytes));
                    }
                    None => {
                        let what = self.protocol.unanswered(step);
                        self.go_on(step, what);
                    }
                }
            }
            Phase::Pausing { until } if now >= *until => self.advance(),
            Phase::Lost { until } if now >= *until => self.begin_anew(),
            Phase::Listening => self.handle_listening_timeout(),
            _ => {}
        }
    }

    fn handle_listening_timeout(&mut self) {
        if self.turn_ends_at().is_some_and(|end| self.now >= end) {
            let next = if self.turn + 1 < self.turns.len() { self.turn + 1 } else { 0 };
            self.begin_turn(next);
            self.advance();
        } else if self.set_again_at().is_some_and(|at| self.now >= at) {
            self.begin_turn(self.turn);
            self.advance();
        } else if self.now >= self.alive_at.saturating_add(P::QUIET_FOR) {
            self.protocol.check();
            self.advance();
        }
    }

    fn turn_ends_at(&self) -> Option<Duration> {
        (self.turns.len() > 1).then_some(self.tuned_at?.saturating_add(TURN))
    }

    fn set_again_at(&self) -> Option<Duration> {
        let tuned_at = self.tuned_at.filter(|_| self.state == State::NothingHeard && !self.turns.is_empty());
        tuned_at.map(|at| at.saturating_add(SET_AGAIN_AFTER))
    }

    fn change_state(&mut self, state: State) {
        if self.state != state {
            self.state = state;
            self.events.push_back(Event::State(state));
        }
    }

    /// Tells the state if it is another one.
    fn judge(&mut self) {
        if self.is_set_up {
            let state = if self.turns.is_empty() { State::Idle } else { self.watch.state(self.now) };
            self.change_state(state);
        }
    }
}

impl<P: Protocol> Driver for Session<P> {
    fn handle_input(&mut self, bytes: &[u8], now: Now) {
        self.now = self.now.max(now.monotonic);
        self.watch.bytes(bytes.len(), self.now);
        self.inbox.extend(bytes, self.now);
        self.take_all(now);
        self.judge();
    }

    fn handle_timeout(&mut self, now: Now) {
        self.now = self.now.max(now.monotonic);
        if self.inbox.poll_timeout::<P>().is_some_and(|at| self.now >= at) {
            if let Some(reason) = self.inbox.give_up(&self.protocol) {
                self.reject(reason);
            }
            self.take_all(now);
        }
        self.judge();
        self.handle_phase_timeout();
        self.judge();
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        let phase = match self.phase {
            Phase::Asking { until: Until::NotYet, .. } => Some(Duration::ZERO),
            Phase::Asking { until: Until::At(until), .. }
            | Phase::Pausing { until }
            | Phase::Lost { until } => Some(until),
            Phase::Listening => {
                let quiet = Some(self.alive_at.saturating_add(P::QUIET_FOR));
                [quiet, self.turn_ends_at(), self.set_again_at()].into_iter().flatten().min()
            }
        };
        let is_judged = self.is_set_up && self.state != State::Idle;
        let watch = self.watch.poll_timeout(self.now).filter(|_| is_judged);
        [phase, watch, self.inbox.poll_timeout::<P>()].into_iter().flatten().min()
    }

    fn set_link_modes(&mut self, modes: LinkModes, now: Now) {
        self.now = self.now.max(now.monotonic);
        self.wanted = modes;
        if matches!(self.phase, Phase::Listening) {
            self.advance();
        }
        self.judge();
    }
}
