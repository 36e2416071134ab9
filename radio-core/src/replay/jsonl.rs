//! Walkby's own lines: one JSON object each.
//!
//! `{"at":"2026-01-05T09:00:01Z","offset_s":1,"mode":"T1","rssi_dbm":-71,"receiver":"…","frame":"A","hex":"…"}`;
//! only `hex` is required. `frame` tells how `hex` is laid out (`A`, `B`, `wired`, or `none` without CRCs) and is
//! detected when absent. How well the frame was heard is `rssi_dbfs`, `snr_db`, `frequency_offset_hz`,
//! `chip_rate_error_ppm`, `corrected_bits`, `link_quality` and `device_time`. Members that this version does not
//! know are skipped.
//!
//! A line of `wmbus demod` has `t` instead of `offset_s`, and no CRCs in `hex` whatever `frame` says.

use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use wmbus::{Frame, FrameError, FrameFormat};

use super::{LineError, LineErrorKind, line::Span, offset, rtl_433};
use crate::{Quality, ReceivedFrame, hex, json};

pub(super) fn parse(line: Span<'_>, zone: Option<&TimeZone>) -> Result<Option<ReceivedFrame>, LineError> {
    let object: Map<String, Value> = serde_json::from_str(line.text).map_err(|error| {
        LineError::new(line.column + json::fault_at(line.text, &error), LineErrorKind::NotJson)
    })?;
    let members = Members { line, object: &object };
    if members.present("model").is_some() && members.present("hex").is_none() {
        return rtl_433::parse(&members, zone);
    }
    own(&members).map(Some)
}

fn own(members: &Members<'_>) -> Result<ReceivedFrame, LineError> {
    let bytes = members.bytes("hex")?;
    let in_hex = |error| members.error_of_frame("hex", error, &bytes);
    let is_demodulated = members.present("t").is_some();
    let (frame, format) = match members.parsed("frame", "A, B, wired or none", frame_format)? {
        Some(format) if is_demodulated => {
            (Frame::parse(&bytes, FrameFormat::WithoutCrc).map_err(in_hex)?, format)
        }
        Some(format) => (Frame::parse(&bytes, format).map_err(in_hex)?, format),
        None => Frame::detect(&bytes).map_err(in_hex)?,
    };

    let mut received = ReceivedFrame::new(frame, format);
    received.link_mode = members.parsed("mode", "a link mode", |text| text.parse().ok())?;
    received.received_at = members.parsed("at", "a time of RFC 3339", |text| text.parse().ok())?;
    received.rssi_dbm = members.number("rssi_dbm", "a whole number of dBm", |text| text.parse().ok())?;
    let offset = if is_demodulated { "t" } else { "offset_s" };
    received.offset = members.number(offset, "seconds", offset::parse)?;
    received.receiver = members.text("receiver")?.map(str::to_owned);
    received.quality = quality(members)?;
    Ok(received)
}

fn quality(members: &Members<'_>) -> Result<Quality, LineError> {
    const LEVEL: &str = "a number of dB";
    Ok(Quality {
        corrected_bits: members
            .number("corrected_bits", "a number of bits", |text| text.parse().ok())?
            .unwrap_or_default(),
        snr_db: members.rounded("snr_db", LEVEL)?,
        level_dbfs: members.rounded("rssi_dbfs", LEVEL)?,
        frequency_offset_hz: members.rounded("frequency_offset_hz", "a number of Hz")?,
        chip_rate_error_ppm: members.rounded("chip_rate_error_ppm", "a number of millionths")?,
        link_quality: members.number("link_quality", "a byte", |text| text.parse().ok())?,
        device_time: members.number("device_time", "32 bits", |text| text.parse().ok())?,
    })
}

