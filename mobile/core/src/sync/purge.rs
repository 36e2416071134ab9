//! Deleting what is safe, and old; and keys that have done their work.

use super::SyncError;
use super::rules::{GRACE_MS, ProtocolRules, SyncRules};
use crate::store::{Store, outbox, pairing, tours};
use crate::walk::TourView;

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

/// Wipes the keys of the tours that are done: no walk goes on, no line is missing, and all that was
/// heard and done is safe with the server. Returns how many tours that are.
///
/// A tour that the office takes back loses its keys at once, without this.
///
/// # Errors
/// When the store fails.
pub fn wipe_keys(store: &mut Store) -> Result<usize, SyncError> {
    let mut wiped = 0;
    for stored in store.tours()?.into_iter().filter(|stored| stored.keys > 0) {
        let tour = stored.tour.id;
        let is_over = stored.is_whole() && store.open_session(tour)?.is_none();
        if is_over
            && outbox::is_safe(store.connection(), tour)?
            && TourView::load(store, tour)?.progress.missing() == 0
        {
            let tx = store.transaction()?;
            tours::wipe_keys(&tx, tour)?;
            tx.commit()?;
            store.wipe_log()?;
            wiped += 1;
        }
    }
    Ok(wiped)
}
