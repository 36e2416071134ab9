//! What can go wrong with the store.

use std::path::PathBuf;

use super::key::KeyringError;
use crate::randomness::RandomnessError;

/// Why the store could not do what was asked. Completes "failed to …".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A newer app wrote the store. Nothing was changed.
    #[error(
        "the store has schema version {found}, this app knows up to {known}; install the newer app again"
    )]
    NewerStore {
        /// Version of the store.
        found: u32,
        /// Newest version that this app knows.
        known: u32,
    },
    /// The key or passphrase does not open the store.
    #[error("the key or passphrase does not open the store (or its file is damaged)")]
    WrongKey,
    /// There is a store, but the platform's keyring no longer has its key.
    #[error("the keyring has no key for this store; a store cannot be opened without it")]
    KeyMissing,
    /// There is a store, but the file with the parameters of its passphrase is gone or cannot be read.
    #[error("{path} is missing or damaged; without it no passphrase opens the store", path = .path.display())]
    KeyParameters {
        /// The file.
        path: PathBuf,
    },
    /// The store was made for a passphrase and opened with the keyring.
    #[error("this store was made with a passphrase; give it")]
    PassphraseNeeded,
    /// The platform's keyring did not answer.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// A file or directory could not be read or written.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The disk is full. What was committed is kept.
    #[error("the disk is full; free some space, then go on: what was shown is kept")]
    DiskFull,
    /// A row is not what this app writes.
    #[error("the store's table {table} holds a row that cannot be read ({what})")]
    Damaged {
        /// The table.
        table: &'static str,
        /// What cannot be read.
        what: &'static str,
    },
    /// There is no such tour on this handheld.
    #[error("there is no such tour on this handheld; pull it first")]
    NoSuchTour,
    /// There is no such line in the tour.
    #[error("there is no such meter in the tour")]
    NoSuchMeter,
    /// The database itself failed.
    #[error("the database failed: {0}")]
    Database(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull,
            Some(rusqlite::ErrorCode::NotADatabase) => Self::WrongKey,
            _ => Self::Database(error),
        }
    }
}