/// Writes a frame as one line without its end; [`parse_line`](super::parse_line) reads the same back.
///
/// A frame that was received with CRCs is written with them.
pub fn write_line(received: &ReceivedFrame) -> String {
    let mut object = Map::new();
    let mut set = |member: &str, value: Option<Value>| {
        if let Some(value) = value {
            object.insert(member.to_owned(), value);
        }
    };
    set("at", received.received_at.map(|at| at.to_string().into()));
    set("mode", received.link_mode.map(|mode| mode.as_str().into()));
    set("rssi_dbm", received.rssi_dbm.map(Value::from));
    set("receiver", received.receiver.as_deref().map(Value::from));
    set("offset_s", received.offset.and_then(|offset| offset::write(offset).parse().ok().map(Value::Number)));
    let quality = &received.quality;
    set("rssi_dbfs", quality.level_dbfs.map(Value::from));
    set("snr_db", quality.snr_db.map(Value::from));
    set("frequency_offset_hz", quality.frequency_offset_hz.map(Value::from));
    set("chip_rate_error_ppm", quality.chip_rate_error_ppm.map(Value::from));
    set("corrected_bits", (quality.corrected_bits != 0).then(|| quality.corrected_bits.into()));
    set("link_quality", quality.link_quality.map(Value::from));
    set("device_time", quality.device_time.map(Value::from));
    let (frame, bytes) = laid_out(received);
    set("frame", Some(frame.into()));
    set("hex", Some(hex::write(&bytes).into()));
    Value::Object(object).to_string()
}

/// Returns the bytes in the layout in which they were received, and the name of that layout.
///
/// A frame that is too long for its layout was not received in it; its bytes are written as they are.
fn laid_out(received: &ReceivedFrame) -> (&'static str, Vec<u8>) {
    let with_crcs = match received.frame_format {
        FrameFormat::A => Some(("A", received.frame.to_format_a())),
        FrameFormat::B => received.frame.to_format_b().ok().map(|bytes| ("B", bytes)),
        FrameFormat::Wired => Some(("wired", received.frame.bytes().to_vec())),
        _ => None,
    };
    with_crcs.unwrap_or_else(|| ("none", received.frame.bytes().to_vec()))
}

fn frame_format(name: &str) -> Option<FrameFormat> {
    match name {
        "A" | "a" => Some(FrameFormat::A),
        "B" | "b" => Some(FrameFormat::B),
        "none" => Some(FrameFormat::WithoutCrc),
        "wired" => Some(FrameFormat::Wired),
        _ => None,
    }
}

/// The members of the object, and where they stand in the line.
pub(super) struct Members<'a> {
    line: Span<'a>,
    object: &'a Map<String, Value>,
}

impl<'a> Members<'a> {
    /// Returns the column of a member's name.
    fn column(&self, member: &str) -> usize {
        let before = self.line.text.find(&format!("\"{member}\"")).and_then(|at| self.line.text.get(..at));
        self.line.column + before.map_or(0, |text| text.chars().count())
    }

    fn error(&self, member: &'static str, expected: &'static str) -> LineError {
        LineError::new(self.column(member), LineErrorKind::Member { member, expected })
    }

    /// Wraps what is wrong with the frame that a member holds.
    pub(super) fn error_of_frame(&self, member: &str, error: FrameError, bytes: &[u8]) -> LineError {
        LineError::new(self.column(member), LineErrorKind::Frame(error)).of_frame(bytes)
    }

    pub(super) fn present(&self, member: &str) -> Option<&'a Value> {
        self.object.get(member).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, member: &'static str) -> Result<Option<&'a str>, LineError> {
        self.present(member).map(|value| value.as_str().ok_or(self.error(member, "a text"))).transpose()
    }

    /// Reads a telegram in hexadecimal.
    pub(super) fn bytes(&self, member: &'static str) -> Result<Vec<u8>, LineError> {
        let text = self.text(member)?.ok_or(self.line.error(LineErrorKind::NoTelegram))?;
        hex::parse(text).map_err(|_| self.error(member, "a telegram in hexadecimal"))
    }

    fn parsed<T>(
        &self,
        member: &'static str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, LineError> {
        self.text(member)?.map(|text| parse(text).ok_or(self.error(member, expected))).transpose()
    }

    /// Reads a number from its digits, so that it never passes through a float.
    fn number<T>(
        &self,
        member: &'static str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, LineError> {
        self.present(member)
            .map(|value| {
                let number = value.as_number().and_then(|number| parse(&number.to_string()));
                number.ok_or(self.error(member, expected))
            })
            .transpose()
    }

    /// Reads a measured number that may have decimals, to the nearest whole one. It is no meter's value.
    pub(super) fn rounded<T: TryFrom<i64>>(
        &self,
        member: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, LineError> {
        self.number(member, expected, |text| {
            let number: f64 = text.parse().ok()?;
            let is_whole_in_float = number.abs() < 2f64.powi(53);
            // The cast is exact: the number is whole and in range.
            #[allow(clippy::cast_possible_truncation, reason = "checked on the line before")]
            is_whole_in_float.then_some(number.round() as i64).and_then(|number| T::try_from(number).ok())
        })
    }
}
