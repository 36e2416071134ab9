//! Values that never appear in a log, an error or a `Debug`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The AES-128 key of a meter. `Debug` hides it; there is no `Display`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct MeterKey([u8; 16]);

impl MeterKey {
    /// Wraps key bytes.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the key bytes, for a cipher or a sealed store only.
    pub fn expose(&self) -> &[u8; 16] {
        &self.0
    }

    /// Returns the key as 32 hexadecimal digits, for the wire or a sealed store only.
    pub fn expose_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02X}")).collect()
    }
}

impl fmt::Debug for MeterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MeterKey(hidden)")
    }
}

/// A text is not a meter key. Does not repeat the text, which may be a key with one wrong digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a meter key is 32 hexadecimal digits")]
pub struct ParseMeterKeyError;

impl FromStr for MeterKey {
    type Err = ParseMeterKeyError;

    /// Reads 32 hexadecimal digits in either case; spaces, as operators' lists carry them, are skipped.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let key = crate::encoding::hex_array(&digits).map(Self).ok_or(ParseMeterKeyError);
        digits.zeroize();
        key
    }
}

impl Serialize for MeterKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.expose_hex())
    }
}

impl<'de> Deserialize<'de> for MeterKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A bearer token. `Debug` hides it; there is no `Display`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// Wraps a token's text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns the token's text, for an `Authorization` header or a sealed store only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}
