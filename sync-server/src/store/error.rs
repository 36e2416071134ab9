//! What can go wrong in a database.

/// Why a database did not do what it was asked for. Never holds a password or a row's content.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk or the database's quota is full; the transaction was rolled back.
    #[error("the database has no room left; make room, then send again")]
    Full,
    /// The database cannot be reached or is busy.
    #[error("the database is not available: {reason}")]
    Unavailable {
        /// What the driver says.
        reason: String,
    },
    /// The URL names no known kind of database.
    #[error("the database URL must begin with sqlite:, postgres:// or memory:")]
    UnknownUrl,
    /// A newer version of the program wrote the database.
    #[error(
        "the database has schema {found}, this program knows up to {supported}; run the newer program, or restore a backup that this one wrote"
    )]
    NewerSchema {
        /// The schema of the database.
        found: i64,
        /// The newest schema that this program knows.
        supported: i64,
    },
    /// A migration that was applied is not the one that this program carries.
    #[error("migration {version} of the database is not the one that this program carries")]
    ChangedMigration {
        /// The migration.
        version: i64,
    },
    /// A row holds what this program never writes there.
    #[error("the database holds an unreadable value in {place}; restore a backup")]
    Corrupt {
        /// Table and column.
        place: &'static str,
    },
    /// A copy of the database did not pass the check.
    #[error("the backup is damaged: {finding}")]
    BackupDamaged {
        /// What the check says.
        finding: String,
    },
    /// This kind of database is backed up by its own tools.
    #[error("this database is backed up by its own tools; record the backup's commit afterwards")]
    BackupUnsupported,
    /// The database refused a statement.
    #[error("the database failed: {reason}")]
    Backend {
        /// What the driver says.
        reason: String,
    },
}
