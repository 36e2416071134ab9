//! The versions of the schema, as a list of steps from one to the next.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// One step of the schema. A released step never changes.
pub(crate) struct Migration {
    /// The schema version after the step, kept in SQLite's `user_version`.
    pub(crate) version: u32,
    /// The statements of the step.
    pub(crate) sql: &'static str,
}

/// Every step, oldest first.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, sql: include_str!("migrations/0001_field.sql") },
    Migration { version: 2, sql: include_str!("migrations/0002_sync.sql") },
    Migration { version: 3, sql: include_str!("migrations/0003_names.sql") },
    Migration { version: 4, sql: include_str!("migrations/0004_window.sql") },
    Migration { version: 5, sql: include_str!("migrations/0005_taken_at.sql") },
    Migration { version: 6, sql: include_str!("migrations/0006_alarms_and_doubts.sql") },
    Migration { version: 7, sql: include_str!("migrations/0007_formats.sql") },
    Migration { version: 8, sql: include_str!("migrations/0008_link_modes.sql") },
];

/// Returns the newest schema version that this app knows.
pub fn known_version() -> u32 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

/// Returns the schema version of a store.
pub(crate) fn found_version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Refuses a store that a newer app wrote, before anything in it is touched.
pub(crate) fn refuse_newer(connection: &Connection) -> Result<(), StoreError> {
    let (found, known) = (found_version(connection)?, known_version());
    if found > known { Err(StoreError::NewerStore { found, known }) } else { Ok(()) }
}

/// Brings a store up to the newest known version, each step whole or not at all.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    for migration in MIGRATIONS {
        // The version is read again inside the transaction: another process may have been quicker.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if found_version(&transaction)? >= migration.version {
            continue;
        }
        transaction.execute_batch(migration.sql)?;
        transaction.pragma_update(None, "user_version", migration.version)?;
        transaction.commit()?;
    }
    Ok(())
}
