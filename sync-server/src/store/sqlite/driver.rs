//! The verbs' statements on SQLite: many rows are a loop over one prepared statement.

use async_trait::async_trait;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, ToSql, params_from_iter};
use tokio::sync::OwnedMutexGuard;

use super::worker::Worker;
use crate::store::StoreError;
use crate::store::sql::{Delete, Driver, Insert, Lookup, Row, Value, equals};

type Result<T, E = StoreError> = std::result::Result<T, E>;

/// An open transaction; it holds its connection alone.
pub(super) struct SqliteDriver {
    worker: OwnedMutexGuard<Worker>,
    open: bool,
}

impl SqliteDriver {
    /// Begins a transaction.
    pub(super) async fn begin(worker: OwnedMutexGuard<Worker>, sql: &'static str) -> Result<Self> {
        // Made before the statement runs: whoever gives up waiting leaves no transaction behind.
        let driver = Self { worker, open: true };
        driver.worker.run(move |connection| connection.execute_batch(sql).map_err(store_error)).await?;
        Ok(driver)
    }
}

impl Drop for SqliteDriver {
    fn drop(&mut self) {
        if self.open {
            // A full disk may have ended the transaction already; then there is nothing to roll back.
            let _ = self.worker.enqueue(|connection| {
                if !connection.is_autocommit() {
                    let _ = connection.execute_batch("ROLLBACK");
                }
            });
        }
    }
}

#[async_trait]
impl Driver for SqliteDriver {
    async fn query(&mut self, sql: &'static str, parameters: Vec<Value>) -> Result<Vec<Row>> {
        let job = move |connection: &mut Connection| {
            let mut statement = prepare(connection, sql)?;
            let mut rows = Vec::new();
            collect(&mut statement, parameters, &mut rows)?;
            Ok(rows)
        };
        self.worker.run(move |connection| job(connection).map_err(store_error)).await
    }

    async fn execute(&mut self, sql: &'static str, parameters: Vec<Value>) -> Result<()> {
        let job = move |connection: &mut Connection| {
            prepare(connection, sql)?.execute(params_from_iter(parameters)).map(drop)
        };
        self.worker.run(move |connection| job(connection).map_err(store_error)).await
    }

    async fn insert(&mut self, insert: &'static Insert, rows: Vec<Vec<Value>>) -> Result<Vec<bool>> {
        let job = move |connection: &mut Connection| {
            let places: Vec<String> = (1..=insert.columns.len()).map(|place| format!("${place}")).collect();
            let sql = format!("{} VALUES ({}) {}", insert.head(), places.join(", "), insert.tail());
            let mut statement = prepare(connection, &sql)?;
            rows.into_iter()
                .map(|row| statement.execute(params_from_iter(row)).map(|changed| changed > 0))
                .collect::<rusqlite::Result<Vec<bool>>>()
        };
        self.worker.run(move |connection| job(connection).map_err(store_error)).await
    }

    async fn look_up(&mut self, lookup: &'static Lookup, keys: Vec<Vec<Value>>) -> Result<Vec<Row>> {
        let job = move |connection: &mut Connection| {
            let sql = format!("{} WHERE {}", lookup.select, equals(lookup.keys));
            let mut statement = prepare(connection, &sql)?;
            let mut rows = Vec::new();
            for key in keys {
                collect(&mut statement, key, &mut rows)?;
            }
            Ok(rows)
        };
        self.worker.run(move |connection| job(connection).map_err(store_error)).await
    }

    async fn delete(&mut self, delete: &'static Delete, keys: Vec<Vec<Value>>) -> Result<()> {
        let job = move |connection: &mut Connection| {
            let sql = format!("DELETE FROM {} WHERE {}", delete.table, equals(delete.keys));
            let mut statement = prepare(connection, &sql)?;
            keys.into_iter().try_for_each(|key| statement.execute(params_from_iter(key)).map(drop))
        };
        self.worker.run(move |connection| job(connection).map_err(store_error)).await
    }

    async fn commit(mut self) -> Result<()> {
        let commit = |connection: &mut Connection| connection.execute_batch("COMMIT").map_err(store_error);
        self.worker.run(commit).await?;
        self.open = false;
        Ok(())
    }
}

/// Prepares a statement. SQLite reads `$1` as a name and `?1` as a number.
fn prepare<'a>(connection: &'a Connection, sql: &str) -> rusqlite::Result<CachedStatement<'a>> {
    connection.prepare_cached(&sql.replace('$', "?"))
}

/// Runs a statement and appends its rows.
fn collect(
    statement: &mut CachedStatement<'_>,
    parameters: Vec<Value>,
    into: &mut Vec<Row>,
) -> rusqlite::Result<()> {
    let columns = statement.column_count();
    let mut rows = statement.query(params_from_iter(parameters))?;
    while let Some(row) = rows.next()? {
        let values = (0..columns).map(|column| row.get_ref(column).map(value));
        into.push(Row::new(values.collect::<rusqlite::Result<_>>()?));
    }
    Ok(())
}

/// Takes a value over from SQLite. A float stands nowhere in the schema: it reads as nothing.
fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Uuid(id) => ValueRef::Blob(id.as_bytes()),
        }))
    }
}

/// Sorts a fault of SQLite by what can be done about it.
pub(super) fn store_error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::CannotOpen) => {
            StoreError::Unavailable { reason: error.to_string() }
        }
        _ => StoreError::Backend { reason: error.to_string() },
    }
}
