//! A PostgreSQL database.

mod driver;
mod migrate;
mod value;

use std::fmt;

use async_trait::async_trait;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use tokio_postgres::NoTls;

use super::sql::SqlTransaction;
use super::{Store, StoreError, Transaction};
use driver::{PostgresDriver, store_error};

/// Connections at most: one writes, the others read.
const CONNECTIONS: usize = 8;

/// Begins to write: the lock on the one row of the state makes writers take turns, also those of
/// other server processes, until they commit. A receipt promises that its rows are on disk.
const BEGIN_WRITE: &str =
    "BEGIN; SET LOCAL synchronous_commit = on; SELECT only_row FROM server_state FOR UPDATE";

/// Begins to read the state of one instant.
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A PostgreSQL database behind a pool of connections. Its `Debug` shows no URL: URLs hold passwords.
pub struct PostgresStore {
    pool: Pool,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Connects to the database that a `postgres://` URL names and brings it to the present schema.
    ///
    /// # Errors
    /// When the database cannot be reached, or was written by a newer program. No message repeats the URL.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let mut config: tokio_postgres::Config = url.parse().map_err(|_| StoreError::UnknownUrl)?;
        config.application_name("walkby-server");
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config, NoTls, recycling))
            .max_size(CONNECTIONS)
            .build()
            .map_err(|error| StoreError::Unavailable { reason: error.to_string() })?;
        let store = Self { pool };
        migrate::migrate(&mut *store.connection().await?).await?;
        Ok(store)
    }

    async fn connection(&self) -> Result<Object, StoreError> {
        self.pool.get().await.map_err(|error| match error {
            deadpool_postgres::PoolError::Backend(error) => match store_error(error) {
                StoreError::Backend { reason } => StoreError::Unavailable { reason },
                other => other,
            },
            other => StoreError::Unavailable { reason: other.to_string() },
        })
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let driver = PostgresDriver::begin(self.connection().await?, BEGIN_WRITE).await?;
        Ok(Box::new(SqlTransaction::new(driver)))
    }

    async fn begin_read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let driver = PostgresDriver::begin(self.connection().await?, BEGIN_READ).await?;
        Ok(Box::new(SqlTransaction::new(driver)))
    }
}
