//! Whatever writes one frame a line: rtl_wmbus, rtl_433, ESPHome's bridges, another `wmbus listen`.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::Hearing;
use crate::receiver::{Driver, Event, LinkModes, Now, Reject, Transmit};
use crate::replay::{self, LineError, LineErrorKind};

/// Longer than any line of any known writer.
const LINE_LIMIT: usize = 16 * 1024;

/// Reads lines in all formats of [`replay`], from a pipe, a socket or a file.
///
/// The writer is told nothing: which link modes it hears is its own business.
#[derive(Debug)]
pub struct LineDriver {
    zone: Option<TimeZone>,
    /// The line that has begun; of one that is too long no more than the limit is kept.
    line: Vec<u8>,
    is_too_long: bool,
    hearing: Hearing,
}

impl LineDriver {
    /// Begins to read; times without a zone are left out.
    pub fn new() -> Self {
        Self { zone: None, line: Vec::new(), is_too_long: false, hearing: Hearing::new("lines") }
    }

    /// Takes times that name no zone, as rtl_wmbus writes, as local times of `zone`.
    #[must_use]
    pub fn in_time_zone(self, zone: TimeZone) -> Self {
        Self { zone: Some(zone), ..self }
    }

    /// Adds a part of a line.
    fn take(&mut self, part: &[u8]) {
        let room = LINE_LIMIT.saturating_sub(self.line.len());
        self.is_too_long |= part.len() > room;
        self.line.extend_from_slice(part.get(..room).unwrap_or(part));
    }

    fn end_line(&mut self, now: Now) {
        match self.parse() {
            Ok(Some(frame)) => self.hearing.frame(frame, now),
            Ok(None) => {}
            Err(reject) => self.hearing.reject(reject),
        }
        self.line.clear();
        self.is_too_long = false;
    }

    fn parse(&self) -> Result<Option<crate::ReceivedFrame>, Reject> {
        if self.is_too_long {
            return Err(Reject::Garbage);
        }
        let text = std::str::from_utf8(&self.line).map_err(|_| Reject::Garbage)?;
        // The first line of a file from Windows begins with it.
        let text = text.trim_start_matches('\u{FEFF}');
        let parsed = match &self.zone {
            Some(zone) => replay::parse_line_in(text, zone),
            None => replay::parse_line(text),
        };
        parsed.map_err(|error| reject(&error))
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
        if !self.line.is_empty() {
            self.end_line(now);
        }
    }

    fn handle_timeout(&mut self, now: Now) {
        self.hearing.handle_timeout(now);
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        None
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.hearing.poll_event()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        self.hearing.poll_timeout()
    }

    fn set_link_modes(&mut self, _modes: LinkModes, _now: Now) {}
}

/// Returns under which name a line that is no frame is counted.
fn reject(error: &LineError) -> Reject {
    match &error.kind {
        LineErrorKind::CrcMarkedWrong | LineErrorKind::Frame(wmbus::FrameError::BlockCrc { .. }) => {
            Reject::Crc
        }
        LineErrorKind::ThreeOutOfSixMarkedWrong => Reject::LineCode,
        LineErrorKind::Frame(_)
        | LineErrorKind::OddDigits
        | LineErrorKind::Unterminated
        | LineErrorKind::FieldsMissing { .. } => Reject::Length,
        _ => Reject::Garbage,
    }
}
