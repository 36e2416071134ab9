//! Samples of an SDR, demodulated here.

use std::collections::VecDeque;
use std::time::Duration;

use demodulator::{Complex32, Demodulator, SampleDecoder, SampleFormat};
use wmbus::LinkMode;

use super::damaged::Damaged;
use super::{Driver, Event, Identity, LinkModes, Now, State, Transmit, Tuning};
use crate::ReceivedFrame;

/// The stream is judged over this time.
const WINDOW: Duration = Duration::from_secs(5);
/// Whoever gets fewer samples than this, in percent, does not keep up: the source throws away what it cannot send.
const ENOUGH_PERCENT: u64 = 85;
/// A stream that stops for so long is lost.
const SILENCE: Duration = Duration::from_secs(5);
/// How long nothing may be heard before it is told.
const NOTHING_HEARD: Duration = Duration::from_secs(60);

/// Takes the samples of `rtl_sdr`: unsigned bytes, I and Q in turn.
#[derive(Debug)]
pub struct SampleDriver {
    tuning: Tuning,
    model: Option<String>,
    /// None while no mode is wanted.
    demodulator: Option<Demodulator>,
    decoder: SampleDecoder,
    samples: Vec<Complex32>,
    events: VecDeque<Event>,
    state: State,
    damaged: Damaged,
    /// When the last samples came, or the driver was asked first.
    arrived_at: Option<Duration>,
    heard_at: Duration,
    window: Option<Window>,
}

/// How many bytes came since when.
#[derive(Debug)]
struct Window {
    since: Duration,
    bytes: u64,
}

impl SampleDriver {
    /// Begins with a source that is set as `tuning` says.
    pub fn new(tuning: Tuning, modes: LinkModes) -> Self {
        let mut driver = Self {
            tuning,
            model: Some("RTL-SDR".to_owned()),
            demodulator: None,
            decoder: SampleDecoder::new(SampleFormat::Cu8),
            samples: Vec::new(),
            events: VecDeque::new(),
            state: State::Idle,
            damaged: Damaged::new(tuning.rate_hz),
            arrived_at: None,
            heard_at: Duration::ZERO,
            window: None,
        };
        driver.listen_to(modes);
        driver
    }

    /// Gives the source a better name, before its first samples.
    pub(super) fn rename(&mut self, model: String) {
        self.model = Some(model);
    }

    fn listen_to(&mut self, modes: LinkModes) {
        let wanted =
            [LinkMode::S1, LinkMode::T1, LinkMode::C1].into_iter().filter(|mode| modes.contains(*mode));
        let demodulator = Demodulator::builder(self.tuning.rate_hz)
            .center_hz(self.tuning.center_hz())
            .link_modes(wanted)
            .build();
        self.damaged = Damaged::new(self.tuning.rate_hz);
        // Rates that hold no channel were refused with the tuning; what is left is that no mode is wanted.
        self.demodulator = demodulator.ok();
        let heard = self.demodulator.as_ref().map_or(LinkModes::default(), |_| modes);
        self.events.push_back(Event::Listening(heard));
        if heard.is_empty() {
            self.change_state(State::Idle);
        }
    }

    /// Counts what arrived, and judges the stream at the end of each window.
    fn count(&mut self, bytes: usize, now: Now) {
        let at = now.monotonic;
        let window = self.window.get_or_insert(Window { since: at, bytes: 0 });
        window.bytes = window.bytes.saturating_add(bytes as u64);
        let lasted = at.saturating_sub(window.since);
        if lasted < WINDOW {
            return;
        }
        let due = u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX);
        let due = due.saturating_mul(2 * u64::from(self.tuning.rate_hz)) / 1000;
        let is_behind = window.bytes < due / 100 * ENOUGH_PERCENT;
        self.window = Some(Window { since: at, bytes: 0 });
        if self.demodulator.is_none() {
            return;
        }
        let is_quiet = at.saturating_sub(self.heard_at) >= NOTHING_HEARD;
        self.change_state(match (is_behind, is_quiet) {
            (true, _) => State::Overloaded,
            (false, true) => State::NothingHeard,
            (false, false) => State::Receiving,
        });
    }

    fn change_state(&mut self, state: State) {
        if std::mem::replace(&mut self.state, state) != state {
            self.events.push_back(Event::State(state));
        }
    }
}

impl Driver for SampleDriver {
    fn handle_input(&mut self, bytes: &[u8], now: Now) {
        if let Some(model) = self.model.take() {
            self.events.push_back(Event::Identified(Identity { model, ..Identity::default() }));
            self.heard_at = now.monotonic;
        }
        self.arrived_at = Some(now.monotonic);
        self.samples.clear();
        self.decoder.feed(bytes, &mut self.samples);
        if let Some(demodulator) = &mut self.demodulator {
            let before = self.events.len();
            for heard in demodulator.feed(&self.samples) {
                let mut frame = ReceivedFrame::from(heard);
                // The stream began when the receiver was opened, which means nothing to anyone.
                frame.offset = None;
                self.events.push_back(Event::Frame(Box::new(frame)));
            }
            let has_frame = self.events.len() > before;
            if has_frame {
                self.heard_at = now.monotonic;
            }
            let rejected = demodulator.statistics().rejected;
            let damaged = self.damaged.take(self.samples.len(), has_frame, rejected);
            self.events.extend(damaged.map(Event::Rejected));
            if self.state == State::Idle {
                self.change_state(State::Receiving);
            }
        }
        self.count(bytes.len(), now);
    }

    fn handle_timeout(&mut self, now: Now) {
        let since = *self.arrived_at.get_or_insert(now.monotonic);
        if now.monotonic.saturating_sub(since) >= SILENCE {
            self.change_state(State::Lost);
        }
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        None
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        match self.arrived_at {
            None => Some(Duration::ZERO),
            Some(_) if self.state == State::Lost => None,
            Some(at) => Some(at.saturating_add(SILENCE)),
        }
    }

    fn set_link_modes(&mut self, modes: LinkModes, _now: Now) {
        self.listen_to(modes);
    }
}
