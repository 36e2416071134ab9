//! The identification number.

use core::{fmt, str::FromStr};

use crate::hex;

/// The eight digits that name a meter within its manufacturer, version and device type.
///
/// They are BCD by the standard, but some meters use hexadecimal digits; all are kept.
/// Displays as eight upper-case digits, most significant first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentificationNumber([u8; 4]);

impl IdentificationNumber {
    /// Takes the four bytes as transmitted, low byte first.
    pub const fn from_wire([a, b, c, d]: [u8; 4]) -> Self {
        Self([d, c, b, a])
    }

    /// Returns the four bytes as transmitted, low byte first.
    pub const fn to_wire(self) -> [u8; 4] {
        let [a, b, c, d] = self.0;
        [d, c, b, a]
    }
}

impl fmt::Display for IdentificationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for IdentificationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentificationNumber({self})")
    }
}

/// The text is not eight digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identification number of eight digits")]
pub struct ParseIdentificationNumberError;

impl FromStr for IdentificationNumber {
    type Err = ParseIdentificationNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        hex::parse(text).map(Self).ok_or(ParseIdentificationNumberError)
    }
}
