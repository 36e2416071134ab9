//! One line of any format.

use jiff::tz::TimeZone;
use wmbus::{Frame, FrameError, FrameFormat};

use super::{LineError, LineErrorKind, hex_line, jsonl, rtl_wmbus, telegram_log};
use crate::ReceivedFrame;

/// Parses one line of a recording; none for a blank line or a comment.
///
/// A time without a zone, as rtl_wmbus writes on Linux, is not taken for a time: see [`parse_line_in`].
///
/// # Errors
/// When the line is neither empty nor a comment nor a whole frame, with the column of the fault.
pub fn parse_line(line: &str) -> Result<Option<ReceivedFrame>, LineError> {
    parse(line, None)
}

/// Parses one line like [`parse_line`], taking times without a zone as local times of `zone`.
///
/// # Errors
/// As [`parse_line`].
pub fn parse_line_in(line: &str, zone: &TimeZone) -> Result<Option<ReceivedFrame>, LineError> {
    parse(line, Some(zone))
}

/// Tells the formats apart by how a line begins; each has a beginning of its own.
pub(super) fn parse(line: &str, zone: Option<&TimeZone>) -> Result<Option<ReceivedFrame>, LineError> {
    let text = Span::new(line).trim();
    let format = if text.text.is_empty() || text.text.starts_with('#') || text.text.starts_with("//") {
        return Ok(None);
    } else if text.text.starts_with('{') {
        return jsonl::parse(text, zone);
    } else if text.text.starts_with(telegram_log::PREFIX) {
        telegram_log::parse
    } else if text.text.contains(';') {
        return rtl_wmbus::parse(text, zone).map(Some);
    } else {
        hex_line::parse
    };
    format(text).map(Some)
}

/// A part of a line that remembers its column.
#[derive(Clone, Copy)]
pub(super) struct Span<'a> {
    /// The column of the first character, from 1.
    pub(super) column: usize,
    pub(super) text: &'a str,
}

impl<'a> Span<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { column: 1, text }
    }

    pub(super) fn trim(self) -> Self {
        let text = self.text.trim_start();
        let skipped = self.text.chars().count() - text.chars().count();
        Self { column: self.column + skipped, text: text.trim_end() }
    }

    /// Returns what follows `prefix`, if the span begins with it.
    pub(super) fn strip_prefix(self, prefix: &str) -> Option<Self> {
        let text = self.text.strip_prefix(prefix)?;
        Some(Self { column: self.column + prefix.chars().count(), text })
    }

    /// Returns the parts before and after the first `separator`.
    pub(super) fn split_once(self, separator: char) -> Option<(Self, Self)> {
        let (before, after) = self.text.split_once(separator)?;
        let column = self.column + before.chars().count() + 1;
        Some((Self { text: before, ..self }, Self { column, text: after }))
    }

    pub(super) fn error(self, kind: LineErrorKind) -> LineError {
        LineError::new(self.column, kind)
    }

    /// Reads the span as hexadecimal bytes.
    pub(super) fn bytes(self) -> Result<Vec<u8>, LineError> {
        crate::hex::parse(self.text).map_err(|error| LineError::hex(self.column, error))
    }

    /// Reads the span as a frame of which only the bytes are known, CRCs detected and removed.
    pub(super) fn frame(self) -> Result<ReceivedFrame, LineError> {
        self.frame_by(Frame::detect)
    }

    /// Reads the span as a frame from a program that removes CRCs. Then a frame without CRCs that looks
    /// like one of format B by chance, as 1 in 65,536 does, keeps its last two bytes.
    pub(super) fn frame_without_crc(self) -> Result<ReceivedFrame, LineError> {
        self.frame_by(|bytes| match Frame::parse(bytes, FrameFormat::WithoutCrc) {
            Ok(frame) if frame.trailing_bytes() == 0 => Ok((frame, FrameFormat::WithoutCrc)),
            _ => Frame::detect(bytes),
        })
    }

    fn frame_by(
        self,
        read: impl Fn(&[u8]) -> Result<(Frame, FrameFormat), FrameError>,
    ) -> Result<ReceivedFrame, LineError> {
        let bytes = self.bytes()?;
        let (frame, format) =
            read(&bytes).map_err(|error| self.error(LineErrorKind::Frame(error)).of_frame(&bytes))?;
        Ok(ReceivedFrame::new(frame, format))
    }
}
