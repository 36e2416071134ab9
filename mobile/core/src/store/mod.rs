//! The handheld's encrypted store.
//!
//! One SQLite file under SQLCipher, in WAL mode with `synchronous = FULL`: what a commit returned for
//! is on the disk. Facts (telegrams, receptions, events) are only ever inserted; readings are derived
//! from them and can be derived again.

pub(crate) mod damaged;
mod error;
pub(crate) mod facts;
pub(crate) mod formats;
pub mod key;
pub(crate) mod meta;
mod migrations;
mod open;
pub(crate) mod outbox;
pub(crate) mod pairing;
mod passphrase;
#[cfg(feature = "keyring")]
mod platform_keyring;
pub(crate) mod readings;
pub(crate) mod recordings;
pub(crate) mod sessions;
pub(crate) mod tours;

use std::fmt;
use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use sync_protocol::ReplicaEpoch;

pub use error::StoreError;
pub use facts::FactCounts;
pub use key::{KeySource, Keyring, KeyringError, Passphrase, StoreKey};
pub use migrations::known_version;
pub use open::{DATABASE_FILE, PASSPHRASE_FILE};
#[cfg(feature = "keyring")]
pub use platform_keyring::PlatformKeyring;
pub use sessions::ReadingSession;
pub use tours::StoredTour;

/// An open store.
pub struct Store {
    connection: Connection,
}

impl Store {
    /// Returns which life of the database this is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn epoch(&self) -> Result<ReplicaEpoch, StoreError> {
        meta::uuid(&self.connection, meta::EPOCH)?
            .map(ReplicaEpoch)
            .ok_or(StoreError::Damaged { table: "meta", what: "epoch" })
    }

    /// The connection, for reading.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Begins a transaction that writes: it takes the write lock now, so that it cannot fail halfway
    /// because another process writes. Dropped without commit it leaves nothing.
    pub(crate) fn transaction(&mut self) -> Result<Transaction<'_>, StoreError> {
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// Names the file in an error of the operating system.
fn file_error(path: &Path) -> impl FnOnce(std::io::Error) -> StoreError + '_ {
    |source| StoreError::File { path: path.to_owned(), source }
}
