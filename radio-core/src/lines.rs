//! Lines of any reader, each bounded in memory.

use std::io::{self, BufRead};

/// Reads lines as bytes; of one longer than the limit no more than one byte more is kept.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    reader: R,
    limit: usize,
    number: usize,
    buffer: Vec<u8>,
    drained: bool,
}

/// One line without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    Text(&'a str),
    /// A byte that is not UTF-8 stands at this index.
    NotText {
        index: usize,
    },
    TooLong,
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R, limit: usize) -> Self {
        Self { reader, limit, number: 0, buffer: Vec::new(), drained: false }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Returns the number of the line that was read last, from 1.
    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// Tells whether the next line has yet to come from outside, so that whoever wrote the last one may
    /// be waiting for its answer.
    #[cfg_attr(
        not(feature = "program"),
        expect(dead_code, reason = "the toolkit alone answers line by line")
    )]
    pub(crate) fn is_drained(&self) -> bool {
        self.drained
    }

    /// Reads the next line; none at the end.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        if !self.fill()? {
            return Ok(None);
        }
        self.number += 1;
        if self.buffer.len() > self.limit {
            return Ok(Some(Line::TooLong));
        }
        let mut bytes = self.buffer.as_slice();
        if self.number == 1 {
            bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        }
        Ok(Some(match std::str::from_utf8(bytes) {
            Ok(text) => Line::Text(text),
            Err(error) => Line::NotText { index: error.valid_up_to() },
        }))
    }

    fn fill(&mut self) -> io::Result<bool> {
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
            let room = (self.limit + 1).saturating_sub(self.buffer.len());
            self.drained = used == available.len();
            let content = available.get(..end.unwrap_or(used).min(room)).unwrap_or_default();
            self.buffer.extend_from_slice(content);
            self.reader.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}
