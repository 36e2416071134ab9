//! What a database must be able to do for the verbs.

use async_trait::async_trait;

use super::{Delete, Insert, Lookup, Result, Row, Value};

/// An open transaction of one database. Dropped without [`Self::commit`], it is rolled back.
#[async_trait]
pub(in crate::store) trait Driver: Send {
    /// Runs a statement that answers rows.
    async fn query(&mut self, sql: &'static str, parameters: Vec<Value>) -> Result<Vec<Row>>;

    /// Runs a statement that answers none.
    async fn execute(&mut self, sql: &'static str, parameters: Vec<Value>) -> Result<()>;

    /// Inserts rows with different keys; says of each whether it was new.
    async fn insert(&mut self, insert: &'static Insert, rows: Vec<Vec<Value>>) -> Result<Vec<bool>>;

    /// Returns the rows of many keys, in any order.
    async fn look_up(&mut self, lookup: &'static Lookup, keys: Vec<Vec<Value>>) -> Result<Vec<Row>>;

    /// Deletes the rows of many keys.
    async fn delete(&mut self, delete: &'static Delete, keys: Vec<Vec<Value>>) -> Result<()>;

    /// Makes everything durable.
    async fn commit(self) -> Result<()>;
}
