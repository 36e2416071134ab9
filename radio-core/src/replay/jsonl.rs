//! Walkby's own lines: one JSON object each.
//!
//! `{"at":"2026-01-05T09:00:01Z","offset_s":1,"mode":"T1","rssi_dbm":-71,"receiver":"…","frame":"A","hex":"…"}`;
//! only `hex` is required. `frame` tells how `hex` is laid out (`A`, `B`, `wired`, or `none` without CRCs) and is
//! detected when absent. Members that this version does not know are skipped.

use serde_json::{Map, Value};
use wmbus::{Frame, FrameFormat};

use super::{LineError, LineErrorKind, line::Span, offset};
use crate::{ReceivedFrame, hex, json};

pub(super) fn parse(line: Span<'_>) -> Result<ReceivedFrame, LineError> {
    let object: Map<String, Value> = serde_json::from_str(line.text).map_err(|error| {
        LineError::new(line.column + json::fault_at(line.text, &error), LineErrorKind::NotJson)
    })?;
    let members = Members { line, object: &object };

    let hex = members.text("hex")?.ok_or(line.error(LineErrorKind::NoTelegram))?;
    let bytes = hex::parse(hex).map_err(|_| members.error("hex", "a telegram in hexadecimal"))?;
    let in_hex = |error| LineError::new(members.column("hex"), LineErrorKind::Frame(error)).of_frame(&bytes);
    let (frame, format) = match members.parsed("frame", "A, B, wired or none", frame_format)? {
        Some(format) => (Frame::parse(&bytes, format).map_err(in_hex)?, format),
        None => Frame::detect(&bytes).map_err(in_hex)?,
    };

    let mut received = ReceivedFrame::new(frame, format);
    received.link_mode = members.parsed("mode", "a link mode", |text| text.parse().ok())?;
    received.received_at = members.parsed("at", "a time of RFC 3339", |text| text.parse().ok())?;
    received.rssi_dbm = members.number("rssi_dbm", "a whole number of dBm", |text| text.parse().ok())?;
    received.offset = members.number("offset_s", "seconds", offset::parse)?;
    received.receiver = members.text("receiver")?.map(str::to_owned);
    Ok(received)
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
struct Members<'a> {
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

    fn present(&self, member: &str) -> Option<&'a Value> {
        self.object.get(member).filter(|value| !value.is_null())
    }

    fn text(&self, member: &'static str) -> Result<Option<&'a str>, LineError> {
        self.present(member).map(|value| value.as_str().ok_or(self.error(member, "a text"))).transpose()
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
}
