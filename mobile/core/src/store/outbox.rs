//! Which facts wait, which are on their way, and which the server has.
//!
//! Every fact has one row in `sync_fact`, made by a trigger in the transaction that keeps the fact
//! itself. What state a fact is in follows from its row alone:
//!
//! | batch | receipt | refused | the fact |
//! |---|---|---|---|
//! | – | – | – | waits |
//! | set | – | – | is in a batch of the outbox |
//! | – | set | – | has a receipt; with `safe`, it may go after the grace time |
//! | – | – | set | fits into no batch that the server takes: set aside, visible, kept |

use rusqlite::{Connection, OptionalExtension as _, params};
use sync_protocol::{BatchId, Digest, ItemOutcome, PushAnswer, ReplicaId, Timestamp};
use uuid::Uuid;

use super::StoreError;
use crate::sync::{CommitMark, Failure, Moment, Push};

/// Which table a fact is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKind {
    /// A telegram.
    Telegram,
    /// A reception.
    Reception,
    /// An event.
    Event,
}

impl FactKind {
    /// Returns the number in `sync_fact`, which the triggers of the migration write.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Telegram => 0,
            Self::Reception => 1,
            Self::Event => 2,
        }
    }

    fn from_number(number: i64) -> Option<Self> {
        [Self::Telegram, Self::Reception, Self::Event].into_iter().find(|kind| kind.number() == number)
    }
}

/// A fact that is to be put into a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WaitingFact {
    /// Position in the order in which facts were taken in.
    pub(crate) position: i64,
    /// Its table.
    pub(crate) kind: FactKind,
    /// Its key there.
    pub(crate) id: Vec<u8>,
}

/// A batch in the outbox.
#[derive(Debug)]
pub(crate) struct OutboxBatch {
    /// What is to be sent.
    pub(crate) push: Push,
    /// Items in it.
    pub(crate) items: u32,
}

const ORDERED: &str = "SELECT position, kind, id FROM sync_fact";

