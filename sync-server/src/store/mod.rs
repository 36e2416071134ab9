//! Where facts and what is derived from them are kept.
//!
//! A [`Store`] hands out [`Transaction`]s of small verbs; the rules are the service's. Writers take
//! turns on every backend, so change numbers become visible in their order and a feed has no gaps;
//! readers see one state and wait for nobody (but in memory).

mod error;
pub mod memory;
mod migration;
pub mod postgres;
pub mod rows;
mod sql;
pub mod sqlite;
mod standing;
mod transaction;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

pub use error::StoreError;
pub use memory::MemoryStore;
pub use postgres::PostgresStore;
pub use sqlite::SqliteStore;
pub use standing::{BILLED, MOST_TOTALS, StandingCount, StandingRow, Standings, ToldSequence, TourContact};
pub use transaction::{Access, Derived, Facts, Journal, Keys, State, Tours, Transaction};

/// A database.
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins a transaction that may write. Waits for the one before it to end.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// Begins a transaction that only reads: it sees the state of one instant.
    async fn begin_read(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// Copies the database to a file, checks the copy, and returns the change that it reaches.
    ///
    /// # Errors
    /// [`StoreError::BackupUnsupported`] where the database has tools of its own for that.
    async fn backup(&self, _path: &Path) -> Result<u64, StoreError> {
        Err(StoreError::BackupUnsupported)
    }
}

/// Opens the database that a URL names: `sqlite:PATH`, `postgres://…` or `memory:`.
///
/// # Errors
/// When the database cannot be opened or brought to the present schema.
pub async fn connect(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        Ok(Arc::new(SqliteStore::open(Path::new(path)).await?))
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok(Arc::new(PostgresStore::connect(url).await?))
    } else if url == "memory:" {
        Ok(Arc::new(MemoryStore::default()))
    } else {
        Err(StoreError::UnknownUrl)
    }
}
