//! A key as people hold it: its length says what it is for.

use alloc::vec;
use alloc::vec::Vec;
use core::str::FromStr;

use super::{AesKey, Key64, Keys};
use crate::meter::MeterAddress;

/// A key of either length; as [`Keys`] it opens whatever it fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnyKey {
    /// A key for AES-128.
    Aes(AesKey),
    /// A key for DES or the scrambling of the Diehl group.
    Bits64(Key64),
}

/// The text has neither 32 nor 16 hexadecimal digits. The error does not repeat the text: it may be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key of 32 or 16 hexadecimal digits")]
pub struct ParseAnyKeyError;

impl FromStr for AnyKey {
    type Err = ParseAnyKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let aes = text.parse().map(Self::Aes).ok();
        aes.or_else(|| text.parse().map(Self::Bits64).ok()).ok_or(ParseAnyKeyError)
    }
}

impl Keys for AnyKey {
    fn candidates<'k>(&'k self, _: &MeterAddress) -> Vec<&'k AesKey> {
        match self {
            Self::Aes(key) => vec![key],
            Self::Bits64(_) => Vec::new(),
        }
    }

    fn candidates_64<'k>(&'k self, _: &MeterAddress) -> Vec<&'k Key64> {
        match self {
            Self::Aes(_) => Vec::new(),
            Self::Bits64(key) => vec![key],
        }
    }
}
