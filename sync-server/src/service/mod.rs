//! The rules above the store: what is merged, who may do what, what the office gets.

mod environment;
mod error;
mod model;
mod telegram;

use std::path::Path;
use std::sync::Arc;

use sync_protocol::{
    BatchId, BodyLimits, ChangesPage, Cursor, Digest, Hello, PairAnswer, PairRequest, PushAnswer, ReplicaId,
    Token, TourId,
};

use crate::crypto::MasterKey;
use crate::store::Store;

pub use environment::{Environment, SystemEnvironment};
pub use error::{Result, ServiceError};
pub use telegram::{HeardBy, TelegramDetail};
pub use model::{
    Actor, AdminLogin, AuditEntry, HandheldSummary, KeyImport, LineState, NewCorrection, PairingCode,
    Reading, ReadingPage, ReadingQuery, Statistics, TourDetail, TourImport, TourLine, TourSummary,
};

/// How much work a password costs to check (Argon2id).
#[derive(Debug, Clone, Copy)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
}

/// What can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// What the server calls itself to handhelds.
    pub server_name: String,
    /// What a body may hold.
    pub body_limits: BodyLimits,
    /// How much work a password costs.
    pub password_cost: PasswordCost,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server_name: "Walkby".to_owned(),
            body_limits: BodyLimits::DEFAULT,
            password_cost: PasswordCost { memory_kib: 19 * 1024, passes: 2 },
        }
    }
}

/// The sync server without a network.
pub struct Service {}

impl Service {
    /// Opens the service above a database.
    ///
    /// The first start takes the master key as it is; every later one must bring the same.
    ///
    /// # Errors
    /// When the master key is another one than the database was sealed under, or the database fails.
    pub async fn open(
        _store: Arc<dyn Store>,
        _master_key: MasterKey,
        _config: Config,
        _environment: Arc<dyn Environment>,
    ) -> Result<Self> {
        todo!()
    }

    /// Returns the clock of the service.
    pub fn now(&self) -> sync_protocol::Timestamp {
        todo!()
    }

    /// Returns what may be set.
    pub fn config(&self) -> &Config {
        todo!()
    }

    /// Says whether an admin password was set.
    pub async fn has_admin_password(&self) -> Result<bool> {
        todo!()
    }

    /// Sets the first admin password; `Conflict` when there is one, `Unprocessable` when it is shorter than 10 characters.
    pub async fn set_admin_password(&self, _password: &str) -> Result<()> {
        todo!()
    }

    /// Changes the admin password and ends every session. `client` is whom attempts are counted against, such as an IP address.
    pub async fn change_admin_password(&self, _old: &str, _new: &str, _client: &str) -> Result<()> {
        todo!()
    }

    /// Logs the office in.
    pub async fn log_in(&self, _password: &str, _client: &str) -> Result<AdminLogin> {
        todo!()
    }

    /// Checks the token of the office.
    pub async fn authenticate_admin(&self, _token: &Token) -> Result<Actor> {
        todo!()
    }

    /// Ends a session of the office.
    pub async fn log_out(&self, _token: &Token) -> Result<()> {
        todo!()
    }

    /// Makes a code with which one handheld can be paired.
    pub async fn create_pairing_code(&self, _actor: Actor) -> Result<PairingCode> {
        todo!()
    }

    /// Pairs a handheld.
    pub async fn pair(&self, _request: &PairRequest, _client: &str) -> Result<PairAnswer> {
        todo!()
    }

    /// Checks the token of a handheld.
    pub async fn authenticate_handheld(&self, _token: &Token) -> Result<ReplicaId> {
        todo!()
    }

    /// Returns every handheld, oldest first.
    pub async fn handhelds(&self) -> Result<Vec<HandheldSummary>> {
        todo!()
    }

    /// Revokes a handheld. Revoking it again changes nothing.
    pub async fn revoke(&self, _actor: Actor, _replica: ReplicaId) -> Result<()> {
        todo!()
    }

    /// Says what the server is and what it takes.
    pub async fn hello(&self) -> Result<Hello> {
        todo!()
    }

    /// Merges a batch.
    pub async fn push(
        &self,
        _replica: ReplicaId,
        _batch: BatchId,
        _digest: &Digest,
        _body: &[u8],
    ) -> Result<PushAnswer> {
        todo!()
    }

    /// Returns the receipt of a batch that was merged.
    pub async fn receipt(&self, _replica: ReplicaId, _batch: BatchId) -> Result<PushAnswer> {
        todo!()
    }

    /// Returns the changes of tours after a cursor.
    pub async fn changes(
        &self,
        _replica: ReplicaId,
        _cursor: Option<&Cursor>,
        _limit: u32,
    ) -> Result<ChangesPage> {
        todo!()
    }

    /// Creates a tour from a CSV.
    pub async fn create_tour(&self, _actor: Actor, _name: &str, _csv: &[u8]) -> Result<TourImport> {
        todo!()
    }

    /// Returns every tour, newest first.
    pub async fn tours(&self) -> Result<Vec<TourSummary>> {
        todo!()
    }

    /// Returns a tour with its lines.
    pub async fn tour(&self, _tour: TourId) -> Result<TourDetail> {
        todo!()
    }

    /// Gives a tour to a handheld. Several handhelds may have it.
    pub async fn assign_tour(&self, _actor: Actor, _tour: TourId, _replica: ReplicaId) -> Result<()> {
        todo!()
    }

    /// Takes a tour from a handheld.
    pub async fn withdraw_tour(&self, _actor: Actor, _tour: TourId, _replica: ReplicaId) -> Result<()> {
        todo!()
    }

    /// Releases a tour for walking: only then its handhelds see it.
    pub async fn release_tour(&self, _actor: Actor, _tour: TourId) -> Result<()> {
        todo!()
    }

    /// Takes keys of meters from a CSV and decodes the stored telegrams of these meters again.
    pub async fn import_keys(&self, _actor: Actor, _csv: &[u8]) -> Result<KeyImport> {
        todo!()
    }

    /// Returns a page of readings.
    pub async fn readings(&self, _query: &ReadingQuery) -> Result<ReadingPage> {
        todo!()
    }

    /// Returns the readings of a tour as CSV for billing.
    pub async fn export_readings(&self, _actor: Actor, _tour: TourId) -> Result<String> {
        todo!()
    }

    /// Puts a value beside what was read.
    pub async fn correct(&self, _actor: Actor, _correction: NewCorrection) -> Result<()> {
        todo!()
    }

    /// Returns the audit, newest first, before a number.
    pub async fn audit(&self, _before: Option<u64>, _limit: u32) -> Result<Vec<AuditEntry>> {
        todo!()
    }

    /// Decodes telegrams that were never decoded, or by an older decoder. Returns how many.
    pub async fn derive_pending(&self) -> Result<u64> {
        todo!()
    }

    /// Copies a SQLite database, checks the copy, and raises the safe commit. Returns it.
    pub async fn backup(&self, _actor: Actor, _path: &Path) -> Result<u64> {
        todo!()
    }

    /// Records that a verified backup holds everything up to a commit. Returns the safe commit.
    pub async fn record_backup(&self, _actor: Actor, _commit: u64) -> Result<u64> {
        todo!()
    }

    /// Begins a new life of the database after it was restored from a backup. Returns the new epoch.
    pub async fn begin_new_epoch(&self, _actor: Actor) -> Result<u64> {
        todo!()
    }

    /// Returns figures for metrics and health; fails when the database does not answer.
    pub async fn statistics(&self) -> Result<Statistics> {
        todo!()
    }
}
