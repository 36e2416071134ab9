//! What is to be decoded: one line of input or one argument.

use serde_json::{Map, Value};
use wmbus::security::AnyKey;
use wmbus::{Frame, FrameFormat};

use super::answer::Fault;
use super::keychain;
use crate::hex::{self, HexError};
use crate::replay::{self, LineErrorKind};

/// A frame, with the identity under which the answer is wanted.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) id: Value,
    pub(super) frame: Frame,
    pub(super) frame_format: FrameFormat,
    /// A key of the line's own, which is then the only one that is tried.
    pub(super) key: Option<AnyKey>,
}

/// What could not be made a request, with the identity as far as it was readable.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) id: Value,
    pub(super) fault: Fault,
}

impl Request {
    /// Reads a line of `--jsonl`: `{"id":…,"hex":"…","key":"…"?,"frame":"A"|"B"|"none"?}`.
    pub(super) fn from_json(line: &str) -> Result<Self, Refusal> {
        let mut object: Map<String, Value> = serde_json::from_str(line).map_err(|error| Refusal {
            id: Value::Null,
            fault: Fault::input("not_json", "the line is not a JSON object")
                .at(error.column().saturating_sub(1)),
        })?;
        let id = object.remove("id").unwrap_or_default();
        match Self::from_members(&object) {
            Ok((frame, frame_format, key)) => Ok(Self { id, frame, frame_format, key }),
            Err(fault) => Err(Refusal { id, fault }),
        }
    }

    fn from_members(object: &Map<String, Value>) -> Result<(Frame, FrameFormat, Option<AnyKey>), Fault> {
        let text =
            text(object, "hex")?.ok_or(Fault::input("hex_missing", "the member \"hex\" is missing"))?;
        let bytes = parse_hex(text)?;
        let (frame, format) = match text_of_format(object)? {
            Some(format) => (Frame::parse(&bytes, format).map_err(Fault::frame)?, format),
            None => Frame::detect(&bytes).map_err(Fault::frame)?,
        };
        Ok((frame, format, key(object)?))
    }

    /// Reads a line of standard input: any line of a recording. None for a blank line or a comment.
    pub(super) fn from_line(line: &str, id: usize) -> Result<Option<Self>, Refusal> {
        let refuse = |error: replay::LineError| Refusal {
            id: id.into(),
            fault: match error.kind {
                LineErrorKind::Frame(error) => Fault::frame(error),
                kind => Fault::input("bad_line", kind.to_string()).at(error.column.saturating_sub(1)),
            },
        };
        let received = replay::parse_line(line).map_err(refuse)?;
        Ok(received.map(|received| Self {
            id: id.into(),
            frame: received.frame,
            frame_format: received.frame_format,
            key: None,
        }))
    }

    /// Reads an argument: a telegram in hexadecimal.
    pub(super) fn from_argument(text: &str, id: usize) -> Result<Self, Refusal> {
        let parsed = parse_hex(text).and_then(|bytes| Frame::detect(&bytes).map_err(Fault::frame));
        match parsed {
            Ok((frame, frame_format)) => Ok(Self { id: id.into(), frame, frame_format, key: None }),
            Err(fault) => Err(Refusal { id: id.into(), fault }),
        }
    }
}

fn parse_hex(text: &str) -> Result<Vec<u8>, Fault> {
    hex::parse(text).map_err(|error| match error {
        HexError::Empty => Fault::input("hex_missing", error.to_string()),
        HexError::Digit { index } => Fault::input("bad_hex", error.to_string()).at(index),
        HexError::Odd => Fault::input("bad_hex", error.to_string()).at(text.chars().count()),
    })
}

fn text<'a>(object: &'a Map<String, Value>, member: &'static str) -> Result<Option<&'a str>, Fault> {
    match object.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Fault::input("bad_member", format!("the member {member:?} is not a text"))),
    }
}

fn text_of_format(object: &Map<String, Value>) -> Result<Option<FrameFormat>, Fault> {
    match text(object, "frame")? {
        None => Ok(None),
        Some("A") => Ok(Some(FrameFormat::A)),
        Some("B") => Ok(Some(FrameFormat::B)),
        Some("none") => Ok(Some(FrameFormat::WithoutCrc)),
        Some("wired") => Ok(Some(FrameFormat::Wired)),
        Some(_) => Err(Fault::input("bad_member", "the member \"frame\" is not A, B, none or wired")),
    }
}

/// Reads the line's key.
fn key(object: &Map<String, Value>) -> Result<Option<AnyKey>, Fault> {
    text(object, "key")?
        .map(|text| keychain::parse(text).map_err(|error| Fault::input("bad_key", error.to_string())))
        .transpose()
}
