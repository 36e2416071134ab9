//! The failures of the sync since the last receipt: one row, or none while all is well.

use rusqlite::{Connection, OptionalExtension as _, params};
use sync_protocol::Timestamp;
use uuid::Uuid;

use crate::clock::Now;
use crate::store::StoreError;
use crate::sync::Failure;

/// The failures since the last receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailureRow {
    /// How many in a row.
    pub(crate) failures: u32,
    /// Stable code of the last one.
    pub(crate) code: String,
    /// The server's own code for it, where it had one.
    pub(crate) server_code: Option<String>,
    /// The last one in words.
    pub(crate) message: String,
    /// The handheld's wall clock at the first one.
    pub(crate) failing_since: Timestamp,
    /// The boot during which the last one was.
    pub(crate) boot: Uuid,
    /// The monotonic clock from which the next attempt is due, in milliseconds.
    pub(crate) due_ms: u64,
    /// The wait that was drawn, in milliseconds.
    pub(crate) delay_ms: u64,
}

/// Returns the failures since the last receipt.
pub(crate) fn failure(conn: &Connection) -> Result<Option<FailureRow>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT failures, code, message, failing_since, boot, due_ms, delay_ms, server_code FROM sync_failure",
    )?;
    let failure = statement
        .query_row([], |row| {
            Ok(FailureRow {
                failures: row.get(0)?,
                code: row.get(1)?,
                message: row.get(2)?,
                failing_since: Timestamp::from_millis(row.get(3)?),
                boot: row.get(4)?,
                due_ms: row.get::<_, i64>(5)?.unsigned_abs(),
                delay_ms: row.get::<_, i64>(6)?.unsigned_abs(),
                server_code: row.get(7)?,
            })
        })
        .optional()?;
    Ok(failure)
}

/// Makes a failure visible and arms the timer.
pub(crate) fn note_failure(
    tx: &Connection,
    failure: &Failure,
    failures: u32,
    delay_ms: u64,
    now: Now,
) -> Result<(), StoreError> {
    let due_ms = now.monotonic_ms.saturating_add(delay_ms);
    tx.prepare_cached(
        "INSERT INTO sync_failure (id, failures, code, message, failing_since, boot, due_ms, delay_ms,
                                   server_code)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET failures = excluded.failures, code = excluded.code,
             message = excluded.message, boot = excluded.boot, due_ms = excluded.due_ms,
             delay_ms = excluded.delay_ms, server_code = excluded.server_code",
    )?
    .execute(params![
        failures,
        failure.code(),
        failure.to_string(),
        now.wall.as_millis(),
        now.boot.0,
        i64::try_from(due_ms).unwrap_or(i64::MAX),
        i64::try_from(delay_ms).unwrap_or(i64::MAX),
        failure.server_code().map(sync_protocol::ProblemCode::as_str)
    ])?;
    Ok(())
}

/// Forgets the failures: a receipt came, or nothing waits for one.
pub(crate) fn clear_failure(tx: &Connection) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM sync_failure")?.execute([])?;
    Ok(())
}
