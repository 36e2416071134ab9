//! An RTL-SDR behind the program `rtl_tcp`, also on a phone or at the other end of the network.
//!
//! It greets with 12 bytes, `RTL0`, the tuner and how many gains it has, and sends samples from then on. A command is
//! one byte and a number of 32 bits, high byte first (receivers.md, 6.3).

use std::collections::VecDeque;
use std::time::Duration;

use super::{Driver, Event, LinkModes, Now, Reject, SampleDriver, State, Transmit, Tuning};

const MAGIC: [u8; 4] = *b"RTL0";
const GREETING: usize = 12;
/// The low byte of the tuner's number.
const TUNER: usize = 7;

const SET_FREQUENCY: u8 = 0x01;
const SET_RATE: u8 = 0x02;
const SET_GAIN_MODE: u8 = 0x03;
const SET_GAIN: u8 = 0x04;
const SET_CORRECTION: u8 = 0x05;
const SET_AGC: u8 = 0x08;
const SET_BIAS_TEE: u8 = 0x0E;

/// Sets an RTL-SDR through `rtl_tcp` and demodulates its samples.
#[derive(Debug)]
pub struct RtlTcpDriver {
    tuning: Tuning,
    samples: SampleDriver,
    greeting: Vec<u8>,
    stage: Stage,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The greeting is not whole yet.
    Greeting,
    Samples,
    /// Something else answered.
    Foreign,
}

impl RtlTcpDriver {
    /// Begins behind a new connection.
    pub fn new(tuning: Tuning, modes: LinkModes) -> Self {
        Self {
            tuning,
            samples: SampleDriver::new(tuning, modes),
            greeting: Vec::new(),
            stage: Stage::Greeting,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Sets the stick. Its own gain control is off: it would follow every telegram.
    fn set_up(&mut self) {
        let tuning = self.tuning;
        let gain = tuning.gain_tenths_db;
        self.command(SET_RATE, tuning.rate_hz);
        self.command(SET_CORRECTION, tuning.correction_ppm.cast_unsigned());
        self.command(SET_FREQUENCY, tuning.center_hz());
        self.command(SET_AGC, 0);
        self.command(SET_GAIN_MODE, u32::from(gain.is_some()));
        if let Some(gain) = gain {
            self.command(SET_GAIN, gain);
        }
        if tuning.has_bias_tee {
            self.command(SET_BIAS_TEE, 1);
        }
    }

    fn command(&mut self, command: u8, value: u32) {
        let mut bytes = vec![command];
        bytes.extend(value.to_be_bytes());
        self.transmits.push_back(Transmit::Bytes(bytes));
    }

    /// Takes what belongs to the greeting and returns the rest.
    fn greet<'a>(&mut self, bytes: &'a [u8], now: Now) -> &'a [u8] {
        let (head, rest) = bytes.split_at(bytes.len().min(GREETING.saturating_sub(self.greeting.len())));
        self.greeting.extend_from_slice(head);
        let is_ours = self.greeting.iter().zip(MAGIC).all(|(byte, magic)| *byte == magic);
        if !is_ours {
            self.stage = Stage::Foreign;
            self.events.push_back(Event::Rejected(Reject::Garbage));
            self.events.push_back(Event::State(State::Lost));
            return &[];
        }
        if self.greeting.len() == GREETING {
            self.stage = Stage::Samples;
            let tuner = self.greeting.get(TUNER).copied().unwrap_or_default();
            self.samples.rename(format!("RTL-SDR ({})", tuner_name(tuner)));
            self.set_up();
            self.samples.handle_timeout(now);
        }
        rest
    }
}

impl Driver for RtlTcpDriver {
    fn handle_input(&mut self, bytes: &[u8], now: Now) {
        let rest = match self.stage {
            Stage::Greeting => self.greet(bytes, now),
            Stage::Samples => bytes,
            Stage::Foreign => &[],
        };
        if !rest.is_empty() {
            self.samples.handle_input(rest, now);
        }
    }

    fn handle_timeout(&mut self, now: Now) {
        self.samples.handle_timeout(now);
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front().or_else(|| self.samples.poll_event())
    }

    fn poll_timeout(&self) -> Option<Duration> {
        self.samples.poll_timeout()
    }

    fn set_link_modes(&mut self, modes: LinkModes, now: Now) {
        self.samples.set_link_modes(modes, now);
    }
}

const fn tuner_name(tuner: u8) -> &'static str {
    match tuner {
        1 => "E4000",
        2 => "FC0012",
        3 => "FC0013",
        4 => "FC2580",
        5 => "R820T",
        6 => "R828D",
        _ => "unknown tuner",
    }
}
