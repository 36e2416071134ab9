//! The four frames of the wired link layer.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use super::{PrimaryAddress, WiredControl};
use crate::dll::FrameError;
use crate::tpl::Ci;
use crate::wire::Reader;

const ACKNOWLEDGE: u8 = 0xE5;
const SHORT_START: u8 = 0x10;
const LONG_START: u8 = 0x68;
const STOP: u8 = 0x16;
/// Bytes of a short frame.
const SHORT: usize = 5;
/// Start, L, L, start.
const HEAD: usize = 4;
/// Checksum and stop byte.
const TAIL: usize = 2;
/// C, A and CI: what L counts at least.
const LEAST_COUNTED: u8 = 3;

/// A frame of the wired link layer (EN 13757-2; class FT1.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum WiredFrame {
    /// `E5`: a meter did what it was told.
    Acknowledge,
    /// `10 C A checksum 16`: a request without data.
    Short {
        /// The C field.
        control: WiredControl,
        /// The A field.
        address: PrimaryAddress,
    },
    /// `68 03 03 68 C A CI checksum 16`: a command that the CI field says whole.
    Control {
        /// The C field.
        control: WiredControl,
        /// The A field.
        address: PrimaryAddress,
        /// The CI field.
        ci: Ci,
    },
    /// `68 L L 68 C A CI data checksum 16`: data of a meter, or for one.
    Long {
        /// The C field.
        control: WiredControl,
        /// The A field.
        address: PrimaryAddress,
        /// The CI field.
        ci: Ci,
        /// What follows the CI field, without checksum.
        data: Vec<u8>,
    },
}

impl WiredFrame {
    /// As many bytes follow the CI field at most.
    pub const MOST_DATA: usize = 252;

    /// Reads exactly one frame.
    ///
    /// # Errors
    /// Says which byte is wrong: a start, an L field, the checksum, the stop byte, or the number of bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, FrameError> {
        match Self::read(bytes)? {
            (frame, length) if length == bytes.len() => Ok(frame),
            (_, expected) => Err(FrameError::TrailingBytes { expected, found: bytes.len() }),
        }
    }

    /// Reads the frame that bytes begin with, and how many bytes it takes.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, usize), FrameError> {
        match bytes.first() {
            None => Err(FrameError::TooShort { needed: 1, found: 0 }),
            Some(&ACKNOWLEDGE) => Ok((Self::Acknowledge, 1)),
            Some(&SHORT_START) => short(bytes),
            Some(&LONG_START) => long(bytes),
            Some(_) => Err(FrameError::WiredStart { offset: 0 }),
        }
    }

    /// Returns the bytes of the frame; `None` for more data than [`Self::MOST_DATA`].
    pub fn emit(&self) -> Option<Vec<u8>> {
        let counted = match self {
            Self::Acknowledge => return Some(vec![ACKNOWLEDGE]),
            Self::Short { control, address } => {
                let (c, a) = (control.0, address.0);
                return Some(vec![SHORT_START, c, a, c.wrapping_add(a), STOP]);
            }
            Self::Control { control, address, ci } => vec![control.0, address.0, ci.0],
            Self::Long { control, address, ci, data } => {
                [&[control.0, address.0, ci.0], data.as_slice()].concat()
            }
        };
        let length = u8::try_from(counted.len()).ok()?;
        let mut bytes = vec![LONG_START, length, length, LONG_START];
        bytes.extend_from_slice(&counted);
        bytes.extend([checksum(&counted), STOP]);
        Some(bytes)
    }

    /// Returns the C field; `None` for an acknowledgement.
    pub const fn control(&self) -> Option<WiredControl> {
        match self {
            Self::Acknowledge => None,
            Self::Short { control, .. } | Self::Control { control, .. } | Self::Long { control, .. } => {
                Some(*control)
            }
        }
    }

    /// Returns the A field; `None` for an acknowledgement.
    pub const fn address(&self) -> Option<PrimaryAddress> {
        match self {
            Self::Acknowledge => None,
            Self::Short { address, .. } | Self::Control { address, .. } | Self::Long { address, .. } => {
                Some(*address)
            }
        }
    }

    /// Returns the CI field, where there is one.
    pub const fn ci(&self) -> Option<Ci> {
        match self {
            Self::Acknowledge | Self::Short { .. } => None,
            Self::Control { ci, .. } | Self::Long { ci, .. } => Some(*ci),
        }
    }

    /// Returns what follows the CI field; empty where nothing does.
    pub fn data(&self) -> &[u8] {
        match self {
            Self::Long { data, .. } => data,
            _ => &[],
        }
    }

    /// Tells whether a meter sends data, which [`crate::Telegram::decode`] reads.
    pub const fn is_from_meter(&self) -> bool {
        matches!(self, Self::Control { control, .. } | Self::Long { control, .. } if !control.is_from_master())
    }

    /// Returns a stable name of the kind of frame.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Short { .. } => "short",
            Self::Control { .. } => "control",
            Self::Long { .. } => "long",
        }
    }
}

