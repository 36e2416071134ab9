//! Single values: the database's epoch, the sequence, the cursor of the feed.

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::StoreError;

/// Which life of the database this is.
pub(crate) const EPOCH: &str = "epoch";
/// The last sequence number that was given to a fact.
pub(crate) const SEQUENCE: &str = "sequence";
/// What the reader chose for the window, as JSON.
pub(crate) const SETTINGS: &str = "settings";
/// The walk that the window shows, as JSON.
pub(crate) const SHOWN_WALK: &str = "shown_walk";
/// Receivers that a person named, as JSON.
pub(crate) const RECEIVERS: &str = "receivers";
/// How far the feed of tours was read.
pub(crate) const CURSOR: &str = "cursor";

/// Returns a text.
pub(crate) fn text(connection: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

/// Keeps a text.
pub(crate) fn set_text(connection: &Connection, key: &str, value: &str) -> Result<(), StoreError> {
    set(connection, key, &value)
}

/// Returns an identity.
pub(crate) fn uuid(connection: &Connection, key: &str) -> Result<Option<Uuid>, StoreError> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    bytes
        .map(|bytes| {
            Uuid::from_slice(&bytes).map_err(|_| StoreError::Damaged { table: "meta", what: "identity" })
        })
        .transpose()
}

/// Keeps an identity.
pub(crate) fn set_uuid(connection: &Connection, key: &str, value: Uuid) -> Result<(), StoreError> {
    set(connection, key, &value.as_bytes().as_slice())
}

/// Forgets a value.
pub(crate) fn remove(connection: &Connection, key: &str) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM meta WHERE key = ?1")?.execute([key])?;
    Ok(())
}

/// Takes `count` sequence numbers and returns the first. Inside the transaction that uses them, so
/// that there are no gaps: the server counts what is missing by them.
pub(crate) fn take_sequence(connection: &Connection, count: u64) -> Result<u64, StoreError> {
    let last: i64 = connection
        .prepare_cached(
            "INSERT INTO meta (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = value + excluded.value RETURNING value",
        )?
        .query_row(params![SEQUENCE, i64::try_from(count).unwrap_or(i64::MAX)], |row| row.get(0))?;
    let last = u64::try_from(last).map_err(|_| StoreError::Damaged { table: "meta", what: "sequence" })?;
    Ok((last + 1).saturating_sub(count))
}

fn set(connection: &Connection, key: &str, value: &dyn rusqlite::ToSql) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO meta (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![key, value])?;
    Ok(())
}
