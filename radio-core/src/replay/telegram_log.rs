//! wmbusmeters' log and simulation lines: `telegram=|HEX_HEX|+seconds`.

use std::time::Duration;

use super::{LineError, LineErrorKind, line::Span};
use crate::ReceivedFrame;

pub(super) const PREFIX: &str = "telegram=";

pub(super) fn parse(line: Span<'_>) -> Result<ReceivedFrame, LineError> {
    let value = line.strip_prefix(PREFIX).unwrap_or(line);
    let (telegram, tail) = match value.strip_prefix("|") {
        Some(opened) => opened.split_once('|').ok_or(value.error(LineErrorKind::Unterminated))?,
        None => return value.frame(),
    };
    let mut received = telegram.frame()?;
    received.offset = offset(tail.trim())?;
    Ok(received)
}

/// Reads `+seconds`; decimals are allowed, none at all means that the log has no times.
fn offset(tail: Span<'_>) -> Result<Option<Duration>, LineError> {
    if tail.text.is_empty() {
        return Ok(None);
    }
    let seconds = tail.strip_prefix("+").ok_or(tail.error(LineErrorKind::NotAnOffset))?;
    super::offset::parse(seconds.text).map(Some).ok_or(seconds.error(LineErrorKind::NotAnOffset))
}
