//! Bringing a database to the schema that this program knows.

use sha2::{Digest as _, Sha256};

use super::StoreError;

/// One step of the schema. Steps come in pairs, one for each database, with the same number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Migration {
    pub(super) version: i64,
    pub(super) name: &'static str,
    pub(super) sql: &'static str,
}

impl Migration {
    /// Returns what an applied step is compared by.
    pub(super) fn checksum(&self) -> [u8; 32] {
        Sha256::digest(self.sql).into()
    }
}

macro_rules! migrations {
    ($folder:literal) => {
        migrations! {
            $folder: 1 "foundation", 2 "session_kinds", 3 "handheld_sync", 4 "tour_names", 5 "standings",
            6 "opened_meters", 7 "alarms_and_doubts", 8 "formats", 9 "link_modes"
        }
    };
    ($folder:literal: $($version:literal $name:literal),+) => {
        &[$(Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../../migrations/", $folder, "/V", $version, "__", $name, ".sql")),
        }),+]
    };
}

/// The steps of a SQLite database.
pub(super) const SQLITE: &[Migration] = migrations!("sqlite");

/// The steps of a PostgreSQL database.
pub(super) const POSTGRES: &[Migration] = migrations!("postgres");

/// Where the steps that were applied are written down: with the same words on both databases.
pub(super) const CREATE_HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_history (\
     version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)";

/// Reads the steps that were applied.
pub(super) const READ_HISTORY: &str = "SELECT version, checksum FROM schema_history ORDER BY version";

/// Writes that a step was applied.
pub(super) const WRITE_HISTORY: &str =
    "INSERT INTO schema_history (version, name, checksum) VALUES ($1, $2, $3)";

/// A checksum as it stands in the history.
pub(super) fn checksum_text(migration: &Migration) -> String {
    migration.checksum().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the steps that are missing after those that were applied.
///
/// # Errors
/// When the database is newer than this program, or has another past.
pub(super) fn missing(
    known: &'static [Migration],
    applied: &[(i64, String)],
) -> Result<Vec<&'static Migration>, StoreError> {
    let supported = known.last().map_or(0, |migration| migration.version);
    let found = applied.last().map_or(0, |(version, _)| *version);
    if found > supported {
        return Err(StoreError::NewerSchema { found, supported });
    }
    for (version, checksum) in applied {
        let same = known.iter().any(|step| step.version == *version && checksum_text(step) == *checksum);
        if !same {
            return Err(StoreError::ChangedMigration { version: *version });
        }
    }
    Ok(known.iter().filter(|migration| migration.version > found).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The history of a database with every step.
    fn present() -> Vec<(i64, String)> {
        SQLITE.iter().map(|step| (step.version, checksum_text(step))).collect()
    }

    fn versions(from: i64) -> Vec<i64> {
        (from..=SQLITE.len() as i64).collect()
    }

    #[test]
    fn a_new_database_gets_every_step() {
        assert_eq!(missing(SQLITE, &[]).unwrap().len(), SQLITE.len());
    }

    #[test]
    fn a_present_database_gets_none() {
        assert!(missing(SQLITE, &present()).unwrap().is_empty());
    }

    #[test]
    fn an_earlier_database_gets_the_later_steps() {
        let steps = missing(SQLITE, &present()[..1]).unwrap();
        assert_eq!(steps.iter().map(|step| step.version).collect::<Vec<_>>(), versions(2));
    }

    #[test]
    fn steps_are_numbered_without_a_gap() {
        assert_eq!(SQLITE.iter().map(|step| step.version).collect::<Vec<_>>(), versions(1));
    }

    #[test]
    fn a_database_of_a_newer_program_is_refused() {
        let newer = SQLITE.len() as i64 + 1;
        let history = [present(), vec![(newer, "00".to_owned())]].concat();
        let error = missing(SQLITE, &history).unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found, supported }
            if found == newer && supported == newer - 1));
    }

    #[test]
    fn a_step_that_was_changed_after_it_was_applied_is_refused() {
        let error = missing(SQLITE, &[(1, "00".to_owned())]).unwrap_err();
        assert!(matches!(error, StoreError::ChangedMigration { version: 1 }));
    }

    #[test]
    fn both_databases_have_the_same_steps() {
        let steps = |known: &[Migration]| known.iter().map(|m| (m.version, m.name)).collect::<Vec<_>>();
        assert_eq!(steps(SQLITE), steps(POSTGRES));
    }
}
