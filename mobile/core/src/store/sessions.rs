//! Walks as rows.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sync_protocol::{Digest, ReadingSessionId, Timestamp, TourId};

use super::{Store, StoreError};
use crate::clock::Now;

/// One walk of a tour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingSession {
    /// Identity of the walk.
    pub id: ReadingSessionId,
    /// The tour that is walked.
    pub tour: TourId,
    /// The wall clock at its start.
    pub started_at: Timestamp,
    /// The wall clock at its end; none while it goes on.
    pub ended_at: Option<Timestamp>,
    /// Frames of meters that are not of the tour.
    pub foreign_frames: u64,
    /// Lines of recordings that held no usable frame.
    pub rejected_lines: u64,
}

const COLUMNS: &str = "SELECT id, tour, started_at, ended_at, foreign_frames, rejected_lines FROM sessions";

impl Store {
    /// Returns every walk, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sessions(&self) -> Result<Vec<ReadingSession>, StoreError> {
        let mut statement = self.connection().prepare_cached(&format!("{COLUMNS} ORDER BY rowid"))?;
        let sessions = statement.query_map([], session)?;
        Ok(sessions.collect::<Result<_, _>>()?)
    }

    /// Returns one walk.
    ///
    /// # Errors
    /// When the database fails.
    pub fn session(&self, id: ReadingSessionId) -> Result<Option<ReadingSession>, StoreError> {
        let mut statement = self.connection().prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
        Ok(statement.query_row([id.0], session).optional()?)
    }

    /// Returns the walk of a tour that goes on, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open_session(&self, tour: TourId) -> Result<Option<ReadingSession>, StoreError> {
        open(self.connection(), tour)
    }
}

/// Returns the walk of a tour that goes on, if there is one.
pub(crate) fn open(connection: &Connection, tour: TourId) -> Result<Option<ReadingSession>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("{COLUMNS} WHERE tour = ?1 AND ended_at IS NULL"))?;
    Ok(statement.query_row([tour.0], session).optional()?)
}

/// Begins a walk.
pub(crate) fn start(
    transaction: &Connection,
    id: ReadingSessionId,
    tour: TourId,
    now: Now,
) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO sessions (id, tour, started_at, started_boot, started_monotonic_ms)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![id.0, tour.0, now.wall.as_millis(), now.boot.0, now.monotonic_ms.cast_signed()],
    )?;
    Ok(())
}

/// Ends a walk.
pub(crate) fn end(transaction: &Connection, id: ReadingSessionId, now: Now) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE sessions SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL",
        params![id.0, now.wall.as_millis()],
    )?;
    Ok(())
}

/// Counts frames of foreign meters and unusable lines.
pub(crate) fn count(
    transaction: &Connection,
    id: ReadingSessionId,
    foreign_frames: u64,
    rejected_lines: u64,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE sessions SET foreign_frames = foreign_frames + ?2, rejected_lines = rejected_lines + ?3
             WHERE id = ?1",
        )?
        .execute(params![id.0, foreign_frames.cast_signed(), rejected_lines.cast_signed()])?;
    Ok(())
}

/// Returns the last line of a recording that a walk has taken in; 0 when none.
pub(crate) fn replay_position(
    connection: &Connection,
    id: ReadingSessionId,
    recording: Digest,
) -> Result<u64, StoreError> {
    let line: Option<i64> = connection
        .prepare_cached("SELECT line FROM replay_positions WHERE session = ?1 AND recording = ?2")?
        .query_row(params![id.0, recording.0], |row| row.get(0))
        .optional()?;
    Ok(line.unwrap_or(0).cast_unsigned())
}

/// Keeps the last line of a recording that a walk has taken in.
pub(crate) fn set_replay_position(
    transaction: &Connection,
    id: ReadingSessionId,
    recording: Digest,
    line: u64,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO replay_positions (session, recording, line) VALUES (?1, ?2, ?3)
             ON CONFLICT (session, recording) DO UPDATE SET line = excluded.line",
        )?
        .execute(params![id.0, recording.0, line.cast_signed()])?;
    Ok(())
}

fn session(row: &Row<'_>) -> rusqlite::Result<ReadingSession> {
    Ok(ReadingSession {
        id: ReadingSessionId(row.get(0)?),
        tour: TourId(row.get(1)?),
        started_at: Timestamp::from_millis(row.get(2)?),
        ended_at: row.get::<_, Option<i64>>(3)?.map(Timestamp::from_millis),
        foreign_frames: row.get::<_, i64>(4)?.unsigned_abs(),
        rejected_lines: row.get::<_, i64>(5)?.unsigned_abs(),
    })
}
