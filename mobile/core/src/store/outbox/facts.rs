//! What state each fact is in.

use rusqlite::{Connection, params};
use sync_protocol::{BatchId, ItemOutcome, PushAnswer, ReplicaEpoch, TourId};

use crate::store::StoreError;
use crate::sync::CommitMark;

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

/// Reads the number that the triggers of the migration write.
fn kind(number: i64) -> rusqlite::Result<FactKind> {
    match number {
        0 => Ok(FactKind::Telegram),
        1 => Ok(FactKind::Reception),
        2 => Ok(FactKind::Event),
        _ => Err(rusqlite::Error::IntegralValueOutOfRange(0, number)),
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
    /// Which life of this database took it in.
    pub(crate) epoch: ReplicaEpoch,
}

const ORDERED: &str = "SELECT position, kind, id, epoch FROM sync_fact";

/// Returns the facts that meet a condition, in the order that the condition ends with.
pub(super) fn select(
    conn: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<WaitingFact>, StoreError> {
    let mut statement = conn.prepare_cached(&format!("{ORDERED} {condition}"))?;
    let rows = statement.query_map(parameters, |row| {
        Ok(WaitingFact {
            position: row.get(0)?,
            kind: kind(row.get(1)?)?,
            id: row.get(2)?,
            epoch: ReplicaEpoch(row.get(3)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the facts that have waited longest.
pub(crate) fn waiting(conn: &Connection, limit: u32) -> Result<Vec<WaitingFact>, StoreError> {
    select(
        conn,
        "WHERE batch IS NULL AND server_epoch IS NULL AND refused IS NULL ORDER BY position LIMIT ?1",
        [limit],
    )
}

/// Returns how many facts have no receipt, without those of one batch.
pub(crate) fn without_receipt(conn: &Connection, beside: Option<BatchId>) -> Result<u64, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT count(*) FROM sync_fact WHERE server_epoch IS NULL AND (?1 IS NULL OR batch IS NOT ?1)",
    )?;
    let count: i64 = statement.query_row([beside.map(|batch| batch.0)], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Sets a fact aside that fits into no batch.
pub(crate) fn refuse(tx: &Connection, fact: &WaitingFact, code: &str) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE sync_fact SET refused = ?2, batch = NULL, item = NULL WHERE position = ?1")?
        .execute(params![fact.position, code])?;
    Ok(())
}

/// Lets the facts that were set aside wait again, and returns how many.
pub(crate) fn offer_refused_again(tx: &Connection) -> Result<usize, StoreError> {
    Ok(tx.execute("UPDATE sync_fact SET refused = NULL WHERE refused IS NOT NULL", [])?)
}

/// Where a fact is on its way to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactState {
    /// It waits for a batch.
    Waiting,
    /// It is in a batch that has no receipt.
    InFlight,
    /// The server has it.
    Receipted {
        /// Whether it is in a verified backup of the server.
        safe: bool,
        /// `accepted`, `duplicate`, or the code with which the server keeps it aside.
        outcome: String,
    },
    /// The server takes it in no batch; it is kept here.
    Refused {
        /// Why, as a stable code.
        code: String,
    },
}

/// A fact and where it is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactOnItsWay {
    /// What it is.
    pub kind: FactKind,
    /// Its identity.
    pub id: Vec<u8>,
    /// Where it is.
    pub state: FactState,
}

/// Returns every fact, in the order in which they were taken in.
pub(crate) fn all(conn: &Connection) -> Result<Vec<FactOnItsWay>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT kind, id, refused, outcome, safe, batch IS NOT NULL FROM sync_fact ORDER BY position",
    )?;
    let rows = statement.query_map([], |row| {
        let (refused, outcome): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
        let state = match (refused, outcome) {
            (Some(code), _) => FactState::Refused { code },
            (None, Some(outcome)) => FactState::Receipted { safe: row.get(4)?, outcome },
            (None, None) if row.get(5)? => FactState::InFlight,
            (None, None) => FactState::Waiting,
        };
        Ok(FactOnItsWay { kind: kind(row.get(0)?)?, id: row.get(1)?, state })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
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
        "SELECT DISTINCT server_epoch, commit_number FROM sync_fact WHERE server_epoch IS NOT NULL AND safe = 0",
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
        "UPDATE sync_fact SET safe = 1 WHERE server_epoch = ?1 AND commit_number = ?2 AND safe = 0",
    )?;
    for commit in unsafe_commits(tx)?.into_iter().filter(|commit| is_safe(*commit)) {
        mark.execute([commit.epoch.cast_signed(), commit.commit.cast_signed()])?;
    }
    Ok(())
}

/// Takes void receipts away, so that their facts wait again. Returns how many facts do.
pub(crate) fn offer_again(
    tx: &Connection,
    is_void: impl Fn(CommitMark) -> bool,
) -> Result<usize, StoreError> {
    let mut renew = tx.prepare_cached(
        "UPDATE sync_fact SET server_epoch = NULL, commit_number = NULL, receipted_at = NULL, outcome = NULL
         WHERE server_epoch = ?1 AND commit_number = ?2 AND safe = 0",
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

/// Whether something was heard or done on the walks of a tour, and the server has all of it safely.
pub(crate) fn is_safe(conn: &Connection, tour: TourId) -> Result<bool, StoreError> {
    let safe: Option<bool> = conn
        .prepare_cached(
            "SELECT min(safe) FROM sync_fact
             WHERE (kind = 1 AND id IN (SELECT id FROM receptions WHERE tour = ?1))
                OR (kind = 2 AND id IN (SELECT id FROM events WHERE tour = ?1))",
        )?
        .query_row([tour.0], |row| row.get(0))?;
    Ok(safe == Some(true))
}

/// Whether no fact waits and none is on its way.
pub(crate) fn nothing_open(conn: &Connection) -> Result<bool, StoreError> {
    let open: bool = conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM outbox)
                 OR EXISTS (SELECT 1 FROM sync_fact
                            WHERE batch IS NULL AND server_epoch IS NULL AND refused IS NULL)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(!open)
}
