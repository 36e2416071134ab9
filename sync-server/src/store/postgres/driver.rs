//! The verbs' statements on PostgreSQL: many rows travel as one array per column (`UNNEST`).

use std::collections::HashSet;

use async_trait::async_trait;
use deadpool_postgres::Object;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use crate::store::StoreError;
use crate::store::sql::{Column, Delete, Driver, Insert, Kind, Lookup, Row, Value, names};

type Result<T, E = StoreError> = std::result::Result<T, E>;

/// An open transaction on a connection of its own.
pub(super) struct PostgresDriver {
    /// None once the transaction has ended.
    connection: Option<Object>,
}

impl PostgresDriver {
    /// Begins a transaction.
    pub(super) async fn begin(connection: Object, sql: &str) -> Result<Self> {
        // Made before the statement runs: whoever gives up waiting leaves no transaction behind.
        let driver = Self { connection: Some(connection) };
        driver.connection()?.batch_execute(sql).await.map_err(store_error)?;
        Ok(driver)
    }

    fn connection(&self) -> Result<&Object> {
        self.connection
            .as_ref()
            .ok_or_else(|| StoreError::Unavailable { reason: "the transaction has ended".to_owned() })
    }

    async fn run(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        let connection = self.connection()?;
        let statement = connection.prepare_cached(sql).await.map_err(store_error)?;
        let rows = connection.query(&statement, parameters).await.map_err(store_error)?;
        rows.iter().map(read).collect()
    }

    async fn run_values(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        let parameters: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        self.run(sql, &parameters).await
    }

    /// Runs a statement over rows, one array parameter a column.
    async fn run_arrays(&self, sql: &str, columns: usize, rows: Vec<Vec<Value>>) -> Result<Vec<Row>> {
        let mut arrays: Vec<Vec<Value>> = (0..columns).map(|_| Vec::with_capacity(rows.len())).collect();
        for row in rows {
            for (array, value) in arrays.iter_mut().zip(row) {
                array.push(value);
            }
        }
        let parameters: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(|array| array as _).collect();
        self.run(sql, &parameters).await
    }
}

impl Drop for PostgresDriver {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    if connection.batch_execute("ROLLBACK").await.is_err() {
                        drop(Object::take(connection));
                    }
                });
            }
            // Without a runtime nothing can be sent; closing the connection rolls back, too.
            Err(_) => drop(Object::take(connection)),
        }
    }
}

#[async_trait]
impl Driver for PostgresDriver {
    async fn query(&mut self, sql: &'static str, parameters: Vec<Value>) -> Result<Vec<Row>> {
        self.run_values(sql, &parameters).await
    }

    async fn execute(&mut self, sql: &'static str, parameters: Vec<Value>) -> Result<()> {
        self.run_values(sql, &parameters).await.map(drop)
    }

    async fn insert(&mut self, insert: &'static Insert, rows: Vec<Vec<Value>>) -> Result<Vec<bool>> {
        let key_columns = insert.key_columns();
        let keys: Vec<Vec<Value>> =
            rows.iter().map(|row| row.iter().take(insert.key).cloned().collect()).collect();
        // From RETURNING, not from the command tag: a distributed database may count the input there.
        let sql = format!(
            "{} SELECT * FROM {} {} RETURNING {}",
            insert.head(),
            unnest(insert.columns),
            insert.tail(),
            names(key_columns)
        );
        let columns = insert.columns.len();
        let inserted = self.run_arrays(&sql, columns, rows).await?;
        let inserted: HashSet<Vec<Value>> = inserted.into_iter().map(Row::into_values).collect();
        Ok(keys.iter().map(|key| inserted.contains(key)).collect())
    }

    async fn look_up(&mut self, lookup: &'static Lookup, keys: Vec<Vec<Value>>) -> Result<Vec<Row>> {
        let wanted = names(lookup.keys);
        let sql =
            format!("{} JOIN {} AS wanted ({wanted}) USING ({wanted})", lookup.select, unnest(lookup.keys));
        self.run_arrays(&sql, lookup.keys.len(), keys).await
    }

    async fn delete(&mut self, delete: &'static Delete, keys: Vec<Vec<Value>>) -> Result<()> {
        let wanted = names(delete.keys);
        let table = delete.table;
        let same = delete.keys.iter().map(|(name, _)| format!("{table}.{name} = wanted.{name}"));
        let sql = format!(
            "DELETE FROM {table} USING {} AS wanted ({wanted}) WHERE {}",
            unnest(delete.keys),
            same.collect::<Vec<_>>().join(" AND ")
        );
        self.run_arrays(&sql, delete.keys.len(), keys).await.map(drop)
    }

    async fn commit(mut self) -> Result<()> {
        self.connection()?.batch_execute("COMMIT").await.map_err(store_error)?;
        // Back to the pool, not to be rolled back.
        self.connection = None;
        Ok(())
    }
}

/// Writes `UNNEST($1::type[], …)`.
fn unnest(columns: &[Column]) -> String {
    let arrays = columns.iter().zip(1..).map(|((_, kind), number)| {
        let kind = match kind {
            Kind::Integer => "bigint",
            Kind::Text => "text",
            Kind::Blob => "bytea",
            Kind::Uuid => "uuid",
        };
        format!("${number}::{kind}[]")
    });
    format!("UNNEST({})", arrays.collect::<Vec<_>>().join(", "))
}

/// Takes a row over from PostgreSQL.
fn read(row: &tokio_postgres::Row) -> Result<Row> {
    let values = (0..row.len()).map(|column| row.try_get::<_, Value>(column).map_err(store_error));
    Ok(Row::new(values.collect::<Result<_>>()?))
}

/// Sorts a fault of PostgreSQL by what can be done about it. Details, which may repeat rows, are left out.
pub(super) fn store_error(error: tokio_postgres::Error) -> StoreError {
    let Some(fault) = error.as_db_error() else {
        return if error.is_closed()
            || std::error::Error::source(&error).is_some_and(|source| source.is::<std::io::Error>())
        {
            StoreError::Unavailable { reason: error.to_string() }
        } else {
            StoreError::Backend { reason: error.to_string() }
        };
    };
    let code = fault.code();
    let reason = format!("{}: {}", code.code(), fault.message());
    match code {
        &SqlState::DISK_FULL => StoreError::Full,
        code if matches!(code.code().get(..2), Some("08" | "57" | "40" | "55"))
            || *code == SqlState::TOO_MANY_CONNECTIONS =>
        {
            StoreError::Unavailable { reason }
        }
        _ => StoreError::Backend { reason },
    }
}
