//! The verbs as SQL, once for SQLite and PostgreSQL.
//!
//! Statements keep to what both understand; parameters are written `$1`, `$2` in the order of their
//! numbers. Where the two differ (many rows at once), a [`Driver`] knows how.

mod access;
mod bulk;
mod derived;
mod driver;
mod facts;
mod facts_rows;
mod journal;
mod keys;
mod row;
mod standing;
mod state;
mod tours;
mod value;

use async_trait::async_trait;

use super::{StoreError, Transaction};

pub(super) use bulk::{Column, Delete, Insert, Kind, Lookup, OnConflict, equals, names};
pub(super) use driver::Driver;
pub(super) use row::Row;
pub(super) use value::Value;

type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A transaction over any database that speaks SQL.
pub(super) struct SqlTransaction<D> {
    driver: D,
}

impl<D: Driver> SqlTransaction<D> {
    pub(super) fn new(driver: D) -> Self {
        Self { driver }
    }

    /// Returns the one row of a statement, if there is one.
    async fn query_one(&mut self, sql: &'static str, parameters: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.driver.query(sql, parameters).await?.into_iter().next())
    }

    /// Reads every row of a statement.
    async fn query_all<T>(
        &mut self,
        sql: &'static str,
        parameters: Vec<Value>,
        read: fn(Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.driver.query(sql, parameters).await?.into_iter().map(read).collect()
    }

    /// Reads every row that a lookup finds, in the order of a key.
    async fn look_up<T, K: Ord>(
        &mut self,
        lookup: &'static Lookup,
        keys: Vec<Vec<Value>>,
        read: fn(Row) -> Result<T>,
        order: fn(&T) -> K,
    ) -> Result<Vec<T>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.driver.look_up(lookup, keys).await?;
        let mut rows = rows.into_iter().map(read).collect::<Result<Vec<T>>>()?;
        rows.sort_by_key(order);
        Ok(rows)
    }

    /// Inserts rows; says of each whether it was new.
    async fn insert(&mut self, insert: &'static Insert, rows: Vec<Vec<Value>>) -> Result<Vec<bool>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        self.driver.insert(insert, rows).await
    }
}

#[async_trait]
impl<D: Driver> Transaction for SqlTransaction<D> {
    async fn commit(self: Box<Self>) -> Result<()> {
        self.driver.commit().await
    }
}
