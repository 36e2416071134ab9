//! Carrying a session to its end.

use super::session::{Plan, Progress, SyncSession};
use super::{Client, Failure, ProtocolRules, SyncError, purge, waiting_beside, wipe_keys};
use crate::clock::SystemClock;
use crate::randomness::OsRandomness;
use crate::store::{Store, pairing};

/// What a session did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Changes of tours that were fetched.
    pub changes: u64,
    /// Batches that got their receipt.
    pub batches: u64,
    /// Items that were new to the server.
    pub accepted: u64,
    /// Items that the server had already.
    pub duplicate: u64,
    /// Items that the server keeps aside for the office.
    pub quarantined: u64,
    /// Facts that the server takes in no batch; they are kept here.
    pub refused: u64,
    /// Facts that are offered again, because the server's database was restored.
    pub offered_again: u64,
    /// Facts that were deleted here: received, safe, and past the grace time.
    pub purged: u64,
    /// Tours whose keys were wiped, because they are done and safe.
    pub keys_wiped: u64,
    /// Why the session ended before its time; the rest waits for the next one.
    pub stopped: Option<Failure>,
}

impl Report {
    fn count(&mut self, progress: Progress) {
        match progress {
            Progress::Greeted { offered_again } => self.offered_again += wide(offered_again),
            Progress::Pulled { changes } => self.changes += wide(changes),
            Progress::Receipted { accepted, duplicate, quarantined } => {
                self.batches += 1;
                self.accepted += accepted;
                self.duplicate += duplicate;
                self.quarantined += quarantined;
            }
            Progress::SetAside => self.refused += 1,
            Progress::Stopped(failure) => self.stopped = Some(failure),
            Progress::Refetching | Progress::Split => {}
        }
    }
}

/// Fetches tours until there is no further page, or something breaks.
///
/// # Errors
/// When the handheld is not paired or the store fails. A break on the way is in the report.
pub async fn pull(store: &mut Store, clock: &SystemClock) -> Result<Report, SyncError> {
    run(store, clock, Plan::Pull, |_| {}).await
}

/// Offers facts until none waits, or something breaks.
///
/// # Errors
/// As [`pull`].
pub async fn push(store: &mut Store, clock: &SystemClock) -> Result<Report, SyncError> {
    run(store, clock, Plan::Push, |_| {}).await
}

/// Fetches tours, then offers facts. `watch` sees every step.
///
/// # Errors
/// As [`pull`].
pub async fn synchronize(
    store: &mut Store,
    clock: &SystemClock,
    watch: impl FnMut(&Progress),
) -> Result<Report, SyncError> {
    run(store, clock, Plan::Both, watch).await
}

async fn run(
    store: &mut Store,
    clock: &SystemClock,
    plan: Plan,
    mut watch: impl FnMut(&Progress),
) -> Result<Report, SyncError> {
    let pairing = pairing::read(store.connection())?.ok_or(SyncError::NotPaired)?;
    let client = Client::new(&pairing.server_url, &pairing.trust)?.with_token(pairing.token);
    let mut session = SyncSession::new(ProtocolRules, plan);
    let mut report = Report::default();
    while let Some(request) = session.poll_transmit(store, clock.now(), &mut OsRandomness)? {
        let waiting = waiting_beside(store, &request)?;
        let progress = match client.clone().telling(waiting).send(&request).await {
            Ok(answer) => session.handle_answer(store, &answer, clock.now(), &mut OsRandomness)?,
            Err(no_answer) => session.handle_no_answer(store, no_answer, clock.now(), &mut OsRandomness)?,
        };
        watch(&progress);
        report.count(progress);
    }
    if plan != Plan::Pull {
        report.keys_wiped = wide(wipe_keys(store)?);
        report.purged = wide(purge(store)?);
    }
    Ok(report)
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