fn facts(
    conn: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<WaitingFact>, StoreError> {
    let mut statement = conn.prepare_cached(&format!("{ORDERED} {condition}"))?;
    let rows = statement.query_map(parameters, |row| {
        let number: i64 = row.get(1)?;
        let kind = FactKind::from_number(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(1, number))?;
        Ok(WaitingFact { position: row.get(0)?, kind, id: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the facts that have waited longest.
pub(crate) fn waiting(conn: &Connection, limit: u32) -> Result<Vec<WaitingFact>, StoreError> {
    facts(
        conn,
        "WHERE batch IS NULL AND server_epoch IS NULL AND refused IS NULL ORDER BY position LIMIT ?1",
        [limit],
    )
}

/// Writes a batch and assigns its facts to it.
pub(crate) fn insert(
    tx: &Connection,
    batch: BatchId,
    replica: ReplicaId,
    body: &[u8],
    facts: &[WaitingFact],
) -> Result<(), StoreError> {
    let first = facts.first().map_or(0, |fact| fact.position);
    tx.prepare_cached(
        "INSERT INTO outbox (batch, replica, first_position, items, digest, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![batch.0, replica.0, first, facts.len(), Digest::of(body).0, body])?;
    let mut assign = tx.prepare_cached("UPDATE sync_fact SET batch = ?2, item = ?3 WHERE position = ?1")?;
    for (item, fact) in facts.iter().enumerate() {
        assign.execute(params![fact.position, batch.0, item])?;
    }
    Ok(())
}

/// Returns the batch that is next: the one with the oldest facts.
pub(crate) fn first(conn: &Connection) -> Result<Option<OutboxBatch>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT batch, replica, digest, body, items FROM outbox ORDER BY first_position, batch LIMIT 1",
    )?;
    let batch = statement
        .query_row([], |row| {
            Ok(OutboxBatch {
                push: Push {
                    batch: BatchId(row.get::<_, Uuid>(0)?),
                    replica: ReplicaId(row.get::<_, Uuid>(1)?),
                    digest: Digest(row.get(2)?),
                    body: row.get(3)?,
                },
                items: row.get(4)?,
            })
        })
        .optional()?;
    Ok(batch)
}

/// Counts an attempt before its first byte is on the way.
pub(crate) fn note_attempt(tx: &Connection, batch: BatchId) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE outbox SET attempts = attempts + 1 WHERE batch = ?1")?.execute([batch.0])?;
    Ok(())
}

/// Returns how often a batch was sent.
pub(crate) fn attempts(conn: &Connection, batch: BatchId) -> Result<u32, StoreError> {
    let attempts = conn
        .prepare_cached("SELECT attempts FROM outbox WHERE batch = ?1")?
        .query_row([batch.0], |row| row.get(0))
        .optional()?;
    Ok(attempts.unwrap_or(0))
}

/// Takes a batch apart: its facts wait again, and are returned in their order.
pub(crate) fn dissolve(tx: &Connection, batch: BatchId) -> Result<Vec<WaitingFact>, StoreError> {
    let facts = facts(tx, "WHERE batch = ?1 AND server_epoch IS NULL ORDER BY position", [batch.0])?;
    tx.prepare_cached("UPDATE sync_fact SET batch = NULL, item = NULL WHERE batch = ?1")?
        .execute([batch.0])?;
    tx.prepare_cached("UPDATE clock_sample SET batch = NULL WHERE batch = ?1")?.execute([batch.0])?;
    tx.prepare_cached("DELETE FROM outbox WHERE batch = ?1")?.execute([batch.0])?;
    Ok(facts)
}

/// Takes every batch apart.
pub(crate) fn dissolve_all(tx: &Connection) -> Result<(), StoreError> {
    let batches: Vec<Uuid> = tx
        .prepare_cached("SELECT batch FROM outbox")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for batch in batches {
        dissolve(tx, BatchId(batch))?;
    }
    Ok(())
}

/// Sets a fact aside that fits into no batch.
pub(crate) fn refuse(tx: &Connection, fact: &WaitingFact, code: &str) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE sync_fact SET refused = ?2, batch = NULL, item = NULL WHERE position = ?1")?
        .execute(params![fact.position, code])?;
    Ok(())
}

/// Sets the facts of a batch aside that the server cannot take.
pub(crate) fn set_aside(tx: &Connection, batch: BatchId, code: &str) -> Result<(), StoreError> {
    for fact in dissolve(tx, batch)? {
        refuse(tx, &fact, code)?;
    }
    Ok(())
}

/// Lets the facts that were set aside wait again, and returns how many.
pub(crate) fn offer_refused_again(tx: &Connection) -> Result<usize, StoreError> {
    Ok(tx.execute("UPDATE sync_fact SET refused = NULL WHERE refused IS NOT NULL", [])?)
}

/// How many items of a batch had which outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// New to the server.
    pub(crate) accepted: u64,
    /// Known to the server.
    pub(crate) duplicate: u64,
    /// Kept aside by the server.
    pub(crate) quarantined: u64,
}

/// Gives every fact of a batch its receipt; the body has done its work.
pub(crate) fn receipt(tx: &Connection, answer: &PushAnswer) -> Result<Tally, StoreError> {
    let mut tally = Tally::default();
    let mut update = tx.prepare_cached(
        "UPDATE sync_fact
         SET batch = NULL, item = NULL, safe = 0, server_epoch = ?4, commit_number = ?5, receipted_at = ?6,
             outcome = ?7
         WHERE batch = ?1 AND item BETWEEN ?2 AND ?3",
    )?;
    for range in &answer.outcomes {
        let (outcome, count) = match &range.outcome {
            ItemOutcome::Accepted => ("accepted", &mut tally.accepted),
            ItemOutcome::Duplicate => ("duplicate", &mut tally.duplicate),
            ItemOutcome::Quarantined { code } => (code.as_str(), &mut tally.quarantined),
        };
        let updated = update.execute(params![
            answer.batch.0,
            range.from,
            range.to,
            answer.server_epoch.cast_signed(),
            answer.commit.cast_signed(),
            answer.server_time.as_millis(),
            outcome
        ])?;
        *count += u64::try_from(updated).unwrap_or(u64::MAX);
    }
    tx.prepare_cached("DELETE FROM outbox WHERE batch = ?1")?.execute([answer.batch.0])?;
    Ok(tally)
}

/// Returns the commits whose receipts are not known to be safe.
fn unsafe_commits(conn: &Connection) -> Result<Vec<CommitMark>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT server_epoch, commit_number FROM sync_fact WHERE server_epoch IS NOT NULL AND NOT safe",
    )?;
    let commits = statement.query_map([], |row| {
        Ok(CommitMark {
            epoch: row.get::<_, i64>(0)?.cast_unsigned(),
            commit: row.get::<_, i64>(1)?.cast_unsigned(),
        })
    })?;
    Ok(commits.collect::<Result<_, _>>()?)
}

