//! Deleting what is safe, and old.

use super::SyncError;
use super::rules::{GRACE_MS, ProtocolRules, SyncRules};
use crate::store::{Store, outbox, pairing};

/// Deletes the facts that have a receipt, are safe, and are past 30 days of grace by the server's
/// clock as it was last heard. Returns how many.
///
/// # Errors
/// When the store fails; then nothing is deleted.
pub fn purge(store: &mut Store) -> Result<usize, SyncError> {
    purge_with(store, &ProtocolRules, GRACE_MS)
}

/// As [`purge`], with another grace time (in milliseconds) or other rules.
///
/// # Errors
/// As [`purge`].
pub fn purge_with<R: SyncRules>(store: &mut Store, rules: &R, grace_ms: i64) -> Result<usize, SyncError> {
    let tx = store.transaction()?;
    let Some(server_time) = pairing::read(&tx)?.and_then(|pairing| pairing.server_time) else {
        return Ok(0);
    };
    let gone = outbox::purge(&tx, |fact| rules.may_purge(fact, server_time, grace_ms))?;
    tx.commit()?;
    Ok(gone)
}
