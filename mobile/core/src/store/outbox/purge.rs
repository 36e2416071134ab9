//! Deleting what the server has, safely and long enough.

use rusqlite::Connection;
use sync_protocol::Timestamp;

use crate::store::StoreError;
use crate::sync::ReceiptedFact;

/// Deletes the facts that `may_go`, and with the last of them the withdrawn tour that they belong to.
/// Returns how many facts are gone.
///
/// Facts of a tour that the handheld still walks stay, because its progress is derived from them, and
/// so does a telegram that a reception still names, and an event whose photo is still here.
pub(crate) fn purge(tx: &Connection, may_go: impl Fn(&ReceiptedFact) -> bool) -> Result<usize, StoreError> {
    let groups: Vec<ReceiptedFact> = tx
        .prepare_cached("SELECT DISTINCT safe, receipted_at FROM sync_fact WHERE receipted_at IS NOT NULL")?
        .query_map([], |row| {
            Ok(ReceiptedFact { safe: row.get(0)?, receipted_at: Timestamp::from_millis(row.get(1)?) })
        })?
        .collect::<Result<_, _>>()?;
    let mut gone = 0;
    for group in groups.into_iter().filter(may_go) {
        let key = (group.safe, group.receipted_at.as_millis());
        gone += tx
            .prepare_cached(
                "DELETE FROM receptions
                 WHERE id IN (SELECT id FROM sync_fact WHERE kind = 1 AND safe = ?1 AND receipted_at = ?2)
                   AND tour NOT IN (SELECT id FROM tours WHERE NOT withdrawn)",
            )?
            .execute(key)?;
        gone += tx
            .prepare_cached(
                "DELETE FROM events
                 WHERE id IN (SELECT id FROM sync_fact WHERE kind = 2 AND safe = ?1 AND receipted_at = ?2)
                   AND tour NOT IN (SELECT id FROM tours WHERE NOT withdrawn)
                   AND id NOT IN (SELECT event FROM photos)
                   AND id NOT IN (SELECT event FROM pictures)",
            )?
            .execute(key)?;
        gone += tx
            .prepare_cached(
                "DELETE FROM telegrams
                 WHERE id IN (SELECT id FROM sync_fact WHERE kind = 0 AND safe = ?1 AND receipted_at = ?2)
                   AND NOT EXISTS (SELECT 1 FROM receptions WHERE telegram = telegrams.id)",
            )?
            .execute(key)?;
    }
    if gone > 0 {
        tx.execute_batch(FORGET_FINISHED)?;
    }
    Ok(gone)
}

const FORGET_FINISHED: &str = "
    DELETE FROM replay_positions WHERE session IN (SELECT id FROM sessions WHERE ended_at IS NOT NULL
        AND tour IN (SELECT id FROM tours WHERE withdrawn)
        AND id NOT IN (SELECT session FROM receptions) AND id NOT IN (SELECT session FROM events));
    DELETE FROM sessions WHERE ended_at IS NOT NULL
        AND tour IN (SELECT id FROM tours WHERE withdrawn)
        AND id NOT IN (SELECT session FROM receptions) AND id NOT IN (SELECT session FROM events);
    DELETE FROM tour_meters WHERE tour IN (SELECT id FROM tours WHERE withdrawn)
        AND tour NOT IN (SELECT tour FROM sessions);
    DELETE FROM tours WHERE withdrawn AND id NOT IN (SELECT tour FROM sessions);
    DELETE FROM damaged WHERE tour NOT IN (SELECT id FROM tours);
";
