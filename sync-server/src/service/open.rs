//! The service itself, and how it is opened above a database.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sync_protocol::Timestamp;
use tokio::sync::Semaphore;

use super::decodings::Decodings;
use super::environment::Environment;
use super::limiter::AttemptLimiter;
use super::live::Hub;
use super::{Config, Result};
use crate::crypto::{CryptoError, MasterKey, NONCE_LENGTH, Vault};
use crate::store::{Store, Transaction};

/// Wrong passwords of one client in [`ATTEMPT_WINDOW_MS`].
const LOGIN_ATTEMPTS: u32 = 10;

/// Wrong pairing codes of one client in [`ATTEMPT_WINDOW_MS`].
const PAIRING_ATTEMPTS: u32 = 10;

const ATTEMPT_WINDOW_MS: i64 = 15 * 60 * 1_000;

/// The sync server without a network.
pub struct Service {
    pub(super) store: Arc<dyn Store>,
    pub(super) vault: Vault,
    pub(super) config: Config,
    pub(super) environment: Arc<dyn Environment>,
    pub(super) logins: AttemptLimiter,
    pub(super) pairings: AttemptLimiter,
    pub(super) decodings: Decodings,
    /// One password is hashed at a time: each costs memory and a core, by design.
    pub(super) password_work: Semaphore,
    pub(super) live: Hub,
    /// Whether a merge ended before its readings were derived.
    pub(super) is_behind: AtomicBool,
}

impl Service {
    /// Opens the service above a database.
    ///
    /// The first start takes the master key as it is; every later one must bring the same.
    ///
    /// # Errors
    /// [`CryptoError::Sealed`] when the database was sealed under another master key; or the database
    /// fails.
    pub async fn open(
        store: Arc<dyn Store>,
        master_key: MasterKey,
        config: Config,
        environment: Arc<dyn Environment>,
    ) -> Result<Self> {
        let commit = store.begin_read().await?.state().await?.last_change;
        let service = Self {
            live: Hub::new(commit),
            store,
            vault: Vault::new(&master_key),
            config,
            environment,
            logins: AttemptLimiter::new(LOGIN_ATTEMPTS, ATTEMPT_WINDOW_MS),
            pairings: AttemptLimiter::new(PAIRING_ATTEMPTS, ATTEMPT_WINDOW_MS),
            decodings: Decodings::default(),
            password_work: Semaphore::new(1),
            is_behind: AtomicBool::new(false),
        };
        service.check_master_key().await?;
        Ok(service)
    }

    async fn check_master_key(&self) -> Result<()> {
        let mut tx = self.store.begin().await?;
        match tx.state().await?.key_check {
            Some(sealed) => self.vault.open_check(&sealed)?,
            None => {
                tx.set_key_check(self.vault.seal_check(self.nonce()?)?).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Returns the clock of the service.
    pub fn now(&self) -> Timestamp {
        self.environment.now()
    }

    /// Returns what was set.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns the database. For tests and simulations.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Begins a transaction that may write.
    pub(super) async fn begin(&self) -> Result<Box<dyn Transaction>> {
        Ok(self.store.begin().await?)
    }

    /// Begins a transaction that only reads.
    pub(super) async fn begin_read(&self) -> Result<Box<dyn Transaction>> {
        Ok(self.store.begin_read().await?)
    }

    /// Returns unpredictable bytes.
    pub(super) fn random<const N: usize>(&self) -> Result<[u8; N], CryptoError> {
        let mut bytes = [0; N];
        self.environment.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn nonce(&self) -> Result<[u8; NONCE_LENGTH], CryptoError> {
        self.random()
    }
}
