//! The keys that the command line names.

use std::path::Path;

use anyhow::{Context as _, bail};
use wmbus::{AesKey, KeyRing, Keys, MeterAddress};

use crate::hex;
use crate::keys::KeyFile;

/// A key for all telegrams, and those of a key file.
#[derive(Debug, Default)]
pub(super) struct Keychain {
    single: Option<AesKey>,
    ring: KeyRing,
}

impl Keychain {
    /// Reads what the command line gives; refused rows of the file are told on standard error.
    pub(super) fn new(key: Option<&str>, file: Option<&Path>) -> anyhow::Result<Self> {
        let single = match key.map(parse) {
            None => None,
            Some(Ok(key)) => Some(key),
            Some(Err(error)) => bail!("--key: {error}"),
        };
        let ring = file.map(read).transpose()?.unwrap_or_default();
        Ok(Self { single, ring })
    }
}

impl Keys for Keychain {
    fn candidates<'k>(&'k self, address: &MeterAddress) -> Vec<&'k AesKey> {
        self.single.iter().chain(self.ring.candidates(address)).collect()
    }
}

fn read(path: &Path) -> anyhow::Result<KeyRing> {
    let content = std::fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
    let file = KeyFile::parse(content);
    for row in file.refused() {
        super::tell(format_args!("{}: {row}", path.display()));
    }
    Ok(file.ring)
}

/// Why a text is no key; never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeyError {
    #[error("the key has a character that is not a hexadecimal digit")]
    NotHexadecimal,
    #[error("the key has {digits} hexadecimal digits; an AES-128 key has 32")]
    Length { digits: usize },
    /// A key of the withdrawn modes 2 and 3.
    #[error("the key has 16 hexadecimal digits; DES keys are not supported, an AES-128 key has 32")]
    Des,
}

/// Parses a key as people write it, with spaces or without, in either case.
pub(super) fn parse(text: &str) -> Result<AesKey, KeyError> {
    /// Bytes of a DES key.
    const DES: usize = 8;
    let bytes = hex::parse(text.trim()).map_err(|error| match error {
        hex::HexError::Digit { .. } => KeyError::NotHexadecimal,
        _ => KeyError::Length { digits: text.chars().filter(char::is_ascii_hexdigit).count() },
    })?;
    match <[u8; 16]>::try_from(bytes) {
        Ok(bytes) => Ok(AesKey::new(bytes)),
        Err(bytes) if bytes.len() == DES => Err(KeyError::Des),
        Err(bytes) => Err(KeyError::Length { digits: 2 * bytes.len() }),
    }
}
