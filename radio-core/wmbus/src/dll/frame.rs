//! One frame, free of CRCs.

use super::{
    FrameError, FrameFormat,
    format::{LINK_LAYER, length_a, starts_like_a, strip_a, strip_b},
};

/// A frame whose CRCs were checked and removed.
///
/// Its L field counts the bytes that follow it, whatever format the frame had on the air, so the same
/// transmission always has the same bytes. These bytes are what is hashed, stored and uploaded.
///
/// A wired long frame is kept whole, with both L fields, checksum and stop byte.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Frame {
    bytes: Vec<u8>,
    wired: bool,
    trailing: usize,
}

/// What receivers append at most behind a frame: RSSI, LQI, status.
const MOST_APPENDED: usize = 4;
const WIRED_START: u8 = 0x68;
const WIRED_STOP: u8 = 0x16;

impl Frame {
    /// Takes bytes of a known format, checks all CRCs and removes them.
    ///
    /// Up to four bytes behind the end, as receivers append them (RSSI, LQI), are left out and reported
    /// by [`Frame::trailing_bytes`]. Bytes that are beyond doubt a wired frame are also taken as
    /// [`FrameFormat::WithoutCrc`].
    ///
    /// # Errors
    /// Says where the frame is cut off, too long, or has a CRC that does not fit.
    pub fn parse(bytes: &[u8], format: FrameFormat) -> Result<Self, FrameError> {
        match format {
            FrameFormat::A => {
                let length = length_field(bytes)?;
                let expected = length_a(length).ok_or(FrameError::LengthField { length })?;
                let (frame, trailing) = cut(bytes, expected)?;
                Ok(Self::radio(strip_a(frame)?, trailing))
            }
            FrameFormat::B => {
                let (frame, trailing) = cut(bytes, usize::from(length_field(bytes)?) + 1)?;
                Ok(Self::radio(strip_b(frame)?, trailing))
            }
            FrameFormat::WithoutCrc => match Self::wired(bytes) {
                Some(wired) => wired,
                None => {
                    let (frame, trailing) = cut(bytes, usize::from(length_field(bytes)?) + 1)?;
                    Ok(Self::radio(frame.to_vec(), trailing))
                }
            },
            FrameFormat::Wired => match Self::wired(bytes) {
                Some(wired) => wired,
                None => Err(FrameError::LengthField { length: length_field(bytes)? }),
            },
        }
    }

    /// Finds out how bytes are arranged, and says so.
    ///
    /// The number of bytes tells format A from the others. Format B and removed CRCs have the same
    /// length: they are told apart by the CRCs themselves, so a format B frame with a damaged CRC passes
    /// for one without, and one in 65,536 frames without CRCs passes for format B. Where the receiver
    /// knows the format, use [`Frame::parse`].
    ///
    /// # Errors
    /// Those of [`Frame::parse`] for the format that the bytes resemble most.
    pub fn detect(bytes: &[u8]) -> Result<(Self, FrameFormat), FrameError> {
        if let Some(wired) = Self::wired(bytes) {
            return wired.map(|frame| (frame, FrameFormat::Wired));
        }
        let length = length_field(bytes)?;
        let without_crc = usize::from(length) + 1;
        let exactly_a = length_a(length) == Some(bytes.len());
        let format = if exactly_a || (bytes.len() != without_crc && starts_like_a(bytes)) {
            FrameFormat::A
        } else if Self::parse(bytes, FrameFormat::B).is_ok() {
            FrameFormat::B
        } else {
            FrameFormat::WithoutCrc
        };
        Self::parse(bytes, format).map(|frame| (frame, format))
    }

    /// Returns the frame without CRCs, from the L field on.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Tells whether this is a wired M-Bus frame.
    pub fn is_wired(&self) -> bool {
        self.wired
    }

    /// Returns how many bytes behind the frame were left out.
    pub fn trailing_bytes(&self) -> usize {
        self.trailing
    }

    fn radio(bytes: Vec<u8>, trailing: usize) -> Self {
        Self { bytes, wired: false, trailing }
    }

    /// Recognises `68 L L 68`; `None` for bytes that are no wired long frame.
    fn wired(bytes: &[u8]) -> Option<Result<Self, FrameError>> {
        let [WIRED_START, length, again, WIRED_START, ..] = *bytes else { return None };
        if length != again || length < 3 {
            return None;
        }
        let (checked, offset) = (4..usize::from(length) + 4, usize::from(length) + 4);
        let expected = offset + 2;
        // A radio frame with L = 0x68 could look like this by chance; then its length gives it away.
        let radio = [Some(usize::from(WIRED_START) + 1), length_a(WIRED_START)];
        if bytes.len() != expected && radio.contains(&Some(bytes.len())) {
            return None;
        }
        Some(match (bytes.get(checked), bytes.get(offset..expected)) {
            (Some(data), Some(&[checksum, stop])) => {
                let sum = data.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
                if sum != checksum || stop != WIRED_STOP {
                    Err(FrameError::WiredChecksum { offset })
                } else if bytes.len() > expected {
                    Err(FrameError::TrailingBytes { expected, found: bytes.len() })
                } else {
                    Ok(Self { bytes: bytes.to_vec(), wired: true, trailing: 0 })
                }
            }
            _ => Err(FrameError::Truncated { expected, found: bytes.len() }),
        })
    }
}

/// Returns the L field of bytes that are long enough for a link layer.
fn length_field(bytes: &[u8]) -> Result<u8, FrameError> {
    let length = match bytes.first() {
        Some(length) if bytes.len() >= LINK_LAYER => *length,
        _ => return Err(FrameError::TooShort { needed: LINK_LAYER, found: bytes.len() }),
    };
    if usize::from(length) + 1 < LINK_LAYER { Err(FrameError::LengthField { length }) } else { Ok(length) }
}

/// Cuts off what a receiver appended.
fn cut(bytes: &[u8], expected: usize) -> Result<(&[u8], usize), FrameError> {
    let found = bytes.len();
    let frame = bytes.get(..expected).ok_or(FrameError::Truncated { expected, found })?;
    match found - expected {
        trailing @ 0..=MOST_APPENDED => Ok((frame, trailing)),
        _ => Err(FrameError::TrailingBytes { expected, found }),
    }
}
