//! Whatever writes one frame a line: rtl_wmbus, rtl_433, ESPHome's bridges, another `wmbus listen`.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::{Driver, Event, Identity, LinkModes, Now, Reject, State, Transmit};
use crate::replay::{self, LineError, LineErrorKind};

/// Longer than any line of any known writer.
const LINE_LIMIT: usize = 16 * 1024;

/// How long nothing may be heard before it is told.
const SILENCE: Duration = Duration::from_secs(60);

/// Reads lines in all formats of [`replay`], from a pipe, a socket or a file.
///
/// The writer is told nothing: which link modes it hears is its own business.
#[derive(Debug)]
pub struct LineDriver {
    zone: Option<TimeZone>,
    /// The line that has begun; of one that is too long no more than the limit is kept.
    line: Vec<u8>,
    is_too_long: bool,
    is_identified: bool,
    events: VecDeque<Event>,
    state: State,
    /// When the last frame came, or the driver was asked first.
    heard_at: Option<Duration>,
}

impl LineDriver {
    /// Begins to read; times without a zone are left out.
    pub fn new() -> Self {
        Self {
            zone: None,
            line: Vec::new(),
            is_too_long: false,
            is_identified: false,
            events: VecDeque::new(),
            state: State::Idle,
            heard_at: None,
        }
    }

    /// Takes times that name no zone, as rtl_wmbus writes, as local times of `zone`.
    #[must_use]
    pub fn in_time_zone(self, zone: TimeZone) -> Self {
        Self { zone: Some(zone), ..self }
    }

    fn end_line(&mut self, now: Now) {
        let line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.is_too_long) {
            self.events.push_back(Event::Rejected(Reject::Garbage));
            return;
        }
        let Ok(text) = std::str::from_utf8(&line) else {
            self.events.push_back(Event::Rejected(Reject::Garbage));
            return;
        };
        let parsed = match &self.zone {
            Some(zone) => replay::parse_line_in(text, zone),
            None => replay::parse_line(text),
        };
        match parsed {
            Ok(Some(frame)) => {
                if !std::mem::replace(&mut self.is_identified, true) {
                    let identity = Identity { model: "lines".to_owned(), ..Identity::default() };
                    self.events.push_back(Event::Identified(identity));
                }
                self.heard_at = Some(now.monotonic);
                self.change_state(State::Receiving);
                self.events.push_back(Event::Frame(Box::new(frame)));
            }
            Ok(None) => {}
            Err(error) => self.events.push_back(Event::Rejected(reject(&error))),
        }
    }

    fn change_state(&mut self, state: State) {
        if std::mem::replace(&mut self.state, state) != state {
            self.events.push_back(Event::State(state));
        }
    }
}

impl Default for LineDriver {
    fn default() -> Self {
        Self::new()
    }
}

impl Driver for LineDriver {
    fn handle_input(&mut self, bytes: &[u8], now: Now) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, behind) = rest.split_at(end);
            self.take(line);
            self.end_line(now);
            rest = behind.get(1..).unwrap_or_default();
        }
        self.take(rest);
    }

    fn handle_end(&mut self, now: Now) {
        if !self.line.is_empty() || self.is_too_long {
            self.end_line(now);
        }
    }

    fn handle_timeout(&mut self, now: Now) {
        let since = *self.heard_at.get_or_insert(now.monotonic);
        if now.monotonic.saturating_sub(since) >= SILENCE {
            self.change_state(State::NothingHeard);
        }
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        None
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        match self.heard_at {
            None => Some(Duration::ZERO),
            Some(_) if self.state == State::NothingHeard => None,
            Some(at) => Some(at.saturating_add(SILENCE)),
        }
    }

    fn set_link_modes(&mut self, _modes: LinkModes, _now: Now) {}
}

impl LineDriver {
    /// Adds a part of a line.
    fn take(&mut self, part: &[u8]) {
        let room = LINE_LIMIT.saturating_sub(self.line.len());
        self.is_too_long |= part.len() > room;
        self.line.extend_from_slice(part.get(..room).unwrap_or(part));
    }
}

/// Returns under which name a line that is no frame is counted.
fn reject(error: &LineError) -> Reject {
    match &error.kind {
        LineErrorKind::CrcMarkedWrong => Reject::Crc,
        LineErrorKind::ThreeOutOfSixMarkedWrong => Reject::LineCode,
        LineErrorKind::Frame(wmbus::FrameError::BlockCrc { .. }) => Reject::Crc,
        LineErrorKind::Frame(_)
        | LineErrorKind::OddDigits
        | LineErrorKind::Unterminated
        | LineErrorKind::FieldsMissing { .. } => Reject::Length,
        _ => Reject::Garbage,
    }
}
