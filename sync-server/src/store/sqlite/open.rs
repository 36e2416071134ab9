//! Opening connections and bringing the schema to the present.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};

use super::SqliteOptions;
use super::driver::store_error;
use crate::store::StoreError;
use crate::store::migration::{self, CREATE_HISTORY, READ_HISTORY, WRITE_HISTORY};

/// How long a connection waits for another program that writes, such as a backup tool.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Prepared statements that a connection keeps.
const STATEMENT_CACHE: usize = 64;

/// Opens the connection that writes.
pub(super) fn writer(path: &Path, options: SqliteOptions) -> Result<Connection, StoreError> {
    let mut connection = Connection::open(path).map_err(store_error)?;
    prepare(&connection).map_err(store_error)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(store_error)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(store_error)?;
    migrate(&mut connection)?;
    if let Some(pages) = options.max_pages {
        connection.pragma_update(None, "max_page_count", pages).map_err(store_error)?;
    }
    Ok(connection)
}

/// Opens a connection that reads.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(store_error)?;
    prepare(&connection).map_err(store_error)?;
    connection.pragma_update(None, "query_only", true).map_err(store_error)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    connection.pragma_update(None, "foreign_keys", true)
}

/// Applies the steps of the schema that are missing, all or none.
fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store_error)?;
    transaction.execute_batch(CREATE_HISTORY).map_err(store_error)?;
    let applied = applied(&transaction).map_err(store_error)?;
    for step in migration::missing(migration::SQLITE, &applied)? {
        transaction.execute_batch(step.sql).map_err(store_error)?;
        let row = params![step.version, step.name, migration::checksum_text(step)];
        transaction.execute(WRITE_HISTORY, row).map_err(store_error)?;
    }
    transaction.commit().map_err(store_error)
}

fn applied(connection: &Connection) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut statement = connection.prepare(READ_HISTORY)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}