/// Marks the facts whose commits are safe. Once safe is safe for ever.
pub(crate) fn mark_safe(tx: &Connection, is_safe: impl Fn(CommitMark) -> bool) -> Result<(), StoreError> {
    let mut mark = tx.prepare_cached(
        "UPDATE sync_fact SET safe = 1 WHERE server_epoch = ?1 AND commit_number = ?2 AND NOT safe",
    )?;
    for commit in unsafe_commits(tx)?.into_iter().filter(|commit| is_safe(*commit)) {
        mark.execute([commit.epoch.cast_signed(), commit.commit.cast_signed()])?;
    }
    Ok(())
}

/// Takes void receipts away, so that their facts wait again. Returns how many facts do.
pub(crate) fn offer_again(tx: &Connection, is_void: impl Fn(CommitMark) -> bool) -> Result<usize, StoreError> {
    let mut renew = tx.prepare_cached(
        "UPDATE sync_fact SET server_epoch = NULL, commit_number = NULL, receipted_at = NULL, outcome = NULL
         WHERE server_epoch = ?1 AND commit_number = ?2 AND NOT safe",
    )?;
    let mut renewed = 0;
    for commit in unsafe_commits(tx)?.into_iter().filter(|commit| is_void(*commit)) {
        renewed += renew.execute([commit.epoch.cast_signed(), commit.commit.cast_signed()])?;
    }
    Ok(renewed)
}

/// How many facts are in which state, and what the server said of those that stay with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    pub(crate) waiting: u64,
    pub(crate) in_flight: u64,
    pub(crate) receipted: u64,
    pub(crate) safe: u64,
    pub(crate) quarantined: u64,
    pub(crate) refused: u64,
}

/// Counts the facts by state.
pub(crate) fn counts(conn: &Connection) -> Result<Counts, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT count(*) FILTER (WHERE batch IS NULL AND server_epoch IS NULL AND refused IS NULL),
                count(batch),
                count(server_epoch),
                count(*) FILTER (WHERE safe),
                count(*) FILTER (WHERE outcome NOT IN ('accepted', 'duplicate')),
                count(refused)
         FROM sync_fact",
    )?;
    let counts = statement.query_row([], |row| {
        let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        Ok(Counts {
            waiting: count(0)?,
            in_flight: count(1)?,
            receipted: count(2)?,
            safe: count(3)?,
            quarantined: count(4)?,
            refused: count(5)?,
        })
    })?;
    Ok(counts)
}

/// Whether no fact waits and none is on its way.
pub(crate) fn nothing_open(conn: &Connection) -> Result<bool, StoreError> {
    let open: bool = conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM sync_fact
                            WHERE server_epoch IS NULL AND refused IS NULL)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(!open)
}

/// The failures since the last receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailureRow {
    /// How many in a row.
    pub(crate) failures: u32,
    /// Stable code of the last one.
    pub(crate) code: String,
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
        "SELECT failures, code, message, failing_since, boot, due_ms, delay_ms FROM sync_failure",
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
    now: Moment,
) -> Result<(), StoreError> {
    let due_ms = now.monotonic_ms.saturating_add(delay_ms);
    tx.prepare_cached(
        "INSERT INTO sync_failure (id, failures, code, message, failing_since, boot, due_ms, delay_ms)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET failures = excluded.failures, code = excluded.code,
             message = excluded.message, boot = excluded.boot, due_ms = excluded.due_ms,
             delay_ms = excluded.delay_ms",
    )?
    .execute(params![
        failures,
        failure.code(),
        failure.to_string(),
        now.wall.as_millis(),
        now.boot.0,
        i64::try_from(due_ms).unwrap_or(i64::MAX),
        i64::try_from(delay_ms).unwrap_or(i64::MAX)
    ])?;
    Ok(())
}

/// Forgets the failures: a receipt came, or nothing waits for one.
pub(crate) fn clear_failure(tx: &Connection) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM sync_failure")?.execute([])?;
    Ok(())
}
