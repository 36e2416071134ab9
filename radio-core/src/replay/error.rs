//! What can be wrong with a recording, and where.

use wmbus::{Addresses, Frame, FrameError, FrameFormat, MeterAddress};

use crate::hex::HexError;

/// Tells what is wrong with one line, and in which column it begins.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {kind}")]
#[non_exhaustive]
pub struct LineError {
    /// The column of the fault in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    #[source]
    pub kind: LineErrorKind,
    /// The sender that a damaged frame names, as far as it can still be read. Nothing vouches for it.
    pub sender: Option<MeterAddress>,
}

impl LineError {
    pub(super) fn new(column: usize, kind: LineErrorKind) -> Self {
        Self { column, kind, sender: None }
    }

    /// Adds the sender that the bytes of the damaged frame name.
    pub(super) fn of_frame(self, bytes: &[u8]) -> Self {
        Self { sender: named_sender(bytes), ..self }
    }

    /// Wraps an error of hexadecimal text that begins at `column`.
    pub(super) fn hex(column: usize, error: HexError) -> Self {
        match error {
            HexError::Empty => Self::new(column, LineErrorKind::NoTelegram),
            HexError::Digit { index } => Self::new(column + index, LineErrorKind::NotHexadecimal),
            HexError::Odd => Self::new(column, LineErrorKind::OddDigits),
        }
    }
}

/// Reads the sender out of the first block, which is laid out alike in every frame format.
fn named_sender(bytes: &[u8]) -> Option<MeterAddress> {
    const FIRST_BLOCK: usize = 10;
    let [_, rest @ ..] = bytes.get(..FIRST_BLOCK)? else { return None };
    let length = u8::try_from(rest.len()).ok()?;
    let block = [&[length], rest].concat();
    let frame = Frame::parse(&block, FrameFormat::WithoutCrc).ok()?;
    Addresses::read(&frame).ok().map(|addresses| addresses.link)
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineErrorKind {
    /// The telegram has no digits.
    #[error("the line has no telegram")]
    NoTelegram,
    /// A character is not a hexadecimal digit.
    #[error(
        "not a hexadecimal digit; expected a telegram in hexadecimal, an rtl_wmbus line, telegram=|…| or JSON"
    )]
    NotHexadecimal,
    /// The number of hexadecimal digits is odd.
    #[error("an odd number of hexadecimal digits: the line was cut")]
    OddDigits,
    /// An rtl_wmbus line has too few fields.
    #[error("{found} fields where an rtl_wmbus line has 8: the line was cut")]
    FieldsMissing {
        /// Fields found.
        found: usize,
    },
    /// A flag of an rtl_wmbus line is neither 0 nor 1.
    #[error("expected 0 or 1")]
    NotAFlag,
    /// The receiver says that the CRC was wrong.
    #[error("the receiver marked the frame's CRC as wrong; a damaged frame is not used")]
    CrcMarkedWrong,
    /// The receiver says that the 3-of-6 code was violated, which the CRC does not always notice.
    #[error("the receiver marked the 3-of-6 code as violated; a damaged frame is not used")]
    ThreeOutOfSixMarkedWrong,
    /// A time is not in a known notation.
    #[error("not a time; expected YYYY-MM-DD hh:mm:ss with or without Z, or RFC 3339")]
    NotATime,
    /// A `telegram=|` has no closing `|`.
    #[error("the telegram has no closing |: the line was cut")]
    Unterminated,
    /// What follows a `telegram=|…|` is not `+seconds`.
    #[error("expected +seconds after the telegram")]
    NotAnOffset,
    /// The line is not a JSON object.
    #[error("not a JSON object; expected {{\"hex\":\"…\"}}")]
    NotJson,
    /// A member of the JSON object has another type, or a value that it cannot have.
    #[error("the member {member:?} is not {expected}")]
    Member {
        /// The member.
        member: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// The bytes are not a frame.
    #[error("not a frame: {0}")]
    Frame(#[source] FrameError),
}

/// Tells which line of a recording could not be used, and why.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {kind}")]
#[non_exhaustive]
pub struct ReplayError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    #[source]
    pub kind: ReplayErrorKind,
}

impl ReplayError {
    /// Returns the sender that a damaged frame names, as far as it can still be read. Nothing vouches for it.
    pub fn sender(&self) -> Option<MeterAddress> {
        match &self.kind {
            ReplayErrorKind::Line(error) => error.sender,
            _ => None,
        }
    }
}

/// Why a line of a recording could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayErrorKind {
    /// The line holds no usable frame.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The line is not UTF-8; is this a text file?
    #[error("not a text line (invalid UTF-8 in column {column}); is this a recording in text form?")]
    NotText {
        /// The column of the first byte that is not UTF-8, from 1.
        column: usize,
    },
    /// The line is longer than any telegram.
    #[error("longer than {limit} bytes; no telegram is")]
    TooLong {
        /// The limit that was passed.
        limit: usize,
    },
    /// Reading failed; nothing more comes.
    #[error("reading failed")]
    Io(#[from] std::io::Error),
}
