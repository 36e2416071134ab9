//! Which receiver is attached: found by answering, because the chips of their USB ends are generic.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Driver, Event, Kind, LineDriver, LinkModes, Now, State, StreamDriver, Transmit};

/// Some devices restart when their port is opened.
const RESTART: Duration = Duration::from_millis(200);

/// How long one kind may take to identify itself.
const PATIENCE: Duration = Duration::from_secs(4);

/// How long to wait for something that speaks unasked, at last.
const EAVESDROPPING: Duration = Duration::from_secs(8);

/// The rate at which that is tried.
const EAVESDROPPING_BAUD: u32 = 9600;

/// Tries one kind of receiver after the other, in the order of [`Kind::ALL`], and becomes the driver of the one that
/// answers. What answers to none is listened to: it may send lines or frames unasked.
#[derive(Debug)]
pub struct ProbeDriver {
    modes: LinkModes,
    stage: Stage,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
}

#[derive(Debug)]
enum Stage {
    /// The port was just opened.
    Restarting { until: Option<Duration> },
    /// The driver of `Kind::ALL[index]` is trying.
    Trying { index: usize, driver: Box<dyn Driver>, until: Duration },
    /// No kind answered.
    Eavesdropping { driver: Box<dyn Driver>, until: Duration },
    /// Found.
    Found { driver: Box<dyn Driver> },
    /// Nothing is there.
    Nothing,
}

impl ProbeDriver {
    /// Begins at a port that was just opened.
    pub fn new(modes: LinkModes) -> Self {
        Self {
            modes,
            stage: Stage::Restarting { until: None },
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Goes on to a kind; behind the last one to what speaks unasked.
    fn try_kind(&mut self, index: usize, now: Now) {
        let at = now.monotonic;
        self.stage = match Kind::ALL.get(index) {
            Some(kind) => {
                Stage::Trying { index, driver: kind.driver(self.modes), until: at.saturating_add(PATIENCE) }
            }
            None => {
                self.transmits.push_back(Transmit::BaudRate(EAVESDROPPING_BAUD));
                let driver = Box::new(StreamDriver::new(LineDriver::new()));
                Stage::Eavesdropping { driver, until: at.saturating_add(EAVESDROPPING) }
            }
        };
        self.drain(now);
    }

    /// Takes what the inner driver wants sent and tells; while it is only tried, nothing of it is told.
    fn drain(&mut self, now: Now) {
        let (driver, index) = match &mut self.stage {
            Stage::Trying { driver, index, .. } => (driver, Some(*index)),
            Stage::Eavesdropping { driver, .. } => (driver, None),
            Stage::Found { driver } => {
                self.transmits.extend(std::iter::from_fn(|| driver.poll_transmit()));
                self.events.extend(std::iter::from_fn(|| driver.poll_event()));
                return;
            }
            Stage::Restarting { .. } | Stage::Nothing => return,
        };
        self.transmits.extend(std::iter::from_fn(|| driver.poll_transmit()));
        let events: Vec<_> = std::iter::from_fn(|| driver.poll_event()).collect();
        if let Some(from) = events.iter().position(|event| matches!(event, Event::Identified(_))) {
            self.events.extend(events.into_iter().skip(from));
            if let Stage::Trying { driver, .. } | Stage::Eavesdropping { driver, .. } =
                std::mem::replace(&mut self.stage, Stage::Nothing)
            {
                self.stage = Stage::Found { driver };
            }
        } else if let (true, Some(index)) = (events.contains(&Event::State(State::Lost)), index) {
            self.try_kind(index + 1, now);
        }
    }

    fn driver(&mut self) -> Option<&mut Box<dyn Driver>> {
        match &mut self.stage {
            Stage::Trying { driver, .. } | Stage::Eavesdropping { driver, .. } | Stage::Found { driver } => {
                Some(driver)
            }
            Stage::Restarting { .. } | Stage::Nothing => None,
        }
    }
}

impl Driver for ProbeDriver {
    fn handle_input(&mut self, bytes: &[u8], now: Now) {
        if let Some(driver) = self.driver() {
            driver.handle_input(bytes, now);
        }
        self.drain(now);
    }

    fn handle_end(&mut self, now: Now) {
        if let Some(driver) = self.driver() {
            driver.handle_end(now);
        }
        self.drain(now);
    }

    fn handle_timeout(&mut self, now: Now) {
        let at = now.monotonic;
        match &mut self.stage {
            Stage::Restarting { until } => {
                let until = *until.get_or_insert(at.saturating_add(RESTART));
                if at >= until {
                    self.try_kind(0, now);
                }
            }
            Stage::Trying { index, until, .. } if at >= *until => {
                let next = *index + 1;
                self.try_kind(next, now);
            }
            Stage::Eavesdropping { until, .. } if at >= *until => {
                self.stage = Stage::Nothing;
                self.events.push_back(Event::State(State::Lost));
            }
            Stage::Trying { driver, .. } | Stage::Eavesdropping { driver, .. } | Stage::Found { driver } => {
                driver.handle_timeout(now);
            }
            Stage::Nothing => {}
        }
        self.drain(now);
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        match &self.stage {
            Stage::Restarting { until } => Some(until.unwrap_or(Duration::ZERO)),
            Stage::Trying { driver, until, .. } | Stage::Eavesdropping { driver, until } => {
                Some(driver.poll_timeout().map_or(*until, |due| due.min(*until)))
            }
            Stage::Found { driver } => driver.poll_timeout(),
            Stage::Nothing => None,
        }
    }

    fn set_link_modes(&mut self, modes: LinkModes, now: Now) {
        self.modes = modes;
        if let Some(driver) = self.driver() {
            driver.set_link_modes(modes, now);
        }
        self.drain(now);
    }
}
