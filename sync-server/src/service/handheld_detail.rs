//! Which handhelds are behind: what they have not pulled, what they have not pushed, and what they
//! should be walking.

use std::collections::BTreeMap;

use serde::Serialize;
use sync_protocol::{ReplicaId, Timestamp, TourId};

use super::handhelds::summary;
use super::standing::Summaries;
use super::{HandheldSummary, Result, Service, ServiceError};
use crate::store::Transaction;
use crate::store::rows::Handheld;

/// After this a handheld with an open tour should have spoken.
const SILENCE_MS: i64 = 24 * 60 * 60 * 1_000;

/// How a handheld stands with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SyncState {
    /// It has what it is to have, and told of nothing that waits.
    Current,
    /// It has changes to pull or items to push.
    Behind,
    /// It said nothing for a day although it has a released tour with something left to do.
    Silent,
    /// It said nothing since it was paired.
    Never,
    /// It was revoked.
    Revoked,
}

/// A released tour that a handheld has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandheldTour {
    /// Its identity.
    pub id: TourId,
    /// Its name.
    pub name: String,
    /// Lines that are neither read nor skipped.
    pub missing: u32,
}

/// A handheld and how it stands with the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandheldDetail {
    /// The handheld.
    #[serde(flatten)]
    pub summary: HandheldSummary,
    /// How it stands.
    pub sync_state: SyncState,
    /// Changes of its tours that it was not given yet.
    pub unpulled_changes: u64,
    /// Items that waited in its outbox when it last said so.
    pub waiting_items: Option<u32>,
    /// The released tours that it has, oldest first.
    pub tours: Vec<HandheldTour>,
}

impl Service {
    /// Returns every handheld and how it stands, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handheld_details(&self) -> Result<Vec<HandheldDetail>> {
        let mut tx = self.begin_read().await?;
        let mut handhelds = tx.handhelds().await?;
        handhelds.sort_by_key(|handheld| (handheld.paired_at, handheld.replica));
        self.details(&mut *tx, handhelds).await
    }

    /// Returns one handheld and how it stands.
    ///
    /// # Errors
    /// `NotFound` when there is no such handheld.
    pub async fn handheld_detail(&self, replica: ReplicaId) -> Result<HandheldDetail> {
        const UNKNOWN: ServiceError = ServiceError::NotFound("handheld");
        let mut tx = self.begin_read().await?;
        let handheld = tx.handheld(replica).await?.ok_or(UNKNOWN)?;
        self.details(&mut *tx, vec![handheld]).await?.pop().ok_or(UNKNOWN)
    }

    async fn details(
        &self,
        tx: &mut dyn Transaction,
        handhelds: Vec<Handheld>,
    ) -> Result<Vec<HandheldDetail>> {
        let now = self.now();
        let latest: BTreeMap<ReplicaId, Timestamp> = tx.latest_batches().await?.into_iter().collect();
        let unpulled: BTreeMap<ReplicaId, u64> = tx.unpulled_changes().await?.into_iter().collect();
        let mut tours = released_tours(tx, &handhelds).await?;
        Ok(handhelds
            .into_iter()
            .map(|handheld| {
                let tours = tours.remove(&handheld.replica).unwrap_or_default();
                let unpulled_changes = unpulled.get(&handheld.replica).copied().unwrap_or(0);
                HandheldDetail {
                    sync_state: sync_state(&handheld, unpulled_changes, &tours, now),
                    unpulled_changes,
                    waiting_items: handheld.waiting_items,
                    tours,
                    summary: summary(&handheld, latest.get(&handheld.replica).copied()),
                }
            })
            .collect())
    }
}

/// Finds the released tours of handhelds and what is left to do on them.
async fn released_tours(
    tx: &mut dyn Transaction,
    handhelds: &[Handheld],
) -> Result<BTreeMap<ReplicaId, Vec<HandheldTour>>> {
    let mut found: BTreeMap<ReplicaId, Vec<HandheldTour>> = BTreeMap::new();
    let mut tours = tx.tours().await?;
    tours.retain(|tour| tour.released_at.is_some());
    tours.sort_by_key(|tour| (tour.created_at, tour.change));
    let summaries = Summaries::load(tx, None).await?;
    for row in tours {
        let assignments = summaries.assignments(row.id);
        let mut holders: Vec<ReplicaId> = assignments
            .iter()
            .filter(|assignment| assignment.withdrawn_at.is_none())
            .map(|assignment| assignment.replica)
            .collect();
        holders.retain(|replica| handhelds.iter().any(|handheld| handheld.replica == *replica));
        if holders.is_empty() {
            continue;
        }
        let progress = summaries.progress(&row);
        let missing = progress.meters.saturating_sub(progress.read + progress.manual + progress.skipped);
        let (id, name) = (row.id, row.name);
        for replica in holders {
            found.entry(replica).or_default().push(HandheldTour { id, name: name.clone(), missing });
        }
    }
    Ok(found)
}

fn sync_state(
    handheld: &Handheld,
    unpulled_changes: u64,
    tours: &[HandheldTour],
    now: Timestamp,
) -> SyncState {
    let Some(last_seen) = handheld.last_seen else {
        return if handheld.revoked_at.is_some() { SyncState::Revoked } else { SyncState::Never };
    };
    let silence_ms = now.as_millis().saturating_sub(last_seen.as_millis());
    if handheld.revoked_at.is_some() {
        SyncState::Revoked
    } else if silence_ms >= SILENCE_MS && tours.iter().any(|tour| tour.missing > 0) {
        SyncState::Silent
    } else if unpulled_changes > 0 || handheld.waiting_items.is_some_and(|items| items > 0) {
        SyncState::Behind
    } else {
        SyncState::Current
    }
}
