//! A recording, read line by line.

use std::io::BufRead;

use jiff::tz::TimeZone;

use super::{ReplayError, ReplayErrorKind, line};
use crate::ReceivedFrame;
use crate::lines::{Line, Lines};

/// Longer than any line of any known writer: 291 bytes on air are 582 digits.
const LINE_LIMIT: usize = 16 * 1024;

/// Iterates over the frames of a recording.
///
/// A bad line is an item with its number and never ends the iteration; only a failing reader does.
/// A line longer than 16 KiB is skipped without being held in memory.
#[derive(Debug)]
pub struct Replay<R> {
    lines: Lines<R>,
    zone: Option<TimeZone>,
    failed: bool,
}

impl<R: BufRead> Replay<R> {
    /// Begins to read a recording.
    pub fn new(reader: R) -> Self {
        Self { lines: Lines::new(reader, LINE_LIMIT), zone: None, failed: false }
    }

    /// Takes times that name no zone as local times of `zone`; without it they are left out.
    #[must_use]
    pub fn in_time_zone(mut self, zone: TimeZone) -> Self {
        self.zone = Some(zone);
        self
    }

    /// Returns the number of the line that the last item came from.
    pub fn line(&self) -> usize {
        self.lines.number()
    }

    /// Reads lines up to the next frame or fault.
    fn advance(&mut self) -> Result<Option<ReceivedFrame>, ReplayErrorKind> {
        let limit = self.lines.limit();
        while let Some(line) = self.lines.next_line()? {
            let frame = match line {
                Line::Text(text) => line::parse(text, self.zone.as_ref())?,
                Line::NotText { index } => return Err(ReplayErrorKind::NotText { column: index + 1 }),
                Line::TooLong => return Err(ReplayErrorKind::TooLong { limit }),
            };
            if frame.is_some() {
                return Ok(frame);
            }
        }
        Ok(None)
    }
}

impl<R: BufRead> Iterator for Replay<R> {
    type Item = Result<ReceivedFrame, ReplayError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let result = self.advance().transpose()?;
        Some(result.map_err(|kind| {
            self.failed = matches!(kind, ReplayErrorKind::Io(_));
            // A line that could not be read is the one behind the last that could.
            ReplayError { line: self.lines.number() + usize::from(self.failed), kind }
        }))
    }
}
