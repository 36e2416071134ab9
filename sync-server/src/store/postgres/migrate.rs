//! Bringing the schema to the present.

use deadpool_postgres::ClientWrapper;

use super::driver::store_error;
use crate::store::StoreError;
use crate::store::migration::{self, CREATE_HISTORY, READ_HISTORY, WRITE_HISTORY};

/// Any number, the same in every server process: only one of them migrates at a time.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7233188416352)";

/// Applies the steps of the schema that are missing, all or none.
pub(super) async fn migrate(client: &mut ClientWrapper) -> Result<(), StoreError> {
    let transaction = client.transaction().await.map_err(store_error)?;
    transaction.batch_execute(LOCK).await.map_err(store_error)?;
    transaction.batch_execute(CREATE_HISTORY).await.map_err(store_error)?;
    let rows = transaction.query(READ_HISTORY, &[]).await.map_err(store_error)?;
    let applied = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<Vec<(i64, String)>, tokio_postgres::Error>>()
        .map_err(store_error)?;
    for step in migration::missing(migration::POSTGRES, &applied)? {
        transaction.batch_execute(step.sql).await.map_err(store_error)?;
        let checksum = migration::checksum_text(step);
        transaction
            .execute(WRITE_HISTORY, &[&step.version, &step.name, &checksum])
            .await
            .map_err(store_error)?;
    }
    transaction.commit().await.map_err(store_error)
}
