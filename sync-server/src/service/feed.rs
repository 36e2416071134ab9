//! The feed of tours: what each handheld is to hear of, in the order of change numbers.
//!
//! Change numbers come from one counter whose row writers hold until they commit, so they become
//! visible in their order and a cursor never passes a change that is still to come. A feed has one
//! row per tour and line; what it says is read when it is asked for, so a handheld that was away for
//! a year reads each thing once.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{Change, ChangesPage, Cursor, ReplicaId, Tour, TourId, TourMeter};

use super::handhelds::is_stale;
use super::live::Notice;
use super::standing::note_contact;
use super::{Actor, Result, Service, ServiceError};
use crate::store::rows::{FeedEntry, Handheld, TourMeterRow, TourRow};
use crate::store::{TourContact, Transaction};

/// Changes of a page at most.
const PAGE: u32 = 1_000;

impl Service {
    /// Returns the changes after a cursor that a handheld is to hear of: released tours that it has,
    /// their lines with keys, and tours that were taken from it.
    ///
    /// # Errors
    /// `CursorGone` when the cursor comes from another life of the database; `Revoked`.
    pub async fn changes(
        &self,
        replica: ReplicaId,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<ChangesPage> {
        let limit = limit.clamp(1, PAGE);
        let mut tx = self.begin_read().await?;
        let handheld = self.live_handheld(&mut *tx, replica).await?;
        let state = tx.state().await?;
        let after = match cursor {
            Some(cursor) => read_cursor(cursor, state.server_epoch)
                .filter(|change| *change <= state.last_change)
                .ok_or(ServiceError::CursorGone)?,
            None => 0,
        };
        let mut entries = tx.feed(replica, after, limit.saturating_add(1)).await?;
        let has_more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        let reached = entries.last().map_or(after, |entry| entry.change);
        let changes = self.changes_of(&mut *tx, replica, &entries).await?;
        drop(tx);
        self.record_pull(handheld, &changes, reached).await?;
        Ok(ChangesPage { changes, cursor: write_cursor(state.server_epoch, reached), has_more })
    }

    /// Reads what feed entries speak of.
    async fn changes_of(
        &self,
        tx: &mut dyn Transaction,
        replica: ReplicaId,
        entries: &[FeedEntry],
    ) -> Result<Vec<Change>> {
        let tours: BTreeSet<TourId> = entries.iter().map(|entry| entry.tour).collect();
        let mut visible: BTreeMap<TourId, TourRow> = BTreeMap::new();
        for tour in tours {
            if let Some(row) = visible_tour(tx, tour, replica).await? {
                visible.insert(tour, row);
            }
        }
        let lines = entries.iter().filter_map(|entry| entry.tour_meter).collect();
        let mut lines: BTreeMap<_, TourMeter> = tx
            .tour_meters_by_id(lines)
            .await?
            .into_iter()
            .filter(|line| visible.contains_key(&line.meter.tour))
            .map(|line| (line.meter.id, line.meter))
            .collect();
        let radio_ids: BTreeSet<String> = lines.values().filter_map(|line| line.radio_id.clone()).collect();
        let keys = self.latest_keys(tx, radio_ids.into_iter().collect()).await?;

        let mut changes = Vec::with_capacity(entries.len());
        for entry in entries {
            match entry.tour_meter {
                None => changes.push(match visible.get(&entry.tour) {
                    Some(row) => Change::Tour(tour(row)),
                    None => Change::TourWithdrawn { tour: entry.tour },
                }),
                Some(line) => {
                    // A line whose tour was withdrawn since has nothing more to say.
                    let Some(mut line) = lines.remove(&line) else { continue };
                    line.key = line.radio_id.as_ref().and_then(|radio_id| keys.get(radio_id)).cloned();
                    changes.push(Change::TourMeter(Box::new(line)));
                }
            }
        }
        Ok(changes)
    }

    /// Writes that keys left the server, that the handheld was here, and how far it was given changes.
    async fn record_pull(&self, handheld: Handheld, changes: &[Change], reached: u64) -> Result<()> {
        let keys =
            changes.iter().filter(|change| matches!(change, Change::TourMeter(line) if line.key.is_some()));
        let (keys, now) = (keys.count(), self.now());
        if keys == 0 && handheld.pulled_change == reached && !is_stale(&handheld, now) {
            return Ok(());
        }
        let handheld_id = handheld.replica;
        let mut tx = self.begin().await?;
        if keys > 0 {
            let actor = Actor::Handheld(handheld.replica);
            self.record(&mut *tx, actor, "keys_given", handheld.replica.to_string(), format!("{keys} keys"))
                .await?;
        }
        let tours: BTreeSet<TourId> = changes.iter().map(tour_of).collect();
        for tour in tours.iter().copied() {
            tx.touch_tour(tour, now).await?;
            note_contact(&mut *tx, tour, handheld.replica, |contact| TourContact {
                pulled_at: Some(now),
                ..contact
            })
            .await?;
        }
        // Read again: it may have been revoked since.
        if let Some(handheld) = tx.handheld(handheld.replica).await? {
            let pulled = Handheld { last_seen: Some(now), pulled_change: reached, ..handheld };
            tx.put_handheld(pulled).await?;
        }
        let notices = tours.into_iter().map(Notice::Tour).chain([Notice::Handheld(handheld_id)]);
        self.commit_and_tell(tx, notices.collect()).await
    }

    /// Tells a handheld of a whole tour.
    pub(super) async fn publish_tour(
        &self,
        tx: &mut dyn Transaction,
        tour: TourId,
        replica: ReplicaId,
    ) -> Result<()> {
        let lines = tx.tour_meters(tour).await?;
        let things = std::iter::once(None).chain(lines.iter().map(|line| Some(line.meter.id)));
        let last = tx.advance(lines.len() as u64 + 1).await?;
        let first = last - lines.len() as u64;
        let entry = |(change, tour_meter)| FeedEntry { replica, tour, tour_meter, change };
        Ok(tx.put_feed((first..).zip(things).map(entry).collect()).await?)
    }

    /// Tells every handheld that has these lines of them again.
    pub(super) async fn publish_lines(&self, tx: &mut dyn Transaction, lines: &[TourMeterRow]) -> Result<()> {
        let tours: BTreeSet<TourId> = lines.iter().map(|line| line.meter.tour).collect();
        for tour in tours {
            if tx.tour(tour).await?.is_none_or(|row| row.released_at.is_none()) {
                continue;
            }
            let lines: Vec<_> = lines.iter().filter(|line| line.meter.tour == tour).collect();
            for assignment in tx.assignments(tour).await? {
                if assignment.withdrawn_at.is_some() {
                    continue;
                }
                let last = tx.advance(lines.len() as u64).await?;
                let first = last + 1 - lines.len() as u64;
                let entry = |(change, line): (u64, &&TourMeterRow)| FeedEntry {
                    replica: assignment.replica,
                    tour,
                    tour_meter: Some(line.meter.id),
                    change,
                };
                tx.put_feed((first..).zip(&lines).map(entry).collect()).await?;
            }
        }
        Ok(())
    }

    /// Tells a handheld that a tour is no longer its own.
    pub(super) async fn publish_withdrawal(
        &self,
        tx: &mut dyn Transaction,
        tour: TourId,
        replica: ReplicaId,
    ) -> Result<()> {
        tx.delete_feed_of_lines(replica, tour).await?;
        let change = tx.advance(1).await?;
        Ok(tx.put_feed(vec![FeedEntry { replica, tour, tour_meter: None, change }]).await?)
    }
}

/// Returns the tour that a change speaks of.
fn tour_of(change: &Change) -> TourId {
    match change {
        Change::Tour(tour) => tour.id,
        Change::TourMeter(line) => line.tour,
        Change::TourWithdrawn { tour } => *tour,
    }
}

/// Returns a tour if a handheld is to see it.
async fn visible_tour(tx: &mut dyn Transaction, tour: TourId, replica: ReplicaId) -> Result<Option<TourRow>> {
    let assignments = tx.assignments(tour).await?;
    let is_assigned = assignments.iter().any(|row| row.replica == replica && row.withdrawn_at.is_none());
    let row = tx.tour(tour).await?;
    Ok(row.filter(|row| is_assigned && row.released_at.is_some()))
}

fn tour(row: &TourRow) -> Tour {
    Tour { id: row.id, name: row.name.clone(), meters: row.meters, due_date: row.due_date.clone() }
}

/// A cursor says in which life of the database it was given, and how far it reaches.
fn write_cursor(server_epoch: u64, change: u64) -> Cursor {
    Cursor(format!("{server_epoch}-{change}"))
}

fn read_cursor(cursor: &Cursor, server_epoch: u64) -> Option<u64> {
    let (epoch, change) = cursor.0.split_once('-')?;
    (epoch.parse() == Ok(server_epoch)).then(|| change.parse().ok())?
}
