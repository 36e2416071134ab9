//! Lines of rtl_wmbus, and of the ESPHome bridges that imitate it.
//!
//! `MODE;CRC_OK;3OUTOF6OK;TIMESTAMP;PACKET_RSSI;CURRENT_RSSI;IDENT;0xDATAGRAM`. A bridge writes the RSSI
//! in dBm, so below zero; rtl_wmbus itself counts upward in a scale of its own, which says nothing in dBm.
//! The third field matters: 15 of the damaged 3-of-6 patterns pass the CRC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{LineError, LineErrorKind, line::Span};
use crate::{LinkMode, ReceivedFrame};

const FIELDS: usize = 8;

pub(super) fn parse(line: Span<'_>, zone: Option<&TimeZone>) -> Result<ReceivedFrame, LineError> {
    let [mode, crc, three_out_of_six, time, packet_rssi, _current_rssi, _identification, datagram] =
        fields(line)?;
    let damaged = |error: LineError| error.of_frame(&datagram.bytes().unwrap_or_default());
    if !flag(crc)? {
        return Err(damaged(crc.error(LineErrorKind::CrcMarkedWrong)));
    }
    if !flag(three_out_of_six)? {
        return Err(damaged(three_out_of_six.error(LineErrorKind::ThreeOutOfSixMarkedWrong)));
    }
    let mut received = datagram.frame_without_crc()?;
    // A mode that Walkby does not know is no reason to lose the frame.
    received.link_mode = mode.text.parse::<LinkMode>().ok();
    received.received_at = timestamp(time, zone)?;
    received.rssi_dbm = packet_rssi.text.parse().ok().filter(|rssi: &i16| *rssi < 0);
    Ok(received)
}

/// Splits the line into its fields; what follows the eighth is left to newer writers.
fn fields(line: Span<'_>) -> Result<[Span<'_>; FIELDS], LineError> {
    let mut fields = [line; FIELDS];
    let mut rest = Some(line);
    for (found, field) in fields.iter_mut().enumerate() {
        let span = rest.ok_or(line.error(LineErrorKind::FieldsMissing { found }))?;
        let (head, tail) = span.split_once(';').map_or((span, None), |(head, tail)| (head, Some(tail)));
        *field = head.trim();
        rest = tail;
    }
    Ok(fields)
}

fn flag(field: Span<'_>) -> Result<bool, LineError> {
    match field.text {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(field.error(LineErrorKind::NotAFlag)),
    }
}

/// Reads the time: a moment when the line names a zone or the caller does, none otherwise.
fn timestamp(field: Span<'_>, zone: Option<&TimeZone>) -> Result<Option<Timestamp>, LineError> {
    if field.text.is_empty() {
        return Ok(None);
    }
    moment(field.text, zone).map_err(|NotATime| field.error(LineErrorKind::NotATime))
}

/// A text is in no known notation of times.
pub(super) struct NotATime;

/// Reads a time; none where it has no zone and the caller knows none.
pub(super) fn moment(text: &str, zone: Option<&TimeZone>) -> Result<Option<Timestamp>, NotATime> {
    if let Ok(timestamp) = text.parse() {
        return Ok(Some(timestamp));
    }
    let local: DateTime = text.parse().map_err(|_| NotATime)?;
    Ok(zone.and_then(|zone| zone.to_timestamp(local).ok()))
}
