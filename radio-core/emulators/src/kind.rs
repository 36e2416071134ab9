//! Which receivers there are.

use std::fmt;
use std::str::FromStr;

use crate::Emulator;
use crate::im871a::Im871a;

/// Names an emulated receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// IMST iM871A-USB with firmware 1.4, which hears C and T together.
    Im871a,
    /// IMST iM871A-USB with firmware 1.3, which hears one mode at a time.
    Im871aFirmware13,
}

impl Kind {
    /// All receivers.
    pub const ALL: [Self; 2] = [Self::Im871a, Self::Im871aFirmware13];

    /// Returns the name on the command line, such as `im871a`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Im871a => "im871a",
            Self::Im871aFirmware13 => "im871a-fw13",
        }
    }

    /// Makes such a receiver, as it comes from the factory.
    pub fn emulator(self) -> Box<dyn Emulator> {
        match self {
            Self::Im871a => Box::new(Im871a::with_firmware(0x14)),
            Self::Im871aFirmware13 => Box::new(Im871a::with_firmware(0x13)),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text names no receiver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown receiver; known are {}", Kind::ALL.map(Kind::as_str).join(", "))]
#[non_exhaustive]
pub struct ParseKindError;

impl FromStr for Kind {
    type Err = ParseKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(ParseKindError)
    }
}
