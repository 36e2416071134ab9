//! What is to be decoded: one line of input or one argument.

use serde_json::{Map, Value};
use wmbus::security::AnyKey;
use wmbus::{FrameError, FrameFormat};

use super::answer::Fault;
use super::keychain;
use super::message::Message;
use crate::hex::{self, HexError};
use crate::json;
use crate::replay::{self, LineErrorKind};

/// A message, with the identity under which the answer is wanted.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) id: Value,
    pub(super) message: Message,
    /// A key of the line's own, which is then the only one that is tried.
    pub(super) key: Option<AnyKey>,
}

/// What could not be made a request, with the identity as far as it was readable.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) id: Value,
    pub(super) fault: Fault,
    /// The bytes, where there are any to be explained.
    pub(super) bytes: Box<[u8]>,
}

impl Refusal {
    pub(super) fn new(id: impl Into<Value>, fault: Fault) -> Self {
        Self { id: id.into(), fault, bytes: Box::default() }
    }

    fn of_frame(id: usize, error: FrameError, bytes: Vec<u8>) -> Self {
        Self { bytes: bytes.into(), ..Self::new(id, Fault::frame(error)) }
    }
}

impl Request {
    /// Reads a line of `--jsonl`: `{"id":…,"hex":"…","key":"…"?,"frame":"A"|"B"|"none"?}`.
    pub(super) fn from_json(line: &str) -> Result<Self, Refusal> {
        let mut object: Map<String, Value> = serde_json::from_str(line).map_err(|error| {
            let fault = Fault::input("not_json", "the line is not a JSON object");
            Refusal::new(Value::Null, fault.at(json::fault_at(line, &error)))
        })?;
        let id = object.remove("id").unwrap_or_default();
        match Self::from_members(&object) {
            Ok((message, key)) => Ok(Self { id, message, key }),
            Err(fault) => Err(Refusal::new(id, fault)),
        }
    }

    fn from_members(object: &Map<String, Value>) -> Result<(Message, Option<AnyKey>), Fault> {
        let text =
            text(object, "hex")?.ok_or(Fault::input("hex_missing", "the member \"hex\" is missing"))?;
        let bytes = parse_hex(text)?;
        let message = match text_of_format(object)? {
            Some(format) => Message::parse(&bytes, format),
            None => Message::detect(&bytes),
        };
        Ok((message.map_err(Fault::frame)?, key(object)?))
    }

    /// Reads a line of standard input: any line of a recording. None for a blank line or a comment.
    pub(super) fn from_line(line: &str, id: usize) -> Result<Option<Self>, Refusal> {
        // A line of hexadecimal digits alone may hold what no recording of radio does: wired frames.
        if let Ok(bytes) = hex::parse(line.trim()) {
            return Self::from_bytes(bytes, id).map(Some);
        }
        let refuse = |error: replay::LineError| {
            let fault = match error.kind {
                LineErrorKind::Frame(error) => Fault::frame(error),
                kind => Fault::input("bad_line", kind.to_string()).at(error.column.saturating_sub(1)),
            };
            Refusal::new(id, fault)
        };
        let received = replay::parse_line(line).map_err(refuse)?;
        Ok(received.map(|received| Self {
            id: id.into(),
            message: Message::Frame { frame: received.frame, format: received.frame_format },
            key: None,
        }))
    }

    /// Reads an argument: a telegram in hexadecimal.
    pub(super) fn from_argument(text: &str, id: usize) -> Result<Self, Refusal> {
        match parse_hex(text) {
            Ok(bytes) => Self::from_bytes(bytes, id),
            Err(fault) => Err(Refusal::new(id, fault)),
        }
    }

    /// Reads a recording of a wired bus: its bytes, or hexadecimal digits with line breaks anywhere.
    pub(super) fn from_bus(content: &[u8], id: usize) -> Self {
        let digits =
            std::str::from_utf8(content).ok().map(|text| text.split_whitespace().collect::<String>());
        let written = digits.and_then(|digits| hex::parse(&digits).ok());
        let message = Message::recording(written.as_deref().unwrap_or(content));
        Self { id: id.into(), message, key: None }
    }

    fn from_bytes(bytes: Vec<u8>, id: usize) -> Result<Self, Refusal> {
        match Message::detect(&bytes) {
            Ok(message) => Ok(Self { id: id.into(), message, key: None }),
            Err(error) => Err(Refusal::of_frame(id, error, bytes)),
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
