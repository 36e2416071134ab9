//! Opening and creating the store's file.

use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

use rusqlite::Connection;
use sync_protocol::ReplicaEpoch;

use super::key::{KeySource, StoreKey};
use super::{Store, StoreError, file_error, meta, migrations, passphrase};
use crate::clock::Now;
use crate::randomness::{Randomness, mint_uuid};

/// The encrypted database, inside the store's directory.
pub const DATABASE_FILE: &str = "walkby.db";
/// The parameters of the passphrase, beside it.
pub const PASSPHRASE_FILE: &str = "walkby.kdf.json";

/// How long one process waits for another that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

impl Store {
    /// Opens the store in `directory`, or creates it there.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`] when the key does not fit, [`StoreError::NewerStore`] when a newer app
    /// wrote it; in both cases nothing is changed.
    pub fn open(
        directory: &Path,
        source: &KeySource,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<Self, StoreError> {
        std::fs::create_dir_all(directory).map_err(file_error(directory))?;
        let path = directory.join(DATABASE_FILE);
        let key = resolve_key(directory, &path, source, randomness)?;
        start_sqlcipher();
        let mut connection = Connection::open(&path)?;
        unlock(&connection, &key)?;
        migrations::refuse_newer(&connection)?;
        configure(&connection)?;
        migrations::migrate(&mut connection)?;
        let mut store = Self { connection };
        store.ensure_epoch(now, randomness)?;
        Ok(store)
    }

    /// Begins a new life of the database: to be called when it was restored from a backup, so that
    /// its sequence numbers are not taken for those of the life that the backup was made of.
    ///
    /// # Errors
    /// When there is no randomness or the database fails.
    pub fn new_epoch(
        &mut self,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<ReplicaEpoch, StoreError> {
        let epoch = ReplicaEpoch(mint_uuid(now.wall, randomness)?);
        let transaction = self.transaction()?;
        meta::set_uuid(&transaction, meta::EPOCH, epoch.0)?;
        transaction.commit()?;
        Ok(epoch)
    }

    fn ensure_epoch(&mut self, now: Now, randomness: &mut dyn Randomness) -> Result<(), StoreError> {
        let epoch = mint_uuid(now.wall, randomness)?;
        let transaction = self.transaction()?;
        if meta::uuid(&transaction, meta::EPOCH)?.is_none() {
            meta::set_uuid(&transaction, meta::EPOCH, epoch)?;
        }
        transaction.commit()?;
        Ok(())
    }
}

/// A key is made only for a store that does not exist yet: a new key for an old store would hide that
/// the old key is lost.
fn resolve_key(
    directory: &Path,
    database: &Path,
    source: &KeySource,
    randomness: &mut dyn Randomness,
) -> Result<StoreKey, StoreError> {
    let exists = database.try_exists().map_err(file_error(database))?;
    let parameters = directory.join(PASSPHRASE_FILE);
    match source {
        KeySource::Raw(key) => Ok(key.clone()),
        KeySource::Passphrase(passphrase) if exists || parameters.exists() => {
            passphrase::load(&parameters, passphrase)
        }
        KeySource::Passphrase(passphrase) => passphrase::create(&parameters, passphrase, randomness),
        KeySource::Keyring(_) if parameters.exists() => Err(StoreError::PassphraseNeeded),
        KeySource::Keyring(keyring) => {
            let name = keyring_name(directory)?;
            match keyring.load(&name)? {
                Some(key) => Ok(key),
                None if exists => Err(StoreError::KeyMissing),
                None => {
                    let mut bytes = [0; 32];
                    randomness.fill(&mut bytes)?;
                    let key = StoreKey::new(bytes);
                    keyring.save(&name, &key)?;
                    Ok(key)
                }
            }
        }
    }
}

/// The keyring knows a store by its place.
fn keyring_name(directory: &Path) -> Result<String, StoreError> {
    let place: PathBuf = directory.canonicalize().map_err(file_error(directory))?;
    Ok(place.to_string_lossy().into_owned())
}

/// Lets SQLCipher start up before anyone gives it a key.
///
/// SQLite calls itself initialised before it lets SQLCipher start, so of two threads that open the
/// first connections of a process, one may find a cipher that cannot take its key yet.
fn start_sqlcipher() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| drop(Connection::open_in_memory()));
}

/// Gives SQLCipher the key and proves it on the first page.
fn unlock(connection: &Connection, key: &StoreKey) -> Result<(), StoreError> {
    // SQLCipher would write its complaint about a wrong key to standard error; `WrongKey` says it.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    connection.execute_batch(&key.pragma().0)?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    Ok(())
}

/// A commit is on the disk when it returns, and what is deleted is overwritten.
fn configure(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}
