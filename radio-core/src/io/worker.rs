//! The thread of one receiver.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::address::Source;
use super::listener::Orders;
use super::pause::Pause;
use super::port::{Arrival, Port};
use super::{Notice, PortError, ReceiverAddress, ReceiverId, What};
use crate::io::clock::Clock;
use crate::receiver::{Driver, Event, LinkModes, Now, State, Transmit};

/// How soon a worker notices new orders.
const ATTENTION: Duration = Duration::from_millis(100);

/// How long a worker waits when nobody takes what it has to tell.
const CROWDED: Duration = Duration::from_millis(10);

/// As much as an SDR brings in 20 ms.
const BUFFER: usize = 64 * 1024;

/// How old a frame may be that a gateway held back, and how far its clock may be ahead of ours. A clock beyond that was
/// never set.
const HELD_BACK: SignedDuration = SignedDuration::from_hours(24);
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// Owns one receiver: opens its port, lets its driver speak, begins anew when the port was lost.
pub(super) struct Worker {
    pub(super) id: ReceiverId,
    pub(super) address: ReceiverAddress,
    pub(super) orders: Arc<Orders>,
    pub(super) notices: SyncSender<Notice>,
    pub(super) clock: Clock,
}

/// Why a worker works no more.
struct Dismissed;

/// What a worker remembers from one opening of the port to the next.
struct Told {
    name: String,
    state: State,
    failure: Option<String>,
    pause: Pause,
    buffer: Vec<u8>,
}

impl Worker {
    /// Works until it is told to stop, or the source comes to its end.
    pub(super) fn run(self) {
        let mut told = Told {
            name: self.address.to_string(),
            state: State::Idle,
            failure: None,
            pause: Pause::new(),
            buffer: vec![0; BUFFER],
        };
        while let Ok(failure) = self.attempt(&mut told) {
            if self.attend(failure, &mut told).is_err() {
                return;
            }
        }
    }

    /// Opens the port and listens until it is lost; returns why.
    fn attempt(&self, told: &mut Told) -> Result<PortError, Dismissed> {
        match self.address.open() {
            Ok(mut port) => {
                let modes = self.orders.link_modes();
                let mut driver = self.address.driver(modes);
                match self.listen(port.as_mut(), driver.as_mut(), modes, told)? {
                    Some(failure) => Ok(failure),
                    None if self.address.has_end() => {
                        let _ = self.tell(What::Ended, self.clock.now());
                        Err(Dismissed)
                    }
                    None => Ok(self.address.closed()),
                }
            }
            Err(failure) => Ok(failure),
        }
    }

    /// Tells that the port is not there and waits until it is tried again.
    fn attend(&self, failure: PortError, told: &mut Told) -> Result<(), Dismissed> {
        let now = self.clock.now();
        self.tell_state(State::Lost, now, told)?;
        let reason = failure.to_string();
        if told.failure.as_ref() != Some(&reason) {
            told.failure = Some(reason);
            self.tell(What::Failed(failure), now)?;
        }
        let until = now.monotonic.saturating_add(told.pause.grow());
        loop {
            if self.orders.is_stopped() {
                return Err(Dismissed);
            }
            match until.checked_sub(self.clock.now().monotonic) {
                Some(rest) if !rest.is_zero() => thread::park_timeout(rest),
                _ => return Ok(()),
            }
        }
    }

