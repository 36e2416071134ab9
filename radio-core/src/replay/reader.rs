//! A recording, read line by line.

use std::io::{self, BufRead};

use jiff::tz::TimeZone;

use super::{ReplayError, ReplayErrorKind, line};
use crate::ReceivedFrame;

/// Longer than any line of any known writer: 291 bytes on air are 582 digits.
const LINE_LIMIT: usize = 16 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Iterates over the frames of a recording.
///
/// A bad line is an item with its number and never ends the iteration; only a failing reader does.
/// A line longer than 16 KiB is skipped without being held in memory.
#[derive(Debug)]
pub struct Replay<R> {
    reader: R,
    zone: Option<TimeZone>,
    line: usize,
    buffer: Vec<u8>,
    failed: bool,
}

impl<R: BufRead> Replay<R> {
    /// Begins to read a recording.
    pub fn new(reader: R) -> Self {
        Self { reader, zone: None, line: 0, buffer: Vec::new(), failed: false }
    }

    /// Takes times that name no zone as local times of `zone`; without it they are left out.
    #[must_use]
    pub fn in_time_zone(mut self, zone: TimeZone) -> Self {
        self.zone = Some(zone);
        self
    }

    /// Returns the number of the line that the last item came from.
    pub fn line(&self) -> usize {
        self.line
    }

    fn parse(&self) -> Result<Option<ReceivedFrame>, ReplayErrorKind> {
        if self.buffer.len() > LINE_LIMIT {
            return Err(ReplayErrorKind::TooLong { limit: LINE_LIMIT });
        }
        let mut bytes = self.buffer.as_slice();
        if self.line == 1 {
            bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| ReplayErrorKind::NotText { column: error.valid_up_to() + 1 })?;
        Ok(line::parse(text, self.zone.as_ref())?)
    }

    /// Fills the buffer with the next line; keeps one byte more than the limit of a longer one.
    fn read_line(&mut self) -> io::Result<bool> {
        self.buffer.clear();
        let mut any = false;
        loop {
            let available = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            };
            if available.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = available.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(available.len(), |end| end + 1);
            let room = (LINE_LIMIT + 1).saturating_sub(self.buffer.len());
            let content = available.iter().take(end.unwrap_or(used).min(room));
            self.buffer.extend(content);
            self.reader.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

impl<R: BufRead> Iterator for Replay<R> {
    type Item = Result<ReceivedFrame, ReplayError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            match self.read_line() {
                Ok(true) => self.line += 1,
                Ok(false) => return None,
                Err(error) => {
                    self.failed = true;
                    return Some(Err(ReplayError { line: self.line + 1, kind: error.into() }));
                }
            }
            let line = self.line;
            match self.parse() {
                Ok(None) => {}
                Ok(Some(received)) => return Some(Ok(received)),
                Err(kind) => return Some(Err(ReplayError { line, kind })),
            }
        }
        None
    }
}
