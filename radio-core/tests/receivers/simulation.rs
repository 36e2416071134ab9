//! A driver and an emulated receiver on one line, in a time that passes as fast as it can.

use std::time::Duration;

use jiff::Timestamp;
use radio_core::ReceivedFrame;
use radio_core::receiver::{self, Driver, Event, LinkModes, Now, Reject, State, Transmit};
use walkby_emulators::{AirTelegram, Emulator, Fault, Kind, Line, Sent};

/// The least time between two things that happen: a byte on a wire takes some, too.
const TICK: Duration = Duration::from_millis(1);

/// Is one receiver, its line, and the driver at the other end.
pub(crate) struct Simulation {
    driver: Box<dyn Driver>,
    kind: receiver::Kind,
    modes: LinkModes,
    emulator: Box<dyn Emulator>,
    line: Line,
    baud_rate: Option<u32>,
    now: Duration,
    powered_at: Duration,
    events: Vec<(Duration, Event)>,
}

impl Simulation {
    pub(crate) fn new(kind: receiver::Kind, emulated: Kind, modes: LinkModes, fault: Option<Fault>) -> Self {
        let mut simulation = Self {
            driver: kind.driver(modes),
            kind,
            modes,
            emulator: emulated.emulator(),
            line: Line::new(fault),
            baud_rate: None,
            now: Duration::ZERO,
            powered_at: Duration::ZERO,
            events: Vec::new(),
        };
        simulation.open();
        simulation
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        self.drain();
        while self.now < end {
            let next = [self.driver.poll_timeout(), self.line.next_due()].into_iter().flatten().min();
            self.now = next.map_or(end, |next| next.max(self.now + TICK)).min(end);
            while let Some(piece) = self.line.due(self.now) {
                if self.is_at_the_same_rate() {
                    self.driver.handle_input(&piece, self.time());
                }
                self.drain();
            }
            if self.driver.poll_timeout().is_some_and(|at| at <= self.now) {
                self.driver.handle_timeout(self.time());
            }
            self.drain();
        }
    }

    /// Lets time pass until the driver tells that it hears, and says whether it did.
    pub(crate) fn run_until_listening(&mut self, most: Duration) -> bool {
        let end = self.now + most;
        let told = self.events.len();
        while self.now < end {
            self.run(Duration::from_millis(100));
            if self.events[told..].iter().any(|(_, event)| matches!(event, Event::Listening(_))) {
                return true;
            }
        }
        false
    }

    /// Puts a telegram in the air and returns how many times it is on its way to the driver, whole.
    pub(crate) fn hear(&mut self, telegram: &AirTelegram) -> usize {
        match self.emulator.hear(telegram, self.now - self.powered_at) {
            Some(heard) => {
                let arrive = self.line.push(heard.message, Sent::Telegram, self.now);
                if heard.is_whole { arrive } else { 0 }
            }
            None => 0,
        }
    }

    /// Puts telegrams in the air, one each interval, and returns those that are on their way, as often as they are.
    pub(crate) fn hear_all(&mut self, telegrams: &[AirTelegram], interval: Duration) -> Vec<AirTelegram> {
        let mut under_way = Vec::new();
        for telegram in telegrams {
            let arrive = self.hear(telegram);
            under_way.extend(std::iter::repeat_n(telegram.clone(), arrive));
            self.run(interval);
        }
        under_way
    }

    /// Takes the receiver's power away and gives it again; the port stays.
    pub(crate) fn lose_power(&mut self) {
        self.emulator.lose_power();
        self.line.reopened();
        self.powered_at = self.now;
    }

    /// Closes the port and opens it again, with a new driver, as whoever owns a port does.
    pub(crate) fn reopen(&mut self) {
        self.driver = self.kind.driver(self.modes);
        self.open();
    }

    pub(crate) fn set_link_modes(&mut self, modes: LinkModes) {
        self.modes = modes;
        self.driver.set_link_modes(modes, self.time());
        self.drain();
    }

    /// Returns all that the driver told, with the time of it.
    pub(crate) fn events(&self) -> &[(Duration, Event)] {
        &self.events
    }

    pub(crate) fn frames(&self) -> Vec<&ReceivedFrame> {
        let mut frames = Vec::new();
        for (_, event) in &self.events {
            if let Event::Frame(frame) = event {
                frames.push(frame.as_ref());
            }
        }
        frames
    }

    /// Returns the bytes of all frames.
    pub(crate) fn heard(&self) -> Vec<Vec<u8>> {
        self.frames().into_iter().map(|frame| frame.frame.bytes().to_vec()).collect()
    }

    pub(crate) fn rejects(&self) -> Vec<Reject> {
        let reject = |event: &Event| if let Event::Rejected(reject) = event { Some(*reject) } else { None };
        self.events.iter().filter_map(|(_, event)| reject(event)).collect()
    }

    pub(crate) fn states(&self) -> Vec<State> {
        let state = |event: &Event| if let Event::State(state) = event { Some(*state) } else { None };
        self.events.iter().filter_map(|(_, event)| state(event)).collect()
    }

    /// Returns the modes that the driver told to be heard, in order.
    pub(crate) fn listenings(&self) -> Vec<LinkModes> {
        let modes = |event: &Event| if let Event::Listening(modes) = event { Some(*modes) } else { None };
        self.events.iter().filter_map(|(_, event)| modes(event)).collect()
    }

    fn open(&mut self) {
        self.line.reopened();
        let greeting = self.emulator.opened(self.now - self.powered_at);
        self.answer(greeting);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(transmit) = self.driver.poll_transmit() {
            match transmit {
                Transmit::Bytes(bytes) if self.is_at_the_same_rate() => {
                    let answers = self.emulator.receive(&bytes, self.now - self.powered_at);
                    self.answer(answers);
                }
                Transmit::BaudRate(baud_rate) => self.baud_rate = Some(baud_rate),
                _ => {}
            }
        }
        while let Some(event) = self.driver.poll_event() {
            self.events.push((self.now, event));
        }
    }

    fn answer(&mut self, answers: Vec<Vec<u8>>) {
        for answer in answers {
            self.line.push(answer, Sent::Answer, self.now);
        }
    }

    fn is_at_the_same_rate(&self) -> bool {
        self.emulator.baud_rate().is_none_or(|own| Some(own) == self.baud_rate)
    }

    fn time(&self) -> Now {
        Now { monotonic: self.now, wall: Timestamp::UNIX_EPOCH + self.now }
    }
}
