//! Recordings for training, kept where nobody else reads them: they may hold telegrams of anybody.

use rusqlite::{Connection, OptionalExtension as _, params};
use sync_protocol::Digest;

use super::StoreError;

/// Keeps a recording. One with the same bytes only gets the new name.
pub(crate) fn put(tx: &Connection, digest: Digest, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO recordings (digest, name, bytes) VALUES (?1, ?2, ?3)
         ON CONFLICT (digest) DO UPDATE SET name = excluded.name",
    )?
    .execute(params![digest.0, name, bytes])?;
    Ok(())
}

/// Returns the digests and names of all recordings.
pub(crate) fn all(connection: &Connection) -> Result<Vec<(Digest, String)>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT digest, name FROM recordings ORDER BY name, digest")?;
    let recordings = statement.query_map([], |row| Ok((Digest(row.get(0)?), row.get(1)?)))?;
    Ok(recordings.collect::<Result<_, _>>()?)
}

/// Returns the bytes of a recording.
pub(crate) fn bytes(connection: &Connection, digest: Digest) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT bytes FROM recordings WHERE digest = ?1")?;
    Ok(statement.query_row([digest.0], |row| row.get(0)).optional()?)
}
