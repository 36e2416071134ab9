//! The keys that the command line names.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use wmbus::security::AnyKey;
use wmbus::{AesKey, Key64, KeyRing, Keys, MeterAddress};

use crate::hex;
use crate::keys::KeyFile;

/// The keys on the command line.
#[derive(clap::Args)]
pub(super) struct KeyOptions {
    /// A key for all telegrams, 32 hexadecimal digits (16 for DES and Diehl scrambling).
    #[arg(long, value_name = "HEX", env = "WMBUS_KEY", hide_env_values = true)]
    key: Option<String>,
    /// A file of keys: CSV with id;key, or Kamstrup's KEM and KEM2.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The password of a KEM file.
    #[arg(long, value_name = "TEXT", env = "WMBUS_KEYS_PASSWORD", hide_env_values = true)]
    keys_password: Option<String>,
}

/// Says neither key nor password.
impl fmt::Debug for KeyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyOptions").field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl KeyOptions {
    /// Reads the keys; refused rows of a file are told on standard error.
    pub(super) fn read(&self) -> anyhow::Result<Keychain> {
        Keychain::new(self.key.as_deref(), self.keys.as_deref(), self.keys_password.as_deref())
    }
}

/// A key for all telegrams, and those of a key file.
#[derive(Debug, Default)]
pub(super) struct Keychain {
    single: Option<AnyKey>,
    ring: KeyRing,
}

impl Keychain {
    fn new(key: Option<&str>, file: Option<&Path>, password: Option<&str>) -> anyhow::Result<Self> {
        let single = match key.map(parse) {
            None => None,
            Some(Ok(key)) => Some(key),
            Some(Err(error)) => bail!("--key: {error}"),
        };
        let ring = file.map(|file| read(file, password)).transpose()?.unwrap_or_default();
        Ok(Self { single, ring })
    }
}

impl Keys for Keychain {
    fn candidates<'k>(&'k self, address: &MeterAddress) -> Vec<&'k AesKey> {
        let single = self.single.iter().flat_map(|key| key.candidates(address));
        single.chain(self.ring.candidates(address)).collect()
    }

    fn candidates_64<'k>(&'k self, address: &MeterAddress) -> Vec<&'k Key64> {
        let single = self.single.iter().flat_map(|key| key.candidates_64(address));
        single.chain(self.ring.candidates_64(address)).collect()
    }
}

fn read(path: &Path, password: Option<&str>) -> anyhow::Result<KeyRing> {
    let content = std::fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
    let file = KeyFile::read(content, password).with_context(|| path.display().to_string())?;
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
    #[error("the key has {digits} hexadecimal digits; an AES-128 key has 32, one of 64 bits has 16")]
    Length { digits: usize },
}

/// Parses a key as people write it, with spaces or without, in either case.
pub(super) fn parse(text: &str) -> Result<AnyKey, KeyError> {
    let bytes = hex::parse(text.trim()).map_err(|error| match error {
        hex::HexError::Digit { .. } => KeyError::NotHexadecimal,
        _ => KeyError::Length { digits: text.chars().filter(char::is_ascii_hexdigit).count() },
    })?;
    if let Ok(bytes) = <[u8; 16]>::try_from(bytes.as_slice()) {
        return Ok(AnyKey::Aes(AesKey::new(bytes)));
    }
    let bytes_64 = <[u8; 8]>::try_from(bytes.as_slice());
    bytes_64
        .map(|bytes| AnyKey::Bits64(Key64::new(bytes)))
        .map_err(|_| KeyError::Length { digits: 2 * bytes.len() })
}