impl fmt::Display for WiredFrame {
    /// Writes such as `REQ-UD2, FCB 1 to address 5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(control), Some(address)) = (self.control(), self.address()) else {
            return f.write_str("acknowledgement");
        };
        let way = if control.is_from_master() { "to" } else { "from" };
        write!(f, "{control} {way} address {address}")?;
        match self.ci() {
            None => Ok(()),
            Some(ci) => write!(f, ": {}", ci.name()),
        }
    }
}

/// Checks a long frame at the beginning of bytes, and returns how many bytes it takes.
pub(crate) fn check_long(bytes: &[u8]) -> Result<usize, FrameError> {
    let found = bytes.len();
    let &[start, first, second, again, ..] = bytes else {
        return Err(FrameError::Truncated { expected: HEAD, found });
    };
    if start != LONG_START {
        return Err(FrameError::WiredStart { offset: 0 });
    }
    if first != second || first < LEAST_COUNTED {
        return Err(FrameError::WiredLength { first, second });
    }
    if again != LONG_START {
        return Err(FrameError::WiredStart { offset: 3 });
    }
    let offset = HEAD + usize::from(first);
    let expected = offset + TAIL;
    let (Some(counted), Some(&[sum, stop])) = (bytes.get(HEAD..offset), bytes.get(offset..expected)) else {
        return Err(FrameError::Truncated { expected, found });
    };
    if stop != STOP {
        Err(FrameError::WiredStop { offset: offset + 1 })
    } else if checksum(counted) != sum {
        Err(FrameError::WiredChecksum { offset })
    } else {
        Ok(expected)
    }
}

fn long(bytes: &[u8]) -> Result<(WiredFrame, usize), FrameError> {
    let length = check_long(bytes)?;
    let end = length - TAIL;
    let truncated = |_| FrameError::Truncated { expected: length, found: bytes.len() };
    let mut reader = Reader::at(bytes.get(..end).unwrap_or_default(), HEAD);
    let [control, address, ci] = reader.array().map_err(truncated)?;
    let (control, address, ci) = (WiredControl(control), PrimaryAddress(address), Ci(ci));
    let frame = match reader.rest() {
        [] => WiredFrame::Control { control, address, ci },
        data => WiredFrame::Long { control, address, ci, data: data.to_vec() },
    };
    Ok((frame, length))
}

fn short(bytes: &[u8]) -> Result<(WiredFrame, usize), FrameError> {
    let Some(&[_, control, address, sum, stop]) = bytes.first_chunk::<SHORT>() else {
        return Err(FrameError::Truncated { expected: SHORT, found: bytes.len() });
    };
    if stop != STOP {
        return Err(FrameError::WiredStop { offset: SHORT - 1 });
    }
    if control.wrapping_add(address) != sum {
        return Err(FrameError::WiredChecksum { offset: SHORT - TAIL });
    }
    let frame = WiredFrame::Short { control: WiredControl(control), address: PrimaryAddress(address) };
    Ok((frame, SHORT))
}

fn checksum(counted: &[u8]) -> u8 {
    counted.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}
