//! A file of keys, of whatever kind.

use kem_files::KemFileError;

use super::keys::{KeyFile, read_table};
use super::{kem, table::TableError};

/// A file of keys as it came, and what opens it.
#[derive(Clone, Copy)]
pub struct KeyUpload<'f> {
    /// The file's bytes.
    pub content: &'f [u8],
    /// The password of a KEM file.
    pub password: Option<&'f str>,
}

impl<'f, File: AsRef<[u8]> + ?Sized> From<&'f File> for KeyUpload<'f> {
    fn from(file: &'f File) -> Self {
        Self { content: file.as_ref(), password: None }
    }
}

/// Why a file as a whole gives no keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// It is no table of keys.
    #[error(transparent)]
    Table(#[from] TableError),
    /// It is a KEM file that cannot be opened.
    #[error(transparent)]
    Kem(#[from] KemFileError),
}

impl KeyFileError {
    /// Returns a stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Table(error) => error.code(),
            Self::Kem(error) => error.code(),
        }
    }

    /// Returns the line that is meant, from 1, where one is.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::Table(error) => error.line(),
            Self::Kem(_) => None,
        }
    }
}

/// Reads a file of keys: CSV, or KEM and KEM2 with their password, also in a zip archive.
///
/// Two keys for one identification number are both taken, since which of them is meant shows in what they
/// open: makers number their meters independently, and meters get new keys.
///
/// # Errors
/// When the file as a whole is no table with a column of identification numbers and one of keys, or a KEM
/// file that the password does not open.
pub fn read_keys(upload: KeyUpload<'_>) -> Result<KeyFile, KeyFileError> {
    if kem_files::is_kem(upload.content) {
        return Ok(kem::read(upload.content, upload.password)?);
    }
    Ok(read_table(upload.content)?)
}
