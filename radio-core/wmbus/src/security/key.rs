//! The secrets of a meter.

use core::{fmt, str::FromStr};

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::hex;

/// A meter's AES-128 key. It is wiped from memory when dropped and never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct AesKey([u8; 16]);

impl AesKey {
    /// Takes the key's bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Gives the key's bytes, for ciphers and for sealed storage only.
    pub const fn expose(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for AesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesKey(..)")
    }
}

/// The text is not 32 hexadecimal digits. The error does not repeat the text: it may be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key of 32 hexadecimal digits")]
pub struct ParseAesKeyError;

impl FromStr for AesKey {
    type Err = ParseAesKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        hex::parse(text).map(Self).ok_or(ParseAesKeyError)
    }
}

/// A meter's key of 64 bits: for DES (security mode 2) and for the scrambling of the Diehl group.
///
/// It is wiped from memory when dropped and never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Key64([u8; 8]);

impl Key64 {
    /// Takes the key's bytes.
    pub const fn new(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Gives the key's bytes, for ciphers and for sealed storage only.
    pub const fn expose(&self) -> &[u8; 8] {
        &self.0
    }
}

impl fmt::Debug for Key64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key64(..)")
    }
}

/// The text is not 16 hexadecimal digits. The error does not repeat the text: it may be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key of 16 hexadecimal digits")]
pub struct ParseKey64Error;

impl FromStr for Key64 {
    type Err = ParseKey64Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        hex::parse(text).map(Self).ok_or(ParseKey64Error)
    }
}
