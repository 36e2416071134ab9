//! One frame, free of CRCs.

use super::{
    FrameError, FrameFormat,
    format::{LINK_LAYER, length_a, starts_like_a, strip_a, strip_b},
};
use crate::wired::check_long;
use alloc::vec::Vec;

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
/// Start, L, L and start before what L counts, checksum and stop behind it.
const WIRED_AROUND: usize = 6;

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
            FrameFormat::Wired => Self::wired_long(bytes),
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

    /// Takes a message that was put together from several frames, with a link layer before it. Its L
    /// field counts as far as it can.
    pub(crate) fn put_together(mut bytes: Vec<u8>) -> Self {
        let follow = u8::try_from(bytes.len().saturating_sub(1)).unwrap_or(u8::MAX);
        if let Some(first) = bytes.first_mut() {
            *first = follow;
        }
        Self::radio(bytes, 0)
    }

    fn radio(bytes: Vec<u8>, trailing: usize) -> Self {
        Self { bytes, wired: false, trailing }
    }

    /// Recognises a wired long frame; `None` for bytes that are none.
    fn wired(bytes: &[u8]) -> Option<Result<Self, FrameError>> {
        is_more_like_wired(bytes).then(|| Self::wired_long(bytes))
    }

    fn wired_long(bytes: &[u8]) -> Result<Self, FrameError> {
        match check_long(bytes)? {
            length if length == bytes.len() => Ok(Self { bytes: bytes.to_vec(), wired: true, trailing: 0 }),
            expected => Err(FrameError::TrailingBytes { expected, found: bytes.len() }),
        }
    }
}

/// Tells a wired long frame, `68 L L 68 … 16`, even with one of these bytes wrong, from a radio frame, which
/// can look like one by chance if its L is 68.
fn is_more_like_wired(bytes: &[u8]) -> bool {
    let &[WIRED_START, first, second, again, .., last] = bytes else { return false };
    let found = bytes.len();
    let fits = |length: u8| usize::from(length) + WIRED_AROUND == found;
    let is_framed = again == WIRED_START;
    let has_one_length = first == second;
    if is_framed && has_one_length && fits(first) {
        return true;
    }
    let radio = [Some(usize::from(WIRED_START) + 1), length_a(WIRED_START)];
    let fits_radio = radio.iter().flatten().any(|length| (*length..=length + MOST_APPENDED).contains(&found));
    let signs = [is_framed, has_one_length, fits(first) || fits(second), last == WIRED_STOP];
    !fits_radio && signs.into_iter().filter(|sign| *sign).count() > 1
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
