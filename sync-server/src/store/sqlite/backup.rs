//! A copy of the database while it is in use, checked before it counts.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::driver::store_error;
use crate::store::StoreError;

/// Copies a database to a file and returns the change that the copy reaches.
///
/// The copy is made beside its place and moved there when it passed `PRAGMA integrity_check`, so
/// that a file of that name is always whole.
pub(super) fn copy(from: &Connection, path: &Path) -> Result<u64, StoreError> {
    let unchecked = unchecked_path(path);
    let outcome = copy_unchecked(from, &unchecked).and_then(|commit| {
        std::fs::rename(&unchecked, path).and_then(|()| sync_directory(path)).map_err(file_error)?;
        Ok(commit)
    });
    if outcome.is_err() {
        // Best effort: the fault that is reported is the one that matters.
        let _ = std::fs::remove_file(&unchecked);
    }
    outcome
}

/// Returns the name of a copy that was not checked yet.
fn unchecked_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".unchecked");
    path.with_file_name(name)
}

fn copy_unchecked(from: &Connection, path: &Path) -> Result<u64, StoreError> {
    if path.exists() {
        std::fs::remove_file(path).map_err(file_error)?;
    }
    let mut to = Connection::open(path).map_err(store_error)?;
    {
        let backup = Backup::new(from, &mut to).map_err(store_error)?;
        // All pages in one step: writers go on in the WAL, and the copy is of one instant.
        match backup.step(-1).map_err(store_error)? {
            StepResult::Done => {}
            _ => return Err(StoreError::Unavailable { reason: "the database is busy".to_owned() }),
        }
    }
    // One file, without a WAL beside it that could be forgotten.
    to.pragma_update(None, "journal_mode", "DELETE").map_err(store_error)?;
    check(&to)?;
    let commit: i64 =
        to.query_row("SELECT last_change FROM server_state", [], |row| row.get(0)).map_err(store_error)?;
    drop(to);
    File::open(path).and_then(|file| file.sync_all()).map_err(file_error)?;
    u64::try_from(commit).map_err(|_| StoreError::Corrupt { place: "server_state.last_change" })
}

/// Checks pages, indexes and references.
fn check(copy: &Connection) -> Result<(), StoreError> {
    let verdict: String =
        copy.pragma_query_value(None, "integrity_check", |row| row.get(0)).map_err(store_error)?;
    if verdict != "ok" {
        return Err(StoreError::BackupDamaged { finding: verdict });
    }
    let mut statement = copy.prepare("PRAGMA foreign_key_check").map_err(store_error)?;
    if statement.exists([]).map_err(store_error)? {
        return Err(StoreError::BackupDamaged { finding: "a row refers to one that is missing".to_owned() });
    }
    Ok(())
}

/// Makes a rename survive a power cut.
fn sync_directory(path: &Path) -> std::io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

fn file_error(error: std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full,
        _ => StoreError::Backend { reason: format!("the backup file: {error}") },
    }
}