    /// Carries bytes between port and driver until the port is lost; none when it came to its end.
    fn listen(
        &self,
        port: &mut dyn Port,
        driver: &mut dyn Driver,
        mut modes: LinkModes,
        told: &mut Told,
    ) -> Result<Option<PortError>, Dismissed> {
        loop {
            if self.orders.is_stopped() {
                return Err(Dismissed);
            }
            let wanted = self.orders.link_modes();
            if wanted != modes {
                modes = wanted;
                driver.set_link_modes(modes, self.clock.now());
            }
            if let ControlFlow::Break(failure) = self.drain(port, driver, told)? {
                return Ok(Some(failure));
            }
            let now = self.clock.now();
            let wait = driver.poll_timeout().map_or(ATTENTION, |due| due.saturating_sub(now.monotonic));
            let arrival = match wait {
                Duration::ZERO => Ok(Arrival::Nothing),
                wait => port.receive(&mut told.buffer, wait.min(ATTENTION)),
            };
            let now = self.clock.now();
            match arrival {
                Err(error) => return Ok(Some(PortError::Lost(error))),
                Ok(Arrival::Nothing) => {}
                Ok(Arrival::Bytes(count)) => {
                    driver.handle_input(told.buffer.get(..count).unwrap_or_default(), now);
                }
                Ok(Arrival::Message(count)) => {
                    driver.handle_input(told.buffer.get(..count).unwrap_or_default(), now);
                    driver.handle_end(now);
                }
                Ok(Arrival::End) => {
                    driver.handle_end(now);
                    let drained = self.drain(port, driver, told)?;
                    return Ok(drained.break_value());
                }
            }
            if driver.poll_timeout().is_some_and(|due| due <= now.monotonic) {
                driver.handle_timeout(now);
            }
        }
    }

    /// Sends what the driver wants sent, and tells what it tells.
    fn drain(
        &self,
        port: &mut dyn Port,
        driver: &mut dyn Driver,
        told: &mut Told,
    ) -> Result<ControlFlow<PortError>, Dismissed> {
        let now = self.clock.now();
        while let Some(event) = driver.poll_event() {
            if event == Event::State(State::Lost) {
                // Opening the port anew wakes up more sticks than asking again.
                return Ok(ControlFlow::Break(PortError::Silent));
            }
            self.tell_event(event, now, told)?;
        }
        while let Some(transmit) = driver.poll_transmit() {
            let sent = match transmit {
                Transmit::Bytes(bytes) => port.send(&bytes),
                Transmit::BaudRate(baud) => port.set_baud_rate(baud),
            };
            if let Err(error) = sent {
                return Ok(ControlFlow::Break(PortError::Lost(error)));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn tell_event(&self, mut event: Event, now: Now, told: &mut Told) -> Result<(), Dismissed> {
        match &mut event {
            Event::State(state) => {
                let state = *state;
                return self.tell_state(state, now, told);
            }
            Event::Frame(frame) => {
                frame.receiver.get_or_insert_with(|| told.name.clone());
                frame.received_at = match self.address.source() {
                    Source::Recorded => frame.received_at,
                    Source::Piped => frame.received_at.or(Some(now.wall)),
                    Source::Live => frame.received_at.filter(|at| is_recent(*at, now)).or(Some(now.wall)),
                };
            }
            _ => {}
        }
        if matches!(event, Event::Identified(_) | Event::Frame(_)) {
            told.failure = None;
            told.pause = Pause::new();
        }
        self.tell(What::Event(event), now)
    }

    /// Tells the receiver's state, if it is another one than was told last.
    fn tell_state(&self, state: State, now: Now, told: &mut Told) -> Result<(), Dismissed> {
        if std::mem::replace(&mut told.state, state) == state {
            return Ok(());
        }
        self.tell(What::Event(Event::State(state)), now)
    }

    /// Hands a notice over; waits while the channel is full, so that nothing that was heard is lost here.
    fn tell(&self, what: What, at: Now) -> Result<(), Dismissed> {
        let mut notice = Notice { receiver: self.id, at, what };
        loop {
            match self.notices.try_send(notice) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(Dismissed),
                Err(TrySendError::Full(_)) if self.orders.is_stopped() => return Err(Dismissed),
                Err(TrySendError::Full(back)) => notice = back,
            }
            thread::park_timeout(CROWDED);
        }
    }
}

/// Tells whether a live frame can have been received at that time.
fn is_recent(at: Timestamp, now: Now) -> bool {
    (-AHEAD..=HELD_BACK).contains(&now.wall.duration_since(at))
}
